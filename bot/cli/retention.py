"""`retention run|hold|release|counts`: the end of what is kept, and the legal hold that stops it."""

from dataclasses import asdict
from typing import Annotated, Final

import typer

from bot.cli.case_row import row
from bot.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    CaseName,
    Config,
    StaffMember,
    at_the_desk,
    on_case,
    print_json,
    print_table,
)
from bot.core.shelves import Shelf
from bot.flow.retention import Fate

app = typer.Typer(help="How long what is kept, and what is destroyed when.", no_args_is_help=True)

_COUNTED: Final = {Shelf.ERASED: "customers", Shelf.OTHER_MAIL: "messages"}

Reason = Annotated[str, typer.Option(help="Why; it goes on file.")]


@app.command("run")
def run_retention(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go and why; destroy nothing.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Destroy what is past its end, as the service does once a day; what a legal hold keeps is listed too."""
    fates = at_the_desk(config, lambda desk: desk.retention.run(dry_run=dry_run))
    if as_json:
        print_json({"dry_run": dry_run, "fates": [asdict(fate) for fate in fates]})
        return
    title = "Would be destroyed" if dry_run else "Destroyed"
    columns = ("shelf", "what", "number", "why")
    print_table(title, columns, [_told(fate) for fate in fates], "Nothing is past its end.")


def _told(fate: Fate) -> tuple[object, ...]:
    what = f"case {fate.case}" if fate.case else _COUNTED.get(fate.shelf, "")
    return fate.shelf.value, what, fate.count, f"KEPT, legal hold: {fate.held}" if fate.held else fate.why


@app.command("hold")
def hold(
    reference: CaseName, *, reason: Reason, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Keep everything of a case, whatever its age: a dispute, an inquiry. The data protection officer's."""
    case = on_case(config, reference, lambda desk, found: desk.retention.hold(found.id, staff, reason))
    if as_json:
        print_json(row(case))
    else:
        typer.echo(f"Nothing of case {case.reference} is destroyed until the hold is released.")


@app.command("release")
def release(
    reference: CaseName, *, reason: Reason, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """End a legal hold: the case is kept as long as any other again."""
    case = on_case(config, reference, lambda desk, found: desk.retention.release(found.id, staff, reason))
    if as_json:
        print_json(row(case))
    else:
        typer.echo(f"Case {case.reference} is kept as long as any other again.")


@app.command("counts")
def counts(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Print what is left of destroyed cases: how many rights came in each month, and how they ended."""
    left = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: unit.shelves.counts()))
    if as_json:
        print_json([asdict(one) for one in left])
        return
    columns = ("month", "right", "ended", "number")
    print_table("Counts", columns, [tuple(asdict(one).values()) for one in left], "No case was destroyed yet.")
