"""What proof of identity a right needs, and what still lacks it (law.md rule 12)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from bot.core.case import Case, Item, State, is_proven
from bot.core.register import Processing
from bot.core.rights import Flag, Reading, RequestType
from bot.core.trust import Trust
from bot.core.vouching import OF_NO_RECORD, Ground

REQUIRED: Final = {
    RequestType.INFORMATION: Trust.PROVEN,
    RequestType.ACCESS: Trust.PROVEN,
    RequestType.PORTABILITY: Trust.PROVEN,
    RequestType.ERASURE: Trust.PROVEN,
    RequestType.RECTIFICATION: Trust.PLAUSIBLE,
    RequestType.RESTRICTION: Trust.PLAUSIBLE,
    RequestType.OBJECTION: Trust.PLAUSIBLE,
    RequestType.CONSENT_WITHDRAWAL: Trust.PLAUSIBLE,
    RequestType.HUMAN_REVIEW: Trust.PLAUSIBLE,
    RequestType.COMPLAINT: Trust.CLAIMED,
    RequestType.UNSUBSCRIBE: Trust.CLAIMED,
    RequestType.OTHER: Trust.CLAIMED,
}
"""What an item may ask by default (law.md rule 12)."""

CONTACT_FIELDS: Final = frozenset({"email", "phone", "iban", "address"})
"""Corrections that could hand somebody else's post to a thief: a code to the old address first (rule 12)."""


SHOWING: Final = frozenset({RequestType.INFORMATION, RequestType.ACCESS, RequestType.PORTABILITY})
"""Rights whose answer shows what is held: sensitive data ask for a second proof, not in the same mailbox (rule 12)."""


def asked_twice(chosen: frozenset[RequestType], register: Iterable[Processing]) -> frozenset[RequestType]:
    """Return which rights ask for a second proof: none, or all that show what is held.

    One that the settings choose asks for the others: what waits in one answer would else be read in another. So do
    sensitive data in the register. Whether a person's own record holds any makes no difference: a question put to some
    would tell who (rule 16).
    """
    return SHOWING if chosen or any(entry.sensitive for entry in register) else chosen


def required_trust(right: RequestType, reading: Reading, twice: frozenset[RequestType] = frozenset()) -> Trust:
    """Return the level an item needs before a person may answer it; `twice` take a second proof (law.md rule 12)."""
    if right in twice:
        return Trust.MATCHED
    if right is RequestType.OBJECTION and Flag.MARKETING in reading.flags:
        return Trust.CLAIMED  # Art. 21(2)-(3): absolute, no proof
    if right is RequestType.RECTIFICATION and any(c.field in CONTACT_FIELDS for c in reading.corrections):
        return Trust.PROVEN
    return REQUIRED[right]


COOLING: Final = timedelta(hours=72)
"""How long no data may go to an address that came on record of somebody we knew before (rule 12)."""

BY_POST: Final = timedelta(days=10)
"""How long nothing grave is done once the notice to the record was posted (rule 12).

A letter takes up to three working days each way; between them somebody opens it and writes back.
"""

TO_BE_POSTED: Final = timedelta(days=4)
"""How long colleagues have to read, print and post such a notice: the day it names counts on them."""

SETTLED: Final = timedelta(days=90)
"""How long what came on record later is no second proof: who reads a mailbox can have an address added from it."""


def needs_notice(item: Item) -> bool:
    """Say whether everybody on record hears of an item before it is done: it can't be undone, or it moves the post."""
    contact = item.right is RequestType.RECTIFICATION and item.needs >= Trust.PROVEN
    return item.right is RequestType.ERASURE or contact


def is_told_first(case: Case, item: Item) -> bool:
    """Say whether those on record hear of an item first: it can't be undone, or a colleague vouched for another."""
    return needs_notice(item) or (
        case.vouch is not None and case.vouch.ground not in {Ground.OWN_ADDRESS, *OF_NO_RECORD}
    )


def may_hold_data(item: Item) -> bool:
    """Say whether what was shown lets an answer about an item hold data on record (law.md rule 12).

    That is the proof the item asks for; where it asks none, the control of the address, as data about anybody do.
    """
    return item.trust >= (item.asks if item.asks > Trust.CLAIMED else Trust.PROVEN)


def lacks_second_proof(item: Item) -> bool:
    """Say whether an open item still lacks a second proof, and nothing else."""
    return lacks_proof(item) and item.trust >= Trust.PROVEN


def lacks_proof(item: Item) -> bool:
    """Say whether an open item still waits for, or was handed over without, the proof it needs."""
    return item.state in {State.VERIFYING, State.REVIEW} and not is_proven(item)
