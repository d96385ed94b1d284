"""The page of a pack that is read first: a whole case in the order of time, for somebody who never saw the desk."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Final

from bot.core.case_record import CaseRecord, Happening, Writing
from replies.markup import Block, Bullets, Heading, Paragraph, Quote
from replies.pdf import Table, to_pdf

_MINUTE: Final = "%Y-%m-%d %H:%M UTC"
_CLOCK: Final = "%H:%M:%S"

_Moment = Happening | Writing


def print_case(record: CaseRecord, files: Mapping[str, bytes]) -> bytes:
    """Return the page as an accessible PDF. `files` are the originals it names, with their digests."""
    title = f"Case {record.case.reference}"
    blocks = (
        Heading(1, title),
        Paragraph(f"{record.company}. Made on {record.made_at:{_MINUTE}} by {record.made_by}. All times are UTC."),
        *_facts(record),
        Heading(2, "What happened, in order"),
        *_days(record, files),
        *_proofs(record),
    )
    return to_pdf(blocks, title=title, author=record.company, language="en", made_on=record.made_at.date())


def _facts(record: CaseRecord) -> Iterator[Block | Table]:
    case = record.case
    rows = (
        ("From", str(case.requester)),
        ("Address whose control was shown", str(case.proven) if case.proven else "none"),
        ("Received", f"{case.received_at:{_MINUTE}}"),
        ("The authority’s day", case.authority_due.isoformat() if case.authority_due else "none"),
        ("Language", case.language),
        ("Handled as", case.lane.value),
        ("Circumstances", ", ".join(sorted(flag.value for flag in case.flags)) or "none noted"),
    )
    yield Table(("The case", "What is known"), rows, (1, 2))
    yield Heading(2, "What was asked")
    asked = (
        (
            item.right.value,
            item.state.value,
            item.outcome.value if item.outcome else "",
            f"{item.received_at:{_MINUTE}}",
            item.promise_due.isoformat(),
            item.legal_due.isoformat() if item.legal_due else "none",
        )
        for item in case.items
    )
    columns = ("Right", "State", "How it ended", "Received", "Our promise", "The law’s last day")
    yield Table(columns, tuple(asked), (4, 3, 4, 4, 3, 3))


def _days(record: CaseRecord, files: Mapping[str, bytes]) -> Iterator[Block | Table]:
    """Yield every message, letter and deed, day by day; a message is told by its own words instead of by its deed."""
    done = (one for one in record.happenings if one.what != "wrote")
    theirs, ours = ([one for one in record.writings if one.ours is whose] for whose in (False, True))
    moments: list[_Moment] = [*theirs, *done, *ours]  # in one second: what came, what was done, what we wrote
    for day, of_day in groupby(sorted(moments, key=_at), key=lambda one: one.at.date()):
        yield Heading(3, day.isoformat())
        for told_whole, run in groupby(of_day, key=lambda one: isinstance(one, Writing)):
            if told_whole:
                yield from (block for one in run if isinstance(one, Writing) for block in _writing(one, files))
            else:
                rows = tuple(_happening(one) for one in run if isinstance(one, Happening))
                yield Table(("When", "Who", "What", "Case", "More"), rows, (2, 4, 3, 3, 7))


def _at(one: _Moment) -> datetime:
    return one.at


def _writing(writing: Writing, files: Mapping[str, bytes]) -> Iterator[Block]:
    who = "We wrote" if writing.ours else "Written by"
    yield Paragraph(f"{writing.at:{_CLOCK}}. {who} {writing.who}: {writing.subject or 'without a subject'}")
    yield Quote(writing.text)
    yield Paragraph(
        f"Original: {writing.file}, SHA-256 {sha256(files[writing.file]).hexdigest()}"
        if writing.file
        else "The original was destroyed, as the law or our own rules ask."
    )


def _happening(one: Happening) -> tuple[str, ...]:
    more = ", ".join(f"{name}: {value}" for name, value in one.facts.items() if value)
    return (f"{one.at:{_CLOCK}}", one.who, one.what.replace("_", " "), one.reference, more)


def _proofs(record: CaseRecord) -> Iterator[Block | Table]:
    yield Heading(2, "What proves it")
    if record.problems:
        yield Paragraph("The history is not whole:")
        yield Bullets(record.problems)
    else:
        yield Paragraph("The history was checked on that day and is whole.")
    yield Paragraph(
        "Each entry names the hash of the one before. history.json holds every entry as it was hashed and says how to "
        "check it; SHA256SUMS holds the SHA-256 of every other file, this page’s included: “sha256sum --check "
        "SHA256SUMS”. Personal values stand in the proofs as keyed hashes."
    )
    links = (
        (str(link.seq), f"{link.at:{_MINUTE}}", link.event.replace("_", " "), link.hash)
        for chain in record.chains
        for link in chain
    )
    yield Table(("No.", "When", "What", "Hash"), tuple(links), (1, 4, 4, 8))
