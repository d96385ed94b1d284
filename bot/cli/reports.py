"""`reports year`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Desk
from bot.cli.common import DEFAULT_CONFIG, AsJson, Config, at_the_desk, print_json, print_table, told_plainly
from bot.console.report_pdf import report_pdf
from bot.console.report_words import answered
from bot.console.words import catalogue
from bot.core.errors import BadInput
from bot.core.figures import Report
from bot.flow.figures import report_for

app = typer.Typer(help="Count what was asked and how well it was answered.", no_args_is_help=True)


class Language(StrEnum):
    """What a report can be written in."""

    EN = "en"
    FR = "fr"
    NL = "nl"
    DE = "de"


@app.command("year")
def year(
    number: Annotated[
        int, typer.Argument(metavar="YEAR", min=2018, max=9998, help="Such as 2026: its whole calendar weeks.")
    ],
    *,
    pdf: Annotated[Path | None, typer.Option(help="Write the report for the data protection officer here.")] = None,
    language: Annotated[Language, typer.Option(help="What the report is written in.")] = Language.EN,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print a year's figures, or write its report as PDF, in which small numbers are not told exactly."""

    async def work(desk: Desk) -> tuple[Report, bytes]:
        calendar = desk.house.calendar
        report = await report_for(desk.store, calendar, desk.clock, number)
        if pdf is None:
            return report, b""
        say, today = catalogue(language).ugettext, calendar.civil_date(desk.clock.now())
        return report, report_pdf(report, say, company=desk.house.name, language=language, made_on=today)

    report, written = at_the_desk(config, work)
    if pdf is not None:
        with told_plainly():
            _write(pdf, written)
    if as_json:
        print_json({measure.value: dict(counts) for measure, counts in report.counts.items()})
    elif pdf is not None:
        typer.echo(f"{pdf}: {report.total} requests in {number}.")
    else:
        tables = answered(report, catalogue(language).ugettext, language, exact=True)
        rows = [(table.question, row.label, row.number) for table in tables for row in table.rows if row.size]
        print_table(f"Requests {number}", ("question", "answer", "requests"), rows, "Nothing came in that year.")


def _write(file: Path, written: bytes) -> None:
    try:
        file.write_bytes(written)
    except OSError as failure:
        raise BadInput(f"{file} can't be written ({failure.strerror}): name a file in a folder that is there") from None
