"""What colleagues do beside the desk: forward a request, adopt a mail, answer somebody from their own mail client."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.case import Case, Event, Lane, advance, can
from bot.core.decision import Decision
from bot.core.errors import NotAllowed
from bot.core.lanes import MAY, Deed
from bot.core.messages import Authentication, Forwarded, Handle, Inbound, Message
from bot.core.references import tokens_in
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.core.unit import Unit
from bot.flow.answering import Answering
from bot.flow.casework import Casework
from bot.flow.correspondence import Incoming
from bot.flow.rereading import note_correction, words_of
from bot.flow.roles import require_role


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
    if case is None or not {case.requester.value, case.proven.value if case.proven else ""} & set(message.recipients):
        return None  # to a third party: the person has no answer yet
    items = case.items
    for event in (Event.APPROVED, Event.DELIVERED):
        items = tuple(advance(item, event) if can(item, event) else item for item in items)
    case = unit.cases.save(replace(case, items=items))
    answering.redraft(unit, case, now)
    unit.audit.record(
        case.id, "answered_by_hand", "a colleague's own mail client", now, {"message": message.message_id}
    )
    return case.id


def enter_forwarded(unit: Unit, casework: Casework, received: Incoming, forwarded: Forwarded, now: datetime) -> str:
    """Open what a colleague forwarded for the person inside it; a colleague confirms, nothing is sent.

    Words of that person which an open case holds already, forwarded by another colleague or sent to us as well, are
    kept with that case and open nothing.
    """
    person = forwarded.sender or received.message.sender
    heard_before = _case_with_these_words(unit, person, forwarded.text)
    if heard_before is not None:
        facts = {"rule": "forwarded_again", "by": str(received.message.sender)}
        unit.audit.record(heard_before.id, "message", "desk", now, facts, {"person": str(person)})
        return heard_before.id
    # The colleague's proof of sender says nothing of whoever stands in the forward.
    inside = replace(
        received.message,
        sender=person,
        name=forwarded.name,
        subject=forwarded.subject,
        authentication=Authentication(),
    )
    heard = replace(received, message=inside)
    case = casework.open(unit, heard, unit.directory.find(person), Trust.CLAIMED, now)
    rights = tuple((right, Event.HANDED) for right in received.reading.exercised) or (
        (RequestType.OTHER, Event.HANDED),
    )
    decision = Decision("forwarded", "forwarded by a colleague, who confirms it", rights=rights, doubtful=True)
    case = unit.cases.save(casework.apply(unit, case, decision, heard, Trust.CLAIMED, now))
    facts = {"rule": decision.rule, "by": str(received.message.sender)}
    unit.audit.record(case.id, "message", "desk", now, facts, {"person": str(person)})
    return case.id


def _case_with_these_words(unit: Unit, person: Handle, text: str) -> Case | None:
    words = _bare_words(text)
    for case in unit.cases.of_requester(person):
        messages = [kept.message for kept in unit.inbox.correspondence(case.id) if kept.message] if case.is_open else []
        for message in messages:
            theirs = message.forwarded is not None or message.sender == person
            if words and theirs and _bare_words(words_of(message)[1]) == words:
                return case
    return None


def _bare_words(text: str) -> tuple[str, ...]:
    """Return a text as it is compared: mail clients that forward it change its lines and spaces."""
    return tuple(text.casefold().split())


def adopt(
    unit: Unit,
    casework: Casework,
    answering: Answering,
    message: str,
    rights: Sequence[RequestType],
    staff: str,
    now: datetime,
) -> Case:
    """Make a kept message a case because a colleague says so; the clock runs from its arrival.

    What the colleague says replaces the reader's rights, for the lane and the proof as well.

    Raises NotFound, NotAllowed for somebody who may not edit or a message that has a case or could not be read.
    """
    require_role(unit, staff, MAY[Lane.GENERAL][Deed.EDIT], "make a message a case")
    kept = unit.inbox.get(message)
    if kept.case_id is not None:
        raise NotAllowed(f"this message belongs to case {unit.cases.get(kept.case_id).reference} already")
    if kept.message is None or kept.reading is None:
        raise NotAllowed("this message could not be read: look at its raw text and enter it by hand")
    told = replace(kept.reading, rights=frozenset(rights))
    received = Incoming(kept.id, kept.received_at, kept.message, told)
    customers = unit.directory.find(kept.message.sender)
    case = casework.open(unit, received, customers, Trust.CLAIMED, now)
    chosen = tuple((right, Event.HANDED) for right in rights)
    decision = Decision("adopted", "a colleague says that this is a request", rights=chosen)
    case = casework.apply(unit, case, decision, received, Trust.CLAIMED, now)
    case = unit.cases.save(casework.act_at_once(unit, case, now))
    unit.inbox.assign(kept.id, case.id)
    unit.copies.want(kept.id, kept.message, now)
    note_correction(unit, kept, case.id, frozenset(rights), now)
    named = ", ".join(right.value for right in rights)
    unit.audit.record(case.id, "adopted", staff, now, {"rights": named})
    answering.redraft(unit, case, now)
    return case
