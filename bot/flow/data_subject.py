"""Whose data a letter may hold, and what the person of a case wrote themselves."""

from collections.abc import Sequence

from bot.core.case import Case, Item, is_proven
from bot.core.messages import Handle
from bot.core.records import Customer, Kept
from bot.core.trust import Trust, grade_sender
from bot.core.unit import Unit
from bot.core.vouching import SHOWN


def whose_data(unit: Unit, case: Case, recipient: Handle, items: Sequence[Item]) -> Sequence[Customer]:
    """Return whose data a letter to an address may hold: who is on record there, or vouched for in all it says.

    In a chat that was chosen it is whose proof the choice rests on.
    """
    vouch = case.vouch
    if vouch is not None and case.chosen is not None and recipient == case.chosen.account:
        recipient = vouch.to
    if vouch is not None and vouch.to == recipient and all(item.trust >= SHOWN[vouch.ground] for item in items):
        customer = unit.directory.get(vouch.customer_id)
        return [customer] if customer else []
    return unit.directory.find(recipient)


def suffices(unit: Unit, item: Item, found: Sequence[Customer]) -> bool:
    """Say whether what was shown of an item suffices for whose data were found.

    A second proof guards data: where nobody is on record under the address, its control is enough to say so (rule 16).
    Without a directory nobody knows, and what a colleague fills in may be sensitive.
    """
    nothing_held = not unit.directory.is_empty() and not found
    return is_proven(item) or (item.trust >= Trust.PROVEN and nothing_held)


def own_messages(unit: Unit, case: Case) -> Sequence[Kept]:
    """Return what the person of a case wrote into it, oldest first."""
    return [entry for entry in unit.inbox.correspondence(case.id) if _is_of(case, entry)]


def _is_of(case: Case, entry: Kept) -> bool:
    """Leave out what somebody else wrote into the case, a forger of the person's address included."""
    message = entry.message
    if message is None or message.sender not in {case.requester, case.proven}:
        return False
    graded = grade_sender(message.channel, message.authentication, message.oddities, on_record=False, own_domain=False)
    return graded.trust is not Trust.FORGED
