"""Import the record of processing (Art. 30) from CSV or JSON: whole or not at all, each bad row told by its line."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any, Final

from bot.core.register import EVERY_LANGUAGE, Point, Processing, RegisterReport
from bot.core.rights import OUR_LANGUAGES
from bot.core.unit import Store, Unit

NONE: Final = "none"
"""What a cell says where there is nothing: no recipient, no transfer, no automated decision."""

TEXTS: Final[tuple[tuple[Point, str, str], ...]] = tuple(
    (point, language, f"{point}_{language}")
    for point in Point
    if point is not Point.RECIPIENTS
    for language in OUR_LANGUAGES
)
COLUMNS: Final = (
    "category",
    *(name for _, _, name in TEXTS),
    Point.RECIPIENTS.value,
    "confirmed_by",
    "confirmed_on",
    "sensitive",
)
YES: Final = "yes"
_CATEGORY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")

Row = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class RegisterImport:
    """Replaces the record kept here by a file's; nothing is kept unless every row is good."""

    store: Store

    async def run(self, text: str, *, as_json: bool, dry_run: bool = False) -> RegisterReport:
        """Read a file's text and keep its entries; a dry run only reports."""
        report = RegisterReport()
        entries = read_register(text, report, as_json=as_json)
        if not entries and not report.problems:
            report.problems.append((1, "holds no entry: `nexio-intake register export` writes a file to begin with"))

        def work(unit: Unit) -> None:
            before = {entry.category: entry for entry in unit.register.listed()}
            now = {entry.category: entry for entry in entries}
            report.added = len(now.keys() - before.keys())
            report.removed = len(before.keys() - now.keys())
            report.changed = sum(before[category] != now[category] for category in before.keys() & now.keys())
            if not dry_run:
                unit.register.replace(entries)

        if not report.problems:
            await self.store.transact(work)
        return report


def read_register(text: str, report: RegisterReport, *, as_json: bool) -> Sequence[Processing]:
    """Return the good entries of a file's text and add what is wrong with the others to the report."""
    entries: dict[str, Processing] = {}
    for place, row in _json_rows(text, report) if as_json else _csv_rows(text, report):
        found = [*_problems(row), *([f"repeats {row['category']}"] if row.get("category") in entries else [])]
        if found:
            report.problems += [(place, problem) for problem in found]
        else:
            entry = _entry(row)
            entries[entry.category] = entry
    return tuple(entries.values())


def write_register(entries: Iterable[Processing]) -> str:
    """Return the record as CSV, as `read_register` reads it."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for entry in entries:
        row = {name: entry.texts.get(point, {}).get(language, "") for point, language, name in TEXTS}
        row |= {f"{point}_{OUR_LANGUAGES[0]}": NONE for point in entry.none if point is not Point.RECIPIENTS}
        recipients = NONE if Point.RECIPIENTS in entry.none else entry.says(Point.RECIPIENTS, EVERY_LANGUAGE)
        confirmed = {
            "confirmed_by": entry.confirmed_by,
            "confirmed_on": entry.confirmed_on.isoformat() if entry.confirmed_on else "",
            "sensitive": YES if entry.sensitive else "",
        }
        writer.writerow({"category": entry.category, **row, Point.RECIPIENTS.value: recipients, **confirmed})
    return out.getvalue()


def _csv_rows(text: str, report: RegisterReport) -> Iterator[Row]:
    reader = csv.DictReader(StringIO(text), restkey="", skipinitialspace=True)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
    for row in reader:
        if "" in row:
            report.problems.append((reader.line_num, "has more cells than the header"))
        else:
            yield reader.line_num, {name: (value or "").strip() for name, value in row.items()}


def _json_rows(text: str, report: RegisterReport) -> Iterator[Row]:
    try:
        written = json.loads(text)
    except ValueError as wrong:
        report.problems.append((getattr(wrong, "lineno", 1), f"is no JSON: {wrong}"))
        return
    entries: Any = written.get("entries") if isinstance(written, dict) else written
    if not isinstance(entries, list):
        report.problems.append((1, "must be a list of entries"))
        return
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values()):
            yield number, {name.strip().lower(): value.strip() for name, value in entry.items()}
        else:
            report.problems.append((number, "must be an object whose values are texts"))


def _problems(row: Mapping[str, str]) -> Iterator[str]:
    if unknown := [name for name in row if name not in COLUMNS]:
        yield f"{unknown[0]!r} is no column of the record; there are {', '.join(map(str, Point))}, each with a language"
    if not _CATEGORY.fullmatch(row.get("category", "")):
        yield "needs a category: a word in lower case, such as orders"
    if not any(row.get(f"{Point.NAME}_{language}") for language in OUR_LANGUAGES):
        yield "needs a name in at least one language"
    by, on = row.get("confirmed_by", ""), row.get("confirmed_on", "")
    if bool(by) != bool(on):
        yield "needs confirmed_by and confirmed_on together: who confirmed it, and when"
    if by and not _EMAIL.fullmatch(by):
        yield f"{by!r} is no e-mail address of whoever confirmed it"
    if row.get("sensitive", "").lower() not in {"", YES, "no"}:
        yield f"{row['sensitive']!r} does not say whether the data are sensitive: write yes or no"
    if on and _day(on) is None:
        yield f"{on!r} is no date; write one such as 2026-03-02"


def _entry(row: Mapping[str, str]) -> Processing:
    columns = (*TEXTS, (Point.RECIPIENTS, EVERY_LANGUAGE, Point.RECIPIENTS.value))
    cells = [(point, language, row.get(name, "")) for point, language, name in columns]
    texts: dict[Point, dict[str, str]] = {}
    for point, language, cell in cells:
        if cell and cell.lower() != NONE:
            texts.setdefault(point, {})[language] = cell
    return Processing(
        category=row["category"],
        texts=texts,
        none=frozenset(point for point, _, cell in cells if cell.lower() == NONE),
        confirmed_by=row.get("confirmed_by", ""),
        confirmed_on=_day(row.get("confirmed_on", "")),
        sensitive=row.get("sensitive", "").lower() == YES,
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
