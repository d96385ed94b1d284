"""`cases reopen|merge|split|outcome`: what becomes of a case after it began."""

from collections.abc import Awaitable, Sequence
from typing import Annotated

import typer

from bot.bootstrap import Desk
from bot.cli.case_row import row
from bot.cli.common import DEFAULT_CONFIG, AsJson, CaseName, Config, StaffMember, at_the_desk, find, on_case, print_json
from bot.cli.drafts import Evidence, Outcomes, outcome_of, print_drafted
from bot.core.case import Case
from bot.core.drafts import Draft
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.flow.joining import merge, split
from bot.flow.reopening import reopen

Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the file.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `cases`."""
    app.command("reopen")(reopen_case)
    app.command("merge")(merge_cases)
    app.command("outcome")(choose_outcome)
    app.command("split")(split_case)


def reopen_case(
    reference: CaseName,
    *,
    staff: StaffMember,
    reason: Why,
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


def merge_cases(
    reference: CaseName,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The case that carries it on.")],
    *,
    staff: StaffMember,
    reason: Why,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Carry a case on in another one: the earlier dates stay, and its threads lead there."""

    def work(unit: Unit, desk: Desk) -> Case:
        one, other, casework = find(unit, reference), find(unit, into), desk.treatment.casework
        return merge(unit, casework, desk.answering, one.id, other.id, reason, staff, desk.clock.now())

    case = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: work(unit, desk)))
    if as_json:
        print_json(row(case))
    else:
        typer.echo(
            f"{reference} is carried on in {case.reference}. Look there: `nexio-intake cases show` tells it all."
        )


def split_case(
    reference: CaseName,
    *,
    item: Annotated[list[RequestType], typer.Option("--item", help="What goes into a case of its own.")],
    message: Annotated[
        list[str] | None,
        typer.Option("--message", metavar="ID", help="A message that goes along; its writer comes with it."),
    ] = None,
    staff: StaffMember,
    reason: Why,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Carry some of what a case asks on in a case of its own, with its dates: it holds two matters, or two people."""

    def work(unit: Unit, desk: Desk) -> Case:
        case, casework = find(unit, reference), desk.treatment.casework
        now = desk.clock.now()
        return split(unit, casework, desk.answering, case.id, item, message or (), reason, staff, now)

    case = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: work(unit, desk)))
    if as_json:
        print_json(row(case))
    else:
        typer.echo(
            f"Case {case.reference} is new and has {', '.join(row(case)['types'])}; the rest stays in {reference}."
        )


def choose_outcome(
    reference: CaseName,
    outcomes: Outcomes,
    *,
    staff: StaffMember,
    evidence: Evidence = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say how items of a case end for which nothing is drafted yet, such as other=forwarded for a processor's mail."""
    chosen = dict(map(outcome_of, outcomes))

    def deed(desk: Desk, case: Case) -> Awaitable[Sequence[Draft]]:
        return desk.outcomes.choose_in(case.id, chosen, staff, evidence=evidence)

    print_drafted(on_case(config, reference, deed), reference, as_json=as_json)
