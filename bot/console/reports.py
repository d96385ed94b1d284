"""Reports: what was asked and how well it was answered, as pictures with a table beside each; as CSV and PDF."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.charts import Chart, lying, upright
from bot.console.report_pdf import COUNTED, report_pdf
from bot.console.report_words import Answered, answered
from bot.console.words import catalogue
from bot.core.case import Lane
from bot.core.figures import FEW, Measure, Report
from bot.core.lanes import lanes_for
from bot.core.spreadsheet import write_table
from bot.flow.figures import report_for

router = APIRouter()

FIRST_YEAR: Final = 2018
"""The Regulation applies since."""

_EVERY: Final = {Measure.WEEK: 8, Measure.HOUR: 3}
"""Beside which upright bars a label has room."""


@router.get("/reports")
async def reports(visit: Admitted) -> Response:
    """Show a year's figures."""
    this_year = _today(visit).isocalendar().year
    year = _year(visit.request.query_params.get("year", ""), this_year)
    report = await _report(visit, year)
    tables = answered(report, catalogue(visit.language).ugettext, visit.language, exact=_exact(visit))
    return visit.page(
        "reports.html",
        report=report,
        year=year,
        years=range(this_year, min(year, this_year - 5) - 1, -1),
        pictures=[(table, _chart(table)) for table in tables],
        counted=COUNTED,
        few=0 if _exact(visit) else FEW,
    )


@router.post("/reports/export")
async def export(visit: Admitted) -> Response:
    """Hand a year's figures out as CSV."""
    year = _year(visit.form["year"], _today(visit).isocalendar().year)
    report = await _report(visit, year)
    tables = answered(report, catalogue(visit.language).ugettext, visit.language, exact=_exact(visit))
    headers = {"Content-Disposition": f'attachment; filename="requests-{year}.csv"'}
    return Response(table_of(tables), media_type="text/csv", headers=headers)


def table_of(tables: Sequence[Answered]) -> str:
    """Return a year's figures as CSV, one answer a row."""
    cells = [(table.measure.value, row.value, row.label, row.number) for table in tables for row in table.rows]
    return write_table(("question", "answer", "in_words", "requests"), cells)


@router.post("/reports/pdf")
async def pdf(visit: Admitted) -> Response:
    """Hand a year's report out as PDF."""
    year = _year(visit.form["year"], _today(visit).isocalendar().year)
    report, house = await _report(visit, year), visit.office.house
    say = catalogue(visit.language).ugettext
    written = report_pdf(report, say, company=house.name, language=visit.language, made_on=_today(visit))
    headers = {"Content-Disposition": f'attachment; filename="requests-{year}.pdf"'}
    return Response(written, media_type="application/pdf", headers=headers)


async def _report(visit: Visit, year: int) -> Report:
    office = visit.office
    return await report_for(office.store, office.house.calendar, office.clock, year, visit.me.email)


def _exact(visit: Visit) -> bool:
    """Say whether small numbers may be told: to whoever sees every case anyway."""
    return lanes_for(visit.me.roles) == frozenset(Lane)


def _chart(table: Answered) -> Chart:
    counts = [(row.label, row.number, row.size) for row in table.rows]
    every = _EVERY.get(table.measure)
    return upright(counts, every) if every else lying(counts)


def _year(written: str, this_year: int) -> int:
    """Return the year that was asked for, or this one for anything that is none."""
    asked = int(written) if written.isascii() and written.isdecimal() and len(written) == 4 else this_year  # noqa: PLR2004
    return asked if FIRST_YEAR <= asked <= this_year else this_year


def _today(visit: Visit) -> date:
    return visit.office.house.calendar.civil_date(visit.office.clock.now())
