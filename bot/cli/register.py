"""`register show|export|import`: the record of processing (Art. 30) that letters are filled from."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import Desk
from bot.cli.common import DEFAULT_CONFIG, FAILED, AsJson, Config, at_the_desk, print_json, print_table
from bot.core.register import Processing
from bot.flow.register import write_register
from replies.policy import whole_record

app = typer.Typer(help="The record of processing that letters are filled from.", no_args_is_help=True)


async def _listed(desk: Desk) -> tuple[Processing, ...]:
    """Return the imported record, else what the published policy says, and what this desk keeps itself."""
    return whole_record(tuple(await desk.store.transact(lambda unit: unit.register.listed())))


@app.command("show")
def show(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show each category, who confirmed it, and what the company still has to say."""
    rows: list[dict[str, Any]] = [
        {
            "category": entry.category,
            "sensitive": entry.sensitive,
            "confirmed_by": entry.confirmed_by,
            "to_confirm": [point.value for point in entry.open_points],
        }
        for entry in at_the_desk(config, _listed)
    ]
    if as_json:
        print_json(rows)
        return
    cells = [
        [
            row["category"],
            "yes" if row["sensitive"] else "–",
            row["confirmed_by"] or "–",
            ", ".join(row["to_confirm"]) or "–",
        ]
        for row in rows
    ]
    columns = ("category", "sensitive", "confirmed by", "to confirm")
    print_table("Record of processing", columns, cells, "The record is empty.")


@app.command("export")
def export(*, config: Config = DEFAULT_CONFIG) -> None:
    """Write the record to standard output as CSV: complete it, name who confirms it, and import it."""
    sys.stdout.write(write_register(at_the_desk(config, _listed)))


@app.command("import")
def import_register(
    file: Path,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; store nothing.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Replace the record by a CSV or JSON file (by its name's end); nothing is stored unless every row is good."""

    async def work(desk: Desk) -> Any:
        return await desk.register.run(text, as_json=file.suffix.lower() == ".json", dry_run=dry_run)

    if not file.is_file():
        raise typer.BadParameter(f"there is no file {file}")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8: save it again as UTF-8") from None
    report = at_the_desk(config, work)
    if as_json:
        problems = [{"line": line, "problem": problem} for line, problem in report.problems]
        counts = {"added": report.added, "changed": report.changed, "removed": report.removed}
        print_json(counts | {"problems": problems, "dry_run": dry_run})
    elif not report.problems:
        deed = "would be " if dry_run else ""
        typer.echo(f"{report.added} {deed}added, {report.changed} changed, {report.removed} removed")
    for line, problem in () if as_json else report.problems:
        typer.echo(f"{file}:{line}: {problem}", err=True)
    if report.problems:
        raise typer.Exit(FAILED)
