"""Read and decide: the second commit.

Message, case, items, challenge, draft, clock and audit rows stand or fall together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import Case, Event
from bot.core.challenge import Challenge, ChallengeOutcome
from bot.core.commands import CHOICE, GREETED
from bot.core.decision import Decision
from bot.core.decisions import decide
from bot.core.denial import disowns
from bot.core.drafts import Question
from bot.core.facts import Facts
from bot.core.identity import is_theirs, named_addresses, standing
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import BY_HAND, Handle, Message, Verdict, is_chat
from bot.core.other_ways import OtherWay, way_in
from bot.core.proof import lacks_proof
from bot.core.records import Claimed, Customer, Disposition
from bot.core.rights import Flag, Reading
from bot.core.trust import Grade, Trust, grade_sender
from bot.core.undoing import may_be_undone, undoes
from bot.core.unit import Unit
from bot.flow.answering import Answering
from bot.flow.bounces import note_receipt, take_back_delivery
from bot.flow.casework import Casework, stopped_by
from bot.flow.challenging import codes_typed, hand_over_unasked
from bot.flow.correspondence import Correspondence, Incoming, Occasion
from bot.flow.fact_checking import compare, silenced, unheard
from bot.flow.finding import Match, carried_on, find_case
from bot.flow.opting_out import read_ticket
from bot.flow.posting import Post
from bot.flow.second_proof import came_from_elsewhere, given, rights_asked_twice, try_code
from bot.flow.staff_entry import enter_forwarded, note_own_answer
from bot.flow.telling_record import RecordNotices
from bot.flow.vouching import unvouched


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a message: its case, and what may be kept of it where that is not all."""

    disposition: Disposition
    case_id: str | None = None
    kept: Incoming | None = None


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

    def treat(
        self, unit: Unit, claimed: Claimed, message: Message, reading: Reading, at: datetime, now: datetime
    ) -> str | None:
        """Do everything that one message, heard at a moment, means, in one unit of work; return its case.

        Raises StaleClaim when the lease was lost.
        """
        reading = read_ticket(unit, message) or reading
        received = Incoming(claimed.message, at, message, reading)
        filed = self._dispose(unit, claimed, received, now)
        disposition, case_id, kept = filed.disposition, filed.case_id, filed.kept or received
        unit.inbox.finish(
            claimed.message,
            claimed.fence,
            disposition,
            parsed=kept.message,
            reading=kept.reading,
            case_id=case_id,
        )
        if filed.kept is not None:
            unit.inbox.leave(claimed.message, kept.message)
        elif case_id is not None:
            unit.copies.want(claimed.message, message, now)
        if disposition is Disposition.CASE and case_id is not None:
            if message.entered is not None:
                entered = message.entered
                told = {"way": entered.way.value}
                unit.audit.record(case_id, "entered", entered.staff, now, told, why=entered.reason)
            # only now is the message part of the case's correspondence
            self.answering.keep_in_step(unit, unit.cases.get(case_id), now)
        return case_id

    def tell_of_parked(self, unit: Unit, claimed: Claimed, now: datetime) -> None:
        """Tell colleagues that a message could not be read; its clock runs all the same."""
        if unit.counters.once(f"parked:{claimed.message}", now):
            self.post.notify(unit, Notice(NoticeKind.PARKED), now)

    def _dispose(self, unit: Unit, claimed: Claimed, received: Incoming, now: datetime) -> Filed:
        message = received.message
        twin = unit.inbox.twin(claimed.message, message.message_id)
        if twin is not None:
            return Filed(Disposition.DUPLICATE, unit.inbox.get(twin).case_id)
        filed_as_sent = claimed.inbound.folder.lower() in self.post.house.sent_folders
        if filed_as_sent or self.post.house.is_ours(message.sender):
            return Filed(Disposition.OURS, note_own_answer(unit, self.answering, message, claimed.inbound, now))
        if message.bounce is not None:
            return Filed(
                Disposition.BOUNCE, take_back_delivery(unit, self.answering, message.bounce, message.sender, now)
            )
        if message.receipt is not None:
            note_receipt(unit, message.receipt, message.sender, now)
            return Filed(Disposition.OTHER)
        customers = unit.directory.find(message.sender)
        grade = self._grade(message, customers)
        if message.forwarded is not None and self._of_a_colleague(message):
            return Filed(Disposition.CASE, enter_forwarded(unit, self.casework, received, message.forwarded, now))
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
    ) -> Filed:
        """Decide what a person's message means and do it."""
        message, reading = received.message, received.reading
        unit.cases.hold(message.sender)
        match = find_case(unit, message, reading, now)
        answer, challenge = self._judge_code(unit, match, message, grade, now)
        if match is not None and challenge is not None:
            match = match.answering(challenge.case_id)
        if answer is not ChallengeOutcome.ACCEPTED and (second := try_code(unit, message, grade, now)):
            return Filed(Disposition.CASE, self._proved_elsewhere(unit, second, received, now))
        case = match.case if match else None
        received = _heard_out(case, received, grade, answer)
        reading = received.reading
        compared = compare(unit, self.post.house, case, message, reading, now) if case else None
        kept = None
        if case is not None and compared is not None:
            case = compared[0]
            kept = received = replace(received, message=silenced(message), reading=unheard(reading))
            message, reading = received.message, received.reading
        greeting = GREETED.get(message.command)
        if greeting and answer is None and (case is None or greeting is not Question.NOTHING_OPEN):
            self.correspondence.greet(unit, received, greeting, self.casework.blank_case(received, now), now)
            return Filed(Disposition.OTHER)
        if match is not None and match.weak and case is not None and compared is not None:
            return Filed(Disposition.CASE, unit.cases.save(case).id, kept)
        if match is not None and match.weak:
            return Filed(Disposition.CASE, self._show(unit, match, message, grade, now))
        facts = Facts(
            reading=reading,
            trust=standing(case, message, grade, now),
            automatic=message.automatic,
            fresh=now - received.at <= self.post.house.answer_fresh_mail_for,
            unread=message.has_only_attachments,
            silent=message.is_silent,
            names_address=bool(named_addresses(reading)),
            other_way=_other_way(message, case),
            edited=bool(message.version_of),
            undoes=case is not None and _undoes(unit, case, message, now),
            entered=message.entered is not None,
            by_hand=message.sender.channel in BY_HAND,
            chat=is_chat(message.channel),
            case=case,
            theirs=case is not None and is_theirs(case, message, grade),
            answer=answer,
            thresholds=self.post.house.thresholds,
            compared=compared[1] if compared else None,
            twice=rights_asked_twice(unit, self.post.house, reading.exercised),
        )
        decision = decide(facts)
        if not decision.concerns_a_case and case is None:
            return Filed(Disposition.OTHER)
        if case is not None and (not decision.concerns_a_case or decision.moves is Event.SUSPECTED):
            self._note(unit, case, decision, facts, message.sender, now, {"graded": grade.why})
            return Filed(Disposition.CASE, case.id, kept)
        shown = Trust.PROVEN if answer is ChallengeOutcome.ACCEPTED else facts.trust
        case = case or self.casework.open(unit, received, customers, facts.trust, now)
        case = self.casework.apply(unit, case, decision, received, shown, now)
        if answer is ChallengeOutcome.ACCEPTED and challenge is not None:
            apart = came_from_elsewhere(unit, message, challenge, now)
            case = self.casework.proved(unit, case, challenge, now, Trust.MATCHED if apart else Trust.PROVEN)
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
            judged=challenge,
        )
        case = RecordNotices(self.post).warn(unit, self.correspondence.reply(unit, occasion), now)
        case = hand_over_unasked(unit, case)
        return Filed(Disposition.CASE, case.id, kept)

    def _proved_elsewhere(self, unit: Unit, question: Challenge, received: Incoming, now: datetime) -> str:
        """Record the second proof that a code from elsewhere on record is, and thank the mailbox it lay in.

        What else the message says is for a person to read: it may be of another matter.
        """
        case = carried_on(unit, unit.cases.get(question.case_id))
        unit.audit.record(case.id, "proved", "desk", now, {"level": "L2"}, {"sender": str(received.message.sender)})
        asks = "sent the code of another case, and asks for more: read it" if received.reading.exercised else ""
        case = given(case, {item.id for item in case.items if item.challenge == question.id})
        case = unit.cases.save(replace(case, attention=asks or case.attention))
        case = self.correspondence.thank_for(unit, case, Question.SECOND_RIGHT, question.destination, now)
        return RecordNotices(self.post).warn(unit, case, now).id

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

    def _show(self, unit: Unit, match: Match, message: Message, grade: Grade, now: datetime) -> str:
        """Let a person look at a case without moving it; a machine or a forger does not even get that."""
        if not message.automatic and grade.trust is not Trust.FORGED:
            heard = unvouched(match.case) if match.objects else match.case
            unit.cases.save(replace(heard, attention=match.how))
        facts = {"found": match.how, "graded": grade.why}
        unit.audit.record(match.case.id, "message", "desk", now, facts, {"sender": str(message.sender)})
        return match.case.id

    def _judge_code(
        self, unit: Unit, match: Match | None, message: Message, grade: Grade, now: datetime
    ) -> tuple[ChallengeOutcome, Challenge] | tuple[None, None]:
        """Try the codes in what the person wrote now, never from machine mail, never from a forger."""
        if match is None or message.automatic or grade.trust is Trust.FORGED:
            return None, None
        asked = [case.id for case in match.asked if any(lacks_proof(item) for item in case.items)]
        codes = codes_typed(unit, message, asked)
        if not codes:
            return None, None
        return unit.challenges.attempt(asked, codes, message.sender, now) or (None, None)


def _heard_out(case: Case | None, received: Incoming, grade: Grade, answer: ChallengeOutcome | None) -> Incoming:
    """Return a message that says "this was not me" flagged as such, whatever its reader noticed (law.md rule 17)."""
    message, reading = received.message, received.reading
    proves = answer is ChallengeOutcome.ACCEPTED
    if case is None or proves or not is_theirs(case, message, grade) or not disowns(message.text):
        return received
    return replace(received, reading=replace(reading, flags=reading.flags | {Flag.IDENTITY_THEFT}))


def _undoes(unit: Unit, case: Case, message: Message, now: datetime) -> bool:
    """Say whether a message takes back an opt-out of its case that is the case's own to take back."""
    return may_be_undone(case, now) and undoes(message.text) and bool(stopped_by(unit, case))


def _other_way(message: Message, case: Case | None) -> OtherWay | None:
    """Return how somebody without e-mail wants the answer: by a button of ours, or in their own words."""
    if message.command == CHOICE and message.payload in set(OtherWay):
        return OtherWay(message.payload)
    return way_in(message.text, asked=case.other_way if case else None)
