"""Which parts a letter is put together from. Every rule about what may be said to whom is here, and no words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.core.drafts import GREETINGS, DraftKind, Question
from bot.core.letters import Brief, ItemBrief, Residence
from bot.core.messages import Way, is_chat
from bot.core.other_ways import OtherWay
from bot.core.rights import RequestType, Scope
from bot.core.verdict import Outcome
from replies.sections import Part, opted_out, says_no, sections

OFFERED_TO_ANYBODY: Final = (
    RequestType.ACCESS,
    RequestType.RECTIFICATION,
    RequestType.ERASURE,
    RequestType.OBJECTION,
    RequestType.UNSUBSCRIBE,
    RequestType.COMPLAINT,
)
"""What a clarification offers somebody unproven: it must not repeat what was read (law.md rule 16)."""

_SUBJECTS: Final = {
    Question.CODE_BY_REPLY: "code",
    Question.CODE_FOR_CHAT: "code",
    Question.CODE_ELSEWHERE: "code",
    Question.CODE_SENT: "code_sent",
    Question.CODE_WRONG: "code_wrong",
    Question.CODE_RIGHT: "code_right",
    Question.FACTS: "facts",
    Question.SECOND_PROOF: "second_proof",
    Question.SECOND_WRONG: "second_wrong",
    Question.SECOND_RIGHT: "second_right",
}
_THANKS: Final = frozenset({Question.CODE_RIGHT, Question.SECOND_RIGHT})
_ANSWERS: Final = frozenset({DraftKind.ANSWER, DraftKind.INTERIM})

_IN_CHAT: Final = {
    Question.WHICH_ADDRESS: "chat.which_address",
    Question.OTHER_WAY: "chat.other_way",
    Question.BY_POST: "chat.by_post",
    Question.BY_PHONE: "chat.by_phone",
    Question.NEITHER: "chat.neither",
    Question.CODE_SENT: "chat.code_sent",
    Question.CODE_WRONG: "chat.code_wrong",
    Question.CODE_RIGHT: "chat.code_right",
    Question.SECOND_SENT: "chat.second_sent",
    Question.WHICH_RIGHT: "chat.which_right",
    Question.WELCOME: "chat.welcome",
    Question.HELP: "chat.help",
    Question.NOT_IN_GROUPS: "chat.not_in_groups",
    Question.NOTHING_OPEN: "chat.nothing_open",
}

_TO_TAP: Final[Mapping[Question, tuple[RequestType | OtherWay, ...]]] = {
    Question.WHICH_ADDRESS: (OtherWay.ANY,),
    Question.LAST_WORD: (OtherWay.ANY,),
    Question.OTHER_WAY: (OtherWay.POST, OtherWay.PHONE),
    Question.WHICH_RIGHT: OFFERED_TO_ANYBODY,
    Question.WELCOME: (RequestType.UNSUBSCRIBE,),
    Question.HELP: (RequestType.UNSUBSCRIBE,),
}
"""What a chat offers as buttons, the same to everybody (law.md rule 16)."""

_ALOUD: Final = {Question.WAS_IT_YOU: "was_it_you_aloud"}
"""What a colleague says on the telephone in words of its own."""

_CHAT_STEPS: Final = {
    DraftKind.REMINDER: "chat.reminder",
    DraftKind.STATUS: "chat.status",
    DraftKind.EXTENSION: "chat.extension",
}


@dataclass(frozen=True, slots=True)
class Outline:
    """A letter before it is worded: its name, its subject's key, its parts in order.

    `echoes` allows the person's own subject; only somebody plausible sees it again. `offers` may be tapped.
    """

    name: str
    subject: str
    parts: tuple[Part, ...]
    echoes: bool = False
    offers: tuple[RequestType | OtherWay, ...] = ()


def outline(brief: Brief) -> Outline:
    """Say what a letter consists of. Raises ValueError for a notice, which is no letter to a person."""
    if brief.kind is DraftKind.NOTICE:
        raise ValueError("notices to colleagues are worded by `notice`")
    if is_chat(brief.channel):
        return _chat(brief)
    if brief.kind in _ANSWERS:
        return _answer(brief)
    if brief.kind is DraftKind.RECIPIENT_NOTICE:
        return _framed(brief, "recipient_notice", [Part(f"recipient_notice.{brief.items[0].right}", brief.items)])
    return _first_reply(brief)


def may_know(brief: Brief) -> Brief:
    """Return the brief without what this letter's reader has not proven to be theirs to see.

    A question of identity is worded from what a stranger could be told, so that it is the same for known and unknown
    (law.md rule 16).
    """
    if not brief.proven:
        brief = replace(brief, residence=Residence())
    if brief.kind is DraftKind.IDENTITY_QUESTION or is_chat(brief.channel):
        brief = replace(brief, plausible=False)
    if brief.plausible:
        return replace(brief, opted_out=brief.opted_out or _done_now(brief))
    if brief.kind in _ANSWERS:
        return replace(brief, name="", subject="")
    asks = brief.kind is DraftKind.CLARIFICATION or brief.question is Question.WHICH_RIGHT
    candidates = OFFERED_TO_ANYBODY if asks else ()
    return replace(brief, name="", subject="", items=(), candidates=candidates)


def _first_reply(brief: Brief) -> Outline:
    question = brief.question
    if brief.kind is DraftKind.UNSUBSCRIBE_CONFIRMATION:
        return _about_an_opt_out(brief)
    body = [Part("opted_out"), Part("opt_out_extent"), Part("opt_out_undo")] if brief.opted_out else []
    if brief.kind is DraftKind.CLARIFICATION:
        return _framed(brief, "which_right", [*body, Part("which_right")])
    if brief.kind is DraftKind.HOLDING:
        return _framed(brief, "holding", [*body, Part("holding"), Part("holding_again")])
    if brief.kind is DraftKind.RECORD_NOTICE and question is not None:
        said = _ALOUD.get(question, question.value) if brief.channel == Way.CALL else question.value
        return _framed(brief, question.value, [*body, Part(said)], name=question.value)
    if brief.kind is DraftKind.STATUS:
        return _framed(brief, "status", [Part("status" if brief.asked else "status_working")])
    if brief.kind is DraftKind.EXTENSION:
        late = [Part("late")] if brief.late else []
        return _framed(brief, "extension", [Part("extension", brief.items), *late])
    if brief.kind is DraftKind.REMINDER:
        again = [Part("reminded"), Part(question.value)] if question else [Part("reminded_only")]
        return _framed(brief, "reminder", again)
    named = _named(brief)
    if question in _SUBJECTS:
        asked = [Part("asked_in_your_name", named), *_precaution(named)] if question in _THANKS and named else []
        return _framed(brief, _SUBJECTS[question], [*body, Part(question.value), *asked], name=question.value)
    if question not in {None, Question.READ_ANEW}:  # a chat's question that has to go by mail
        return _framed(brief, "acknowledgement", [*body, Part(_IN_CHAT[question])], name=question.value)
    return _framed(brief, "acknowledgement", [*body, *_acknowledged(brief)])


def _about_an_opt_out(brief: Brief) -> Outline:
    if brief.question is Question.UNDONE:
        return _framed(brief, "undone", [Part("undone")])
    fresh = [Part("opted_out"), Part("opt_out_extent"), Part("opt_out_undo")]
    body = fresh if brief.opted_out else [Part("opted_out_before")]
    return _framed(brief, "unsubscribed", body, automatic="automatic_opt_out")


def _acknowledged(brief: Brief) -> Iterator[Part]:
    """What was understood and each clock for a plausible sender, else the promise alone (design: what may leave)."""
    named = _named(brief)
    if not named:
        yield Part("received")
        return
    yield Part("read_anew" if brief.question is Question.READ_ANEW else "understood", named)
    yield from _precaution(named)
    yield Part("clocks", named)


def _precaution(named: tuple[ItemBrief, ...]) -> tuple[Part, ...]:
    """Return what tells of a use that stops before it is weighed: never in the question who writes (rule 16)."""
    return (Part("provisional", named),) if any(item.provisional and not item.marketing for item in named) else ()


def _named(brief: Brief) -> tuple[ItemBrief, ...]:
    return tuple(item for item in brief.items if not opted_out(item) and item.right is not RequestType.OTHER)


def _done_now(brief: Brief) -> frozenset[Scope]:
    """Return which mailings the items say were stopped, where this letter is the one to confirm it."""
    if brief.kind in _ANSWERS or not (brief.first or brief.kind is DraftKind.UNSUBSCRIBE_CONFIRMATION):
        return frozenset()
    done = [item.scopes or {Scope.ALL} for item in brief.items if opted_out(item)]
    return frozenset(scope for scopes in done for scope in scopes)


def _framed(brief: Brief, subject: str, body: list[Part], *, name: str = "", automatic: str = "automatic") -> Outline:
    """Put reference, greeting, notices and signature around a body; the notices belong to the first reply."""
    body = [replace(body[0], opens=True), *body[1:]]
    told = [Part(automatic)] if brief.first else []
    parts = (Part("reference"), Part("greeting"), *body, *told, Part("signature"), *_notices(brief))
    return Outline(name or subject, subject, parts, echoes=brief.plausible)


def _notices(brief: Brief) -> tuple[Part, ...]:
    """Art. 13 for the case itself, and apart from it the right to object (Art. 21(4)), where we write first."""
    return (Part("case_notice"), Part("right_to_object")) if brief.first else ()


def _answer(brief: Brief) -> Outline:
    written = tuple(sections(brief))
    body: list[Part] = [Part("unsure")] if brief.unsure else []
    if len(written) > 1:
        body.append(Part("intro", opens=True))
        for section in written:
            body += [Part("section", section[0].about, outcome=section[0].template), *section]
    else:
        for section in written:
            body += [replace(section[0], opens=True), *section[1:]]
    if brief.late:
        body.append(Part("late"))
    if brief.kind is DraftKind.ANSWER and not all(opted_out(item) or _taken_back(item) for item in brief.items):
        body.append(Part("remedies"))
    if brief.links.receipt:
        body.append(Part("receipt"))
    parts = (Part("reference"), Part("greeting"), *body, Part("signature"), *_notices(brief))
    return Outline(brief.kind.value, brief.kind.value, parts, echoes=brief.plausible)


def _chat(brief: Brief) -> Outline:
    """Short, without personal data or anything of the case: the platform reads along (law.md rule 42)."""
    told = [Part("chat.notice"), Part("chat.right_to_object")] if brief.first else []
    late = [Part("chat.late")] if brief.late else []
    if brief.kind is DraftKind.ANSWER:
        return Outline("chat.answer", "answer", (Part(_answer_in_chat(brief), brief.items), *late, *told))
    if brief.question is Question.UNDONE:
        return Outline("chat.undone", "undone", (Part("chat.undone"), *told))
    done = [Part("chat.opted_out")] if brief.opted_out else []
    if brief.kind is DraftKind.UNSUBSCRIBE_CONFIRMATION:
        automatic = [Part("chat.automatic_opt_out")] if brief.first else []
        confirmed = [*done, Part("chat.opt_out_extent")] if done else [Part("chat.opted_out_before")]
        return Outline("chat.unsubscribed", "unsubscribed", (*confirmed, Part("chat.undo"), *automatic, *told))
    offers = _TO_TAP.get(brief.question, ()) if brief.question else ()
    if brief.kind in _CHAT_STEPS:
        step = "chat.last_word" if brief.question is Question.LAST_WORD else _CHAT_STEPS[brief.kind]
        said = Part("chat.status_working" if brief.kind is DraftKind.STATUS and not brief.asked else step)
        automatic = [Part("chat.automatic")] if brief.first else []
        sorry = late if brief.kind is DraftKind.EXTENSION else []  # the others say it in a sentence of their own
        return Outline(step, brief.kind.value, (said, *sorry, *automatic, *told), offers=offers)
    question = Question.WHICH_RIGHT if brief.kind is DraftKind.CLARIFICATION else brief.question
    asked = _IN_CHAT.get(question, "chat.received") if question else "chat.received"
    subject = "welcome" if question in GREETINGS else "acknowledgement"
    automatic = [Part("chat.automatic")] if brief.first else []
    return Outline(asked, subject, (*done, Part(asked), *automatic, *told), offers=offers)


def _answer_in_chat(brief: Brief) -> str:
    """Return the part that tells, without any detail, how the case ended."""
    if all(map(_taken_back, brief.items)):
        return "chat.withdrawn"
    refused = [item for item in brief.items if says_no(item, brief)]
    if any(item.outcome in {None, Outcome.NOT_AUTHENTICATED} for item in refused):
        return "chat.unproven"
    if refused:
        return "chat.refused"
    return "chat.chosen" if brief.record else "chat.answer"  # what may be read here was chosen, by name (rule 42)


def _taken_back(item: ItemBrief) -> bool:
    return item.outcome is Outcome.WITHDRAWN
