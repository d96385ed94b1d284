"""Who stands behind a message, for the case it belongs to."""

from datetime import datetime

from bot.core.case import Case
from bot.core.challenge import LIFETIME
from bot.core.messages import MAIL, PHONE, Handle, Message, Verdict, canonical_address, is_chat
from bot.core.reach import NumberPlan
from bot.core.rights import Reading
from bot.core.trust import Grade, Trust


def standing(case: Case | None, message: Message, grade: Grade, now: datetime) -> Trust:
    """Return how far a message's sender is proven: its own grade, or the case's for the very handle that was proven.

    A mail without an aligned pass never inherits: anyone can write a From line. A chat inherits for as long as a code
    lives: the platform vouches for its numeric id, but not for who holds the account tomorrow.
    """
    if case is None or not is_theirs(case, message, grade):
        return grade.trust
    if is_chat(message.channel) and (case.proven_at is None or now - case.proven_at >= LIFETIME):
        return grade.trust
    return max(grade.trust, case.trust)


def is_theirs(case: Case, message: Message, grade: Grade) -> bool:
    """Say whether a message surely comes from whom the case is with."""
    authentic = is_authentic(message) and grade.trust is not Trust.FORGED
    return authentic and message.sender in {case.proven, case.requester}


def is_authentic(message: Message) -> bool:
    """Say whether the sender is surely who it says: a mail with an aligned pass, or a platform's own account."""
    return is_chat(message.channel) or message.authentication.dmarc is Verdict.PASS


def named_addresses(reading: Reading) -> tuple[Handle, ...]:
    """Return the e-mail addresses a message names, once each."""
    found = {canonical_address(entity.text) for entity in reading.entities if entity.kind == "email"}
    return tuple(Handle(MAIL, address) for address in sorted(found))


def named_numbers(reading: Reading, numbers: NumberPlan) -> tuple[Handle, ...]:
    """Return the telephone numbers a message names, once each, as the directory compares them."""
    found = {numbers.international(entity.text) for entity in reading.entities if entity.kind == "phone"}
    return tuple(Handle(PHONE, number) for number in sorted(filter(None, found)))


def answer_destination(case: Case) -> Handle:
    """Return where an answer goes: the chat that was chosen, the address that was shown, else where they wrote from.

    What an unproven person may be told holds no personal data; nothing is ever sent to a Reply-To or a Cc.
    """
    return case.chosen.account if case.chosen else case.proven or case.requester
