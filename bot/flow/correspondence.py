"""The first reply: what one message calls for at once. At most one mail back for one that came in."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.core.case import Case
from bot.core.challenge import Challenge, ChallengeOutcome
from bot.core.decision import Decision, Measure
from bot.core.drafts import Draft, DraftKind, Question
from bot.core.errors import NotAllowed
from bot.core.fact_check import SPENT, Compared
from bot.core.facts import Facts
from bot.core.identity import is_authentic, named_addresses
from bot.core.messages import BY_HAND, MAIL, Handle, Message, is_chat
from bot.core.opting_out import extent_of
from bot.core.other_ways import OtherWay
from bot.core.proof import lacks_second_proof
from bot.core.rights import Reading
from bot.core.trust import Trust
from bot.core.unit import Unit
from bot.flow.asking_further import FurtherQuestions
from bot.flow.challenging import (
    bound,
    hand_over_unproven,
    may_send_code,
    rival_questions,
    still_fits,
    take_back,
)
from bot.flow.first_reply import FirstReplies, Reply
from bot.flow.opting_out import heard, named_mailbox, scopes_of
from bot.flow.posting import Post, Purpose
from bot.flow.questions import open_question
from bot.flow.second_proof import is_due

_DAY: Final = timedelta(days=1)
_ACKNOWLEDGING: Final = frozenset({DraftKind.ACKNOWLEDGEMENT, DraftKind.HOLDING, DraftKind.UNSUBSCRIBE_CONFIRMATION})
_WITHOUT_MAIL: Final = {
    OtherWay.ANY: Question.OTHER_WAY,
    OtherWay.POST: Question.BY_POST,
    OtherWay.PHONE: Question.BY_PHONE,
    OtherWay.NEITHER: Question.NEITHER,
}
_LAST_WORDS: Final = frozenset({ChallengeOutcome.ACCEPTED, ChallengeOutcome.EXHAUSTED})
"""What ends the loop of a code, once for each code; the thread's cap may not swallow it."""


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
    judged: Challenge | None = None

    @property
    def plausible(self) -> bool:
        """Whether the reply may say what was understood (never to the unproven, never on a platform)."""
        return self.facts.trust >= Trust.PLAUSIBLE and not self.facts.chat

    @property
    def shown(self) -> bool:
        """Whether the reply goes to the very mailbox whose control the message showed."""
        proven = self.judged.destination if self.judged and self.facts.answer is ChallengeOutcome.ACCEPTED else None
        return proven == self.received.message.sender

    @property
    def lacks_second(self) -> bool:
        """Whether it comes from the very mailbox that was proven, and nothing but a second proof is due."""
        message = self.received.message
        return is_due(self.case) and is_authentic(message) and message.sender == self.case.proven

    @property
    def proved(self) -> bool:
        """Whether the message brought the right code or facts, and asks nothing else that is answered now."""
        shown = self.facts.answer is ChallengeOutcome.ACCEPTED or self.facts.compared is Compared.MATCHED
        return shown and not self.decision.rights


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Writes the first reply and lets it leave where the policy allows."""

    post: Post

    @property
    def replies(self) -> FirstReplies:
        """The words."""
        return FirstReplies(self.post)

    def reply(self, unit: Unit, occasion: Occasion) -> Case:
        """Write the one reply a decision calls for, unless a cap says that enough was written; return the case."""
        step = occasion.decision.step
        if step is None or _told_already(unit, occasion) or not self._within_caps(unit, occasion, step):
            return occasion.case
        if occasion.facts.answer is ChallengeOutcome.ACCEPTED:
            case, asked = self._ask_further(unit, occasion)
            if asked:
                return case
            occasion = replace(occasion, case=case)
        if step is DraftKind.IDENTITY_QUESTION:
            return self._ask_identity(unit, occasion)
        if step is DraftKind.STATUS:
            return self._tell_news(unit, occasion)
        if Measure.ALLOW in occasion.decision.measures:
            return self._send(unit, occasion, step, Question.UNDONE)
        if step is DraftKind.UNSUBSCRIBE_CONFIRMATION:
            self._tell_named_mailbox(unit, occasion)
        if step is DraftKind.CLARIFICATION:
            return self._send(unit, occasion, step, Question.WHICH_RIGHT)
        thanks = Question.SECOND_RIGHT if occasion.facts.compared else Question.CODE_RIGHT
        return self._send(unit, occasion, step, thanks if occasion.proved else None)

    def greet(self, unit: Unit, received: Incoming, greeting: Question, case: Case, now: datetime) -> None:
        """Say in a chat what can be done there; opens nothing. Each greeting once a day, the help a few times.

        Whoever puts us into groups is told once and for all that we answer in private alone (rule 42).
        """
        sender = received.message.sender
        if DraftKind.ACKNOWLEDGEMENT not in self.post.house.leaving_alone:
            return
        if greeting is Question.NOT_IN_GROUPS and not unit.counters.once(f"{greeting}:{sender}", now):
            return
        most = 1 if greeting is Question.WELCOME else self.post.house.caps.helps_a_day
        if unit.counters.raise_within(f"{greeting}:{sender}", most, now - _DAY, now) and self.post.may_leave_now(
            unit, now
        ):
            nowhere = replace(case, id="")  # the greeting belongs to no case
            reply = Reply(DraftKind.ACKNOWLEDGEMENT, greeting, sender)
            brief = self.replies.brief(unit, nowhere, reply, now)
            purpose = Purpose(in_reply_to=received.message.message_id)
            self.post.dispatch(unit, nowhere, self.post.word(nowhere, brief, sender, now, purpose), now)

    def ask(self, unit: Unit, case: Case, now: datetime, at: Handle | None = None) -> Case:
        """Put the identity question because a colleague wants it: the second proof, where only that is lacking.

        By mail, to where the person wrote from, or `at` an address they named: they type its code where they wrote. In
        a chat in which no address is chosen or proven they are asked for it. Raises NotAllowed where nothing of ours
        can be read, when too many codes went there today, or when one lies there already.
        """
        if case.requester.channel in BY_HAND:
            raise NotAllowed("the desk can't write there: ask the person yourself, and enter the answer")
        if at is None and is_due(case):
            case, asked = FurtherQuestions(self.post).put(unit, case, now)
            if not asked:
                raise NotAllowed("too many codes went to this address today: try again tomorrow")
            return case
        shown = case.proven if is_chat(case.requester.channel) else None
        destination = at or shown or case.requester
        if destination.channel != MAIL:
            return self._put(unit, case, Question.WHICH_ADDRESS, case.requester, now)
        if rivals := rival_questions(unit, case, destination, now):
            named = unit.cases.get(rivals[0].case_id).reference
            raise NotAllowed(f"a code lies in this mailbox for {named}: settle that case first, or ask tomorrow")
        if not may_send_code(unit, self.post.house, destination, now):
            raise NotAllowed("too many codes went to this address today: try again tomorrow")
        if destination == case.requester:
            return self._put(unit, case, Question.CODE_BY_REPLY, destination, now)
        by_mail = case.requester.channel == MAIL
        case = self._put(unit, case, Question.CODE_ELSEWHERE if by_mail else Question.CODE_FOR_CHAT, destination, now)
        return self._put(unit, case, Question.CODE_SENT, case.requester, now)

    def thank(self, unit: Unit, case: Case, proven: Handle, now: datetime) -> Case:
        """Ask what is still to be asked once a code was typed on our page, else thank for it.

        It is said at the mailbox it was sent to, with what it proved.
        """
        case, asked = FurtherQuestions(self.post).put(unit, case, now)
        return case if asked else self.thank_for(unit, case, Question.CODE_RIGHT, proven, now)

    def thank_for(self, unit: Unit, case: Case, thanks: Question, proven: Handle, now: datetime) -> Case:
        """Thank a mailbox for what came from elsewhere, and say what was proven."""
        letter = Reply(DraftKind.ACKNOWLEDGEMENT, thanks, proven, told=True)
        return self.post.offer(unit, case, self.replies.word(unit, case, letter, now), now)

    def _put(self, unit: Unit, case: Case, question: Question, to: Handle, now: datetime) -> Case:
        letter = Reply(DraftKind.IDENTITY_QUESTION, question, to)
        return self.post.offer(unit, case, self.replies.word(unit, case, letter, now), now)

    def _ask_identity(self, unit: Unit, occasion: Occasion) -> Case:
        """Ask the one question that proves control of an address; known and unknown get the same words (rule 16)."""
        step, sender = DraftKind.IDENTITY_QUESTION, occasion.received.message.sender
        if occasion.decision.other_way is not None:
            return self._go_on_without_mail(unit, occasion, occasion.decision.other_way)
        if occasion.facts.compared is not None and not occasion.decision.rights:
            return self._send(unit, occasion, step, Question.SECOND_WRONG)
        if occasion.facts.answer in {ChallengeOutcome.WRONG, ChallengeOutcome.EXHAUSTED}:
            return self._send(unit, occasion, step, Question.CODE_WRONG)
        if occasion.facts.chat:
            return self._ask_in_chat(unit, occasion)
        waiting = unit.challenges.open_for(occasion.case.id, occasion.now)
        if occasion.lacks_second:
            return self._ask_twice(unit, occasion, waiting)
        if waiting is not None and still_fits(occasion.case, waiting.id):
            return self._ask_no_more(unit, occasion, waiting)
        rivals = rival_questions(unit, occasion.case, sender, occasion.now)
        unheard = bool(rivals) and not is_authentic(occasion.received.message)
        if unheard or not may_send_code(unit, self.post.house, sender, occasion.now):
            return self._acknowledge_instead(unit, occasion, sender)
        for rival in rivals:
            take_back(unit, rival)
        if occasion.judged is not None and occasion.judged.destination != sender:
            return self._ask_elsewhere(unit, occasion, occasion.judged.destination)
        return self._send(unit, occasion, step, Question.CODE_BY_REPLY)

    def _ask_twice(self, unit: Unit, occasion: Occasion, waiting: Challenge | None) -> Case:
        """Ask the proven mailbox for a second proof, once, and say so where its code came back from there."""
        if waiting is None or not _is_put(occasion.case, waiting):
            case, asked = self._ask_further(unit, occasion)
            sender = occasion.received.message.sender
            return case if asked else self._acknowledge_instead(unit, replace(occasion, case=case), sender)
        if occasion.facts.answer is not None:
            return self._send(unit, occasion, DraftKind.IDENTITY_QUESTION, Question.SECOND_WRONG)
        return self._ask_no_more(unit, occasion, waiting)

    def _ask_further(self, unit: Unit, occasion: Occasion) -> tuple[Case, bool]:
        """Put the further question that is due, where the person reads mail, and say in a chat that it lies there."""
        message, further = occasion.received.message, FurtherQuestions(self.post)
        thread = "" if occasion.facts.chat else message.message_id
        case, asked = further.put(
            unit, occasion.case, occasion.now, heard=occasion.received.reading, in_reply_to=thread
        )
        if asked and message.sender != case.proven:
            said = replace(occasion, case=case)
            return self._send(unit, said, DraftKind.IDENTITY_QUESTION, Question.SECOND_SENT), True
        return case, asked

    def _ask_in_chat(self, unit: Unit, occasion: Occasion) -> Case:
        """Continue by mail (rule 42): which address, or a code to the one that was named or proven, known or not."""
        step, proven = DraftKind.IDENTITY_QUESTION, occasion.case.proven
        named = named_addresses(occasion.received.reading)
        expired = occasion.judged.destination if occasion.judged else None
        shown_before = proven if proven is not None and proven.channel == MAIL else None
        destination = named[0] if len(named) == 1 else expired or shown_before
        if destination is None:
            return self._send(unit, occasion, step, Question.WHICH_ADDRESS)
        return self._ask_elsewhere(unit, occasion, destination)

    def _go_on_without_mail(self, unit: Unit, occasion: Occasion, way: OtherWay) -> Case:
        """Ask which other way suits, or confirm it; a person goes on with what waited for a proof (rule 42)."""
        case, now = hand_over_unproven(unit, occasion.case), occasion.now
        unit.audit.record(case.id, "without_mail", "desk", now, {"way": way.value})
        kind = DraftKind.IDENTITY_QUESTION if way is OtherWay.ANY else DraftKind.ACKNOWLEDGEMENT
        return self._send(unit, replace(occasion, case=case), kind, _WITHOUT_MAIL[way])

    def _ask_elsewhere(self, unit: Unit, occasion: Occasion, destination: Handle) -> Case:
        """Send a code to an address the person named, and say where they are that it waits there."""
        if not may_send_code(unit, self.post.house, destination, occasion.now):
            return self._acknowledge_instead(unit, occasion, destination)
        question = Question.CODE_FOR_CHAT if occasion.facts.chat else Question.CODE_ELSEWHERE
        case = self._put(unit, occasion.case, question, destination, occasion.now)
        return self._send(unit, replace(occasion, case=case), DraftKind.IDENTITY_QUESTION, Question.CODE_SENT)

    def _tell_named_mailbox(self, unit: Unit, occasion: Occasion) -> None:
        """Tell an address whose mailings were stopped from a chat, so that its owner can undo it."""
        received, now = occasion.received, occasion.now
        named = named_mailbox(self.post.house, received.message, received.reading)
        if named is None:
            return
        most = self.post.house.caps.acknowledgements_a_day
        if unit.counters.raise_within(f"ack:{named}", most, now - _DAY, now):
            told = Reply(DraftKind.UNSUBSCRIBE_CONFIRMATION, None, named)
            brief = self.replies.brief(unit, occasion.case, told, now)
            told_what = replace(brief, opted_out=scopes_of(received.reading))
            self.post.offer(unit, occasion.case, self.post.word(occasion.case, told_what, named, now, Purpose()), now)

    def _ask_no_more(self, unit: Unit, occasion: Occasion, waiting: Challenge) -> Case:
        """The identity question is open already: say only what was done at once, if anything.

        The open code proves what its own reader asks for as well, never what somebody adds who may be anybody.
        """
        case = bound(unit, occasion.case, waiting.id) if is_authentic(occasion.received.message) else occasion.case
        if Measure.SUPPRESS not in occasion.decision.measures:
            return case
        return self._send(unit, replace(occasion, case=case), DraftKind.UNSUBSCRIBE_CONFIRMATION, None)

    def _acknowledge_instead(self, unit: Unit, occasion: Occasion, destination: Handle) -> Case:
        """No code may go to an address now: say when we answer, to known and unknown alike; a person looks."""
        now, case = occasion.now, occasion.case
        unit.audit.record(case.id, "code_capped", "desk", now, {}, {"destination": str(destination)})
        case = hand_over_unproven(unit, case)
        most = self.post.house.caps.acknowledgements_a_day
        sender = occasion.received.message.sender
        if not occasion.facts.chat and not unit.counters.raise_within(f"ack:{sender}", most, now - _DAY, now):
            return case
        return self._offer(unit, occasion, Reply(DraftKind.ACKNOWLEDGEMENT, None, sender), case)

    def _send(self, unit: Unit, occasion: Occasion, kind: DraftKind, question: Question | None) -> Case:
        told = (occasion.plausible or occasion.shown) and kind is not DraftKind.IDENTITY_QUESTION
        reply = Reply(kind, question, occasion.received.message.sender, told)  # rule 16: the same for known and unknown
        return self._offer(unit, occasion, reply, occasion.case)

    def remind(self, unit: Unit, case: Case, question: Draft, asked: date, now: datetime) -> Case:
        """Put an open question once more, with a fresh code where one was sent to the very address that wrote."""
        again = Question.WHICH_RIGHT if question.kind is DraftKind.CLARIFICATION else None
        with_code = question.question in {Question.CODE_BY_REPLY, Question.SECOND_PROOF}
        if with_code and may_send_code(unit, self.post.house, case.requester, now):
            again = question.question
        return self._write_again(unit, case, Reply(DraftKind.REMINDER, again, case.requester), asked, now)

    def ask_last(self, unit: Unit, case: Case, heard: date, now: datetime) -> Case:
        """Ask for an e-mail address once more, before the platform takes no more texts of ours."""
        return self._write_again(unit, case, Reply(DraftKind.REMINDER, Question.LAST_WORD, case.requester), heard, now)

    def say_how_far(self, unit: Unit, case: Case, asked: date, now: datetime) -> Case:
        """Say, where our promise ends, that we wait for the person's word (law.md rule 3)."""
        return self._write_again(unit, case, Reply(DraftKind.STATUS, None, case.requester), asked, now)

    def _tell_news(self, unit: Unit, occasion: Occasion) -> Case:
        """Say how far we are to whoever the case is with, and to nobody else; without anything of the case."""
        case, message, now = occasion.case, occasion.received.message, occasion.now
        if message.sender not in {case.requester, case.proven}:
            return case
        question = open_question(unit, case)
        asked = self.post.house.calendar.civil_date(question.created_at) if question else None
        brief = self.replies.brief(unit, case, Reply(DraftKind.STATUS, None, message.sender), now)
        purpose = Purpose(in_reply_to=message.message_id)
        draft = self.post.word(case, replace(brief, asked=asked), message.sender, now, purpose)
        references = tuple(filter(None, (*message.references, message.message_id)))
        return self.post.offer(unit, case, draft, now, references)

    def _write_again(self, unit: Unit, case: Case, reply: Reply, asked: date, now: datetime) -> Case:
        brief = replace(self.replies.brief(unit, case, reply, now), first=False, asked=asked)
        return self.post.offer(unit, case, self.post.word(case, brief, reply.recipient, now, Purpose()), now)

    def _offer(self, unit: Unit, occasion: Occasion, reply: Reply, case: Case) -> Case:
        message, now = occasion.received.message, occasion.now
        extent = extent_of(heard(unit, self.post.house, message, occasion.received.reading))
        threaded = replace(reply, in_reply_to=message.message_id, subject=message.subject, extent=extent)
        references = tuple(filter(None, (*message.references, message.message_id)))
        return self.post.offer(unit, case, self.replies.word(unit, case, threaded, now), now, references)

    def _within_caps(self, unit: Unit, occasion: Occasion, step: DraftKind) -> bool:
        """Two robots can't talk for long, and nobody can be flooded through us, over however many cases."""
        caps, since, now, case = self.post.house.caps, occasion.now - _DAY, occasion.now, occasion.case
        sender, chat, answer = occasion.received.message.sender, occasion.facts.chat, occasion.facts.answer
        limits = []
        if answer not in _LAST_WORDS and occasion.facts.compared is None:
            # a chat is one thread, however many cases it opens
            thread = (f"chat:{sender}", caps.per_chat_a_day) if chat else (f"thread:{case.id}", caps.per_thread_a_day)
            limits.append(thread)
        if not chat and occasion.facts.compared is None:
            limits.append((f"sender:{sender}", caps.per_sender_a_day))
        unproven = occasion.facts.trust < Trust.PLAUSIBLE and answer is not ChallengeOutcome.ACCEPTED
        invited = Measure.ALLOW in occasion.decision.measures  # we asked for this word, and it surely is theirs
        if not chat and unproven and not invited and step in _ACKNOWLEDGING:
            limits.append((f"ack:{sender}", caps.acknowledgements_a_day))
        allowed = all(unit.counters.raise_within(key, most, since, now) for key, most in limits)
        if not allowed:
            unit.audit.record(case.id, "reply_capped", "desk", now, {"step": step})
        return allowed


def _is_put(case: Case, waiting: Challenge) -> bool:
    """Say whether the open question is the second proof of all that lacks one."""
    return all(item.challenge == waiting.id for item in case.items if lacks_second_proof(item))


def _told_already(unit: Unit, occasion: Occasion) -> bool:
    """That a code's tries are over, or those at facts, is said once."""
    if occasion.facts.compared in SPENT and occasion.case.facts is not None:
        return not unit.counters.once(f"spent:{occasion.case.facts.id}", occasion.now)
    if occasion.facts.answer is not ChallengeOutcome.EXHAUSTED or occasion.judged is None:
        return False
    return not unit.counters.once(f"spent:{occasion.judged.id}", occasion.now)
