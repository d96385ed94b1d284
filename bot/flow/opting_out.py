"""Hearing an opt-out: what one message, or a whole case, wants stopped and for whom."""

from bot.core.case import Case
from bot.core.house import House
from bot.core.identity import is_authentic, named_addresses, named_numbers
from bot.core.messages import MAIL, Handle, Message
from bot.core.one_click import ticket_in
from bot.core.opting_out import OptOut
from bot.core.rights import OUR_LANGUAGES, UNKNOWN_LANGUAGE, Reading, RequestType, Scope
from bot.core.trust import Trust
from bot.core.unit import Unit


def heard(unit: Unit, house: House, message: Message, reading: Reading) -> OptOut:
    """Return what one message wants stopped."""
    authentic = is_authentic(message)
    return OptOut(
        sender=message.sender,
        scopes=scopes_of(reading),
        authentic=authentic,
        named=(
            *named_numbers(reading, house.numbers),
            *filter(None, (named_mailbox(house, message, reading), _of_ticket(unit, message))),
        ),
        rows=tuple(unit.directory.find(message.sender)) if authentic else (),
    )


def read_ticket(unit: Unit, message: Message) -> Reading | None:
    """Return what a mail program's one-click unsubscribe by mail asks for (RFC 2369 3.2), None for any other message.

    Whoever holds the ticket got the mailing, so it counts from whatever address it is sent.
    """
    stops = unit.suppressions.of_ticket(ticket_in(message.subject))
    if stops is None:
        return None
    return Reading(
        rights=frozenset({RequestType.UNSUBSCRIBE}),
        confidence=1.0,
        abstain=False,
        any_right=1.0,
        language=message.language if message.language in OUR_LANGUAGES else UNKNOWN_LANGUAGE,
        scopes=frozenset({stops[1]}),
        model="ticket",
    )


def _of_ticket(unit: Unit, message: Message) -> Handle | None:
    stops = unit.suppressions.of_ticket(ticket_in(message.subject))
    return stops[0] if stops else None


def asked_in(unit: Unit, house: House, case: Case, scopes: frozenset[Scope]) -> OptOut:
    """Return what a case wants stopped, once a colleague has read it."""
    authentic = case.trust >= Trust.PLAUSIBLE
    numbers = [
        number
        for kept in unit.inbox.correspondence(case.id)
        if kept.reading and kept.message and kept.message.sender == case.requester
        for number in named_numbers(kept.reading, house.numbers)
    ]
    return OptOut(
        sender=case.requester,
        scopes=scopes or frozenset({Scope.ALL}),
        authentic=authentic,
        named=tuple(dict.fromkeys(numbers)),
        rows=tuple(unit.directory.find(case.requester)) if authentic else (),
    )


def scopes_of(reading: Reading) -> frozenset[Scope]:
    """Return which mailings an opt-out stops: what was named, else all of them (law.md rule 28)."""
    return reading.scopes or frozenset({Scope.ALL})


def named_mailbox(house: House, message: Message, reading: Reading) -> Handle | None:
    """Return the one address whose mailings somebody in a chat wants stopped, and who is told of it by mail.

    In a mail the address it came from counts: to stop another one, a word from there suffices (law.md rule 28).
    """
    named = [address for address in named_addresses(reading) if not house.is_colleague(address)]
    alone = frozenset(reading.exercised) == {RequestType.UNSUBSCRIBE}
    return named[0] if message.channel != MAIL and alone and len(named) == 1 else None
