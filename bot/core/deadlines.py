"""The clocks: the company's promise of seven days and the law's month (Art. 12(3), Regulation 1182/71)."""

import calendar
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.case import ClockKind, Item
from bot.core.errors import NotAllowed
from bot.core.rights import Flag, RequestType

PROMISE: Final = timedelta(days=7)
"""Policy: "Nous traitons les demandes dans un délai de 7 jours"."""

BREACH: Final = timedelta(hours=72)
"""From awareness to the authority (Art. 33(1))."""

OFFICE_HOURS: Final = range(9, 18)
"""When a reminder may reach a person, by the company's clock."""

_EXTENDED_MONTHS: Final = 3
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
        return self.local(moment).date()

    def local(self, moment: datetime) -> datetime:
        """Return a moment in UTC by the company's clock."""
        return moment.astimezone(self.zone)

    def said(self, moment: datetime) -> str:
        """Write a moment in UTC as colleagues read it, by the company's clock."""
        return f"{self.local(moment):%Y-%m-%d %H:%M}"

    def office_is_open(self, moment: datetime) -> bool:
        """Say whether it is an hour at which one writes to people."""
        return moment.astimezone(self.zone).hour in OFFICE_HOURS

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


def strict_day(item: Item, where: Calendar) -> date | None:
    """Return the unmoved day that drives an item's alarms: the month's end, or the extension's once it was told."""
    if item.statutory_due is None:
        return None
    return add_months(where.civil_date(item.received_at), _EXTENDED_MONTHS if item.extension else 1)


def statutory_due(received_at: datetime, where: Calendar) -> date:
    """Return the last day of the month of Art. 12(3); only an end on a free day moves, to the next working day."""
    return where.next_working_day(add_months(where.civil_date(received_at), 1))


def extended_due(received_at: datetime, where: Calendar) -> date:
    """Return receipt plus three months, the end of an extension (Art. 12(3)): never from a moved date."""
    return where.next_working_day(add_months(where.civil_date(received_at), _EXTENDED_MONTHS))


def paused_due(item: Item, asked: date | None, proved: date | None, today: date, where: Calendar) -> date | None:
    """Return where an item's legal end stands when the days its identity was in question are not counted.

    Shown as a defence, never a plan: it drives no alarm (law.md rule 6). Nothing pauses without a question, or when it
    was put with undue delay: after the days of our own promise.
    """
    if item.legal_due is None or asked is None or asked > where.civil_date(item.received_at) + PROMISE:
        return None
    waited = (proved or today) - asked
    strict = strict_day(item, where)
    return None if strict is None or waited <= timedelta() else where.next_working_day(strict + waited)


def breach_due(aware_at: datetime) -> datetime:
    """Return when the 72 hours from awareness are over; they run on every day of the week (Reg. 1182/71 Art. 3(3))."""
    return aware_at + BREACH


def extension_until(item: Item, today: date, where: Calendar) -> date:
    """Return the new end an extension would give an item.

    Raises NotAllowed where the law knows none (7(3), 21(2)-(3), opt-outs, what the promise alone binds), where it was
    used already, and after the strict first month, within which the person has to be told (Art. 12(3)).
    """
    if item.clock is ClockKind.AT_ONCE:
        raise NotAllowed(f"{item.right} is done at once: the law knows no extension for it")
    if item.clock is ClockKind.PROMISE:
        raise NotAllowed(f"only our own promise binds {item.right}: write how far we are instead of extending it")
    if item.extension is not None:
        raise NotAllowed(f"{item.right} was extended already, until {item.extension.until}")
    last = statutory_alarm(item.received_at, where)
    if today > last:
        raise NotAllowed(f"the first month of {item.right} ended on {last}: it can't be extended any more")
    return extended_due(item.received_at, where)


def clock_kind(right: RequestType, flags: frozenset[Flag]) -> ClockKind:
    """Say which duty drives an item, from the flags of the message that asked for it (law.md rule 2)."""
    if right in _AT_ONCE or (right is RequestType.OBJECTION and Flag.MARKETING in flags):
        return ClockKind.AT_ONCE
    if right in _PROMISE_ONLY:
        return ClockKind.PROMISE
    return ClockKind.STATUTORY
