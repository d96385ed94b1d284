"""Find the case a message belongs to. A match says where a message goes, never what its sender may do."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case
from bot.core.challenge import find_codes
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import DraftKind
from bot.core.errors import NotFound
from bot.core.messages import Handle, Message, Verdict, is_chat, untagged
from bot.core.references import references_in, tokens_in
from bot.core.rights import Act, Reading
from bot.core.undoing import may_be_undone, undoes
from bot.core.unit import Unit


@dataclass(frozen=True, slots=True)
class Match:
    """A case and how it was found; a weak match is for a person's eyes only and moves nothing.

    `asked` are the cases that a code in the message may answer; `objects` says that it answers a notice to the record.
    """

    case: Case
    how: str
    weak: bool = False
    asked: tuple[Case, ...] = ()
    objects: bool = False

    def answering(self, case_id: str) -> "Match":
        """Return the match once a code told which of the cases was meant."""
        meant = next(case for case in self.asked if case.id == case_id)
        return self if meant == self.case and not self.weak else Match(meant, "a code put to this very sender")


RECIPIENT_ANSWERED: Final = "a recipient of the data answered our notice"


def find_case(unit: Unit, message: Message, reading: Reading, now: datetime) -> Match | None:
    """Return the case a message continues, or None when it starts anew.

    By our own Message-ID or the person's reference, only for a sender the case knows; in a chat, by the very text
    that is replied to, else by the conversation, or as the word that takes the last opt-out back; by the sender alone,
    only for authenticated mail that asks, answers or reminds.
    """
    theirs = unit.cases.of_requester(message.sender)
    known = tuple({case.id: case for case in (goes_on_in(unit, one) for one in theirs)}.values())
    if is_chat(message.channel):
        going_on = [case for case in known if case.is_open] or [case for case in known if case.was_taken_back]
        if not going_on and undoes(message.text):
            going_on = [case for case in known if may_be_undone(case, now)]
        return _by_reply(unit, message, theirs, going_on) or (
            _surely(going_on[0], "the same conversation") if going_on else None
        )
    return (
        _by_thread(unit, message, theirs, known)
        or _by_notice(unit, message)
        or _by_sender(message, reading, known)
        or _by_alias(unit, message, reading)
    )


def carried_on(unit: Unit, case: Case) -> Case:
    """Return the case that carries a merged one on, or the case itself. Raises NotFound where that was destroyed."""
    while case.merged_into:
        case = unit.cases.get(case.merged_into)
    return case


def goes_on_in(unit: Unit, case: Case) -> Case:
    """Return the case in which a merged one is carried on, or the case itself where that is past its time."""
    try:
        return carried_on(unit, case)
    except NotFound:
        return case


def with_joined(unit: Unit, case: Case) -> Iterator[Case]:
    """Yield a case and whatever is carried on in it, as far as it is still kept."""
    yield case
    for joined in case.joined:
        with contextlib.suppress(NotFound):
            yield unit.cases.get(joined)


def _surely(case: Case, how: str) -> Match:
    return Match(case, how, asked=(case,))


def _by_reply(unit: Unit, message: Message, theirs: Sequence[Case], going_on: Sequence[Case]) -> Match | None:
    """Return the case of the very text, ours or their own, that somebody replies to in a chat.

    A code in the reply may be of any of their open cases: people reply to whatever text is at hand.
    """
    if not message.references:
        return None
    earlier = unit.inbox.case_of(message.references)
    for case in theirs:
        if case.id == earlier or any(
            _is_named(one, message) for one in unit.outbox.listed(DeliveryState.SENT, case.id)
        ):
            meant = goes_on_in(unit, case)
            asked = tuple({one.id: one for one in (meant, *going_on)}.values())
            return Match(meant, "a reply to a text of that case", asked=asked)
    return None


def _is_named(outgoing: Outgoing, message: Message) -> bool:
    """Say whether a chat message replies to a text of ours: by our Message-ID, or by an id its platform gave."""
    names = tuple(f":{name}" for name in (outgoing.message_id, *outgoing.texts))
    return outgoing.recipient == message.sender and any(name.endswith(names) for name in message.references)


def _by_thread(unit: Unit, message: Message, theirs: Sequence[Case], known: Sequence[Case]) -> Match | None:
    threaded = _threaded(unit, message)
    if threaded is not None and _knows(threaded, message.sender, known):
        return _surely(threaded, "an answer to our mail")
    written = references_in(f"{message.subject}\n{message.text}")
    for case in theirs:
        if case.reference in written:
            return _surely(goes_on_in(unit, case), "the reference in the message")
    earlier = unit.inbox.case_of(message.references)
    return next((_surely(case, "an answer in the person's own thread") for case in known if case.id == earlier), None)


def _by_notice(unit: Unit, message: Message) -> Match | None:
    """Show a person what somebody on record says to a notice of ours: nothing happens against their word.

    What a recipient of the data answers (Art. 19) is shown as well, and is no request of theirs.
    """
    notice = unit.outbox.by_message_ids(message.references)
    if notice is not None and notice.kind is DraftKind.RECIPIENT_NOTICE:
        return Match(goes_on_in(unit, unit.cases.get(notice.case_id)), RECIPIENT_ANSWERED, weak=True)
    if notice is None or notice.kind is not DraftKind.RECORD_NOTICE or notice.recipient != message.sender:
        return None
    case = goes_on_in(unit, unit.cases.get(notice.case_id))
    return Match(case, "an answer to our notice to the record", weak=True, objects=True)


def _by_sender(message: Message, reading: Reading, known: Sequence[Case]) -> Match | None:
    """Join what somebody is surely the sender of; a mere From line with a code in it is only shown to a person.

    Of several cases a code may say which is meant: it is unguessable, and tried for the authenticated sender alone.
    """
    going_on = [case for case in known if case.is_open]
    typed = bool(find_codes(message.typed))
    authentic = message.authentication.dmarc is Verdict.PASS
    if len(going_on) > 1 and typed:
        asked = tuple(going_on) if authentic else ()
        return Match(going_on[0], "a code, and several cases it may belong to", weak=True, asked=asked)
    if len(going_on) > 1 and authentic:
        return _of_several(reading, going_on)
    if len(going_on) != 1:
        return None
    if not authentic:
        return Match(going_on[0], "a code from an unproven sender", weak=True) if typed else None
    answers = reading.act in {Act.ANSWER, Act.REMINDER, Act.WITHDRAWAL} or typed or going_on[0].facts is not None
    return _surely(going_on[0], "the same sender") if answers or reading.exercised else None


def _of_several(reading: Reading, going_on: Sequence[Case]) -> Match | None:
    """Join the one case that holds all that is asked; where nothing is asked, a person sees which case is meant."""
    asked = frozenset(reading.exercised)
    if asked:
        holding = [
            case for case in going_on if asked <= {item.right for item in case.items if item.state in OPEN_STATES}
        ]
        return _surely(holding[0], "the same sender asks for the same") if len(holding) == 1 else None
    goes_on = reading.act in {Act.ANSWER, Act.REMINDER, Act.WITHDRAWAL}
    return Match(going_on[0], "says more, and several cases it may belong to", weak=True) if goes_on else None


def _by_alias(unit: Unit, message: Message, reading: Reading) -> Match | None:
    """Show a person what the same person seems to answer from another address; a request of its own starts anew."""
    if reading.exercised:
        return None
    threaded = _threaded(unit, message)
    if threaded is None or not _resembles(unit, threaded, message.sender):
        return None
    return Match(threaded, "an answer to our mail, from another address", weak=True)


def _threaded(unit: Unit, message: Message) -> Case | None:
    """Return the case whose mail a message answers."""
    found = unit.cases.by_tokens(tokens_in(message.references))
    return goes_on_in(unit, found) if found else None


def _knows(case: Case, sender: Handle, known: Sequence[Case]) -> bool:
    return sender in (case.requester, case.proven) or any(case.id == other.id for other in known)


def _resembles(unit: Unit, case: Case, sender: Handle) -> bool:
    """Say whether a sender is another spelling or another recorded address of the case's person; proves nothing."""
    own = [handle for handle in (case.requester, case.proven) if handle is not None]
    if any(untagged(handle) == untagged(sender) for handle in own):
        return True
    return any(customer.knows(handle) for customer in unit.directory.find(sender) for handle in own)
