"""The first reply: what one message calls for at once. At most one mail back for one that came in."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.core.case import OPEN_STATES, Case, Item, State, is_proven
from bot.core.challenge import CODE_BYTES, LIFETIME, MAX_ATTEMPTS, Challenge, ChallengeOutcome, is_mixed, write_code
from bot.core.decisions import Decision, Facts, Measure
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed
from bot.core.identity import named_addresses
from bot.core.letters import Brief, ItemBrief, Question
from bot.core.messages import MAIL, Handle, Message
from bot.core.opting_out import extent_of
from bot.core.ports import Unit
from bot.core.references import ID_BYTES, write_id
from bot.core.rights import Reading
from bot.core.trust import Trust
from bot.flow.opting_out import heard, named_mailbox, scopes_of
from bot.flow.posting import Post, Purpose
from bot.flow.questions import open_question

_DAY: Final = timedelta(days=1)
_ACKNOWLEDGING: Final = frozenset({DraftKind.ACKNOWLEDGEMENT, DraftKind.UNSUBSCRIBE_CONFIRMATION})


@dataclass(frozen=True, slots=True)
class Incoming:
    """One read message: its id, its trustworthy time of arrival, and what it says."""

    id: str
    at: datetime
    message: Message
    reading: Reading


@dataclass(frozen=True, slots=True)
class Occasion:
    """Everything a first reply is written from; `judged` is the challenge an answer was tried on."""

    case: Case
    decision: Decision
    facts: Facts
    received: Incoming
    now: datetime
    first: bool
    judged: Challenge | None = None

    @property
    def plausible(self) -> bool:
        """Whether the reply may say what was understood (never to the unproven, never on a platform)."""
        return self.facts.trust >= Trust.PLAUSIBLE and not self.facts.chat


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Writes the first reply and lets it leave where the policy allows."""

    post: Post

    def reply(self, unit: Unit, occasion: Occasion) -> Case:
        """Write the one reply a decision calls for, unless a cap says that enough was written; return the case."""
        step = occasion.decision.step
        if step is None or not self._within_caps(unit, occasion, step):
            return occasion.case
        if step is DraftKind.IDENTITY_QUESTION:
            return self._ask_identity(unit, occasion)
        if step is DraftKind.STATUS:
            return self._tell_news(unit, occasion)
        if step is DraftKind.UNSUBSCRIBE_CONFIRMATION:
            self._tell_named_mailbox(unit, occasion)
        question = Question.WHICH_RIGHT if step is DraftKind.CLARIFICATION else None
        return self._send(unit, occasion, step, question)

    def welcome(self, unit: Unit, received: Incoming, case: Case, now: datetime) -> None:
        """Greet somebody who opened the chat; asks nothing and opens nothing."""
        sender = received.message.sender
        if DraftKind.ACKNOWLEDGEMENT not in self.post.house.leaving_alone:
            return
        if unit.counters.raise_within(f"welcome:{sender}", 1, now - _DAY, now):
            brief = self._brief(case, DraftKind.ACKNOWLEDGEMENT, sender, now, Question.WELCOME)
            nowhere = replace(case, id="")  # the greeting belongs to no case
            purpose = Purpose(in_reply_to=received.message.message_id)
            self.post.dispatch(unit, nowhere, self.post.word(nowhere, brief, sender, now, purpose), now)

    def _ask_identity(self, unit: Unit, occasion: Occasion) -> Case:
        """Ask the one question that proves control of an address; known and unknown get the same words (rule 16)."""
        step, judged = DraftKind.IDENTITY_QUESTION, occasion.judged
        if occasion.facts.answer is ChallengeOutcome.WRONG and judged is not None:
            return self._send(unit, occasion, step, Question.CODE_WRONG, tries_left=MAX_ATTEMPTS - judged.attempts)
        if occasion.facts.chat:
            return self._ask_in_chat(unit, occasion)
        sender = occasion.received.message.sender
        waiting = unit.challenges.open_for(occasion.case.id, occasion.now)
        if waiting is not None:
            return self._send_opt_out_only(unit, replace(occasion, case=bound(unit, occasion.case, waiting.id)))
        case, code = self._challenge(unit, occasion.case, sender, sender, occasion.now)
        if not code:
            return case
        return self._send(unit, replace(occasion, case=case), step, Question.CODE_BY_REPLY, code=code)

    def _ask_in_chat(self, unit: Unit, occasion: Occasion) -> Case:
        """Continue by mail (rule 42): which address, or a code to the one that was named, known or not."""
        step = DraftKind.IDENTITY_QUESTION
        named = named_addresses(occasion.received.reading)
        expired = occasion.judged.destination if occasion.judged else None
        destination = named[0] if len(named) == 1 else expired
        if destination is None:
            return self._send(unit, occasion, step, Question.WHICH_ADDRESS)
        sender = occasion.received.message.sender
        case, code = self._challenge(unit, occasion.case, destination, sender, occasion.now)
        if code:  # over the cap no mail leaves, and the chat says the same
            brief = self._brief(case, step, destination, occasion.now, Question.CODE_FOR_CHAT, first=True)
            mail = self.post.word(case, brief, destination, occasion.now, Purpose(code=code))
            case = self.post.offer(unit, case, mail, occasion.now)
        return self._send(unit, replace(occasion, case=case), step, Question.CODE_SENT)

    def _tell_named_mailbox(self, unit: Unit, occasion: Occasion) -> None:
        """Tell an address whose mailings were stopped from a chat, so that its owner can undo it (threats.md)."""
        received, now = occasion.received, occasion.now
        named = named_mailbox(self.post.house, received.message, received.reading)
        if named is None:
            return
        most = self.post.house.caps.acknowledgements_a_day
        if unit.counters.raise_within(f"ack:{named}", most, now - _DAY, now):
            brief = self._brief(occasion.case, DraftKind.UNSUBSCRIBE_CONFIRMATION, named, now, None)
            told = replace(brief, opted_out=scopes_of(received.reading))
            self.post.offer(unit, occasion.case, self.post.word(occasion.case, told, named, now, Purpose()), now)

    def _send_opt_out_only(self, unit: Unit, occasion: Occasion) -> Case:
        """The identity question is open already: say only what was done at once, if anything."""
        if Measure.SUPPRESS not in occasion.decision.measures:
            return occasion.case
        return self._send(unit, occasion, DraftKind.UNSUBSCRIBE_CONFIRMATION, None)

    def ask(self, unit: Unit, case: Case, now: datetime) -> Case:
        """Put the identity question because a colleague wants it; by mail, to where the person wrote from.

        Raises NotAllowed for a chat, where the person has to name an address, or when too many codes went there today.
        """
        if case.requester.channel != MAIL:
            raise NotAllowed("in a chat the person names the address: ask there for it")
        case, code = self._challenge(unit, case, case.requester, case.requester, now)
        if not code:
            raise NotAllowed("too many codes went to this address today: try again tomorrow")
        brief = self._brief(case, DraftKind.IDENTITY_QUESTION, case.requester, now, Question.CODE_BY_REPLY)
        draft = self.post.word(case, brief, case.requester, now, Purpose(code=code))
        return self.post.offer(unit, case, draft, now)

    def remind(self, unit: Unit, case: Case, question: DraftKind, asked: date, now: datetime) -> Case:
        """Put an open question once more, with a fresh code where one was sent to the very address that wrote."""
        code = ""
        if question is DraftKind.IDENTITY_QUESTION and case.requester.channel == MAIL:
            case, code = self._challenge(unit, case, case.requester, case.requester, now)
        again = Question.CODE_BY_REPLY if code else None
        if question is DraftKind.CLARIFICATION:
            again = Question.WHICH_RIGHT
        return self._write_again(unit, case, DraftKind.REMINDER, again, asked, now, code)

    def say_how_far(self, unit: Unit, case: Case, asked: date, now: datetime) -> Case:
        """Say, where our promise ends, that we wait for the person's word (law.md rule 3)."""
        return self._write_again(unit, case, DraftKind.STATUS, None, asked, now)

    def _tell_news(self, unit: Unit, occasion: Occasion) -> Case:
        """Say how far we are to whoever the case is with, and to nobody else; without anything of the case."""
        case, message, now = occasion.case, occasion.received.message, occasion.now
        if message.sender not in {case.requester, case.proven}:
            return case
        question = open_question(unit, case)
        asked = self.post.house.calendar.civil_date(question.created_at) if question else None
        brief = self._brief(case, DraftKind.STATUS, message.sender, now, None, first=occasion.first)
        purpose = Purpose(in_reply_to=message.message_id)
        draft = self.post.word(case, replace(brief, asked=asked), message.sender, now, purpose)
        references = tuple(filter(None, (*message.references, message.message_id)))
        return self.post.offer(unit, case, draft, now, references)

    def _write_again(
        self,
        unit: Unit,
        case: Case,
        kind: DraftKind,
        question: Question | None,
        asked: date,
        now: datetime,
        code: str = "",
    ) -> Case:
        brief = self._brief(case, kind, case.requester, now, question, first=False)
        draft = self.post.word(case, replace(brief, asked=asked), case.requester, now, Purpose(code=code))
        return self.post.offer(unit, case, draft, now)

    def _challenge(
        self, unit: Unit, case: Case, destination: Handle, asked_of: Handle, now: datetime
    ) -> tuple[Case, str]:
        """Open a challenge for the items that lack a proof and return its code, empty over the cap.

        The code is kept only hashed and, in the outbox, sealed.
        """
        if unit.challenges.issued(destination, now - _DAY) >= self.post.house.caps.codes_per_address_a_day:
            unit.audit.record(case.id, "code_capped", "desk", now, {}, {"destination": str(destination)})
            return case, ""
        code = self._fresh_code()
        customers = unit.directory.find(destination)
        challenge = Challenge(
            id=write_id(now, self.post.entropy.draw(ID_BYTES)),
            case_id=case.id,
            destination=destination,
            asked_of=asked_of,
            code_hash=unit.challenges.hash(code),
            expires_at=now + LIFETIME,
            on_record=bool(customers),
            customer_id=customers[0].id if len(customers) == 1 else None,
        )
        unit.challenges.add(challenge)
        unit.audit.record(case.id, "challenged", "desk", now, {}, {"destination": str(destination)})
        return bound(unit, case, challenge.id), code

    def _fresh_code(self) -> str:
        """Draw until the code holds a digit and a letter: one draw in twenty does not."""
        while not is_mixed(code := write_code(self.post.entropy.draw(CODE_BYTES))):
            pass
        return code

    def _send(
        self,
        unit: Unit,
        occasion: Occasion,
        kind: DraftKind,
        question: Question | None,
        *,
        code: str = "",
        tries_left: int = 0,
    ) -> Case:
        case, message, now = occasion.case, occasion.received.message, occasion.now
        told = occasion.plausible and kind is not DraftKind.IDENTITY_QUESTION  # rule 16: the same for known and unknown
        stopped = tuple(item for item in case.items if item.done_at == now and not item.provisional)
        opt_out = heard(unit, self.post.house, message, occasion.received.reading)
        brief = replace(
            self._brief(case, kind, message.sender, now, question, first=occasion.first),
            plausible=told,
            name=case.name if told else "",
            items=tuple(item_brief(item) for item in case.items if item.state in OPEN_STATES) if told else (),
            opted_out=opt_out.scopes if stopped else frozenset(),
            extent=extent_of(opt_out),
            candidates=tuple(right for right, _ in occasion.decision.rights)
            if question is Question.WHICH_RIGHT
            else (),
            tries_left=tries_left,
            subject=message.subject if told else "",
        )
        purpose = Purpose(items=stopped, code=code, in_reply_to=message.message_id)
        draft = self.post.word(case, brief, message.sender, now, purpose)
        references = tuple(filter(None, (*message.references, message.message_id)))
        return self.post.offer(unit, case, draft, now, references)

    def _brief(
        self,
        case: Case,
        kind: DraftKind,
        recipient: Handle,
        now: datetime,
        question: Question | None,
        *,
        first: bool = True,
    ) -> Brief:
        """Return the least a letter may say: a reference and the promise."""
        today = self.post.house.calendar.civil_date(now)
        return Brief(
            kind=kind,
            language=case.language,
            channel=recipient.channel,
            reference=case.reference,
            promise_due=min((item.promise_due for item in case.items if item.state in OPEN_STATES), default=today),
            today=today,
            first=first,
            question=question,
        )

    def _within_caps(self, unit: Unit, occasion: Occasion, step: DraftKind) -> bool:
        """Two robots can't talk for long, and nobody can be flooded through us, over however many cases."""
        caps, since, now, case = self.post.house.caps, occasion.now - _DAY, occasion.now, occasion.case
        sender, chat = occasion.received.message.sender, occasion.facts.chat
        limits = [(f"thread:{case.id}", caps.per_chat_a_day if chat else caps.per_thread_a_day)]
        if not chat:
            limits.append((f"sender:{sender}", caps.per_sender_a_day))
        if not chat and occasion.facts.trust < Trust.PLAUSIBLE and step in _ACKNOWLEDGING:
            limits.append((f"ack:{sender}", caps.acknowledgements_a_day))
        allowed = all(unit.counters.raise_within(key, most, since, now) for key, most in limits)
        if not allowed:
            unit.audit.record(case.id, "reply_capped", "desk", now, {"step": step})
        return allowed


def bound(unit: Unit, case: Case, challenge: str) -> Case:
    """Store which items a challenge proves: those that wait for a proof now, and no later ones."""
    items = tuple(
        replace(item, challenge=challenge) if item.state is State.VERIFYING and not is_proven(item) else item
        for item in case.items
    )
    return case if items == case.items else unit.cases.save(replace(case, items=items))


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
