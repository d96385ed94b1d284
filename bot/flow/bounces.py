"""What became of a delivery of ours: a failed one opens its item again at its old date (law.md rule 7)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.case import Event
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import Bounce, Handle, Receipt
from bot.core.unit import Unit
from bot.flow.aftermath import follow
from bot.flow.answering import Answering


def take_back_delivery(unit: Unit, answering: Answering, bounce: Bounce, sender: Handle, now: datetime) -> str | None:
    """Reopen what a permanently failed message had answered and return its case; a delay is only kept."""
    outgoing = next(iter(_named(unit, bounce.original_message_id, bounce.texts, sender)), None)
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
    if receipt.until is None:
        return _named(unit, receipt.original_message_id, receipt.texts, person)
    return [one for one in _sent_to(unit, person) if one.had_left(receipt.until)]


def _named(unit: Unit, message_id: str, texts: Sequence[str], person: Handle) -> Sequence[Outgoing]:
    """Return what a platform or a mail server names: by our Message-ID, or by the ids it gave what we sent somebody."""
    if message_id:
        named = unit.outbox.by_message_ids((message_id,))
        return [named] if named else []
    return [one for one in _sent_to(unit, person) if not one.texts.isdisjoint(texts)] if texts else []


def _sent_to(unit: Unit, person: Handle) -> Iterator[Outgoing]:
    for case in unit.cases.of_requester(person):
        yield from (one for one in unit.outbox.listed(DeliveryState.SENT, case.id) if one.recipient == person)
