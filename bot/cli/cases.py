"""`cases list|show|classify|ask|close|conflict`; what else is done to cases is registered here."""

from typing import Annotated, Any

import typer

from bot.bootstrap import Desk
from bot.cli import case_records, clocks, entering, identity, life
from bot.cli.case_row import row
from bot.cli.clocks import spoken
from bot.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    CaseName,
    Config,
    Limit,
    Onlooker,
    StaffMember,
    Viewer,
    at_the_desk,
    find,
    moment,
    on_case,
    print_json,
    print_table,
)
from bot.core.case import Case
from bot.core.drafts import DraftKind, may_send_alone
from bot.core.lanes import Deed
from bot.core.proof import lacks_proof, lacks_second_proof
from bot.core.records import Kept
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.core.unit import Unit
from bot.flow.admission import look_at, record_conflict, refused, require_colleague
from bot.flow.authorities import proposed_days
from bot.flow.history import name_of
from bot.flow.rereading import reread
from bot.flow.sight import links_seen

app = typer.Typer(help="Look at cases and work on them.", no_args_is_help=True)

COLUMNS = (
    "reference",
    "types",
    "language",
    "channel",
    "stage",
    "identity",
    "promise_due",
    "statutory_due",
    "attention",
)


@app.command("list")
def list_cases(
    *,
    config: Config = DEFAULT_CONFIG,
    open_only: Annotated[bool, typer.Option("--open", help="Only those with something left to do.")] = False,
    limit: Limit = 200,
    staff: Viewer = "",
    as_json: AsJson = False,
) -> None:
    """List cases, those due first: all of them, without names, or with --as what a colleague may see."""

    def read(unit: Unit) -> list[Case]:
        require_colleague(unit, staff)
        found = unit.cases.listed(open_only=open_only, limit=limit)
        return [case for case in found if not staff or not refused(unit, case, staff, Deed.SEE)]

    cases = at_the_desk(config, lambda desk: desk.store.transact(read))
    if as_json:
        print_json([row(case) for case in cases])
        return
    shown = [row(case) | {"attention": case.attention} for case in cases]
    cells = [[", ".join(r["types"]) if c == "types" else r[c] or "–" for c in COLUMNS] for r in shown]
    print_table("Cases", COLUMNS, cells, "No cases.")


@app.command("show")
def show_case(
    reference: CaseName, *, staff: Onlooker = "", config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Show one case: what was written, what was understood, what was decided and why. The look is recorded."""

    def read(unit: Unit, desk: Desk) -> dict[str, Any]:
        now, calendar = desk.clock.now(), desk.house.calendar
        case = look_at(unit, find(unit, reference), staff, now)
        history = unit.audit.chain(case.id)
        customer = unit.directory.get(case.customer_id) if case.customer_id else None
        return row(case) | {
            "attention": case.attention,
            "requester": str(case.requester),
            "proven": str(case.proven) if case.proven else None,
            "customer": customer.number if customer else None,
            "lane": case.lane.value,
            "authority_due": case.authority_due.isoformat() if case.authority_due else None,
            "authority_may_want_by": [
                {"day": found.day.isoformat(), "words": found.words}
                for found in proposed_days(case, unit.inbox.correspondence(case.id), calendar)
            ],
            "hold": case.hold.reason if case.hold else None,
            "complained_of": sorted(case.complained_of),
            "merged_into": name_of(unit, case.merged_into) if case.merged_into else None,
            "joined_by": [name_of(unit, joined) for joined in case.joined],
            "flags": sorted(flag.value for flag in case.flags),
            "items": [
                {
                    "right": item.right.value,
                    "state": item.state.value,
                    "clock": item.clock.value,
                    "doubtful": item.doubtful,
                    "doubted": item.least > Trust.CLAIMED,
                    "second_proof_missing": lacks_second_proof(item),
                    "stopped_since": item.done_at.isoformat() if item.provisional and item.done_at else None,
                    **clocks.clocks(item, history, calendar.civil_date(now), calendar),
                }
                for item in case.items
            ],
            "messages": [_message(kept) for kept in unit.inbox.correspondence(case.id)],
            "history": [
                {"at": link.at.isoformat(), "actor": link.actor, "event": link.event, **link.data}
                for link in links_seen(unit, history, staff)
            ],
        }

    shown = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: read(unit, desk)))
    if as_json:
        print_json(shown)
        return
    _print(shown)


def _message(kept: Kept) -> dict[str, Any]:
    message, reading = kept.message, kept.reading
    return {
        "id": kept.id,
        "received_at": kept.received_at.isoformat(),
        "from": str(message.sender) if message else "",
        "subject": message.subject if message else "",
        "text": message.text if message else "",
        "understood": [right.value for right in reading.exercised] if reading else [],
        "confidence": round(reading.confidence, 3) if reading else None,
        "evidence": [evidence.text for evidence in reading.evidence] if reading else [],
    }


def _print_authority(shown: dict[str, Any]) -> None:
    if shown["authority_due"]:
        typer.echo(f"the authority wants its answer by {shown['authority_due']}")
    for found in shown["authority_may_want_by"]:
        typer.echo(f"the authority may want it by {found['day']} (“{found['words']}”): check it, then `cases due`")


def _print_item(item: dict[str, Any]) -> None:
    doubt = "  (to be confirmed)" if item["doubtful"] else ""
    typer.echo(f"  {item['right']}: {item['state']}, {spoken(item)}{doubt}")
    if item["doubted"]:
        typer.echo("    a colleague doubts who writes: `cases history` says why, `cases undoubt` withdraws it")
    if item["second_proof_missing"]:
        typer.echo("    a second proof is missing: `cases ask` asks for it, or `cases vouch --ground second_channel`")
    if item["stopped_since"]:
        typer.echo(f"    the use has to be stopped since {moment(item['stopped_since'])}, until the answer weighs it")


def _print(shown: dict[str, Any]) -> None:
    say = typer.echo
    say(f"{shown['reference']}  {shown['stage']}  identity: {shown['identity']}  lane: {shown['lane']}")
    say(f"from {shown['requester']}, proven: {shown['proven'] or 'nobody yet'}, customer: {shown['customer'] or '–'}")
    if shown["complained_of"]:
        say("a complaint is about, and kept from: " + ", ".join(shown["complained_of"]))
    if shown["merged_into"]:
        say(f"carried on in {shown['merged_into']}")
    if shown["joined_by"]:
        say("joined by " + ", ".join(shown["joined_by"]))
    if shown["flags"]:
        say("flags: " + ", ".join(shown["flags"]))
    _print_authority(shown)
    for item in shown["items"]:
        _print_item(item)
    for message in shown["messages"]:
        say(f"\n{moment(message['received_at'])}  {message['from']}  {message['subject']}  [{message['id']}]")
        say("\n".join("  " + line for line in message["text"].splitlines()))
        if message["understood"]:
            say(f"  understood: {', '.join(message['understood'])} ({message['confidence']:.0%} sure)")
    say("\nhistory")
    for link in shown["history"]:
        facts = ", ".join(f"{k}: {v}" for k, v in link.items() if k not in {"at", "actor", "event"})
        say(f"  {moment(link['at'])}  {link['actor']}: {link['event']}  {facts}")


@app.command("classify")
def classify(
    reference: CaseName,
    rights: Annotated[list[RequestType], typer.Argument(help="What the person asks for; `other` stands alone.")],
    *,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say what a case asks for: what the desk could not read, or read wrongly. Its date stays; it is drafted anew."""

    def work(unit: Unit, desk: Desk) -> Case:
        case = find(unit, reference)
        return reread(unit, desk.treatment.casework, desk.answering, case.id, rights, staff, desk.clock.now())

    case = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: work(unit, desk)))
    if as_json:
        print_json(row(case))
        return
    typer.echo(f"Case {case.reference} is about {', '.join(row(case)['types'])} now.")
    if any(lacks_proof(item) and not item.challenge for item in case.items):
        typer.echo(f"Nobody was asked for a proof yet: `nexio-intake cases ask {case.reference} --as EMAIL` does.")


@app.command("ask")
def ask_identity(
    reference: CaseName,
    *,
    at: Annotated[str, typer.Option(metavar="ADDRESS", help="Another address that the person named in the case.")] = "",
    reason: Annotated[
        str, typer.Option(help="Why you doubt who writes, for the file: more has to be proven then than usual.")
    ] = "",
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Ask the person to prove who they are: a code goes to the address they wrote from, or to one they named.

    In a chat they are asked for that address first. Where nothing can be asked now, a doubt is kept all the same.

    Where nothing waits for a proof, it takes a reason to ask; nothing is disclosed then before more is proven, or
    before `cases undoubt` withdraws the doubt.
    Where questions may not leave by themselves, this one waits in `drafts list` like any other.
    """

    async def deed(desk: Desk, found: Case) -> tuple[Case, bool]:
        case = await desk.approval.ask_identity(found.id, staff, at, reason=reason)
        return case, may_send_alone(DraftKind.IDENTITY_QUESTION, desk.house.leaving_alone, case.flags)

    case, leaves = on_case(config, reference, deed)
    if as_json:
        print_json(row(case))
    elif case.attention:
        typer.echo(f"The doubt is on file; {case.attention}.")
    elif leaves:
        typer.echo(f"The question goes to {at or case.requester.value}.")
    else:
        typer.echo(f"The question to {at or case.requester.value} waits for approval: `nexio-intake drafts list`.")


@app.command("close")
def close_case(
    reference: CaseName,
    *,
    staff: StaffMember,
    reason: Annotated[str, typer.Option(help="Why no letter is needed, for the file.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """End a case without a letter: a mistake, spam, or settled otherwise. A new message opens it anew."""
    case = on_case(config, reference, lambda desk, found: desk.approval.close(found.id, staff, reason))
    if as_json:
        print_json(row(case))
    else:
        typer.echo(f"The case is {case.stage.value}. Nothing was sent.")


@app.command("conflict")
def conflict(
    reference: CaseName,
    *,
    colleague: Annotated[str, typer.Option(metavar="EMAIL", help="Whom the complaint is about.")],
    staff: StaffMember,
    lift: Annotated[bool, typer.Option("--lift", help="Let the colleague in again.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Keep a colleague a complaint is about away from its case: they neither see nor approve it."""

    def work(unit: Unit, desk: Desk) -> Case:
        case = find(unit, reference)
        now = desk.clock.now()
        return record_conflict(unit, desk.answering, case.id, colleague, staff, now, lifted=lift)

    case = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: work(unit, desk)))
    if as_json:
        print_json(row(case))
    else:
        typer.echo(f"{colleague} {'may handle' if lift else 'no longer sees or handles'} case {case.reference}.")


for others in (entering, identity, clocks, life, case_records):
    others.register(app)
