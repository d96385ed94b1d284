"""Calls that hand out or bring in a whole: a case for an authority, files to send, opt-outs, the history, customers.

Most need a token that may export, as colleagues give their password again for it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from fastapi import APIRouter, Response
from pydantic import BaseModel

from bot.console import audit, reports
from bot.console.api.gate import Admitted, Caller, GatedRoute
from bot.console.api.registers import trail
from bot.console.api.shapes import SuppressionShape
from bot.console.api.wishes import Rows, Sought, Stretch, Year
from bot.console.report_pdf import report_pdf
from bot.console.report_words import answered
from bot.console.words import catalogue
from bot.core.case import Lane
from bot.core.figures import Measure, Report, told
from bot.core.lanes import lanes_for
from bot.core.packages import PackageFile, zipped
from bot.core.reach import may_mean
from bot.core.records import Customer
from bot.core.unit import Unit
from bot.flow.audit_trail import Entry, hand_out
from bot.flow.case_file import seen_case, seen_task
from bot.flow.figures import report_for
from bot.flow.regulator_pack import Pack

router = APIRouter(route_class=GatedRoute, tags=["exports"])

ENGLISH: Final = "en"


class ReportShape(BaseModel):
    """A year's counts, by question and answer; small numbers are told as `<5` to who does not see every case."""

    since: date
    until: date
    total: int
    counts: dict[Measure, dict[str, str]]


class CustomerShape(BaseModel):
    """Somebody on record."""

    number: str
    name: str
    emails: list[str]
    phones: list[str]
    language: str

    @classmethod
    def of(cls, one: Customer) -> "CustomerShape":
        """Return a customer as programs read it."""
        return cls(
            number=one.number, name=one.name, emails=list(one.emails), phones=list(one.phones), language=one.language
        )


class ProblemRow(BaseModel):
    """What is wrong with one line of a file."""

    line: int
    problem: str


class ImportShape(BaseModel):
    """What an import did, or would do.

    `absent` counts who is on record and in no row, `absent_numbers` names the first thousand: they stay. It is null
    where not every row could be read.
    """

    added: int
    changed: int
    unchanged: int
    absent: int | None
    absent_numbers: list[str]
    problems: list[ProblemRow]


def _file(media_type: str) -> dict[int | str, dict[str, object]]:
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}


@router.post("/cases/{reference}/pack", response_class=Response, responses=_file("application/zip"))
async def hand_over(caller: Admitted, reference: str) -> Response:
    """Hand a whole case out for an authority, with a page to read first and the proofs of its history."""
    now, packing = caller.office.clock.now(), caller.office.packing

    def take(unit: Unit) -> Pack:
        return packing.pack(unit, seen_case(unit, reference, caller.staff), caller.staff, now)

    files = await caller.office.store.transact(take)
    archive = zipped([PackageFile(name, content) for name, content in sorted(files.items())], now.date())
    return Response(archive, media_type="application/zip")


@router.post("/tasks/{task}/files", response_class=Response, responses=_file("application/zip"))
async def take_along(caller: Admitted, task: str) -> Response:
    """Hand out the files that a direct transfer sends, once another colleague agreed; it is on file who took them."""
    seen = await caller.office.store.transact(lambda unit: seen_task(unit, task, caller.staff))
    files = await caller.office.dossiers.take_along(seen.id, caller.staff)
    return Response(files.data, media_type="application/zip")


@router.post("/suppressions/export")
async def take_opt_outs(caller: Admitted) -> list[SuppressionShape]:
    """Hand out every opt-out in force, for whoever sends the mailings."""
    return list(map(SuppressionShape.of, await caller.office.suppressions.hand_out(caller.staff)))


@router.get("/reports/{year}")
async def show_report(caller: Admitted, year: Year) -> ReportShape:
    """Say what was asked in a year and how well it was answered."""
    report, exact = await _report(caller, year), lanes_for(caller.roles) == frozenset(Lane)
    counts = {
        measure: {answer: told(number, exact=exact) for answer, number in found.items()}
        for measure, found in report.counts.items()
    }
    return ReportShape(since=report.since, until=report.until, total=report.total, counts=counts)


@router.post("/reports/{year}/pdf", response_class=Response, responses=_file("application/pdf"))
async def print_report(caller: Admitted, year: Year) -> Response:
    """Hand a year's report out as PDF, in English."""
    house, report = caller.office.house, await _report(caller, year)
    today, say = house.calendar.civil_date(caller.office.clock.now()), catalogue(ENGLISH).ugettext
    written = report_pdf(report, say, company=house.name, language=ENGLISH, made_on=today)
    return Response(written, media_type="application/pdf")


@router.post("/reports/{year}/csv", response_class=Response, responses=_file("text/csv"))
async def tabulate_report(caller: Admitted, year: Year) -> Response:
    """Hand a year's figures out as CSV, one answer a row, with words in English."""
    exact = lanes_for(caller.roles) == frozenset(Lane)
    tables = answered(await _report(caller, year), catalogue(ENGLISH).ugettext, ENGLISH, exact=exact)
    return Response(reports.table_of(tables), media_type="text/csv")


@router.post("/audit/export", response_class=Response, responses=_file("text/csv"))
async def take_history(caller: Admitted, stretch: Stretch) -> Response:
    """Hand the newest 50,000 entries of a part of the history out as CSV; who took them is on file."""
    now = caller.office.clock.now()

    def work(unit: Unit) -> Sequence[Entry]:
        return hand_out(unit, trail(unit, stretch, caller.staff), caller.staff, audit.MOST, now)

    return Response(audit.table_of(await caller.office.store.transact(work)), media_type="text/csv")


@router.post("/customers/find")
async def find_customers(caller: Admitted, sought: Sought) -> list[CustomerShape]:
    """Find customers by a whole address, number of a phone, or handle; posted, so that it stays in no log."""
    handles = tuple(may_mean(sought.words.strip(), caller.office.house.numbers))
    found = await caller.office.store.transact(
        lambda unit: {one.id: one for handle in handles for one in unit.directory.find(handle)}
    )
    return list(map(CustomerShape.of, found.values()))


@router.post("/customers/import")
async def import_customers(caller: Admitted, rows: Rows) -> ImportShape:
    """Import the good rows of a CSV and say what is wrong with the others; a `dry_run` stores nothing."""
    lines, desk = rows.csv.splitlines(keepends=True), caller.office.customers
    report = await (desk.run(lines, dry_run=True) if rows.dry_run else desk.run_as(caller.staff, lines))
    wrong = [ProblemRow(line=line, problem=problem) for line, problem in report.problems]
    return ImportShape(
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        absent=report.absent,
        absent_numbers=list(report.absent_numbers),
        problems=wrong,
    )


async def _report(caller: Caller, year: int) -> Report:
    office = caller.office
    return await report_for(office.store, office.house.calendar, office.clock, year, caller.staff)
