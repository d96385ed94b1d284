"""`cases ask-facts|undoubt|vouch|unvouch|choose|unchoose|settle`: what is asked, and said, of who somebody is."""

from collections.abc import Awaitable
from typing import Annotated

import typer

from bot.bootstrap import Desk
from bot.cli.case_row import row
from bot.cli.common import DEFAULT_CONFIG, AsJson, CaseName, Config, StaffMember, on_case, print_json
from bot.core.case import Case
from bot.core.choice import Told
from bot.core.vouching import Ground

Reason = Annotated[str, typer.Option(help="What was seen or checked; for the file.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `cases`."""
    app.command("ask-facts")(ask_facts)
    app.command("undoubt")(undoubt)
    app.command("vouch")(vouch)
    app.command("unvouch")(unvouch)
    app.command("choose")(choose)
    app.command("unchoose")(unchoose)
    app.command("settle")(settle)


def ask_facts(
    reference: CaseName,
    *,
    of: Annotated[str, typer.Option(metavar="ADDRESS", help="An address on record of whoever they say they are.")],
    number: Annotated[str, typer.Option(help="Their customer number, where several share the address.")] = "",
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Ask somebody who lost their address the facts of [identity]; the answer is compared and not kept."""
    case = on_case(config, reference, lambda desk, one: desk.facts.ask(one.id, of, staff, number=number))
    shows = f"`nexio-intake cases show {case.reference} --as EMAIL` says whether the facts match"
    _tell(case, f"Once they answered, {shows}; then vouch, or don't.", as_json=as_json)


def undoubt(
    reference: CaseName,
    *,
    reason: Annotated[str, typer.Option(help="Why there is no doubt any more; for the file.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Withdraw a colleague's doubt who writes (`cases ask --reason`): the usual proof is enough again."""
    case = on_case(config, reference, lambda desk, one: desk.approval.withdraw_doubt(one.id, reason, staff))
    _tell(case, f"Recorded: {case.reference} asks only the usual proof again.", as_json=as_json)


def vouch(
    reference: CaseName,
    *,
    ground: Annotated[
        Ground,
        typer.Option(
            help="What shows it; own_address, postal_address, phone_number, chat_link: it goes to the person; "
            "chat_account: it is about that account alone."
        ),
    ],
    of: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="An address on record of whoever the data are about, or a customer number; none on chat_account.",
        ),
    ] = "",
    reason: Reason,
    number: Annotated[str, typer.Option(help="Their customer number, where several share the address.")] = "",
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Vouch for an agent, a parent, an heir, or somebody who lost their mailbox; who is on record hears of it.

    On chat_account nobody does: the answer is about that account alone.
    """

    def deed(desk: Desk, one: Case) -> Awaitable[Case]:
        return desk.vouching.vouch(one.id, ground, of, reason, staff, number=number)

    case = on_case(config, reference, deed)
    _tell(case, f"Recorded in {case.reference}. {_way(case)}", as_json=as_json)


def unvouch(
    reference: CaseName, *, reason: Reason, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Take a colleague's word back: nothing on record goes out on it any more."""
    case = on_case(config, reference, lambda desk, one: desk.vouching.take_back(one.id, reason, staff))
    _tell(case, f"Recorded in {case.reference}: nobody vouches for it any more.", as_json=as_json)


def choose(
    reference: CaseName,
    *,
    field: Annotated[
        list[str], typer.Option(metavar="COLUMN", help="A column of the record they chose to read there; repeatable.")
    ],
    told: Annotated[Told, typer.Option(help="How they heard that the platform reads along.")],
    reason: Annotated[str, typer.Option(help="What they said; for the file.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Record, as data protection officer, what a person without e-mail chose to read in the chat all the same."""
    case = on_case(config, reference, lambda desk, one: desk.choosing.record(one.id, field, told, reason, staff))
    named = ", ".join(case.chosen.fields) if case.chosen else ""
    _tell(case, f"Recorded in {case.reference}: it is answered in the chat, with {named} and no more.", as_json=as_json)


def unchoose(
    reference: CaseName,
    *,
    reason: Annotated[str, typer.Option(help="Why it ends; for the file.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """End a person's choice for the chat: nothing on record leaves for it any more."""
    case = on_case(config, reference, lambda desk, one: desk.choosing.take_back(one.id, reason, staff))
    _tell(case, f"Recorded in {case.reference}: nothing on record leaves for the chat any more.", as_json=as_json)


def settle(
    reference: CaseName, *, reason: Reason, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Let a case go on that somebody said on our page was not theirs; who asks has to be shown anew."""
    case = on_case(config, reference, lambda desk, one: desk.reception.denials.settle(one.id, staff, reason))
    _tell(case, f"Recorded: {case.reference} goes on. Nobody counts as proven; ask anew.", as_json=as_json)


def _way(case: Case) -> str:
    """Say where an answer goes on a colleague's word, and when."""
    word = case.vouch
    if word and word.ground is Ground.CHAT_ACCOUNT:
        return "Its answer, about that account alone, opens by a link in the chat once two colleagues approved it."
    if word and word.ground is Ground.CHAT_LINK:
        code = f"`nexio-intake dossiers code {case.reference} --as EMAIL`"
        return f"Its answer opens by a link in the chat, after 72 hours; {code} then gives the code to tell by a call."
    to = word.to.value if word else ""
    return f"Its answer goes to {to}; where that is not on record, after 72 hours."


def _tell(case: Case, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(row(case))
    else:
        typer.echo(sentence)
