"""Confirming on a page: the code of an identity question, typed there instead of sending it back by mail.

The link alone confirms nothing, by whatever method it is called: what follows links or presses buttons in a mailbox (a
scanner, a preview) does not read a code out of the mail and type it. What has no code in it is no try.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.core.case import Case
from bot.core.challenge import Challenge, ChallengeOutcome, find_codes
from bot.core.drafts import SILENCING_FLAGS
from bot.core.messages import MAIL
from bot.core.ports import Clock
from bot.core.proof import lacks_proof
from bot.core.tickets import Door
from bot.core.unit import Store, Unit
from bot.flow.challenging import hand_over_unasked, hand_over_unproven
from bot.flow.page_links import case_behind
from bot.flow.telling_record import RecordNotices
from bot.flow.treatment import Treatment


@dataclass(frozen=True, slots=True)
class Asked:
    """An identity question somebody looks at: the language of its case, and what came of the code just typed."""

    language: str
    outcome: ChallengeOutcome | None = None


@dataclass(frozen=True, slots=True)
class ConfirmationDesk:
    """Takes codes on the page; they count as those that come by mail, in the same challenge and with its tries."""

    store: Store
    treatment: Treatment
    clock: Clock

    async def asked(self, ticket: str) -> Asked | None:
        """Return the question behind a link while it waits for its code; looking changes nothing."""
        now = self.clock.now()

        def look(unit: Unit) -> Asked | None:
            found = self._waiting(unit, ticket, now)
            return Asked(found[0].language) if found else None

        return await self.store.transact(look)

    async def confirm(self, ticket: str, typed: str) -> Asked | None:
        """Try what was typed, and do what the right code does by mail; None where nothing waits behind the link."""
        now, codes = self.clock.now(), find_codes(typed)

        def work(unit: Unit) -> Asked | None:
            found = self._waiting(unit, ticket, now)
            if found is None or not codes:
                return Asked(found[0].language) if found else None
            case, question = found
            judged = unit.challenges.attempt([case.id], codes, question.asked_of, now)
            if judged is None:
                return None
            outcome, challenge = judged
            unit.audit.record(case.id, "confirmed_on_page", "the person", now, {"code": outcome})
            if outcome is ChallengeOutcome.ACCEPTED:
                self._proved(unit, case, challenge, now)
            elif outcome is ChallengeOutcome.EXHAUSTED:
                self.treatment.answering.keep_in_step(unit, hand_over_unproven(unit, case), now)
            return Asked(case.language, outcome)

        return await self.store.transact(work)

    def _proved(self, unit: Unit, case: Case, challenge: Challenge, now: datetime) -> None:
        case = unit.cases.save(self.treatment.casework.proved(unit, case, challenge, now))
        case = self.treatment.correspondence.thank(unit, case, challenge.destination, now)
        case = RecordNotices(self.treatment.post).warn(unit, case, now)
        self.treatment.answering.keep_in_step(unit, hand_over_unasked(unit, case), now)

    def _waiting(self, unit: Unit, ticket: str, now: datetime) -> tuple[Case, Challenge] | None:
        """Return a case with its open question, put to the very mailbox that is to answer it."""
        case = case_behind(unit, Door.CONFIRM, ticket, now)
        if case is None or case.flags & SILENCING_FLAGS or not any(map(lacks_proof, case.items)):
            return None
        question = unit.challenges.open_for(case.id, now)
        own = question is not None and question.asked_of == question.destination and question.asked_of.channel == MAIL
        return (case, question) if question is not None and own else None
