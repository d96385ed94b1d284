"""What became of a delivery of ours: a failed one opens its item again at its old date (law.md rule 7)."""

from dataclasses import replace
from datetime import datetime

from bot.core.case import Event
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import Bounce, Handle, Receipt
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


def note_receipt(unit: Unit, receipt: Receipt, sender: Handle, now: datetime) -> None:
    """Write down that a text of ours arrived or was read; nothing moves."""
    if receipt.until is None:
        outgoing = unit.outbox.by_message_ids((receipt.original_message_id,))
    else:
        outgoing = _last_sent(unit, sender, receipt.until)
        if outgoing is not None and not unit.counters.once(f"{receipt.state}:{outgoing.id}", now):
            return  # told with every text that follows
    if outgoing is not None and outgoing.case_id:
        unit.audit.record(
            outgoing.case_id, "receipt", "platform", now, {"outgoing": outgoing.id, "state": receipt.state}
        )


def _last_sent(unit: Unit, person: Handle, until: datetime) -> Outgoing | None:
    """Return the last text that had left for a person by then."""
    letters = [
        one for case in unit.cases.of_requester(person) for one in unit.outbox.listed(DeliveryState.SENT, case.id)
    ]
    there = [one for one in letters if one.recipient == person and (one.not_before or one.created_at) <= until]
    return max(there, key=lambda one: one.created_at, default=None)
