"""What an authority wrote has a day of its own, read from its letter by the officer (Art. 31; law.md rule 15)."""

from datetime import date, timedelta
from typing import Final

from bot.core.case import Case, Lane
from bot.core.errors import NotAllowed

ALARMS: Final = (10, 5, 1, 0)
"""Days before an authority's day when colleagues hear of it."""


def check_day(case: Case, due: date, today: date) -> None:
    """Raise NotAllowed for a case no authority wrote in, and for a day that is over."""
    if case.lane is not Lane.AUTHORITY:
        raise NotAllowed(f"case {case.reference} is no letter of an authority: its dates are the law's and our promise")
    if due < today:
        raise NotAllowed(f"{due} is over: give the day by which the authority wants its answer")


def nearest_alarm(due: date, today: date) -> int | None:
    """Return how many days before the day the latest alarm that is due rings, or None while all is far away."""
    return min((days for days in ALARMS if today >= due - timedelta(days=days)), default=None)
