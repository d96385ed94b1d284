"""An answer a colleague sent from the shared mailbox with their own mail client counts as the answer."""

from dataclasses import replace
from datetime import datetime

from bot.core.case import Event, advance, can
from bot.core.messages import Inbound, Message
from bot.core.ports import Unit
from bot.core.references import tokens_in
from bot.flow.answering import Answering


def note_own_answer(unit: Unit, answering: Answering, message: Message, inbound: Inbound, now: datetime) -> str | None:
    """Record an answer a colleague sent from the shared mailbox, seen in its Sent folder, and return the case.

    Our own copies there are known by their Message-ID and mean nothing new; any other mail of our address that did not
    come from a Sent folder is a loop and is only kept.
    """
    if (
        unit.outbox.by_message_ids((message.message_id,)) is not None
        or inbound.folder.lower() not in answering.post.house.sent_folders
    ):
        return None
    case = unit.cases.by_tokens(tokens_in(message.references))
    if case is None:
        earlier = unit.inbox.case_of(message.references)
        case = unit.cases.get(earlier) if earlier else None
    if case is None:
        return None
    items = case.items
    for event in (Event.APPROVED, Event.DELIVERED):
        items = tuple(advance(item, event) if can(item, event) else item for item in items)
    case = unit.cases.save(replace(case, items=items))
    answering.redraft(unit, case, now)
    unit.audit.record(
        case.id, "answered_by_hand", "a colleague's own mail client", now, {"message": message.message_id}
    )
    return case.id
