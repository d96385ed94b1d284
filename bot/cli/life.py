"""`cases reopen`: what becomes of a case after it began."""

from typing import Annotated

import typer

from bot.bootstrap import Desk
from bot.cli.case_row import row
from bot.cli.common import DEFAULT_CONFIG, AsJson, CaseName, Config, StaffMember, at_the_desk, find, print_json
from bot.core.case import Case
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.flow.reopening import reopen


def register(app: typer.Typer) -> None:
    """Add the commands to `cases`."""
    app.command("reopen")(reopen_case)


def reopen_case(
    reference: CaseName,
    *,
    staff: StaffMember,
    reason: Annotated[str, typer.Option(help="Why it is taken up again, for the file.")],
    item: Annotated[
        list[RequestType] | None, typer.Option("--item", help="What to take up; without it, all that has ended.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take up again what has ended or was taken back: new facts came, or a letter was wrong. The dates stay."""

    def work(unit: Unit, desk: Desk) -> Case:
        case = find(unit, reference)
        return reopen(unit, desk.answering, case.id, item or (), reason, staff, desk.clock.now())

    case = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: work(unit, desk)))
    if as_json:
        print_json(row(case))
    else:
        typer.echo(f"Case {case.reference} is open again, with its old dates: `nexio-intake cases show` tells them.")
