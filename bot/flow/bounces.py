"""What became of a delivery of ours: a failed one opens its item again at its old date (law.md rule 7)."""

from collections.abc import Sequence
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
    """Write down which texts of ours arrived or were read, each once; nothing moves."""
    for outgoing in _told_of(unit, receipt, sender):
        if outgoing.case_id and unit.counters.once(f"{receipt.state}:{outgoing.id}", now):  # told again with later ones
            told = {"outgoing": outgoing.id, "state": receipt.state}
            unit.audit.record(outgoing.case_id, "receipt", "platform", now, told)


def _told_of(unit: Unit, receipt: Receipt, person: Handle) -> Sequence[Outgoing]:
    """Return the texts that a receipt is for, as exactly as the platform says it."""
    if receipt.original_message_id:
        named = unit.outbox.by_message_ids((receipt.original_message_id,))
        return [named] if named else []
    sent = [
        one
        for case in unit.cases.of_requester(person)
        for one in unit.outbox.listed(DeliveryState.SENT, case.id)
        if one.recipient == person
    ]
    if receipt.texts:
        return [one for one in sent if not one.texts.isdisjoint(receipt.texts)]
    return [one for one in sent if receipt.until and one.had_left(receipt.until)]
