"""Two cases become one, or one becomes two, because a colleague says so; the earlier date stays, proof its own."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.case import OPEN_STATES, Case, Event, Item, State, advance, is_proven, moved
from bot.core.doubting import standing_doubts
from bot.core.errors import NotAllowed
from bot.core.identity import answer_destination
from bot.core.joining import carried, joined
from bot.core.lanes import Deed, narrower
from bot.core.messages import Handle, canonical_address
from bot.core.reasons import require_reason
from bot.core.records import Kept
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.core.unit import Unit
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.carrying_copy import carry_copy
from bot.flow.casework import Casework
from bot.flow.sight import OTHER
from bot.flow.telling_record import told_and_redrafted
from bot.flow.vouching import unvouched


def merge(
    unit: Unit,
    casework: Casework,
    answering: Answering,
    case_id: str,
    into: str,
    reason: str,
    staff: str,
    now: datetime,
) -> Case:
    """Let a case be carried on in another one and return that; its threads lead there from now on.

    What both ask is one item with the earlier date. What was proven counts in the other case only where both answers go
    to the same address, and a colleague's word for who asks in neither. What a copy is made of goes along there too;
    elsewhere a colleague adds it again. Raises NotFound, NotAllowed.
    """
    case, other, staff = unit.cases.get(case_id), unit.cases.get(into), canonical_address(staff)
    for one in (case, other):
        admit(unit, one, staff, Deed.EDIT)
    _refuse_merging(unit, case, other, reason, now)
    case, other = unvouched(case), replace(other, choice=None)
    together = answer_destination(case) == answer_destination(other)
    told = together and bool(unit.outbox.listed(case_id=case.id, limit=1))
    items, going = list(other.items), [item for item in case.items if item.state in OPEN_STATES]
    for item in going:
        place = next(
            (n for n, mine in enumerate(items) if mine.state in OPEN_STATES and mine.right is item.right), None
        )
        if place is None:
            items.append(carried(item, casework.fresh_id(now), together=together, told=told))
        else:
            items[place] = joined(items[place], item, together=together, told=told)
    for kept in unit.inbox.correspondence(case.id):
        unit.inbox.assign(kept.id, other.id)
    carry_copy(unit, case, other, going, lambda: casework.fresh_id(now), files=together, letters=together)
    ended = replace(case, items=_gone(case.items), merged_into=other.id, attention="", aware_at=None, denied_at=None)
    ended = unit.cases.save(replace(ended, complained_of=case.complained_of | other.complained_of))
    survivor = _with(other, case, tuple(items), together=together)
    survivor = unit.cases.save(survivor)
    unit.audit.record(case.id, "merged", staff, now, {"into": other.reference, OTHER: other.id}, why=reason)
    unit.audit.record(other.id, "joined", staff, now, {"case": case.reference, OTHER: case.id}, why=reason)
    _carry_doubts(unit, case, going, other, staff, now)
    answering.redraft(unit, ended, now)
    return told_and_redrafted(unit, answering, survivor, now)


def split(
    unit: Unit,
    casework: Casework,
    answering: Answering,
    case_id: str,
    rights: Collection[RequestType],
    messages: Sequence[str],
    reason: str,
    staff: str,
    now: datetime,
) -> Case:
    """Carry some of what a case asks on in a case of its own, with its dates, and return that one.

    With `messages` (ids) these go along, and the new case is with whoever sent them; what a copy is made of goes with
    the same person alone. Raises NotFound, NotAllowed.
    """
    case, staff = unit.cases.get(case_id), canonical_address(staff)
    admit(unit, case, staff, Deed.EDIT)
    going = _leaving(unit, unvouched(case), rights, reason, now)
    moving = _of_case(unit, case, messages)
    requester = _sender(moving) or case.requester
    fresh = casework.beside(unvouched(case), now)
    mine = requester in {fresh.requester, fresh.proven}
    if not mine:
        name = next(kept.message.name for kept in moving if kept.message)
        fresh = replace(fresh, requester=requester, name=name, proven=None, trust=Trust.CLAIMED, customer_id=None)
    items = tuple(carried(item, casework.fresh_id(now), together=mine, told=False) for item in going)
    fresh = replace(fresh, items=items, received_at=min(item.received_at for item in items))
    unit.cases.add(fresh)
    for kept in moving:
        unit.inbox.assign(kept.id, fresh.id)
    if mine:
        carry_copy(unit, case, fresh, going, lambda: casework.fresh_id(now), files=True, letters=False)
    left = {item.id for item in going}
    rest = tuple(advance(item, Event.JOINED) if item.id in left else item for item in case.items)
    case = unit.cases.save(replace(case, items=rest, attention=""))
    named = ", ".join(item.right.value for item in going)
    parted = {"into": fresh.reference, OTHER: fresh.id, "rights": named}
    unit.audit.record(case.id, "split", staff, now, parted, why=reason)
    came = {"reference": fresh.reference, "from": case.reference, OTHER: case.id}
    unit.audit.record(fresh.id, "opened", staff, now, came)
    _carry_doubts(unit, case, going, fresh, staff, now)
    answering.redraft(unit, case, now)
    return told_and_redrafted(unit, answering, fresh, now)


def _carry_doubts(unit: Unit, case: Case, going: Sequence[Item], into: Case, staff: str, now: datetime) -> None:
    """Let the reasons of a doubt stand where what it holds up goes on (law.md rule 10)."""
    if any(item.least > Trust.CLAIMED for item in going):
        told = {"case": case.reference, OTHER: case.id}
        for doubt in standing_doubts(unit.audit.chain(case.id)):
            unit.audit.record(into.id, "doubt_carried", staff, now, told, why=doubt.why)


def _refuse_merging(unit: Unit, case: Case, other: Case, reason: str, now: datetime) -> None:
    if case.id == other.id:
        raise NotAllowed("a case can't be merged into itself: name two")
    require_reason(reason)
    if not case.is_open:
        raise NotAllowed(f"case {case.reference} has ended: there is nothing to merge")
    if not other.is_open:
        raise NotAllowed(f"case {other.reference} has ended: merge it the other way round, or take it up again first")
    asked = {item.right for item in case.items if item.state in OPEN_STATES}
    _refuse_on_the_way(case, asked)
    _refuse_on_the_way(other, asked)
    _refuse_while_asked(unit, case, asked, now)


def _leaving(unit: Unit, case: Case, rights: Collection[RequestType], reason: str, now: datetime) -> Sequence[Item]:
    """Return the items that go. Raises NotAllowed, saying why they can't."""
    require_reason(reason)
    open_now = [item for item in case.items if item.state in OPEN_STATES]
    if missing := sorted(set(rights) - {item.right for item in open_now}):
        raise NotAllowed(f"this case has no open {', '.join(missing)}")
    going = [item for item in open_now if item.right in rights]
    if not going or len(going) == len(open_now):
        raise NotAllowed("name some of what is open in this case, and leave some")
    _refuse_on_the_way(case, set(rights))
    _refuse_while_asked(unit, case, set(rights), now)
    return going


def _refuse_on_the_way(case: Case, rights: Collection[RequestType]) -> None:
    leaving = [item.right for item in case.items if item.state is State.SENDING and item.right in rights]
    if leaving:
        raise NotAllowed(
            f"a letter about {', '.join(leaving)} is on its way in {case.reference}: wait until it is sent"
        )


def _refuse_while_asked(unit: Unit, case: Case, rights: Collection[RequestType], now: datetime) -> None:
    """A code proves only what it was put for, in its own case."""
    question = unit.challenges.open_for(case.id, now)
    waiting = [item for item in case.items if item.state is State.VERIFYING and item.right in rights]
    if question is not None and any(item.challenge == question.id for item in waiting):
        raise NotAllowed(f"a code for {case.reference} is on its way: merge into it instead, or wait for the answer")


def _of_case(unit: Unit, case: Case, messages: Sequence[str]) -> Sequence[Kept]:
    kept = {one.id: one for one in unit.inbox.correspondence(case.id)}
    if missing := [message for message in messages if message not in kept]:
        raise NotAllowed(f"{', '.join(missing)} is no message of case {case.reference}")
    return [kept[message] for message in messages]


def _sender(moving: Sequence[Kept]) -> Handle | None:
    senders = {kept.message.sender for kept in moving if kept.message}
    if len(senders) > 1:
        raise NotAllowed("these messages are of several people: split them off one person at a time")
    return senders.pop() if senders else None


def _gone(items: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(moved(item, Event.JOINED) if item.state in OPEN_STATES else item for item in items)


def _with(case: Case, gone: Case, items: tuple[Item, ...], *, together: bool) -> Case:
    """Return the surviving case with what the other one knew; who may see it is never widened."""
    unproven = [item.right.value for item in items if item.state is State.REVIEW and not is_proven(item)]
    ask = f"; ask for a proof of {', '.join(unproven)}" if unproven else ""
    known = [moment for moment in (case.aware_at, gone.aware_at) if moment]
    settled = [moment for moment in (case.settled_at, gone.settled_at) if moment]
    one = replace(
        case,
        items=items,
        joined=(*case.joined, gone.id, *gone.joined),
        received_at=min(case.received_at, gone.received_at),
        name=case.name or gone.name,
        lane=narrower(case.lane, gone.lane),
        flags=case.flags | gone.flags,
        complained_of=case.complained_of | gone.complained_of,
        aware_at=min(known, default=None),
        authority_due=min(filter(None, (case.authority_due, gone.authority_due)), default=None),
        denied_at=case.denied_at or gone.denied_at,
        settled_at=max(settled, default=None),
        hold=case.hold or gone.hold,
        attention=f"joined by {gone.reference}{ask}",
    )
    if not together:
        return one
    return replace(
        one,
        trust=max(case.trust, gone.trust),
        proven=case.proven or gone.proven,
        customer_id=case.customer_id or gone.customer_id,
    )
