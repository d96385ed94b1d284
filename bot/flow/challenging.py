"""Codes put to people: made when the letter that carries one leaves, so that its day begins then."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import Case, Event, Item, State, is_proven, moved
from bot.core.challenge import (
    CODE_BYTES,
    LIFETIME,
    Challenge,
    codes_beside,
    elsewhere_on_record,
    find_codes,
    is_mixed,
    write_code,
)
from bot.core.drafts import CODE_SLOT, CODES_TYPED_ELSEWHERE, Draft, DraftKind, DraftStatus, Question
from bot.core.errors import NotApprovable
from bot.core.house import House
from bot.core.messages import MAIL, Handle, Message, is_chat
from bot.core.ports import Entropy
from bot.core.proof import lacks_second_proof
from bot.core.records import Customer
from bot.core.references import ID_BYTES, write_id
from bot.core.unit import Unit

_DAY: Final = timedelta(days=1)
_ALIVE: Final = frozenset({DraftStatus.WAITING, DraftStatus.APPROVED})


def may_send_code(unit: Unit, house: House, destination: Handle, now: datetime) -> bool:
    """Say whether another code may go to an address today, whoever asked for the earlier ones."""
    return unit.challenges.issued(destination, now - _DAY) < house.caps.codes_per_address_a_day


def put_challenge(
    unit: Unit, house: House, case: Case, draft: Draft, entropy: Entropy, now: datetime
) -> tuple[Case, str]:
    """Open the challenge of a letter that leaves now; return the case bound to it, and the code for the outbox alone.

    Raises NotApprovable when too many codes went to the address today.
    """
    if not may_send_code(unit, house, draft.recipient, now):
        raise NotApprovable("too many codes went to this address today: approve this one tomorrow")
    code = fresh_code(entropy)
    customers = unit.directory.find(draft.recipient)
    challenge = Challenge(
        id=write_id(now, entropy.draw(ID_BYTES)),
        case_id=case.id,
        destination=draft.recipient,
        asked_of=_typed_by(case, draft, customers),
        code_hash=unit.challenges.hash(code),
        expires_at=now + LIFETIME,
        on_record=bool(customers),
        customer_id=customers[0].id if len(customers) == 1 else None,
    )
    unit.challenges.add(challenge)
    unit.audit.record(case.id, "challenged", "desk", now, {}, {"destination": str(draft.recipient)})
    if draft.question is Question.SECOND_PROOF:
        items = tuple(replace(i, challenge=challenge.id) if lacks_second_proof(i) else i for i in case.items)
        return unit.cases.save(replace(case, items=items)), code
    return bound(unit, case, challenge.id), code


def _typed_by(case: Case, draft: Draft, customers: Sequence[Customer]) -> Handle:
    """Return from where a letter's code has to come back."""
    if draft.question is Question.SECOND_PROOF:
        return elsewhere_on_record(customers[0].id if len(customers) == 1 else "")
    return case.requester if draft.question in CODES_TYPED_ELSEWHERE else draft.recipient


def bound(unit: Unit, case: Case, challenge: str) -> Case:
    """Store which items a challenge proves: those its code may be put for now, and no others."""
    asked = askable(case)
    items = tuple(_asked_by(item, challenge if item in asked else "") for item in case.items)
    return case if items == case.items else unit.cases.save(replace(case, items=items))


def askable(case: Case) -> tuple[Item, ...]:
    """Return what one code may be put for: of all that waits for a proof, what surely its reader asked.

    Where that is nothing, what was asked first in their name. So nobody's code proves what somebody else added.
    """
    waiting = [item for item in case.items if _waits(item)]
    first = min((item.received_at for item in waiting), default=None)
    return tuple(item for item in waiting if item.authentic) or tuple(i for i in waiting if i.received_at == first)


def still_fits(case: Case, challenge: str) -> bool:
    """Say whether an open code was put for nothing but what it may still prove."""
    asked = askable(case)
    return all(item in asked for item in case.items if _waits(item) and item.challenge == challenge)


def codes_typed(unit: Unit, message: Message, case_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the codes a message's writer typed, and none that a copy of our own letters in these cases brings back."""
    codes = find_codes(message.typed)
    if not codes or message.channel != MAIL:
        return codes
    ours = [one.body for case_id in case_ids for one in unit.outbox.listed(case_id=case_id)]
    return codes_beside(message.typed, ours, CODE_SLOT)


def rival_questions(unit: Unit, case: Case, asked_of: Handle, now: datetime) -> tuple[Challenge, ...]:
    """Return the open questions of other cases whose codes lie in the same mailbox.

    Whoever reads two codes there can't tell which belongs to which request, and might prove a stranger's with theirs.
    """
    lying = unit.challenges.open_at([asked_of], now)
    return tuple(
        each for each in lying if each.asked_of == asked_of and each.case_id != case.id and _waiting_for(unit, each)
    )


def take_back(unit: Unit, question: Challenge) -> None:
    """End a question for what somebody asked who may be anybody; a person looks. What its reader asked stays."""
    if not any(item.authentic for item in _waiting_for(unit, question)):
        unit.challenges.end(question.id)
        hand_over_unproven(unit, unit.cases.get(question.case_id))


def hand_over_unasked(unit: Unit, case: Case) -> Case:
    """Bring to a person what waits for the answer to a question that was never put.

    In a chat the person may name an address at any time, so a proof may always come.
    """
    in_chat = is_chat(case.requester.channel)
    unproven = [] if in_chat else [item for item in case.items if _waits(item) and not item.challenge]
    unclear = [item for item in case.items if item.state is State.CLARIFYING]
    if not unproven and not unclear:
        return case
    drafts = [draft for draft in unit.drafts.listed(None, case.id) if draft.status in _ALIVE]
    asking = any(d.kind is DraftKind.IDENTITY_QUESTION and d.status is DraftStatus.WAITING for d in drafts)
    clarified = any(draft.kind is DraftKind.CLARIFICATION for draft in drafts)
    return _give_up(unit, case, [*([] if asking else unproven), *([] if clarified else unclear)])


def hand_over_unproven(unit: Unit, case: Case) -> Case:
    """Bring to a person whatever waits for a proof."""
    return _give_up(unit, case, [item for item in case.items if _waits(item)])


def _give_up(unit: Unit, case: Case, waiting: Iterable[Item]) -> Case:
    given_up = {item.id for item in waiting}
    items = tuple(moved(item, Event.GAVE_UP) if item.id in given_up else item for item in case.items)
    return case if items == case.items else unit.cases.save(replace(case, items=items))


def _waiting_for(unit: Unit, question: Challenge) -> tuple[Item, ...]:
    case = unit.cases.get(question.case_id)
    return tuple(item for item in case.items if _waits(item) and item.challenge == question.id)


def _asked_by(item: Item, challenge: str) -> Item:
    return replace(item, challenge=challenge) if _waits(item) else item


def _waits(item: Item) -> bool:
    return item.state is State.VERIFYING and not is_proven(item)


def fresh_code(entropy: Entropy) -> str:
    """Draw until the code holds a digit and a letter: one draw in twenty does not."""
    while not is_mixed(code := write_code(entropy.draw(CODE_BYTES))):
        pass
    return code
