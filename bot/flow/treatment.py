"""Read and decide: the second commit.

Message, case, items, challenge, draft, clock and audit rows stand or fall together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import Case, Event, State, moved
from bot.core.challenge import Challenge, ChallengeOutcome, find_codes
from bot.core.commands import WELCOMING
from bot.core.decisions import Decision, Facts, decide, lacks_proof
from bot.core.drafts import DraftKind
from bot.core.identity import named_addresses, standing
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import MAIL, Handle, Message, Verdict
from bot.core.ports import Claimed, Customer, Disposition, Unit
from bot.core.rights import Reading
from bot.core.trust import Grade, Trust, grade_sender
from bot.flow.answering import Answering
from bot.flow.bounces import note_receipt, take_back_delivery
from bot.flow.casework import Casework
from bot.flow.correspondence import Correspondence, Incoming, Occasion
from bot.flow.finding import Match, find_case
from bot.flow.posting import Post
from bot.flow.staff_entry import enter_forwarded, note_own_answer


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one read message does to the desk."""

    answering: Answering
    correspondence: Correspondence
    casework: Casework

    @property
    def post(self) -> Post:
        """The one way into the outbox, and the house's choices with it."""
        return self.answering.post

    def words_to_read(self, message: Message) -> tuple[str, str]:
        """Return the subject and text that matter: of a colleague's forward, the person's inside it."""
        if message.forwarded is not None and self._of_a_colleague(message):
            return message.forwarded.subject, message.forwarded.text
        return message.subject, message.text

    def treat(self, unit: Unit, claimed: Claimed, message: Message, reading: Reading, now: datetime) -> None:
        """Do everything one message means, in one unit of work. Raises StaleClaim when the lease was lost."""
        received = Incoming(claimed.message, claimed.inbound.received_at, message, reading)
        disposition, case_id = self._dispose(unit, claimed, received, now)
        unit.inbox.finish(claimed.message, claimed.fence, disposition, parsed=message, reading=reading, case_id=case_id)
        if disposition is Disposition.CASE and case_id is not None:
            # only now is the message part of the case's correspondence
            self.answering.keep_in_step(unit, unit.cases.get(case_id), now)

    def tell_of_parked(self, unit: Unit, claimed: Claimed, now: datetime) -> None:
        """Tell colleagues that a message could not be read; its clock runs all the same."""
        if unit.counters.once(f"parked:{claimed.message}", now):
            self.post.notify(unit, Notice(NoticeKind.PARKED), now)

    def _dispose(
        self, unit: Unit, claimed: Claimed, received: Incoming, now: datetime
    ) -> tuple[Disposition, str | None]:
        message = received.message
        twin = unit.inbox.twin(claimed.message, message.message_id)
        if twin is not None:
            return Disposition.DUPLICATE, unit.inbox.get(twin).case_id
        filed_as_sent = claimed.inbound.folder.lower() in self.post.house.sent_folders
        if filed_as_sent or self.post.house.is_ours(message.sender):
            return Disposition.OURS, note_own_answer(unit, self.answering, message, claimed.inbound, now)
        if message.bounce is not None:
            return Disposition.BOUNCE, take_back_delivery(unit, self.answering, message.bounce, now)
        if message.receipt is not None:
            note_receipt(unit, message.receipt, now)
            return Disposition.OTHER, None
        customers = unit.directory.find(message.sender)
        grade = self._grade(message, customers)
        if message.forwarded is not None and self._of_a_colleague(message):
            return Disposition.CASE, enter_forwarded(unit, self.casework, received, message.forwarded, now)
        return self._hear(unit, received, customers, grade, now)

    def _of_a_colleague(self, message: Message) -> bool:
        """An authenticated sender of our own domain; a look-alike or an unproven From is none."""
        authentic = message.authentication.dmarc is Verdict.PASS and not message.oddities
        return authentic and self.post.house.is_colleague(message.sender)

    def _grade(self, message: Message, customers: Sequence[Customer]) -> Grade:
        return grade_sender(
            message.channel,
            message.authentication,
            message.oddities,
            on_record=bool(customers),
            own_domain=self.post.house.is_colleague(message.sender),
        )

    def _hear(
        self, unit: Unit, received: Incoming, customers: Sequence[Customer], grade: Grade, now: datetime
    ) -> tuple[Disposition, str | None]:
        """Decide what a person's message means and do it."""
        message, reading = received.message, received.reading
        match = find_case(unit, message, reading)
        case = match.case if match else None
        if message.command in WELCOMING and case is None:
            self.correspondence.welcome(unit, received, self.casework.blank_case(received, now), now)
            return Disposition.OTHER, None
        if match is not None and match.weak:
            return Disposition.CASE, self._show(unit, match, message.sender, now)
        answer, challenge = self._judge_code(unit, case, message, grade, now)
        facts = Facts(
            reading=reading,
            trust=standing(case, message, grade),
            automatic=message.automatic,
            fresh=now - received.at <= self.post.house.answer_fresh_mail_for,
            unread=message.has_only_attachments,
            silent=message.is_silent,
            names_address=bool(named_addresses(reading)),
            edited=bool(message.version_of),
            chat=message.channel != MAIL,
            case=case,
            answer=answer,
            thresholds=self.post.house.thresholds,
        )
        decision = decide(facts)
        if not decision.concerns_a_case and case is None:
            return Disposition.OTHER, None
        if case is not None and (decision.moves is Event.SUSPECTED or not decision.concerns_a_case):
            self._note(unit, case, decision, facts, message.sender, now, {"graded": grade.why})
            return Disposition.CASE, case.id
        shown = Trust.PROVEN if answer is ChallengeOutcome.ACCEPTED else facts.trust
        case = case or self.casework.open(unit, received, customers, facts.trust, now)
        case = self.casework.apply(unit, case, decision, received, shown, now)
        if answer is ChallengeOutcome.ACCEPTED and challenge is not None:
            case = self.casework.proved(unit, case, challenge, now)
        case = unit.cases.save(case)
        self._note(
            unit,
            case,
            decision,
            facts,
            message.sender,
            now,
            {"graded": grade.why, "found": match.how if match else "new"},
        )
        occasion = Occasion(
            case,
            decision,
            facts,
            received,
            now,
            first=not unit.outbox.listed(case_id=case.id, limit=1),
            judged=challenge,
        )
        case = self._someone_was_asked(unit, self.correspondence.reply(unit, occasion), now)
        return Disposition.CASE, case.id

    def _note(
        self,
        unit: Unit,
        case: Case,
        decision: Decision,
        facts: Facts,
        sender: Handle,
        now: datetime,
        how: dict[str, str],
    ) -> None:
        """Write down what was decided and why, and tell colleagues of alarms and of a use to stop now."""
        data = {"rule": decision.rule, "why": decision.why, "trust": facts.trust.name, **how}
        unit.audit.record(case.id, "message", "desk", now, data, {"sender": str(sender)})
        if decision.alarm is not None:
            self.post.notify(unit, Notice(NoticeKind(decision.alarm.value), case.reference), now)
        if any(item.provisional and item.done_at == now for item in case.items):
            self.post.notify(unit, Notice(NoticeKind.PROVISIONAL_STOP, case.reference), now)

    def _show(self, unit: Unit, match: Match, sender: Handle, now: datetime) -> str:
        """Let a person look at a case without moving it."""
        unit.cases.save(replace(match.case, attention=match.how))
        unit.audit.record(match.case.id, "message", "desk", now, {"found": match.how}, {"sender": str(sender)})
        return match.case.id

    def _someone_was_asked(self, unit: Unit, case: Case, now: datetime) -> Case:
        """An item may wait for a proof only while somebody was asked for one; else a person looks."""
        if case.requester.channel != MAIL or any(
            draft.kind is DraftKind.IDENTITY_QUESTION for draft in unit.drafts.listed(case_id=case.id)
        ):
            return case
        challenge = unit.challenges.open_for(case.id, now)
        asked = challenge.id if challenge else ""
        items = tuple(
            moved(item, Event.GAVE_UP) if item.state is State.VERIFYING and item.challenge != asked else item
            for item in case.items
        )
        return case if items == case.items else unit.cases.save(replace(case, items=items))

    def _judge_code(
        self, unit: Unit, case: Case | None, message: Message, grade: Grade, now: datetime
    ) -> tuple[ChallengeOutcome, Challenge] | tuple[None, None]:
        """Try the codes in what the person wrote now, never from machine mail, never from a forger."""
        codes = find_codes(message.text)
        if case is None or not codes or message.automatic or grade.trust is Trust.FORGED:
            return None, None
        if not any(lacks_proof(item) for item in case.items):
            return None, None
        return unit.challenges.attempt(case.id, codes, message.sender, now) or (None, None)
