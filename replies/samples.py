"""Every kind of letter with plain and with extreme values: what tests and `templates check` read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.core.drafts import CODE_SLOT, GREETINGS, DraftKind, Question
from bot.core.extension import ExtensionReason
from bot.core.letters import Brief, Exchange, Extent, Finding, ItemBrief, OtherRequest, RecordField, Stop
from bot.core.messages import MAIL, TELEGRAM, Way
from bot.core.outcomes import ALLOWED, BLIND, INTERIM
from bot.core.pages import Links
from bot.core.rights import OUR_LANGUAGES, RIGHTS, Correction, DataCategory, RequestType, Scope
from bot.core.tasks import CHANGING
from bot.core.verdict import Outcome
from bot.core.withholding import Place, Where, Withheld

TODAY: Final = date(2026, 1, 31)
_NOW: Final = datetime(2026, 1, 31, 9, tzinfo=UTC)
PROMISE: Final = date(2026, 2, 7)
STATUTORY: Final = date(2026, 3, 2)
REFERENCE: Final = "NX-7F3K-Q2M9"

NAMES: Final = (
    "",
    "Claire Martin",
    "Maria del Carmen Fernández de la Vega y Sanz de Santamaría",
    "محمد عبد الله",
    '<script>alert("x")</script>',
    "⟦code⟧ {{ reference }}",
)
LINKS: Final = Links(
    confirm=f"https://privacy.nexioprojects.com/confirm/{'a2' * 54}",
    chat=f"https://t.me/rights_desk_bot?start={CODE_SLOT}",
    not_me=f"https://privacy.nexioprojects.com/not-me/{'a2' * 54}",
    preferences=f"https://privacy.nexioprojects.com/preferences/{'a2' * 80}",
    status="https://privacy.nexioprojects.com/status",
    receipt=f"https://privacy.nexioprojects.com/receipt/{'a2' * 54}",
)
REFUSABLE: Final = tuple(right for right, outcomes in ALLOWED.items() if Outcome.EXCESSIVE in outcomes)
_AT_ONCE: Final = frozenset({RequestType.UNSUBSCRIBE, RequestType.CONSENT_WITHDRAWAL})
_PROMISE_ONLY: Final = frozenset({RequestType.COMPLAINT, RequestType.OTHER})
_PROVISIONAL: Final = frozenset({RequestType.RESTRICTION, RequestType.OBJECTION, RequestType.CONSENT_WITHDRAWAL})
_CHAT_QUESTIONS: Final = (
    Question.WHICH_ADDRESS,
    Question.OTHER_WAY,
    Question.CODE_SENT,
    Question.CODE_WRONG,
    Question.CODE_RIGHT,
    Question.SECOND_SENT,
)
_CODE_MAILS: Final = (Question.CODE_BY_REPLY, Question.CODE_FOR_CHAT, Question.CODE_ELSEWHERE, Question.CODE_WRONG)
_SCOPES: Final = (
    *(frozenset({scope}) for scope in Scope),
    frozenset({Scope.EMAIL, Scope.POST}),
    frozenset({Scope.EMAIL, Scope.PHONE, Scope.POST}),
    frozenset({Scope.EMAIL, Scope.PHONE, Scope.SURVEY}),
    frozenset(Scope) - {Scope.ALL},
    frozenset(Scope),
)
_EXTENTS: Final = (
    frozenset({Extent.HERE}),
    frozenset({Extent.HERE, Extent.RECORD}),
    frozenset({Extent.HERE, Extent.NAMED}),
    frozenset(Extent),
)


_STOPS: Final = (
    Stop(frozenset({Scope.EMAIL}), TODAY - timedelta(days=400)),
    Stop(frozenset(Scope) - {Scope.ALL}, TODAY - timedelta(days=30)),
)
_REQUESTS: Final = tuple(OtherRequest(f"NX-7F3K-Q2N{n}", TODAY - timedelta(days=300 - n)) for n in range(3))


@dataclass(frozen=True, slots=True)
class Sample:
    """A brief with a name that says what is special about it."""

    name: str
    brief: Brief


def iter_samples() -> Iterator[Sample]:
    """Yield a brief for every letter, in every language, with ordinary and extreme values."""
    for language in OUR_LANGUAGES:
        plain = Brief(
            kind=DraftKind.ACKNOWLEDGEMENT,
            language=language,
            channel=MAIL,
            reference=REFERENCE,
            promise_due=PROMISE,
            today=TODAY,
            first=True,
        )
        replies = (*_first_replies(plain), *_chat(plain))
        for sample in (*replies, *_past_promise(replies), *_answers(plain)):
            yield Sample(f"{language} {sample.name}", sample.brief)


def _past_promise(replies: Iterable[Sample]) -> Iterator[Sample]:
    """Yield one reply of each kind once our promise is past: with the apology, and after a letter that made it."""
    kinds: dict[tuple[object, ...], Sample] = {}
    for sample in replies:
        brief = sample.brief
        kinds.setdefault((brief.kind, brief.question, brief.channel, brief.plausible, brief.asked), sample)
    for sample in kinds.values():
        past = replace(sample.brief, promise_due=TODAY - timedelta(days=1))
        yield Sample(f"{sample.name} late", replace(past, late=True))
        yield Sample(f"{sample.name} after the apology", past)


def item(right: RequestType, *, marketing: bool = False, provisional: bool = False, done: bool = False) -> ItemBrief:
    """Return an item as the desk would brief it."""
    promise_only = marketing or right in _AT_ONCE | _PROMISE_ONLY
    return ItemBrief(
        right=right,
        promise_due=PROMISE,
        statutory_due=None if promise_only else STATUTORY,
        scopes=frozenset({Scope.EMAIL, Scope.POST}) if right is RequestType.UNSUBSCRIBE else frozenset(),
        marketing=marketing,
        corrections=_CORRECTIONS if right is RequestType.RECTIFICATION else (),
        provisional=provisional,
        taken_effect=done,
    )


_CORRECTIONS: Final = (
    Correction("name", "Clair Martin", "Claire Martin"),
    Correction("address", "", "12 rue des Lilas, 1000 Bruxelles"),
)


_PLACES: Final = (
    Place(Where.FIELD, "notes", "notes {day}"),
    Place(Where.LETTER, "1", "Re: data", TODAY),
    Place(Where.FILE, "chat.txt", "chat.txt"),
)


def record(count: int) -> tuple[RecordField, ...]:
    """Return a customer record of some size, with what people and attackers put into fields."""
    odd = (
        RecordField("number", "C-1042"),
        RecordField("name", "محمد عبد الله"),
        RecordField("emails", "claire.martin@example.org, c.martin@example.com"),
        RecordField("language", "nl"),
        RecordField("notes", "# not a heading\n- not a bullet <img src=x onerror=alert(1)> ⟦code⟧ {{ 7 * 7 }}"),
    )
    return (*odd, *(RecordField(f"column_{n}", f"value {n}") for n in range(len(odd), count)))[:count]


def exchanges(count: int) -> tuple[Exchange, ...]:
    """Return a correspondence of some length."""
    text = "Bonjour,\n\n- où sont mes données ?\n> <b>vite</b> ⟦code⟧\nClaire"
    return tuple(
        Exchange(_NOW - timedelta(days=count - n), MAIL if n % 2 else TELEGRAM, "Mes données", text, ours=bool(n % 2))
        for n in range(count)
    )


def _acknowledgements(plain: Brief) -> Iterator[Sample]:
    yield Sample("acknowledgement unproven", plain)
    for name in NAMES:
        known = replace(plain, name=name, plausible=True, subject=f"Re: {name}", items=(item(RequestType.ACCESS),))
        yield Sample(f"acknowledgement plausible {name!r}", known)
    anew = replace(plain, question=Question.READ_ANEW, plausible=True, name="Bo", first=False)
    both = (item(RequestType.ACCESS), item(RequestType.COMPLAINT))
    for name, items in (("one", both[:1]), ("two", both)):
        yield Sample(f"acknowledgement read anew {name}", replace(anew, items=items))
    everything = tuple(item(right, provisional=right in _PROVISIONAL) for right in RequestType)
    yield Sample("acknowledgement of everything", replace(plain, plausible=True, items=everything))
    late = replace(plain, plausible=True, items=everything, today=PROMISE + timedelta(days=1), late=True, first=False)
    yield Sample("acknowledgement of everything late", late)
    mixed = (item(RequestType.UNSUBSCRIBE, done=True), item(RequestType.ERASURE))
    yield Sample(
        "acknowledgement with an opt-out",
        replace(plain, plausible=True, items=mixed, opted_out=frozenset({Scope.EMAIL}), extent=_EXTENTS[1]),
    )
    marketing = (item(RequestType.OBJECTION, marketing=True, provisional=True, done=True), item(RequestType.ACCESS))
    yield Sample("acknowledgement with a marketing objection", replace(plain, plausible=True, items=marketing))


def _first_replies(plain: Brief) -> Iterator[Sample]:
    yield from _acknowledgements(plain)
    stopping = replace(plain, kind=DraftKind.UNSUBSCRIBE_CONFIRMATION, extent=frozenset({Extent.HERE}))
    yield Sample("opt-out with pages", replace(stopping, opted_out=frozenset({Scope.ALL}), links=LINKS))
    yield Sample("opt-out again", stopping)
    undone = replace(stopping, question=Question.UNDONE, first=False)
    yield Sample("opt-out undone", undone)
    yield Sample("opt-out undone with pages", replace(undone, links=LINKS))
    for scopes in _SCOPES:
        yield Sample(
            f"opt-out {'+'.join(sorted(scopes))}", replace(stopping, opted_out=scopes, name="Bo", plausible=True)
        )
    for extent in _EXTENTS:
        reach = replace(stopping, opted_out=frozenset({Scope.PHONE}), extent=extent)
        yield Sample(f"opt-out reaching {'+'.join(sorted(extent))}", reach)
    asking = replace(plain, kind=DraftKind.IDENTITY_QUESTION)
    for question in _CODE_MAILS:
        for tries in (0, 1, 4):
            yield Sample(f"{question} {tries}", replace(asking, question=question, tries_left=tries, first=tries == 0))
        stopped = replace(
            asking, question=question, tries_left=1, opted_out=frozenset({Scope.ALL}), extent=_EXTENTS[-1]
        )
        yield Sample(f"{question} with an opt-out", stopped)
        yield Sample(f"{question} with pages", replace(stopped, links=LINKS))
    for question in _CHAT_QUESTIONS:
        yield Sample(f"{question} by mail", replace(asking, question=question, tries_left=2))
    right = replace(plain, question=Question.CODE_RIGHT, first=False)
    yield Sample("code right", right)
    for rights in ((RequestType.ERASURE,), RIGHTS):
        asked = tuple(map(item, rights))
        thanks = replace(right, plausible=True, name="Bo", items=asked)
        yield Sample(f"code right for {len(asked)}", thanks)
        yield Sample(f"code right for {len(asked)} with pages", replace(thanks, links=LINKS))
    held = tuple(item(one, provisional=one in _PROVISIONAL) for one in (RequestType.ACCESS, RequestType.OBJECTION))
    yield Sample("code right after a precaution", replace(right, plausible=True, name="Bo", items=held))
    yield from _further_questions(asking, right)
    for question in (Question.WAS_IT_YOU, Question.NEW_ADDRESS):
        notice = replace(plain, kind=DraftKind.RECORD_NOTICE, question=question)
        yield Sample(question.value, notice)
        yield Sample(f"{question.value} with pages", replace(notice, links=LINKS))
    posted = replace(plain, kind=DraftKind.RECORD_NOTICE, question=Question.WAS_IT_YOU, channel=Way.LETTER)
    yield Sample("was_it_you by post", replace(posted, until=TODAY + timedelta(days=14)))
    yield Sample("was_it_you by call", replace(posted, channel=Way.CALL))
    unclear = replace(plain, kind=DraftKind.CLARIFICATION, question=Question.WHICH_RIGHT)
    yield Sample("clarification unproven", replace(unclear, candidates=(RequestType.HUMAN_REVIEW,)))
    yield Sample("clarification", replace(unclear, plausible=True, candidates=RIGHTS))
    yield Sample("holding", replace(plain, kind=DraftKind.HOLDING))
    yield from _later_steps(replace(plain, first=False, asked=TODAY - timedelta(days=5)))


def _further_questions(asking: Brief, thanks: Brief) -> Iterator[Sample]:
    """Yield what is asked once a code was right: facts of who lost an address, a second proof of who has it."""
    facts = replace(asking, first=False, facts=("birthdate", "last_order"))
    for tries in (1, 3):
        yield Sample(f"facts {tries}", replace(facts, question=Question.FACTS, tries_left=tries))
    for name, brief in (("", replace(asking, first=False)), (" with facts", replace(facts, tries_left=3))):
        twice = replace(brief, question=Question.SECOND_PROOF)
        yield Sample(f"second proof{name}", twice)
        yield Sample(f"second proof{name} and pages", replace(twice, links=LINKS))
        yield Sample(f"reminder of a second proof{name}", replace(twice, kind=DraftKind.REMINDER, asked=TODAY))
        for left in (0, 1, 2) if brief.facts else (0,):
            wrong = replace(brief, question=Question.SECOND_WRONG, tries_left=left)
            yield Sample(f"no second proof{name} {left}", wrong)
    right = replace(thanks, question=Question.SECOND_RIGHT, plausible=True, name="Bo")
    yield Sample("second proof right", replace(right, items=(item(RequestType.ACCESS),)))
    yield Sample("second proof right with pages", replace(right, items=(item(RequestType.ACCESS),), links=LINKS))


def _later_steps(plain: Brief) -> Iterator[Sample]:
    """Yield what follows a first reply: reminders, how far we are, more time."""
    reminder = replace(plain, kind=DraftKind.REMINDER)
    for again in (None, Question.CODE_BY_REPLY, Question.WHICH_RIGHT):
        yield Sample(f"reminder {again}", replace(reminder, question=again))
        if again is not Question.CODE_BY_REPLY:  # a code goes to an address
            yield Sample(f"chat reminder {again}", replace(reminder, question=again, channel=TELEGRAM))
    yield Sample("chat last word", replace(reminder, question=Question.LAST_WORD, channel=TELEGRAM))
    status = replace(plain, kind=DraftKind.STATUS)
    yield Sample("status", status)
    yield Sample("status working", replace(status, asked=None))
    yield Sample("chat status working", replace(status, asked=None, channel=TELEGRAM))
    yield Sample("chat status", replace(status, channel=TELEGRAM))
    for reason in ExtensionReason:
        more = replace(plain, kind=DraftKind.EXTENSION, until=date(2026, 4, 30), reason=reason)
        one, several = (item(RequestType.ACCESS),), tuple(item(right) for right in RIGHTS)
        yield Sample(f"extension {reason} stranger", replace(more, items=several))
        yield Sample(f"extension {reason}", replace(more, items=one, plausible=True, name=NAMES[1]))
        yield Sample(f"extension {reason} of several", replace(more, items=several, plausible=True, name=NAMES[2]))
        yield Sample(f"chat extension {reason}", replace(more, items=one, channel=TELEGRAM))


def _chat(plain: Brief) -> Iterator[Sample]:
    chat = replace(plain, channel=TELEGRAM)
    yield Sample("chat acknowledgement", chat)
    for greeting in sorted(GREETINGS):
        yield Sample(f"chat {greeting}", replace(chat, question=greeting, promise_due=TODAY))
    yield Sample("chat opt-out again", replace(chat, kind=DraftKind.UNSUBSCRIBE_CONFIRMATION))
    undone = replace(chat, kind=DraftKind.UNSUBSCRIBE_CONFIRMATION, question=Question.UNDONE, first=False)
    yield Sample("chat opt-out undone", undone)
    yield Sample("chat clarification", replace(chat, kind=DraftKind.CLARIFICATION, candidates=RIGHTS))
    for scopes in _SCOPES:
        stopped = replace(chat, opted_out=scopes, extent=_EXTENTS[-1])
        label = "+".join(sorted(scopes))
        yield Sample(f"chat opt-out {label}", replace(stopped, kind=DraftKind.UNSUBSCRIBE_CONFIRMATION))
        for question in _CHAT_QUESTIONS:
            asking = replace(stopped, kind=DraftKind.IDENTITY_QUESTION, question=question, tries_left=4)
            yield Sample(f"chat {question} with opt-out {label}", asking)
    for question in _CHAT_QUESTIONS:
        for tries in (0, 1, 4):
            asked = replace(chat, kind=DraftKind.IDENTITY_QUESTION, question=question, tries_left=tries)
            yield Sample(f"chat {question} {tries}", asked)
    for question in (Question.BY_POST, Question.BY_PHONE, Question.NEITHER):
        yield Sample(f"chat {question}", replace(chat, question=question))
    answer = replace(chat, kind=DraftKind.ANSWER, items=(item(RequestType.ACCESS),))
    yield Sample("chat answer", replace(answer, proven=True))
    yield Sample("chat refusal", answer)


def _in_context(answer: Brief, held: Brief) -> Iterator[Sample]:
    """Yield answers that depend on what went before: a question in vain, a precaution, opt-outs, other requests."""
    every = tuple(item(right) for right in RequestType)
    in_vain = replace(answer, asked=TODAY - timedelta(days=25))
    yield Sample("answer everything asked in vain", replace(in_vain, items=every))
    for name, stops, requests in (("opt-outs", _STOPS, ()), ("requests", (), _REQUESTS), ("both", _STOPS, _REQUESTS)):
        beside = replace(held, stops=stops, requests=requests)
        yield Sample(f"answer access beside {name}", replace(beside, items=(item(RequestType.ACCESS),)))
        none = replace(beside, finding=Finding.NOTHING, record=())
        yield Sample(f"answer everything nothing beside {name}", replace(none, items=every))
    for right in sorted(_PROVISIONAL):
        taken_back = replace(held, items=(replace(item(right, provisional=True), outcome=Outcome.WITHDRAWN),))
        yield Sample(f"answer {right} withdrawn after a precaution", taken_back)
        yield Sample(f"chat answer {right} withdrawn after a precaution", replace(taken_back, channel=TELEGRAM))


def _answers(plain: Brief) -> Iterator[Sample]:
    answer = replace(
        plain, kind=DraftKind.ANSWER, first=False, plausible=True, name="Claire Martin", subject="Mes données"
    )
    proven = replace(answer, proven=True, identifier="claire.martin@example.org")
    held = replace(proven, finding=Finding.ONE, record=record(6), correspondence=exchanges(2))
    every = tuple(item(right) for right in RequestType)
    for right in RequestType:
        yield Sample(f"answer {right}", replace(held, items=(item(right),)))
        yield Sample(
            f"answer {right} done", replace(held, items=(item(right, provisional=right in _PROVISIONAL, done=True),))
        )
        yield Sample(f"answer {right} nothing", replace(held, items=(item(right),), finding=Finding.NOTHING, record=()))
        yield Sample(f"answer {right} several", replace(held, items=(item(right),), finding=Finding.SEVERAL, record=()))
        account = replace(held, items=(item(right),), finding=Finding.ACCOUNT, record=())
        yield Sample(f"answer {right} account", account)
        yield Sample(f"answer {right} unproven", replace(answer, items=(item(right),)))
        yield Sample(f"answer {right} stranger", replace(answer, items=(item(right),), plausible=False))
    yield from _in_context(answer, held)
    yield Sample("answer with pages", replace(held, items=(item(RequestType.ERASURE),), links=LINKS))
    yield Sample("answer before any other letter", replace(held, items=(item(RequestType.ACCESS),), first=True))
    for right, outcomes in ALLOWED.items():
        for outcome in outcomes:
            kind = DraftKind.INTERIM if outcome in INTERIM else DraftKind.ANSWER
            chosen = replace(held, kind=kind, items=(replace(item(right), outcome=outcome),))
            yield Sample(f"{kind} {right} {outcome}", chosen)
            if outcome in BLIND:
                stranger = replace(chosen, proven=False, plausible=False, record=(), correspondence=(), identifier="")
                yield Sample(f"{kind} {right} {outcome} stranger", stranger)
                yield Sample(f"chat {kind} {right} {outcome}", replace(stranger, channel=TELEGRAM))
    for right in (RequestType.INFORMATION, RequestType.ACCESS):
        yield Sample(f"chat answer {right} chosen", replace(held, items=(item(right),), channel=TELEGRAM))
    for outcome in (Outcome.NOT_IDENTIFIABLE, Outcome.EXCESSIVE, Outcome.WITHDRAWN, Outcome.MERGED):
        together = tuple(replace(item(right), outcome=outcome) for right in REFUSABLE)
        yield Sample(f"answer everything {outcome} late", replace(held, items=together, late=True))
    partly = tuple(replace(item(right), outcome=Outcome.REFUSED) for right in REFUSABLE)
    yield Sample("answer everything refused", replace(held, items=partly, late=True, name=NAMES[2]))
    for right in CHANGING:
        told = replace(item(right), recipients=("Brevo SAS", "Stripe, Inc.", '<b>"&'))
        yield Sample(f"answer {right} with recipients", replace(held, items=(told,)))
        notice = replace(proven, kind=DraftKind.RECIPIENT_NOTICE, name="", subject="", items=(item(right),))
        yield Sample(f"notice to a recipient of {right}", notice)
        yield Sample(f"notice to a recipient of {right}, unknown", replace(notice, identifier=""))
    for right in (RequestType.ACCESS, RequestType.PORTABILITY):
        out = replace(item(right), outcome=Outcome.PARTLY, left_out=_PLACES, grounds=frozenset(Withheld))
        yield Sample(f"answer {right} with something left out", replace(held, items=(out,)))
    asked = replace(item(RequestType.INFORMATION), recipients=("Brevo SAS",))
    yield Sample("answer who was told", replace(held, items=(asked,)))
    marketing = item(RequestType.OBJECTION, marketing=True, done=True)
    yield Sample("answer marketing", replace(answer, items=(marketing,), plausible=False))
    for finding in Finding:
        yield Sample(f"answer everything {finding}", replace(held, items=every, finding=finding))
    yield Sample("answer everything unproven", replace(answer, items=every, late=True))
    yield Sample("answer everything stranger", replace(answer, items=every, plausible=False))
    yield Sample("answer nothing held", replace(held, items=(item(RequestType.ACCESS),), record=(), correspondence=()))
    many = replace(held, items=(item(RequestType.ACCESS),), record=record(40), correspondence=exchanges(40), late=True)
    yield Sample("answer 40 records", many)
    some = frozenset({DataCategory.ORDERS, DataCategory.SOCIAL})
    yield Sample("answer some categories", replace(held, items=(item(RequestType.INFORMATION),), categories=some))
    unsure = replace(held, items=every, unsure=tuple(RequestType), name=NAMES[2], today=PROMISE + timedelta(days=30))
    yield Sample("answer unsure and late", unsure)
