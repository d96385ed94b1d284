"""Find the case a message belongs to. A match says where a message goes, never what its sender may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.case import Case
from bot.core.challenge import find_codes
from bot.core.messages import MAIL, Handle, Message, Verdict
from bot.core.ports import Unit
from bot.core.references import references_in, tokens_in
from bot.core.rights import Act, Reading


@dataclass(frozen=True, slots=True)
class Match:
    """A case and how it was found; a weak match is for a person's eyes only and moves nothing."""

    case: Case
    how: str
    weak: bool = False


def find_case(unit: Unit, message: Message, reading: Reading) -> Match | None:
    """Return the case a message continues, or None when it starts anew.

    By our own Message-ID or the person's reference, only for a sender the case knows; in a chat, by the conversation;
    by the sender alone, only for authenticated mail that asks, answers or reminds.
    """
    known = unit.cases.of_requester(message.sender)
    if message.channel != MAIL:
        return next((Match(case, "the same conversation") for case in known if case.is_open), None)
    return _by_thread(unit, message, known) or _by_sender(message, reading, known)


def _by_thread(unit: Unit, message: Message, known: Sequence[Case]) -> Match | None:
    threaded = unit.cases.by_tokens(tokens_in(message.references))
    if threaded is not None and _knows(threaded, message.sender, known):
        return Match(threaded, "an answer to our mail")
    written = references_in(f"{message.subject}\n{message.text}")
    for case in known:
        if case.reference in written:
            return Match(case, "the reference in the message")
    earlier = unit.inbox.case_of(message.references)
    return next((Match(case, "an answer in the person's own thread") for case in known if case.id == earlier), None)


def _by_sender(message: Message, reading: Reading, known: Sequence[Case]) -> Match | None:
    """Join what somebody is surely the sender of; a mere From line with a code in it is only shown to a person."""
    going_on = [case for case in known if case.is_open]
    typed = bool(find_codes(message.text))
    if len(going_on) > 1 and typed:
        return Match(going_on[0], "a code, and several cases it may belong to", weak=True)
    if len(going_on) != 1:
        return None
    if message.authentication.dmarc is not Verdict.PASS:
        return Match(going_on[0], "a code from an unproven sender", weak=True) if typed else None
    answers = reading.act in {Act.ANSWER, Act.REMINDER, Act.WITHDRAWAL} or typed
    return Match(going_on[0], "the same sender") if answers or reading.exercised else None


def _knows(case: Case, sender: Handle, known: Sequence[Case]) -> bool:
    return sender in (case.requester, case.proven) or any(case.id == other.id for other in known)
