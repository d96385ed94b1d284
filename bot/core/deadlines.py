"""The clocks: the company's promise of seven days and the law's month (Art. 12(3), Regulation 1182/71)."""

import calendar
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.case import ClockKind
from bot.core.rights import Flag, RequestType

PROMISE: Final = timedelta(days=7)
"""Policy: "Nous traitons les demandes dans un délai de 7 jours"."""

_SATURDAY: Final = 5
_AT_ONCE: Final = frozenset({RequestType.UNSUBSCRIBE, RequestType.CONSENT_WITHDRAWAL})
_PROMISE_ONLY: Final = frozenset({RequestType.COMPLAINT, RequestType.OTHER})


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where the company acts: its time zone and its public holidays (of the state and subdivision)."""

    zone: ZoneInfo
    holidays: Container[date]

    def civil_date(self, moment: datetime) -> date:
        """Return the company's date at a moment in UTC."""
        return moment.astimezone(self.zone).date()

    def works(self, day: date) -> bool:
        """Say whether the day is neither Saturday, Sunday nor a public holiday."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def next_working_day(self, day: date) -> date:
        """Return the day itself or the first working day after it (Reg. 1182/71 Art. 3(4))."""
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def last_working_day(self, day: date) -> date:
        """Return the day itself or the last working day before it: what colleagues see for a promise."""
        while not self.works(day):
            day -= timedelta(days=1)
        return day


def add_months(day: date, months: int) -> date:
    """Return the same date months later, or that month's last day (Reg. 1182/71 Art. 3(2)(c))."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def promise_due(received_at: datetime, where: Calendar) -> date:
    """Return the last day of the company's own promise; it never pauses and never moves."""
    return where.civil_date(received_at) + PROMISE


def statutory_alarm(received_at: datetime, where: Calendar) -> date:
    """Return the month's end before any move: what alarms count from (law.md rule 4)."""
    return add_months(where.civil_date(received_at), 1)


def statutory_due(received_at: datetime, where: Calendar) -> date:
    """Return the last day of the month of Art. 12(3); only an end on a free day moves, to the next working day."""
    return where.next_working_day(add_months(where.civil_date(received_at), 1))


def extended_due(received_at: datetime, where: Calendar) -> date:
    """Return receipt plus three months, the end of an extension (Art. 12(3)): never from a moved date."""
    return where.next_working_day(add_months(where.civil_date(received_at), 3))


def clock_kind(right: RequestType, flags: frozenset[Flag]) -> ClockKind:
    """Say which duty drives an item, from the flags of the message that asked for it (law.md rule 2)."""
    if right in _AT_ONCE or (right is RequestType.OBJECTION and Flag.MARKETING in flags):
        return ClockKind.AT_ONCE
    if right in _PROMISE_ONLY:
        return ClockKind.PROMISE
    return ClockKind.STATUTORY
