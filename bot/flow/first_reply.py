"""The words of a first reply, made from the case as it stands: the first time, and anew when the case went on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case, Item, State, is_proven, promise_spoken_of
from bot.core.challenge import MAX_ATTEMPTS
from bot.core.deadlines import Calendar
from bot.core.delivery import DeliveryState
from bot.core.drafts import CODES_TYPED_ELSEWHERE, MAY_SEND_ALONE, Draft, DraftKind, DraftStatus, Question
from bot.core.fact_check import SPENT, FactQuestion
from bot.core.letters import Brief, Extent, ItemBrief
from bot.core.messages import Handle, Way
from bot.core.opting_out import extent_of
from bot.core.other_ways import OtherWay
from bot.core.proof import BY_POST, TO_BE_POSTED, is_told_first
from bot.core.rights import RequestType, Scope
from bot.core.unit import Unit
from bot.flow.opting_out import heard
from bot.flow.page_links import links_for
from bot.flow.posting import Post, Purpose

_THANKS: Final = frozenset({Question.CODE_RIGHT, Question.SECOND_RIGHT})
_SILENT_ON_OPT_OUTS: Final = CODES_TYPED_ELSEWHERE | {Question.WAS_IT_YOU, Question.NEW_ADDRESS, Question.UNDONE}


@dataclass(frozen=True, slots=True)
class Reply:
    """What one reply is: its kind, the one thing it asks, to whom; `told` says that it may name what was understood.

    `in_reply_to` and `subject` are those of the message it replies to, `extent` how far an opt-out in it reaches.
    """

    kind: DraftKind
    question: Question | None
    recipient: Handle
    told: bool = False
    in_reply_to: str = ""
    subject: str = ""
    extent: frozenset[Extent] = frozenset()


@dataclass(frozen=True, slots=True)
class FirstReplies:
    """Words replies. One at most waits for each recipient of a case, and it says what the case says now."""

    post: Post

    def word(self, unit: Unit, case: Case, reply: Reply, now: datetime) -> Draft:
        """Return the draft of one reply, in place of any that still waits for the same recipient.

        It confirms every opt-out that took effect and was not confirmed yet; a letter to an address that did not write
        to us says nothing of the case.
        """
        for waiting in unit.drafts.listed(DraftStatus.WAITING, case.id):
            if waiting.kind in MAY_SEND_ALONE and waiting.recipient == reply.recipient:
                unit.drafts.save(replace(waiting, status=DraftStatus.STALE))
        stopped = () if reply.question in _SILENT_ON_OPT_OUTS else unconfirmed(case)
        brief = replace(
            self.brief(unit, case, reply, now),
            plausible=reply.told,
            name=case.name if reply.told else "",
            items=tuple(map(item_brief, _known_to(case, reply))),
            opted_out=frozenset(scope for item in stopped for scope in item.scopes or {Scope.ALL}),
            extent=reply.extent,
            candidates=_unclear(case) if reply.question is Question.WHICH_RIGHT else (),
            tries_left=self._tries_left(unit, case, reply.question, now),
            facts=case.facts.fields if case.facts and _speaks_of(case.facts, reply.question) else (),
            until=_objected_by(self.post.house.calendar, reply, now),
            subject=reply.subject if reply.told and reply.question not in _THANKS else "",
        )
        purpose = Purpose(items=stopped, told=reply.told, in_reply_to=reply.in_reply_to)
        return self.post.word(case, brief, reply.recipient, now, purpose)

    def brief(self, unit: Unit, case: Case, reply: Reply, now: datetime) -> Brief:
        """Return the least a letter may say: a reference and the promise."""
        today = self.post.house.calendar.civil_date(now)
        written = unit.outbox.listed(case_id=case.id) if case.id else ()
        told = {one.recipient for one in written if one.state is not DeliveryState.TAKEN_BACK}
        going_on = [item for item in case.items if item.state in OPEN_STATES]
        return Brief(
            kind=reply.kind,
            language=case.language,
            channel=reply.recipient.channel,
            reference=case.reference,
            promise_due=promise_spoken_of(going_on, today),
            today=today,
            late=any(item.owes_apology(today) for item in going_on),
            first=reply.recipient not in told,
            question=reply.question,
            links=links_for(unit, self.post.house, case, reply.recipient, reply.question, now),
        )

    def _tries_left(self, unit: Unit, case: Case, question: Question | None, now: datetime) -> int:
        """Return how many more answers are judged; the same about nobody, and none once the last one was compared."""
        if question is Question.CODE_WRONG:
            waiting = unit.challenges.open_for(case.id, now)
            return MAX_ATTEMPTS - waiting.attempts if waiting else 0
        facts = case.facts
        if facts is None or not _speaks_of(facts, question):
            return 0
        spent = question is Question.SECOND_WRONG and case.attention in SPENT
        return 0 if spent else max(self.post.house.fact_tries - facts.answers, 0)

    def renew(self, unit: Unit, case: Case, waiting: Draft, now: datetime) -> Sequence[str]:
        """Keep a waiting reply in step with its case: word it anew while it is still called for, else let it go.

        Returns the ids of the items that what then waits confirms. What a colleague decided on is left alone.
        """
        is_good = waiting.case_version == case.version and not is_overdue(waiting, now)
        if is_good or waiting.kind not in MAY_SEND_ALONE:
            return waiting.items
        unit.drafts.save(replace(waiting, status=DraftStatus.STALE))
        if not _called_for(case, waiting):
            return ()
        fresh = self.again(unit, case, waiting, waiting.question, now)
        unit.drafts.add(fresh)
        return fresh.items

    def again(self, unit: Unit, case: Case, earlier: Draft, question: Question | None, now: datetime) -> Draft:
        """Return the draft of a reply to the same message and person as an earlier one, from the case as it is now."""
        reply = Reply(earlier.kind, question, earlier.recipient, earlier.told, earlier.in_reply_to)
        for kept in unit.inbox.correspondence(case.id):
            if kept.message and kept.reading and kept.message.message_id == earlier.in_reply_to:
                extent = extent_of(heard(unit, self.post.house, kept.message, kept.reading))
                reply = replace(reply, subject=kept.message.subject, extent=extent)
        return self.word(unit, case, reply, now)


def unconfirmed(case: Case) -> tuple[Item, ...]:
    """Return the opt-outs that took effect and that nobody was told of yet."""
    return tuple(item for item in case.items if item.done_at and not item.provisional and item.state is State.REVIEW)


def is_overdue(waiting: Draft, now: datetime) -> bool:
    """Say whether a notice by post waited so long that the day it names comes too soon after it arrives."""
    return _names_a_day(waiting.question, waiting.recipient) and now - waiting.created_at > TO_BE_POSTED


def _objected_by(calendar: Calendar, reply: Reply, now: datetime) -> date | None:
    """Return the day by which whoever is told by post should object; none for what arrives at once."""
    by_post = _names_a_day(reply.question, reply.recipient)
    return calendar.civil_date(now + TO_BE_POSTED + BY_POST) if by_post else None


def _names_a_day(question: Question | None, recipient: Handle) -> bool:
    return question is Question.WAS_IT_YOU and recipient.channel == Way.LETTER


def _known_to(case: Case, reply: Reply) -> tuple[Item, ...]:
    """Return the items a reply may name: to the plausible what is open, with thanks for a code what it proved.

    So whoever reads what was asked in their name can stop it before it is done (law.md rule 12: notice to the record).
    """
    if not reply.told:
        return ()
    proven_only = reply.question in _THANKS
    return tuple(item for item in case.items if item.state in OPEN_STATES and (is_proven(item) or not proven_only))


def _called_for(case: Case, waiting: Draft) -> bool:
    """Say whether a reply written earlier still has something to say in its case."""
    states = {item.state for item in case.items}
    if waiting.question is Question.OTHER_WAY:
        return case.other_way is OtherWay.ANY
    if waiting.question is Question.UNDONE:
        return not any(item.done_at for item in case.items)  # else they opted out again
    if waiting.question is Question.FACTS:
        return case.facts is not None and not case.facts.matched
    if waiting.kind is DraftKind.IDENTITY_QUESTION:
        return any(item.state is State.VERIFYING and not is_proven(item) for item in case.items)
    if waiting.question is Question.WAS_IT_YOU:
        return any(item.state in OPEN_STATES and is_told_first(case, item) for item in case.items)
    if waiting.question is Question.NEW_ADDRESS:
        return True
    if waiting.kind is DraftKind.CLARIFICATION:
        return State.CLARIFYING in states
    if waiting.kind in {DraftKind.REMINDER, DraftKind.STATUS}:
        return False  # the case went on: nobody is waited for as they say
    if waiting.kind is DraftKind.UNSUBSCRIBE_CONFIRMATION:
        return not waiting.items or bool(unconfirmed(case))
    return bool(states & (OPEN_STATES - {State.SENDING}))


def _speaks_of(facts: FactQuestion, question: Question | None) -> bool:
    """Say whether a reply is about the facts that are asked: of a second proof, those that are part of it."""
    second = question in {Question.SECOND_PROOF, Question.SECOND_WRONG} and bool(facts.items)
    return second or question is Question.FACTS


def _unclear(case: Case) -> tuple[RequestType, ...]:
    return tuple(item.right for item in case.items if item.state is State.CLARIFYING)


def item_brief(item: Item) -> ItemBrief:
    """Return what a letter may know of an item."""
    return ItemBrief(
        right=item.right,
        promise_due=item.promise_due,
        statutory_due=item.legal_due,
        scopes=item.scopes,
        marketing=item.marketing,
        provisional=item.provisional,
        taken_effect=item.done_at is not None,
        outcome=item.outcome,
    )
