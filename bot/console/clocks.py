"""A clock as a small picture: a line from the day of receipt to the last day, with today on it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.core.case import Item

WIDTH: Final = 300
"""Units of the picture from its first to its last day."""


@dataclass(frozen=True, slots=True)
class ClockFace:
    """Where each day stands on the line, in units from its left."""

    received: date
    last: date
    promise: date
    promise_at: float
    today_at: float
    is_late: bool


def clock_of(item: Item, received: date, today: date) -> ClockFace:
    """Lay an item's dates out on a line."""
    last = max(item.legal_due or item.promise_due, item.promise_due)
    length = max((last - received).days, 1)

    def place(day: date) -> float:
        return round(WIDTH * min(max((day - received).days / length, 0), 1), 1)

    due = min(item.promise_due, last)
    return ClockFace(received, last, item.promise_due, place(item.promise_due), place(today), today > due)
