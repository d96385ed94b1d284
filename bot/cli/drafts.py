"""`drafts list|show|edit|outcome|approve|take-back|reject|again`: where a colleague decides."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from bot.bootstrap import Desk
from bot.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    CaseName,
    Config,
    DraftId,
    Onlooker,
    StaffMember,
    Viewer,
    at_the_desk,
    on_case,
    print_json,
    print_table,
    told_plainly,
)
from bot.cli.files import read_text
from bot.core.case import Case
from bot.core.drafts import Draft, DraftStatus
from bot.core.errors import BadInput
from bot.core.lanes import Deed
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.flow.admission import look_at_draft, refused, require_colleague

app = typer.Typer(help="Read, change, approve or reject what was drafted.", no_args_is_help=True)

COLUMNS = ("id", "case", "kind", "language", "channel", "to", "subject", "status")


def row(draft: Draft, reference: str) -> dict[str, Any]:
    """Return a draft as programs read it."""
    return {
        "id": draft.id,
        "case": reference,
        "kind": draft.kind.value,
        "language": draft.language,
        "channel": draft.recipient.channel,
        "to": draft.recipient.value,
        "subject": draft.subject,
        "body": draft.body,
        "status": draft.status.value,
    }


def row_with_approvals(draft: Draft, reference: str) -> dict[str, Any]:
    """Return a draft with what stands between it and the outbox."""
    return row(draft, reference) | {
        "open_slots": list(draft.open_slots),
        "approvals": [given.staff for given in draft.approvals if given.seal == draft.seal],
        "approvers_needed": draft.approvers_needed,
    }


async def _told(desk: Desk, draft: Draft) -> dict[str, Any]:
    return await desk.store.transact(lambda unit: row_with_approvals(draft, unit.cases.get(draft.case_id).reference))


def _rows(unit: Unit, status: DraftStatus | None, staff: str) -> list[dict[str, Any]]:
    require_colleague(unit, staff)
    rows = []
    for draft in unit.drafts.listed(status, limit=500):
        case = unit.cases.get(draft.case_id)
        shown = row(draft, case.reference)
        if not refused(unit, case, staff, Deed.SEE):
            rows.append(shown)
        elif not staff:  # it waits, and only those of its lane read it
            rows.append(shown | {"to": "", "subject": f"({case.lane} lane: --as EMAIL)", "body": ""})
    return rows


@app.command("list")
def list_drafts(
    *,
    config: Config = DEFAULT_CONFIG,
    status: Annotated[DraftStatus, typer.Option(help="Which drafts.")] = DraftStatus.WAITING,
    staff: Viewer = "",
    as_json: AsJson = False,
) -> None:
    """List drafts, oldest first: all of them, those of other lanes without their words, or with --as a colleague's."""
    rows = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: _rows(unit, status, staff)))
    if as_json:
        print_json(rows)
        return
    print_table("Drafts", COLUMNS, [[r[c] for c in COLUMNS] for r in rows], f"No drafts are {status.value}.")


@app.command("show")
def show_draft(
    draft_id: DraftId, *, staff: Onlooker = "", config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Show one draft as it would leave, and what is in the way. The beginning of the id suffices."""

    def look(unit: Unit, desk: Desk) -> dict[str, Any]:
        draft, case = look_at_draft(unit, draft_id, staff, desk.clock.now())
        flaws = desk.approval.in_the_way(unit, draft, case) if draft.status is DraftStatus.WAITING else ()
        return row_with_approvals(draft, case.reference) | {"findings": [flaw.said for flaw in flaws]}

    shown = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: look(unit, desk)))
    if as_json:
        print_json(shown)
        return
    typer.echo(f"{shown['kind']} in case {shown['case']}, {shown['status']}")
    typer.echo(f"To: {shown['to']} ({shown['channel']})\nSubject: {shown['subject']}\n\n{shown['body']}\n")
    given = ", ".join(shown["approvals"]) or "nobody yet"
    typer.echo(f"approved by {given}; {shown['approvers_needed']} needed")
    for finding in shown["findings"]:
        typer.echo(f"in the way: {finding}")


@app.command("edit")
def edit_draft(
    draft_id: DraftId,
    *,
    staff: StaffMember,
    body_file: Annotated[
        Path | None, typer.Option("--body", help="A file with the new text; - reads standard input.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The new subject.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Change a draft's words; earlier approvals are void. Without --body or --subject an editor opens."""
    body = _new_body(config, draft_id, staff, body_file, subject)
    if body is None and subject is None:
        typer.echo("Nothing was changed.")
        return

    async def work(desk: Desk) -> dict[str, Any]:
        return await _told(desk, await desk.approval.edit(draft_id, staff, subject=subject, body=body))

    changed = at_the_desk(config, work)
    if as_json:
        print_json(changed)
    elif changed["open_slots"]:
        typer.echo("Saved. Still to fill: " + ", ".join(changed["open_slots"]))
    else:
        typer.echo(f"Saved. `nexio-intake drafts approve {changed['id']} --as EMAIL` is next.")


def _new_body(config: Path, draft_id: str, staff: str, body_file: Path | None, subject: str | None) -> str | None:
    if body_file is not None:
        with told_plainly():
            return read_text(body_file).rstrip("\n")
    if subject is not None:
        return None
    draft, _ = at_the_desk(
        config,
        lambda desk: desk.store.transact(lambda unit: look_at_draft(unit, draft_id, staff, desk.clock.now())),
    )
    with told_plainly():
        try:
            edited = click.edit(draft.body)
        except click.ClickException as failure:
            raise BadInput(f"{failure.format_message()}: set EDITOR, or give the text with --body FILE") from None
    return edited.rstrip("\n") if edited is not None else None


@app.command("approve")
def approve_draft(
    draft_id: DraftId, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Say yes to one exact wording. Disclosures, erasures and refusals need a second, different colleague."""

    async def work(desk: Desk) -> dict[str, Any]:
        return await _told(desk, await desk.approval.approve(draft_id, staff))

    approved = at_the_desk(config, work)
    if as_json:
        print_json(approved)
    elif approved["status"] == DraftStatus.APPROVED:
        typer.echo(
            f"Approved. It goes to {approved['to']} within seconds; `drafts take-back {approved['id']}` stops it."
        )
    else:
        missing = approved["approvers_needed"] - len(approved["approvals"])
        typer.echo(f"Your yes is recorded. {missing} more, from a different colleague, and it leaves.")


@app.command("take-back")
def take_back_draft(
    draft_id: DraftId, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Take an approval back before the letter leaves (`undo_seconds` under [replies]); the draft waits again."""

    async def work(desk: Desk) -> dict[str, Any]:
        return await _told(desk, await desk.outbox.take_back(draft_id, staff))

    waiting = at_the_desk(config, work)
    if as_json:
        print_json(waiting)
    else:
        typer.echo(f"Taken back. Nothing was sent; draft {waiting['id']} waits again, without any approval.")


@app.command("reject")
def reject_draft(
    draft_id: DraftId,
    *,
    staff: StaffMember,
    reason: Annotated[str, typer.Option(help="Why, for the file.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Send a draft back. The case stays open; `drafts again` drafts it anew."""

    async def work(desk: Desk) -> dict[str, Any]:
        return await _told(desk, await desk.approval.reject(draft_id, staff, reason))

    rejected = at_the_desk(config, work)
    if as_json:
        print_json(rejected)
    else:
        typer.echo("Rejected. Nothing was sent; the case waits for a new draft.")


@app.command("again")
def draft_again(
    reference: CaseName, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Draft a case's answer anew, from how the case stands now."""

    async def deed(desk: Desk, case: Case) -> list[dict[str, Any]]:
        return [row(draft, case.reference) for draft in await desk.approval.answer_anew(case.id, staff)]

    waiting = on_case(config, reference, deed)
    if as_json:
        print_json(waiting)
    else:
        typer.echo(f"{len(waiting)} draft(s) wait in this case.")


Outcomes = Annotated[
    list[str], typer.Argument(metavar="ITEM=OUTCOME…", help="How each item ends, such as erasure=partly.")
]
Evidence = Annotated[
    str,
    typer.Option(metavar="TEXT", help="What shows it, for the file; asked for where a request is called excessive."),
]


@app.command("outcome")
def choose_outcome(
    draft_id: DraftId,
    outcomes: Outcomes,
    *,
    staff: StaffMember,
    evidence: Evidence = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say how the items of a draft end: granted, partly, refused, no_data … It is drafted anew with the right words."""
    chosen = dict(map(outcome_of, outcomes))

    async def work(desk: Desk) -> tuple[Sequence[Draft], str]:
        drafts = await desk.outcomes.choose(draft_id, chosen, staff, evidence=evidence)
        case = await desk.store.transact(lambda unit: unit.cases.get(unit.drafts.get(draft_id).case_id))
        return drafts, case.reference

    drafts, reference = at_the_desk(config, work)
    print_drafted(drafts, reference, as_json=as_json)


def print_drafted(drafts: Sequence[Draft], reference: str, *, as_json: bool) -> None:
    """Tell what was drafted anew for a case, and what is still to fill."""
    if as_json:
        print_json([row(draft, reference) for draft in drafts])
        return
    for draft in drafts:
        typer.echo(f"{draft.id}  {draft.subject}  still to fill: {', '.join(draft.open_slots) or 'nothing'}")


def outcome_of(written: str) -> tuple[RequestType, Outcome]:
    """Return what ITEM=OUTCOME says."""
    right, equals, outcome = written.partition("=")
    if outcome == "extended":
        raise typer.BadParameter("an extension needs its reason: `nexio-intake cases extend REF --item … --reason …`")
    try:
        item, end = RequestType(right), Outcome(outcome)
    except ValueError:
        rights, ends = ", ".join(RequestType), ", ".join(Outcome)
        advice = f"write ITEM=OUTCOME with an item of {rights} and an outcome of {ends}"
        raise typer.BadParameter(f"{written!r}: {advice}" if equals else advice) from None
    return item, end
