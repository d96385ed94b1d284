"""A restriction ends only some days after the person was told that it will (Art. 18(3), law.md rule 25)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import Item
from bot.core.verdict import Outcome

NOTICE: Final = timedelta(days=7)
"""How long before its end a restriction's end is announced; the company may choose longer."""


def announced(item: Item, now: datetime) -> Item:
    """Return an item once the letter about it is on its way: the days run from a notice of lifting."""
    return replace(item, lift_told_at=now) if item.outcome is Outcome.LIFT_NOTICE else item


def unannounced(item: Item) -> Item:
    """Return an item whose notice did not arrive: nobody was told of anything."""
    return replace(item, lift_told_at=None)


def too_soon(item: Item, now: datetime, notice: timedelta) -> str:
    """Say why a letter may not say yet that a restriction was lifted, or nothing where it may."""
    if item.outcome is not Outcome.LIFTED:
        return ""
    if item.lift_told_at is None:
        return "the person was not told that the restriction will be lifted: send the notice first (lift_notice)"
    if now < item.lift_told_at + notice:
        ends = item.lift_told_at + notice
        return f"the restriction was announced to end from {ends:%Y-%m-%d} on: say that it was lifted then"
    return ""
