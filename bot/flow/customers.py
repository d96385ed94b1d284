"""Import the customer directory from CSV or another database: each bad row is reported, every good one is stored."""

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.core.case import Lane
from bot.core.lanes import MAY, Deed
from bot.core.letters import RecordField
from bot.core.messages import TELEGRAM, Handle, canonical_address, is_address
from bot.core.ports import Clock, Entropy
from bot.core.reach import NumberPlan
from bot.core.records import Customer
from bot.core.references import ID_BYTES, write_id
from bot.core.rights import OUR_LANGUAGES
from bot.core.unit import Store, Unit
from bot.flow.erasing import CUSTOMERS
from bot.flow.roles import require_role

REQUIRED: Final = ("number", "emails")
KNOWN: Final = (*REQUIRED, "name", "phones", "telegram", "language")
MAY_IMPORT: Final = MAY[Lane.GENERAL][Deed.APPROVE]
_BATCH: Final = 500
MOST_ABSENT: Final = 1000

Row = tuple[int, Mapping[str, str]]


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do; `problems` pairs a line of the file with a sentence.

    `absent` counts the customers on record whom the rows don't name, `absent_numbers` are the first of them; None where
    not every row could be read. They stay: rows may be a part of all, or cut short, and who is erased can't come back.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    is_whole: bool = True
    absent: int | None = None
    absent_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerImport:
    """Reads rows with the columns number, name, emails, phones, telegram, language; more columns become record fields.

    Several addresses or phones stand in one cell, separated by semicolons; phones are kept with their country code.
    """

    store: Store
    numbers: NumberPlan
    clock: Clock
    entropy: Entropy

    async def run(self, lines: Iterable[str], *, dry_run: bool = False) -> ImportReport:
        """Import all good rows and report the bad ones; a dry run stores nothing."""
        report = ImportReport()
        await self._import(_csv_rows(lines, report), report, dry_run=dry_run)
        return report

    async def run_as(self, staff: str, lines: Iterable[str]) -> ImportReport:
        """Import all good rows because a colleague says so; it is noted who did. Raises NotAllowed without the role."""
        staff = canonical_address(staff)
        await self.store.transact(lambda unit: require_role(unit, staff, MAY_IMPORT, "import customers"))
        report = await self.run(lines)
        counts = {"added": str(report.added), "changed": str(report.changed)}
        now = self.clock.now()
        await self.store.transact(lambda unit: unit.audit.record(CUSTOMERS, "customers_imported", staff, now, counts))
        return report

    async def take_over(self, rows: Iterable[Mapping[str, str]], *, dry_run: bool = False) -> ImportReport:
        """Import rows that another database holds, with the same columns; a problem names the row by its turn."""
        report = ImportReport()
        await self._import(_named(rows, report), report, dry_run=dry_run)
        return report

    async def _import(self, rows: Iterable[Row], report: ImportReport, *, dry_run: bool) -> None:
        good: list[tuple[int, Customer]] = []
        seen: set[str] = set()
        named: set[str] = set()
        for place, row in rows:
            named.add((row.get("number") or "").strip())
            customer = self._customer(row, seen, self.clock.now())
            if isinstance(customer, str):
                report.problems.append((place, customer))
            else:
                seen.add(customer.number)
                good.append((place, customer))
        for start in range(0, len(good), _BATCH):
            await self._take(good[start : start + _BATCH], report, dry_run=dry_run)
        if report.is_whole:
            apart = await self.store.transact(lambda unit: unit.directory.apart_from(named, MOST_ABSENT))
            report.absent, report.absent_numbers = apart[0], tuple(sorted(customer.number for customer in apart[1]))
        report.problems.sort()

    async def _take(self, rows: Sequence[tuple[int, Customer]], report: ImportReport, *, dry_run: bool) -> None:
        """Count what a few rows do, and store them unless it is a dry run; the erased stay away (law.md rule 45)."""
        now = self.clock.now()

        def work(unit: Unit) -> tuple[Counter[str], list[tuple[int, str]]]:
            counts, problems = Counter[str](), list[tuple[int, str]]()
            for line, customer in rows:
                if erased := unit.directory.erased(customer.number):
                    problems.append((line, f"was erased on {erased:%Y-%m-%d}: take the row out of the file"))
                    continue
                before = unit.directory.numbered(customer.number)
                same = before is not None and replace(customer, id=before.id) == before
                counts["unchanged" if same else "changed" if before else "added"] += 1
                if not (dry_run or same):
                    unit.directory.put(customer, now)
            return counts, problems

        counts, problems = await self.store.transact(work)
        report.added += counts["added"]
        report.changed += counts["changed"]
        report.unchanged += counts["unchanged"]
        report.problems += problems

    def _customer(self, row: Mapping[str, str], seen: set[str], now: datetime) -> Customer | str:
        """Return the row's customer, or what is wrong with it."""
        if "" in row:
            return "has more cells than the header"
        cells = {name: (value or "").strip() for name, value in row.items()}
        emails = tuple(canonical_address(part) for part in _parts(cells["emails"]))
        language = cells.get("language", "").lower()
        if not cells["number"]:
            return "has no number"
        if cells["number"] in seen:
            return f"repeats the number {cells['number']}"
        if wrong := [address for address in emails if not is_address(address)]:
            return f"{wrong[0]!r} is no e-mail address"
        if language and language not in OUR_LANGUAGES:
            return f"{language!r} is none of {', '.join(OUR_LANGUAGES)}; leave it empty"
        telegram = _parts(cells.get("telegram", ""))
        if wrong := [number for number in telegram if not number.isdigit()]:
            return f"{wrong[0]!r} is no numeric Telegram id"
        phones = {written: self.numbers.international(written) for written in _parts(cells.get("phones", ""))}
        if wrong := [written for written, number in phones.items() if number is None]:
            return f"{wrong[0]!r} is no telephone number"
        return Customer(
            id=write_id(now, self.entropy.draw(ID_BYTES)),
            number=cells["number"],
            name=cells.get("name", ""),
            emails=emails,
            phones=tuple(dict.fromkeys(filter(None, phones.values()))),
            handles=tuple(Handle(TELEGRAM, number) for number in telegram),
            language=language,
            fields=tuple(RecordField(name, value) for name, value in cells.items() if name not in KNOWN and value),
        )


def _csv_rows(lines: Iterable[str], report: ImportReport) -> Iterator[Row]:
    """Yield the rows of a CSV with their lines, and report a header or quotation marks that can't be used."""
    head, *rest = [*lines] or [""]
    between = "," if "," in head else ";"  # spreadsheets of half of Europe save "CSV" with semicolons
    reader = csv.DictReader([head, *rest], restkey="", delimiter=between, skipinitialspace=True, strict=True)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
    if lacking := _lacking(reader.fieldnames):
        report.is_whole = False
        report.problems.append((1, f"the header lacks {lacking}; it needs at least {', '.join(REQUIRED)}"))
        return
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as broken:
        report.is_whole = False
        report.problems.append(
            (reader.line_num, f"nothing from here on was read ({broken}): look for a lone quotation mark before")
        )


def _named(rows: Iterable[Mapping[str, str]], report: ImportReport) -> Iterator[Row]:
    for place, row in enumerate(rows, 1):
        named = {name.strip().lower(): value for name, value in row.items()}
        if lacking := _lacking(named):
            report.is_whole = False
            report.problems.append((place, f"the view lacks {lacking}; it needs at least {', '.join(REQUIRED)}"))
            return
        yield place, named


def _lacking(columns: Collection[str]) -> str:
    return ", ".join(name for name in REQUIRED if name not in columns)


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
