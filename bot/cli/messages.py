"""`messages list|adopt|release`: mail that opened no case, and mail nobody could read."""

from typing import Annotated, Any

import typer

from bot.bootstrap import Desk
from bot.cli.case_row import row as case_row
from bot.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    MessageId,
    StaffMember,
    at_the_desk,
    moment,
    print_json,
    print_table,
)
from bot.core.case import Case, Lane
from bot.core.lanes import MAY, Deed
from bot.core.records import Disposition, Kept
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.flow.roles import require_role
from bot.flow.staff_entry import adopt as adopt_message

app = typer.Typer(help="Look at mail that opened no case, or that could not be read.", no_args_is_help=True)

COLUMNS = ("id", "channel", "received_at", "disposition", "from", "subject", "error")


def row(kept: Kept) -> dict[str, Any]:
    """Return a kept message as programs read it."""
    return {
        "id": kept.id,
        "channel": kept.channel,
        "received_at": kept.received_at.isoformat(),
        "disposition": kept.disposition.value,
        "from": kept.message.sender.value if kept.message else "",
        "subject": kept.message.subject if kept.message else "",
        "error": kept.error,
    }


@app.command("list")
def list_messages(
    *,
    kind: Annotated[Disposition, typer.Option(help="Which messages.")] = Disposition.PARKED,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List kept messages of one kind, newest first."""
    rows = at_the_desk(
        config, lambda desk: desk.store.transact(lambda unit: [row(one) for one in unit.inbox.listed(kind, limit=500)])
    )
    if as_json:
        print_json(rows)
        return
    cells = [[moment(r[c]) if c == "received_at" else r[c] for c in COLUMNS] for r in rows]
    print_table("Messages", COLUMNS, cells, f"No messages are {kind.value}.")


@app.command("adopt")
def adopt(
    message: MessageId,
    *,
    right: Annotated[list[RequestType], typer.Option(help="What the person asks for; may be given several times.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make a message a case: the reader took it for other mail, and you know better."""

    async def work(desk: Desk) -> Case:
        now = desk.clock.now()
        return await desk.store.transact(
            lambda unit: adopt_message(unit, desk.treatment.casework, desk.answering, message, right, staff, now)
        )

    case = at_the_desk(config, work)
    if as_json:
        print_json(case_row(case))
    else:
        typer.echo(f"Case {case.reference} is open; `nexio-intake cases show {case.reference}` shows it.")


@app.command("release")
def release(
    message: MessageId, *, staff: StaffMember, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Have a parked or other message read again, for instance after an update."""

    def work(unit: Unit) -> Kept:
        require_role(unit, staff, MAY[Lane.GENERAL][Deed.EDIT], "have a message read again")
        unit.inbox.release(message)
        return unit.inbox.get(message)

    released = at_the_desk(config, lambda desk: desk.store.transact(work))
    if as_json:
        print_json(row(released))
    else:
        typer.echo("It will be read again within seconds.")


@app.command("destroy")
def destroy(
    message: MessageId,
    *,
    reason: Annotated[str, typer.Option(help="What was seen, and why it is not needed any more; stays on file.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Destroy a message's files once they were seen, such as a copy of an identity card; its words stay."""
    left = at_the_desk(config, lambda desk: desk.evidence.destroy(message, reason, staff))
    if as_json:
        print_json(row(left))
    else:
        typer.echo("The files are destroyed here. Delete the mail in the mailbox as well.")
