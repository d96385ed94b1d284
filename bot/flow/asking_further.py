"""What is asked once a code was right: a second proof before sensitive data, facts of who lost an address (rule 12).

Each is put in the same words whether or not anybody is on record (rule 16).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import OPEN_STATES, Case
from bot.core.drafts import DraftKind, Question
from bot.core.fact_check import FactQuestion
from bot.core.identity import named_addresses
from bot.core.messages import MAIL, Handle
from bot.core.references import ID_BYTES, write_id
from bot.core.rights import Reading
from bot.core.trust import Trust
from bot.core.unit import Unit
from bot.flow.challenging import hand_over_unproven, may_send_code
from bot.flow.first_reply import FirstReplies, Reply
from bot.flow.posting import Post
from bot.flow.second_proof import fact_question, is_due, lost_mailbox_facts


@dataclass(frozen=True, slots=True)
class FurtherQuestions:
    """Puts the one further question that a case calls for, to the mailbox whose control was shown."""

    post: Post

    def put(
        self, unit: Unit, case: Case, now: datetime, *, heard: Reading | None = None, in_reply_to: str = ""
    ) -> tuple[Case, bool]:
        """Return the case, and whether something was asked; `heard` is a message that is not filed with it yet.

        Where no more codes may go to the mailbox today, a person goes on.
        """
        mailbox = case.proven
        if mailbox is None or mailbox.channel != MAIL:
            return case, False
        ident = write_id(now, self.post.entropy.draw(ID_BYTES))
        if lost := self._of_a_lost_mailbox(unit, case, mailbox, heard, ident, now):
            case = unit.cases.save(replace(case, facts=lost))
            unit.audit.record(case.id, "facts_asked", "desk", now, {"facts": ", ".join(lost.fields)})
            return self._ask(unit, case, Question.FACTS, mailbox, now, in_reply_to), True
        if not is_due(case):
            return case, False
        if not may_send_code(unit, self.post.house, mailbox, now):
            unit.audit.record(case.id, "code_capped", "desk", now, {}, {"destination": str(mailbox)})
            return hand_over_unproven(unit, case), False
        asked = fact_question(unit, self.post.house, case, ident, now)
        case = unit.cases.save(replace(case, facts=asked)) if asked else case
        unit.audit.record(case.id, "second_proof_asked", "desk", now)
        return self._ask(unit, case, Question.SECOND_PROOF, mailbox, now, in_reply_to), True

    def _of_a_lost_mailbox(
        self, unit: Unit, case: Case, mailbox: Handle, heard: Reading | None, ident: str, now: datetime
    ) -> FactQuestion | None:
        """Return the question of facts for who is not on record where they write, and named where they might be."""
        house = self.post.house
        wants_data = any(item.needs >= Trust.PROVEN and item.state in OPEN_STATES for item in case.items)
        fields = lost_mailbox_facts(house, case)
        if not (house.asks_facts and fields and wants_data) or unit.directory.find(mailbox):
            return None
        named = _named(unit, case, heard)
        if len(named) != 1:
            return None
        found = unit.directory.find(named[0])
        return FactQuestion(ident, fields, found[0].id if len(found) == 1 else "", mailbox, now)

    def _ask(self, unit: Unit, case: Case, question: Question, to: Handle, now: datetime, in_reply_to: str) -> Case:
        letter = Reply(DraftKind.IDENTITY_QUESTION, question, to, in_reply_to=in_reply_to)
        references = tuple(filter(None, (in_reply_to,)))
        return self.post.offer(unit, case, FirstReplies(self.post).word(unit, case, letter, now), now, references)


def _named(unit: Unit, case: Case, heard: Reading | None) -> Sequence[Handle]:
    """Return the addresses that were named in a case, beside those of whom it is with."""
    readings = [kept.reading for kept in unit.inbox.correspondence(case.id)] + [heard]
    named = {address for reading in readings if reading for address in named_addresses(reading)}
    return sorted(named - {case.requester, case.proven}, key=str)
