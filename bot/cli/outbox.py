"""`outbox list|retry|settle`."""

from typing import Annotated, Any

import typer

from bot.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    Limit,
    OutgoingId,
    StaffMember,
    Viewer,
    at_the_desk,
    print_json,
    print_table,
)
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.unit import Unit
from bot.flow.admission import require_colleague
from bot.flow.sight import letters_seen

app = typer.Typer(help="Look after what is on its way out.", no_args_is_help=True)

COLUMNS = ("id", "kind", "channel", "to", "state", "attempts", "last_error")

_UNSEEN = {"to": "", "subject": "(another lane: --as EMAIL)", "message_id": "", "receipt": "", "last_error": ""}


def row(outgoing: Outgoing) -> dict[str, Any]:
    """Return an outgoing message as programs read it."""
    return {
        "id": outgoing.id,
        "kind": outgoing.kind.value,
        "channel": outgoing.recipient.channel,
        "to": outgoing.recipient.value,
        "subject": outgoing.subject,
        "state": outgoing.state.value,
        "attempts": outgoing.attempts,
        "message_id": outgoing.message_id,
        "receipt": outgoing.receipt,
        "last_error": outgoing.last_error,
    }


def _rows(unit: Unit, state: DeliveryState | None, staff: str, limit: int) -> list[dict[str, Any]]:
    require_colleague(unit, staff)
    listed = unit.outbox.listed(state, limit=limit)
    seen = {letter.id for letter, _ in letters_seen(unit, listed, staff, unit.staff.roles(staff))}
    shown = [letter for letter in listed if letter.id in seen or not staff]
    return [row(letter) if letter.id in seen else row(letter) | _UNSEEN for letter in shown]


@app.command("list")
def list_outbox(
    *,
    config: Config = DEFAULT_CONFIG,
    state: Annotated[DeliveryState | None, typer.Option(help="Only messages in this state.")] = None,
    limit: Limit = 200,
    staff: Viewer = "",
    as_json: AsJson = False,
) -> None:
    """List outgoing messages, newest first.

    Those of other lanes show neither address nor subject; with --as it lists what that colleague may see.
    """
    rows = at_the_desk(config, lambda desk: desk.store.transact(lambda unit: _rows(unit, state, staff, limit)))
    if as_json:
        print_json(rows)
        return
    print_table("Outbox", COLUMNS, [[r[c] for c in COLUMNS] for r in rows], "Nothing is on its way.")


@app.command("retry")
def retry(
    outgoing_id: OutgoingId, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Send a parked message again, in the words that were approved, or a queued one now.

    Refused when the case went on since it was approved (approve the new draft instead), when its code is no longer
    good (`cases ask` sends a new one), and for an uncertain message (`outbox settle`).
    """
    again = at_the_desk(config, lambda desk: desk.outbox.retry(outgoing_id, staff))
    if as_json:
        print_json(row(again))
    else:
        typer.echo("Queued; the delivery role sends it within seconds.")


@app.command("settle")
def settle(
    outgoing_id: OutgoingId,
    *,
    arrived: Annotated[bool, typer.Option("--arrived/--lost", help="What you found out about it.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say whether an uncertain message arrived: look into the Sent folder or the mail server's log, or ask the person.

    --arrived: it counts as sent, and what it answered is answered. --lost: it is sent again; if the case went on
    meanwhile, its answer is drafted anew and waits for approval.
    """
    settled = at_the_desk(config, lambda desk: desk.outbox.settle(outgoing_id, staff, arrived=arrived))
    if as_json:
        print_json(row(settled))
    else:
        typer.echo(_SETTLED[settled.state])


_SETTLED = {
    DeliveryState.SENT: "On file: it arrived, and what it answered is answered.",
    DeliveryState.QUEUED: "Queued; the delivery role sends it again within seconds.",
    DeliveryState.PARKED: "It is not sent again as it was: a new draft waits in `nexio-intake drafts list`.",
}
