"""Notices to the record: who has an address there hears what was asked of it before it is done (law.md rule 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case, Item, is_proven
from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind, DraftStatus, Question
from bot.core.messages import BY_HAND, MAIL, Handle, canonical_address, is_address
from bot.core.proof import needs_notice
from bot.core.records import Customer
from bot.core.residence import posted_to
from bot.core.unit import Unit
from bot.core.vouching import Ground
from bot.flow.answering import corrections_in, whose_data
from bot.flow.first_reply import FirstReplies, Reply
from bot.flow.posting import Post

_ON_ITS_WAY: Final = frozenset({DeliveryState.QUEUED, DeliveryState.UNCERTAIN})


@dataclass(frozen=True, slots=True)
class RecordNotices:
    """Writes to addresses that did not write to us; such a letter names no right and nothing on record."""

    post: Post

    def warn(self, unit: Unit, case: Case, now: datetime) -> Case:
        """Tell who is on record, once for each item, of what is grave, or asked by somebody for them.

        Whoever wrote from an address on record heard of it in our thanks for the code; who has no e-mail there is told
        by post of what is grave.
        """
        asked = [item for item in case.items if item.state in OPEN_STATES and is_proven(item) and _is_told(case, item)]
        if case.proven is None or not [item for item in asked if unit.counters.once(f"warned:{item.id}", now)]:
            return case
        customers = whose_data(unit, case, case.proven, asked)
        for there in _reached(customers[0], asked) if len(customers) == 1 else ():
            if there != case.requester:
                case = self._tell(unit, case, there, Question.WAS_IT_YOU, now)
        return case

    def announce(self, unit: Unit, case: Case, now: datetime) -> Case:
        """Tell a new e-mail address that it was given to us, once a change of contact data was approved."""
        given = [canonical_address(c.new) for c in corrections_in(unit, case) if c.field == "email"]
        for address in filter(is_address, given):
            new = Handle(MAIL, address)
            if new != case.proven and unit.counters.once(f"announced:{case.id}:{address}", now):
                case = self._tell(unit, case, new, Question.NEW_ADDRESS, now)
        return case

    def _tell(self, unit: Unit, case: Case, recipient: Handle, question: Question, now: datetime) -> Case:
        notice = Reply(DraftKind.RECORD_NOTICE, question, recipient)
        unit.audit.record(case.id, "record_told", "desk", now, {"what": question}, {"to": str(recipient)})
        return self.post.offer(unit, case, FirstReplies(self.post).word(unit, case, notice, now), now)


def not_told_yet(unit: Unit, case: Case) -> Sequence[Handle]:
    """Return who on record is still to be told: the notice waits for a colleague, to be approved or to be posted."""
    waiting = [one for one in unit.drafts.listed(DraftStatus.WAITING, case.id) if one.question is Question.WAS_IT_YOU]
    unposted = [
        one
        for one in unit.outbox.listed(case_id=case.id)
        if one.kind is DraftKind.RECORD_NOTICE and one.recipient.channel in BY_HAND and one.state in _ON_ITS_WAY
    ]
    return [*(draft.recipient for draft in waiting), *(letter.recipient for letter in unposted)]


def _reached(customer: Customer, asked: Sequence[Item]) -> Sequence[Handle]:
    mails, posted = [Handle(MAIL, email) for email in customer.emails], posted_to(customer)
    by_post = [posted] if posted and any(map(needs_notice, asked)) else []
    return mails or by_post


def _is_told(case: Case, item: Item) -> bool:
    """Say whether an item concerns those on record: it can't be undone, or a colleague let another have the answer."""
    return needs_notice(item) or (case.vouch is not None and case.vouch.ground is not Ground.OWN_ADDRESS)
