"""What one message means for its case: an ordered table of rules, the first that answers wins.

Pure: the same facts give the same decision. Text can route, never authorise.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.core.case import OPEN_STATES, Case, Event, State, is_proven
from bot.core.challenge import ChallengeOutcome
from bot.core.decision import PROVISIONAL, Decision, Measure, alarm_for
from bot.core.drafts import SILENCING_FLAGS, DraftKind
from bot.core.fact_check import SPENT, Compared
from bot.core.facts import Facts
from bot.core.other_ways import FOR_A_COLLEAGUE
from bot.core.outcomes import may_take_back
from bot.core.proof import lacks_proof
from bot.core.rights import OUR_LANGUAGES, Act, Flag, Reading, RequestType
from bot.core.trust import Trust

_COMPARED: Final = {
    Compared.MATCHED: Event.PROVED,
    Compared.WRONG: None,
    Compared.LAST: Event.GAVE_UP,
    Compared.NO_MORE: Event.GAVE_UP,
}
"""What an answer about facts does to what waited for it."""

_PERSON_DECIDES: Final = frozenset({Flag.MINOR, Flag.PARENT, Flag.AGENT, Flag.HEIR, Flag.EMPLOYEE, Flag.PROCESSOR})


def decide(facts: Facts) -> Decision:
    """Say what one message means for its case."""
    for rule in RULES:
        decision = rule(facts)
        if decision is not None:
            return decision
    raise AssertionError("the last rule answers everything")


def machine_mail(facts: Facts) -> Decision | None:
    """RFC 3834 and law.md rule 39: never answered; a right in it goes to a person.

    In a chat the platform says who is a bot: a person who only types an address may look like a machine to a reader.
    """
    if not (facts.automatic or (facts.reading.act is Act.AUTOMATIC and not facts.chat)):
        return None
    if facts.worth_a_look:
        return _to_a_person(facts, "machine_mail", "machine mail is never answered; a right in it goes to a person")
    return Decision("machine_mail", "machine mail is kept and never answered")


def nothing_said(facts: Facts) -> Decision | None:
    """A sticker or an empty message is kept and moves nothing."""
    return Decision("nothing_said", "no words and no file") if facts.silent else None


def forged_sender(facts: Facts) -> Decision | None:
    """A forger can't move a case and gets no answer; what it asks is looked at by a person."""
    if facts.trust is not Trust.FORGED:
        return None
    if facts.case is not None:
        return Decision("forged_sender", "a forger can't move a case", moves=Event.SUSPECTED)
    if facts.worth_a_look:
        return _to_a_person(facts, "forged_sender", "never answer a forged sender; a person looks")
    return Decision("forged_sender", "a forged sender who asks for nothing")


def silenced(facts: Facts) -> Decision | None:
    """law.md rules 15 and 17: unsafe address, identity theft, authorities: a person decides, nothing is sent."""
    flags = facts.reading.flags | (facts.case.flags if facts.case else frozenset())
    if not flags & SILENCING_FLAGS:
        return None
    return _to_a_person(facts, "silenced", "flagged " + ", ".join(sorted(flags & SILENCING_FLAGS)))


def came_by_hand(facts: Facts) -> Decision | None:
    """A letter, a call: nothing can be asked back by itself, so a person goes on; an opt-out is done at once."""
    if not facts.by_hand:
        return None
    handed = _to_a_person(facts, "came_by_hand", "came by another way: a person goes on")
    return replace(handed, measures=_measures(facts))


def old_mail(facts: Facts) -> Decision | None:
    """Nothing automatic is ever sent for mail over three days old."""
    if facts.fresh:
        return None
    if facts.case is not None or facts.worth_a_look:
        return _to_a_person(facts, "old_mail", "older than three days: a person answers")
    return Decision("old_mail", "old mail that asks for nothing")


def code_typed(facts: Facts) -> Decision | None:
    """An answer to a challenge moves what waited for it; what else the message asks is heard as well."""
    if facts.answer is None or facts.case is None:
        return None
    if facts.compared is not None and facts.answer is not ChallengeOutcome.ACCEPTED:
        return None
    if facts.answer is ChallengeOutcome.ACCEPTED:
        also = request(replace(facts, trust=Trust.PROVEN)) if facts.certain else Decision("", "")
        return replace(
            also,
            rule="code_typed",
            why="the code was right",
            moves=Event.PROVED,
            step=also.step or DraftKind.ACKNOWLEDGEMENT,
            alarm=alarm_for(facts.reading),
        )
    if facts.answer is ChallengeOutcome.EXHAUSTED:
        why = "too many wrong codes: a person looks"
        return Decision("code_typed", why, moves=Event.GAVE_UP, step=DraftKind.IDENTITY_QUESTION)
    if facts.certain:
        return None
    return Decision("code_typed", f"the code was {facts.answer}", step=DraftKind.IDENTITY_QUESTION)


def facts_given(facts: Facts) -> Decision | None:
    """An answer about facts proves what waited for it or is asked for again; what else it asks is heard as well.

    Whoever lost their mailbox hears nothing of how it ended: a colleague goes on (law.md rule 12).
    """
    if facts.compared is None or facts.case is None or facts.case.facts is None:
        return None
    also = request(facts) if facts.certain else Decision("", "")
    second, came = bool(facts.case.facts.items), facts.compared
    moves = _COMPARED[came] if second else None
    asks_again = DraftKind.ACKNOWLEDGEMENT if came is Compared.MATCHED else DraftKind.IDENTITY_QUESTION
    step = also.step or (asks_again if second else None)
    handed = not second or came in SPENT
    return replace(also, rule="facts_given", why=came.value, moves=moves, step=step, note=handed)


def address_named(facts: Facts) -> Decision | None:
    """Chat to mail (law.md rule 42): a code goes to the address the person gives, known or not."""
    if facts.case is None or not (facts.chat and facts.names_address):
        return None
    waiting = tuple((item.right, Event.DOUBTED) for item in facts.case.items if lacks_proof(item))
    if not waiting:
        return None
    return Decision("address_named", "the person named an address", rights=waiting, step=DraftKind.IDENTITY_QUESTION)


def without_mail(facts: Facts) -> Decision | None:
    """Whoever has no e-mail is asked which other way suits, and a person goes on (law.md rule 42): never a dead end.

    What reads like an opt-out ("I don't use mail") is none here: the question was where our answer can go.
    """
    if facts.other_way is None or not facts.chat:
        return None
    asks = facts.certain and bool(facts.reading.rights - {RequestType.UNSUBSCRIBE})
    asked = request(facts) if asks else Decision("", "")
    waits = facts.case is not None and any(map(lacks_proof, facts.case.items))
    if not waits and asked.step is not DraftKind.IDENTITY_QUESTION:
        return None
    why = FOR_A_COLLEAGUE[facts.other_way]
    step = DraftKind.IDENTITY_QUESTION
    return replace(asked, rule="without_mail", why=why, step=step, other_way=facts.other_way, note=True)


def edited(facts: Facts) -> Decision | None:
    """An edit or a deletion is a new version of what was said, never a new question; a person sees it."""
    if facts.case is None or not facts.edited:
        return None
    return Decision("edited", "an earlier message was changed", note=True)


def opt_out_undone(facts: Facts) -> Decision | None:
    """We said that a word undoes an opt-out, so it does, at once: from whoever surely made it, and it hears so."""
    asks_else = facts.certain and not facts.reading.rights <= {RequestType.UNSUBSCRIBE}
    if not (facts.undoes and facts.theirs) or asks_else:
        return None
    why = "took the opt-out back"
    return Decision("opt_out_undone", why, measures=frozenset({Measure.ALLOW}), step=DraftKind.UNSUBSCRIBE_CONFIRMATION)


def changed_mind(facts: Facts) -> Decision | None:
    """Whom a case is surely with may take back what is not done yet; a colleague approves the letter that ends it.

    A mere From line takes back nothing, and nothing is opened for it: a person looks.
    """
    if facts.reading.act is not Act.WITHDRAWAL:
        return None
    if facts.case is None and not facts.worth_a_look:
        return Decision("changed_mind", "withdraws nothing we know of")
    named = frozenset(facts.reading.exercised)
    if facts.case is None or not named <= {item.right for item in facts.case.items}:
        return _to_a_person(facts, "changed_mind", "wants to withdraw: a person confirms")
    may_be = frozenset(item.right for item in facts.case.items if may_take_back(item))
    meant = named or may_be
    if facts.theirs and meant and meant <= may_be:
        why = "took the request back: approve the letter that says so"
        return Decision("changed_mind", why, taken_back=meant, alarm=alarm_for(facts.reading))
    return Decision("changed_mind", "wants to withdraw: a person confirms", note=True, alarm=alarm_for(facts.reading))


def asks_for_news(facts: Facts) -> Decision | None:
    """Whoever asks inside a case how far we are hears it, and a person sees it; an open question stays open."""
    if facts.reading.act is not Act.REMINDER:
        return None
    if facts.case is None and not facts.worth_a_look:
        return None
    why = "asks how far we are"
    if facts.case is None or not facts.case.is_open or _asks_anew(facts, facts.case):
        return _to_a_person(facts, "asks_for_news", why)
    return Decision("asks_for_news", why, step=DraftKind.STATUS, note=True, alarm=alarm_for(facts.reading))


def content_unread(facts: Facts) -> Decision | None:
    """Text found only in an attachment is read by a person."""
    if not facts.unread:
        return None
    return _to_a_person(facts, "content_unread", "the content is in an attachment")


def tries_again(facts: Facts) -> Decision | None:
    """Whoever was refused for want of proof may try again: "not authenticated" reopens (law.md rule 11)."""
    refused = _refused_unproven(facts.case) if facts.case else ()
    if not refused or facts.certain:
        return None
    asked = tuple((right, Event.DOUBTED) for right in refused)
    return Decision("tries_again", "was refused for want of proof", rights=asked, step=DraftKind.IDENTITY_QUESTION)


def reconsiders(facts: Facts) -> Decision | None:
    """The letter about a withdrawn request says that a word takes it up again, so every word does."""
    if facts.case is None or not facts.case.was_taken_back or facts.certain:
        return None
    again = tuple((item.right, Event.HANDED) for item in facts.case.items if item.state is State.WITHDRAWN)
    return Decision("reconsiders", "wrote after taking the request back", rights=again, doubtful=True)


def afterwards(facts: Facts) -> Decision | None:
    """Thanks and the like after the end: kept with the case, nothing moves."""
    if facts.case is None or facts.case.is_open or facts.worth_a_look:
        return None
    return Decision("afterwards", "said after the answer, asks for nothing")


def speaks_in_a_case(facts: Facts) -> Decision | None:
    """Whatever else is said inside a case is seen by a person."""
    if facts.case is None or facts.certain:
        return None
    return _to_a_person(facts, "speaks_in_a_case", "a message we can't place inside an open case")


def other_mail(facts: Facts) -> Decision | None:
    """info@ is the whole company's mailbox: other mail opens no case."""
    if facts.worth_a_look:
        return None
    return Decision("other_mail", "exercises no right")


def which_right(facts: Facts) -> Decision | None:
    """Ask once, and only when some right is very likely and which one is unclear."""
    if facts.certain or facts.reading.any_right < facts.thresholds.likely:
        return None
    if facts.reading.language not in OUR_LANGUAGES or _asked_before(facts):
        return None
    best = _best_guess(facts.reading)
    return Decision(
        "which_right",
        "a right is very likely, which one is unclear",
        rights=tuple((right, Event.UNCLEAR) for right in best),
        step=DraftKind.CLARIFICATION,
        doubtful=True,
        alarm=alarm_for(facts.reading),
    )


def foreign_language(facts: Facts) -> Decision | None:
    """law.md rule 18: who writes in a language that is not ours hears in two of ours that a person reads it."""
    if facts.certain or facts.case is not None or facts.reading.language in OUR_LANGUAGES:
        return None
    handed = _to_a_person(facts, "foreign_language", "not one of our languages: a person reads it")
    return replace(handed, step=DraftKind.HOLDING)


def doubtful(facts: Facts) -> Decision | None:
    """In doubt, a person looks."""
    if facts.certain:
        return None
    return _to_a_person(facts, "doubtful", "we are not sure what is asked")


def somebody_special(facts: Facts) -> Decision | None:
    """law.md rules 13-15: agents, children, parents, heirs, employees, processors are acknowledged and handed over."""
    if not facts.reading.flags & _PERSON_DECIDES:
        return None
    handed = _to_a_person(facts, "somebody_special", "a person decides for " + ", ".join(sorted(facts.reading.flags)))
    return Decision(
        handed.rule,
        handed.why,
        rights=handed.rights,
        moves=handed.moves,
        measures=_measures(facts),
        step=DraftKind.ACKNOWLEDGEMENT if handed.rights else None,
        alarm=handed.alarm,
    )


def request(facts: Facts) -> Decision:
    """A request we understand: answer what the identity allows, ask for proof of the rest."""
    reading = facts.reading
    events = tuple((right, Event.UNDERSTOOD if facts.suffices(right) else Event.DOUBTED) for right in reading.exercised)
    asks = any(event is Event.DOUBTED for _, event in events)
    only_opt_outs = all(facts.is_opt_out(right) for right, _ in events)
    if asks:
        step = DraftKind.IDENTITY_QUESTION
    elif only_opt_outs:
        step = DraftKind.UNSUBSCRIBE_CONFIRMATION
    else:
        step = DraftKind.ACKNOWLEDGEMENT
    return Decision(
        "request",
        "understood" + (", identity asked" if asks else ""),
        rights=events,
        measures=_measures(facts),
        step=step,
        doubtful=reading.abstain,
        alarm=alarm_for(reading),
    )


RULES: Final[tuple[Callable[[Facts], Decision | None], ...]] = (
    forged_sender,
    machine_mail,
    edited,
    nothing_said,
    silenced,
    came_by_hand,
    old_mail,
    code_typed,
    facts_given,
    address_named,
    without_mail,
    opt_out_undone,
    changed_mind,
    asks_for_news,
    content_unread,
    tries_again,
    reconsiders,
    afterwards,
    speaks_in_a_case,
    other_mail,
    which_right,
    foreign_language,
    doubtful,
    somebody_special,
    request,
)


def _refused_unproven(case: Case) -> tuple[RequestType, ...]:
    open_now = {item.right for item in case.items if item.state in OPEN_STATES}
    refused = {item.right for item in case.items if item.state is State.ANSWERED and not is_proven(item)}
    return tuple(sorted(refused - open_now))


def _asks_anew(facts: Facts, case: Case) -> bool:
    """Say whether a message that asks for news also asks for something the case does not hold yet."""
    return not set(facts.reading.exercised) <= {item.right for item in case.items if item.state in OPEN_STATES}


def _asked_before(facts: Facts) -> bool:
    return facts.case is not None and facts.case.clarified > 0


def _best_guess(reading: Reading) -> tuple[RequestType, ...]:
    return reading.exercised or (
        max(reading.scores, key=lambda right: reading.scores[right], default=RequestType.OTHER),
    )


def _measures(facts: Facts) -> frozenset[Measure]:
    reading = facts.reading
    measures = set()
    if any(facts.is_opt_out(right) for right in reading.exercised):
        measures.add(Measure.SUPPRESS)
    if facts.trust >= Trust.PLAUSIBLE and PROVISIONAL & reading.rights:
        measures.add(Measure.PROVISIONAL)
    return frozenset(measures)


def _to_a_person(facts: Facts, rule: str, why: str) -> Decision:
    """Hand over: what is read becomes items a colleague confirms; what waits in an open case is shown again."""
    reading = facts.reading
    if facts.case is not None and facts.case.is_open and not facts.certain:
        return Decision(rule, why, moves=Event.HANDED, note=True, alarm=alarm_for(reading))
    rights = tuple((right, Event.HANDED) for right in _best_guess(reading))
    return Decision(
        rule, why, rights=rights, doubtful=reading.abstain or not reading.exercised, alarm=alarm_for(reading)
    )
