"""`outbox list|retry`."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from bot.cli.common import DEFAULT_CONFIG, AsJson, Config, StaffMember, at_the_desk, print_json, print_table
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.errors import NotAllowed
from bot.core.ports import Unit

app = typer.Typer(help="Look after what is on its way out.", no_args_is_help=True)

COLUMNS = ("id", "kind", "channel", "to", "state", "attempts", "last_error")


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


@app.command("list")
def list_outbox(
    *,
    config: Config = DEFAULT_CONFIG,
    state: Annotated[DeliveryState | None, typer.Option(help="Only messages in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    as_json: AsJson = False,
) -> None:
    """List outgoing messages, newest first."""
    rows = at_the_desk(
        config,
        lambda desk: desk.store.transact(lambda unit: [row(one) for one in unit.outbox.listed(state, limit=limit)]),
    )
    if as_json:
        print_json(rows)
        return
    print_table("Outbox", COLUMNS, [[r[c] for c in COLUMNS] for r in rows], "Nothing is on its way.")


@app.command("retry")
def retry(outgoing_id: str, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Try a parked or uncertain message again. An uncertain one may have arrived: ask the person before."""

    def work(unit: Unit) -> Outgoing:
        if not unit.staff.roles(staff):
            raise NotAllowed(f"{staff} is no colleague here: `nexio-intake staff add {staff} --role approver`")
        outgoing = unit.outbox.get(outgoing_id)
        if outgoing.state not in {DeliveryState.PARKED, DeliveryState.UNCERTAIN, DeliveryState.QUEUED}:
            raise NotAllowed(f"this message is {outgoing.state}: only a parked, uncertain or queued one can be retried")
        again = replace(outgoing, state=DeliveryState.QUEUED, not_before=None, last_error="")
        unit.outbox.save(again)
        return again

    again = at_the_desk(config, lambda desk: desk.store.transact(work))
    if as_json:
        print_json(row(again))
    else:
        typer.echo("Queued; the delivery role sends it within seconds.")
