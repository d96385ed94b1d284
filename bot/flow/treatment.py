"""Read and decide: the second commit.

Message, case, items, challenge, draft, clock and audit rows stand or fall together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case, ClockKind, Event, Item, State, advance, can
from bot.core.challenge import Challenge, ChallengeOutcome, find_codes
from bot.core.commands import WELCOMING
from bot.core.deadlines import clock_kind, promise_due, statutory_due
from bot.core.decisions import PROVISIONAL, Decision, Facts, Measure, decide, lane_for
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed
from bot.core.identity import named_addresses, standing
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import MAIL, Forwarded, Handle, Message, Verdict
from bot.core.ports import Claimed, Customer, Disposition, Suppression, Unit
from bot.core.references import ID_BYTES, REFERENCE_BYTES, TOKEN_BYTES, write_id, write_reference, write_token
from bot.core.rights import OUR_LANGUAGES, Reading, RequestType
from bot.core.trust import Grade, Trust, grade_sender
from bot.flow.answering import Answering
from bot.flow.bounces import take_back_delivery
from bot.flow.correspondence import Correspondence, Incoming, Occasion, scopes_of
from bot.flow.finding import find_case
from bot.flow.posting import Post
from bot.flow.staff_entry import note_own_answer

_FALLBACK_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one read message does to the desk."""

    answering: Answering
    correspondence: Correspondence

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

    def adopt(self, unit: Unit, message: str, rights: Sequence[RequestType], staff: str, now: datetime) -> Case:
        """Make a kept message a case because a colleague says so; the clock runs from its arrival.

        Raises NotFound, NotAllowed for somebody who is no colleague or a message that has a case or could not be read.
        """
        if not unit.staff.roles(staff):
            raise NotAllowed(f"{staff} is no colleague here: `nexio-intake staff add {staff} --role drafter`")
        kept = unit.inbox.get(message)
        if kept.case_id is not None:
            raise NotAllowed(f"this message belongs to case {unit.cases.get(kept.case_id).reference} already")
        if kept.message is None or kept.reading is None:
            raise NotAllowed("this message could not be read: look at its raw text and enter it by hand")
        received = Incoming(kept.id, kept.received_at, kept.message, kept.reading)
        customers = unit.directory.find(kept.message.sender)
        case = self._open(unit, received, customers, self._grade(kept.message, customers).trust, now)
        chosen = tuple((right, Event.HANDED) for right in rights)
        decision = Decision("adopted", "a colleague says that this is a request", rights=chosen)
        case = unit.cases.save(self._apply(unit, case, decision, received, now))
        unit.inbox.assign(kept.id, case.id)
        named = ", ".join(right.value for right in rights)
        unit.audit.record(case.id, "adopted", staff, now, {"rights": named})
        self.answering.redraft(unit, case, now)
        return case

    def tell_of_parked(self, unit: Unit, claimed: Claimed, now: datetime) -> None:
        """Tell colleagues that a message could not be read; its clock runs all the same."""
        if unit.counters.once(f"parked:{claimed.message}", now):
            self.post.notify(unit, Notice(NoticeKind.PARKED), now)

    def _dispose(
        self, unit: Unit, claimed: Claimed, received: Incoming, now: datetime
    ) -> tuple[Disposition, str | None]:
        message = received.message
        if unit.inbox.twin(claimed.message, message.message_id) is not None:
            return Disposition.DUPLICATE, None
        if self.post.house.is_ours(message.sender):
            return Disposition.OURS, note_own_answer(unit, self.answering, message, claimed.inbound, now)
        if message.bounce is not None:
            return Disposition.BOUNCE, take_back_delivery(unit, self.answering, message.bounce, now)
        customers = unit.directory.find(message.sender)
        grade = self._grade(message, customers)
        if message.forwarded is not None and self._of_a_colleague(message):
            return Disposition.CASE, self._enter_forwarded(unit, received, message.forwarded, now)
        return self._hear(unit, received, customers, grade, now)

    def _of_a_colleague(self, message: Message) -> bool:
        """An authenticated sender of our own domain; a look-alike or an unproven From is none."""
        authentic = message.authentication.dmarc is Verdict.PASS and not message.oddities
        return authentic and self.post.house.is_colleague(message.sender)

    def _enter_forwarded(self, unit: Unit, received: Incoming, forwarded: Forwarded, now: datetime) -> str:
        """Open what a colleague forwarded for the person inside it; a colleague confirms, nothing is sent."""
        person = forwarded.sender or received.message.sender
        inside = replace(received.message, sender=person, name=forwarded.name, subject=forwarded.subject)
        heard = replace(received, message=inside)
        case = self._open(unit, heard, unit.directory.find(person), Trust.CLAIMED, now)
        rights = tuple((right, Event.HANDED) for right in received.reading.exercised) or (
            (RequestType.OTHER, Event.HANDED),
        )
        decision = Decision("forwarded", "forwarded by a colleague, who confirms it", rights=rights, doubtful=True)
        case = unit.cases.save(self._apply(unit, case, decision, heard, now))
        facts = {"rule": decision.rule, "by": str(received.message.sender)}
        unit.audit.record(case.id, "message", "desk", now, facts, {"person": str(person)})
        self.answering.redraft(unit, case, now)
        return case.id

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
            self.correspondence.welcome(unit, received, self._blank_case(received, now), now)
            return Disposition.OTHER, None
        answer, challenge = self._judge_code(unit, case, message, grade, now)
        facts = Facts(
            reading=reading,
            trust=standing(case, message, grade),
            automatic=message.automatic,
            fresh=now - received.at <= self.post.house.answer_fresh_mail_for,
            unread=message.has_only_attachments,
            names_address=bool(named_addresses(reading)),
            chat=message.channel != MAIL,
            case=case,
            answer=answer,
            thresholds=self.post.house.thresholds,
        )
        decision = decide(facts)
        if not decision.concerns_a_case and case is None:
            return Disposition.OTHER, None
        if case is not None and decision.moves is Event.SUSPECTED:
            self._note(unit, case, decision, facts, message.sender, now, {"graded": grade.why})
            return Disposition.CASE, case.id
        opened = case is None
        case = case or self._open(unit, received, customers, facts.trust, now)
        case = self._apply(unit, case, decision, received, now)
        if answer is ChallengeOutcome.ACCEPTED and challenge is not None:
            case = self._proved(unit, case, challenge, now)
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
        occasion = Occasion(case, decision, facts, received, now, first=opened, judged=challenge)
        case = self._someone_was_asked(unit, self.correspondence.reply(unit, occasion), now)
        self.answering.redraft(unit, case, now)
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
        """Write down what was decided and why, and raise the alarm that goes with it."""
        data = {"rule": decision.rule, "why": decision.why, "trust": facts.trust.name, **how}
        unit.audit.record(case.id, "message", "desk", now, data, {"sender": str(sender)})
        if decision.alarm is not None:
            self.post.notify(unit, Notice(NoticeKind(decision.alarm.value), case.reference), now)

    def _someone_was_asked(self, unit: Unit, case: Case, now: datetime) -> Case:
        """An item may wait for a proof only while somebody was asked for one; else a person looks."""
        waits = [item for item in case.items if item.state is State.VERIFYING]
        asked = case.requester.channel != MAIL or unit.challenges.open_for(case.id, now) is not None
        waiting_draft = any(d.kind is DraftKind.IDENTITY_QUESTION for d in unit.drafts.listed(case_id=case.id))
        if not waits or asked or waiting_draft:
            return case
        items = tuple(_moved(item, Event.HANDED) if item in waits else item for item in case.items)
        return unit.cases.save(replace(case, items=items))

    def _judge_code(
        self, unit: Unit, case: Case | None, message: Message, grade: Grade, now: datetime
    ) -> tuple[ChallengeOutcome, Challenge] | tuple[None, None]:
        """Try the codes in what the person wrote now, never from machine mail, never from a forger."""
        codes = find_codes(message.text)
        if case is None or not codes or message.automatic or grade.trust is Trust.FORGED:
            return None, None
        return unit.challenges.attempt(case.id, codes, message.sender, now) or (None, None)

    def _open(self, unit: Unit, received: Incoming, customers: Sequence[Customer], trust: Trust, now: datetime) -> Case:
        case = self._blank_case(received, now)
        one = customers[0].id if len(customers) == 1 else None
        language = case.language
        if received.reading.language not in OUR_LANGUAGES and len(customers) == 1:
            language = customers[0].language if customers[0].language in OUR_LANGUAGES else language
        case = replace(case, customer_id=one, trust=trust, language=language, lane=lane_for(received.reading))
        unit.cases.add(case)
        unit.audit.record(case.id, "opened", "desk", now, {"reference": case.reference, "trust": trust.name})
        return case

    def _blank_case(self, received: Incoming, now: datetime) -> Case:
        message, reading = received.message, received.reading
        spoken = reading.language if reading.language in OUR_LANGUAGES else message.language
        return Case(
            id=write_id(now, self.post.entropy.draw(ID_BYTES)),
            reference=write_reference(self.post.entropy.draw(REFERENCE_BYTES)),
            token=write_token(self.post.entropy.draw(TOKEN_BYTES)),
            requester=message.sender,
            language=spoken if spoken in OUR_LANGUAGES else _FALLBACK_LANGUAGE,
            opened_at=now,
            received_at=received.at,
            name=message.name,
        )

    def _apply(self, unit: Unit, case: Case, decision: Decision, received: Incoming, now: datetime) -> Case:
        reading = received.reading
        flags = case.flags | reading.flags
        items = {item.right: item for item in case.items if item.state is not State.MERGED}
        for right, event in decision.rights:
            item = items.get(right) or self._item(right, replace(case, flags=flags), received, now)
            items[right] = _moved(replace(item, doubtful=item.doubtful or decision.doubtful), event)
        if decision.moves is not None:
            named = {right for right, _ in decision.rights}
            items |= {right: _moved(item, decision.moves) for right, item in items.items() if right not in named}
        if Measure.SUPPRESS in decision.measures:
            self._suppress(unit, case, received, now)
            items = {right: _done(item, now) for right, item in items.items()}
        if Measure.PROVISIONAL in decision.measures:
            items = {right: _stopped(item, now) for right, item in items.items()}
            unit.audit.record(case.id, "stopped_provisionally", "desk", now)
        asked = any(event is Event.UNCLEAR for _, event in decision.rights)
        return replace(case, items=tuple(items.values()), flags=flags, clarified=case.clarified + asked)

    def _proved(self, unit: Unit, case: Case, challenge: Challenge, now: datetime) -> Case:
        """Record whose control was shown: of the address the code went to, and of nothing else."""
        customers = unit.directory.find(challenge.destination)
        unit.audit.record(case.id, "proved", "desk", now, {"level": "L1"}, {"destination": str(challenge.destination)})
        return replace(
            case,
            proven=challenge.destination,
            trust=max(case.trust, Trust.PROVEN),
            customer_id=customers[0].id if len(customers) == 1 else None,
        )

    def _item(self, right: RequestType, case: Case, received: Incoming, now: datetime) -> Item:
        kind = clock_kind(right, case.flags)
        legal = kind is ClockKind.STATUTORY
        return Item(
            id=write_id(now, self.post.entropy.draw(ID_BYTES)),
            right=right,
            state=State.OPEN,
            clock=kind,
            received_at=received.at,
            promise_due=promise_due(received.at, self.post.house.calendar),
            statutory_due=statutory_due(received.at, self.post.house.calendar) if legal else None,
            scopes=received.reading.scopes if right is RequestType.UNSUBSCRIBE else frozenset(),
        )

    def _suppress(self, unit: Unit, case: Case, received: Incoming, now: datetime) -> None:
        """Stop the mailings at once for the address or handle it concerns (law.md rule 28)."""
        scopes = scopes_of(received.reading)
        handles = [received.message.sender]
        if received.message.channel != MAIL:
            handles += named_addresses(received.reading)
        for handle in handles:
            for scope in sorted(scopes):
                suppression = Suppression(write_id(now, self.post.entropy.draw(ID_BYTES)), handle, scope, now, case.id)
                if unit.suppressions.add(suppression):
                    unit.audit.record(case.id, "suppressed", "desk", now, {"scope": scope}, {"handle": str(handle)})


def _moved(item: Item, event: Event) -> Item:
    """Advance an item that can take the event; a new word on an item that had ended opens it again."""
    if can(item, event):
        return advance(item, event)
    ended = item.state not in OPEN_STATES and event is not Event.PROVED
    return advance(item, Event.REOPENED) if ended and can(item, Event.REOPENED) else item


def _done(item: Item, now: datetime) -> Item:
    """An opt-out has taken effect."""
    at_once = item.clock is ClockKind.AT_ONCE and item.right is not RequestType.CONSENT_WITHDRAWAL
    return replace(item, done_at=now) if at_once and item.done_at is None else item


def _stopped(item: Item, now: datetime) -> Item:
    """A use was stopped on a plausible word, to be weighed by a person (Art. 18, 21(1), 7(3))."""
    if item.right not in PROVISIONAL or item.provisional:
        return item
    return replace(item, provisional=True, done_at=item.done_at or now)
