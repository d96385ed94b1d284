"""What became of a delivery of ours: a failed one opens its item again at its old date (law.md rule 7)."""

from dataclasses import replace
from datetime import datetime

from bot.core.case import Event
from bot.core.delivery import DeliveryState
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import Bounce, Receipt
from bot.core.unit import Unit
from bot.flow.aftermath import follow
from bot.flow.answering import Answering


def take_back_delivery(unit: Unit, answering: Answering, bounce: Bounce, now: datetime) -> str | None:
    """Reopen what a permanently failed mail had answered and return its case; a delay is only kept."""
    outgoing = unit.outbox.by_message_ids((bounce.original_message_id,)) if bounce.original_message_id else None
    if outgoing is None or not outgoing.case_id:
        return None
    if not bounce.permanent:
        return outgoing.case_id
    parked = replace(outgoing, state=DeliveryState.PARKED, last_error=f"bounced {bounce.status}".strip())
    unit.outbox.save(parked)
    case = follow(unit, answering, parked, Event.BOUNCED, now)
    unit.audit.record(case.id, "bounced", "desk", now, {"outgoing": outgoing.id, "status": bounce.status})
    answering.post.notify(unit, Notice(NoticeKind.NOT_DELIVERED, case.reference), now)
    return case.id


def note_receipt(unit: Unit, receipt: Receipt, now: datetime) -> None:
    """Write down that a text of ours arrived or was read; nothing moves."""
    outgoing = unit.outbox.by_message_ids((receipt.original_message_id,))
    if outgoing is not None and outgoing.case_id:
        unit.audit.record(
            outgoing.case_id, "receipt", "platform", now, {"outgoing": outgoing.id, "state": receipt.state}
        )
