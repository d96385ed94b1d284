"""Notices to the record: who has an address there hears what was asked of it before it is done (law.md rule 12)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from bot.core.case import OPEN_STATES, Case, Item, is_proven
from bot.core.deadlines import Calendar
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import DraftKind, DraftStatus, Question
from bot.core.messages import BY_HAND, MAIL, Handle, Way, canonical_address, is_address
from bot.core.outcomes import is_refused
from bot.core.proof import BY_POST, TO_BE_POSTED, is_told_first, needs_notice
from bot.core.records import Customer
from bot.core.residence import called_at, posted_to
from bot.core.rights import Flag
from bot.core.unit import Unit
from bot.flow.answering import Answering, corrections_in
from bot.flow.data_subject import whose_data
from bot.flow.first_reply import FirstReplies, Reply
from bot.flow.posting import Post

_ALL: Final = 10_000
"""More letters than any case has: a notice is not missed for the many that came after it."""


class _Fate(Enum):
    """What became of the last notice to somebody on record."""

    UNWRITTEN = auto()
    WAITING = auto()  # for a colleague, for the post, or for a mail server
    LOST = auto()
    SETTLED = auto()  # it has left, or a colleague sent it back for a reason on file


@dataclass(frozen=True, slots=True)
class RecordNotices:
    """Writes to addresses that did not write to us; such a letter names no right and nothing on record."""

    post: Post

    def warn(self, unit: Unit, case: Case, now: datetime) -> Case:
        """Tell who is on record, once for each item, of what is grave, or asked by somebody for them.

        Whoever wrote from an address on record heard of it in our thanks for the code; who has no e-mail there is told
        by post, else by a call, of what is grave. What was lost is told another way; where there is none, a colleague
        sends the notice again or sends it back.
        """
        asked = [
            item for item in case.items if item.state in OPEN_STATES and is_proven(item) and is_told_first(case, item)
        ]
        for customer, items in _concerned(unit, case, asked):
            reached = _reached(unit, case, customer, items)
            fresh = [one for one in items if reached and unit.counters.once(f"warned:{one.id}:{customer.id}", now)]
            for there in reached:
                fate = _fate(unit, case, there)
                if fresh or fate in {_Fate.UNWRITTEN, _Fate.LOST}:
                    case = self._tell(unit, case, there, Question.WAS_IT_YOU, now, again=fate is _Fate.LOST)
        return case

    def announce(self, unit: Unit, case: Case, now: datetime) -> Case:
        """Tell a new e-mail address that it was given to us, once a change of contact data was approved."""
        given = [canonical_address(c.new) for c in corrections_in(unit, case) if c.field == "email"]
        for address in filter(is_address, given):
            new = Handle(MAIL, address)
            if new != case.proven and unit.counters.once(f"announced:{case.id}:{address}", now):
                case = self._tell(unit, case, new, Question.NEW_ADDRESS, now)
        return case

    def _tell(
        self, unit: Unit, case: Case, recipient: Handle, question: Question, now: datetime, *, again: bool = False
    ) -> Case:
        """Write a notice; what was lost before leaves `again` only when a colleague says so.

        Who else is on record may be a parent: behind a child's back nobody is written to but by a colleague (rule 14).
        """
        notice = FirstReplies(self.post).word(unit, case, Reply(DraftKind.RECORD_NOTICE, question, recipient), now)
        unit.audit.record(case.id, "record_told", "desk", now, {"what": question}, {"to": str(recipient)})
        if again or Flag.MINOR in case.flags:
            unit.drafts.add(notice)
            return case
        return self.post.offer(unit, case, notice, now)


def told_and_redrafted(unit: Unit, answering: Answering, case: Case, now: datetime) -> Case:
    """Let who is on record hear of what a colleague made of a case, draft its answer anew, and return the case."""
    case = RecordNotices(answering.post).warn(unit, case, now)
    answering.redraft(unit, case, now)
    return case


def in_the_way_of(unit: Unit, case: Case, about: Sequence[Item], calendar: Calendar, now: datetime) -> str:
    """Say why what can't be undone, or moves the post, isn't done yet; empty once it may be (law.md rule 12).

    Who is on record is told first; told by post, they have the time a letter and its answer take.
    """
    grave = [item for item in about if needs_notice(item) and not is_refused(item)]
    if not grave:
        return ""
    if said := _untold(unit, case, grave):
        return "; ".join(said)
    until = _objected_until(unit, case)
    if until is None or until <= now:
        return ""
    return f"the notice to the record went by post: who got it may object until {calendar.said(until)}"


def _untold(unit: Unit, case: Case, grave: Sequence[Item]) -> Sequence[str]:
    """Say who on record is still to be told, and what to do about it."""
    fates = {
        there.value: _fate(unit, case, there)
        for customer, items in _concerned(unit, case, grave)
        for there in _reached(unit, case, customer, items)
    }
    waiting = ", ".join(there for there, fate in fates.items() if fate is _Fate.WAITING)
    missing = ", ".join(there for there, fate in fates.items() if fate in {_Fate.UNWRITTEN, _Fate.LOST})
    said = [f"first send, or send back, the notice to: {waiting}"] if waiting else []
    anew = f"no notice to the record has arrived: draft the answer anew, and send the notice to {missing}"
    return [*said, anew] if missing else said


def _concerned(unit: Unit, case: Case, items: Iterable[Item]) -> Collection[tuple[Customer, Sequence[Item]]]:
    """Return whose data each item is about, where that is one customer."""
    found: dict[str, tuple[Customer, list[Item]]] = {}
    for item in items:
        customers = whose_data(unit, case, case.proven, [item]) if case.proven else ()
        if len(customers) == 1:
            found.setdefault(customers[0].id, (customers[0], []))[1].append(item)
    return found.values()


def _reached(unit: Unit, case: Case, customer: Customer, asked: Sequence[Item]) -> Sequence[Handle]:
    """Return where on record a notice goes: the first way on which not every one got lost; to all of that way.

    Whoever wrote to us from there by mail or chat is left out: they hear of it in our thanks.
    """
    mails: list[Handle | None] = [Handle(MAIL, email) for email in customer.emails]
    by_hand = [[posted_to(customer)], [called_at(customer)]] if any(map(needs_notice, asked)) else []
    ways = [known for way in (mails, *by_hand) if (known := [there for there in way if there])]
    standing = ([there for there in way if _fate(unit, case, there) is not _Fate.LOST] for way in ways)
    reached = next(filter(None, standing), ways[0] if ways else [])
    return [there for there in reached if there != case.requester or there.channel in BY_HAND]


def _fate(unit: Unit, case: Case, there: Handle) -> _Fate:
    """Say what became of the last notice to somebody in a case; one that another letter replaced is none."""
    notices = [
        draft
        for draft in unit.drafts.listed(None, case.id, _ALL)
        if draft.question is Question.WAS_IT_YOU and draft.recipient == there and draft.status is not DraftStatus.STALE
    ]
    if not notices:
        return _Fate.UNWRITTEN
    last = notices[-1]
    if last.status is not DraftStatus.APPROVED:
        return _Fate.SETTLED if last.status is DraftStatus.REJECTED else _Fate.WAITING
    sent = [one for one in unit.outbox.listed(case_id=case.id, limit=_ALL) if one.draft_id == last.id]
    if any(one.state is DeliveryState.SENT for one in sent):
        return _Fate.SETTLED
    lost = all(one.state in {DeliveryState.PARKED, DeliveryState.TAKEN_BACK} for one in sent)
    return _Fate.LOST if lost else _Fate.WAITING


def _objected_until(unit: Unit, case: Case) -> datetime | None:
    """Return until when whoever was told by post may object: from the posting on, and never before the day it names."""
    posted = [one for one in _by_post(unit, case) if one.state is DeliveryState.SENT]
    named = [unit.drafts.get(one.draft_id).created_at + TO_BE_POSTED + BY_POST for one in posted]
    return max([*named, *(one.left_at + BY_POST for one in posted if one.left_at)], default=None)


def _by_post(unit: Unit, case: Case) -> Sequence[Outgoing]:
    letters = unit.outbox.listed(case_id=case.id, limit=_ALL)
    return [one for one in letters if one.kind is DraftKind.RECORD_NOTICE and one.recipient.channel == Way.LETTER]
