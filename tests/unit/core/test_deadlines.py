"""Clocks: civil dates where the company acts (Regulation 1182/71, Art. 12(3))."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.case import ClockKind
from bot.core.deadlines import (
    Calendar,
    add_months,
    clock_kind,
    extended_due,
    promise_due,
    statutory_alarm,
    statutory_due,
)
from bot.core.rights import Flag, RequestType

R = RequestType

EASTER = {date(2026, 4, 3), date(2026, 4, 5), date(2026, 4, 6), date(2026, 4, 27)}
NL = Calendar(ZoneInfo("Europe/Amsterdam"), EASTER)


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (noon(2026, 1, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        (noon(2026, 2, 28), date(2026, 3, 30)),  # 28 March is a Saturday
        (noon(2026, 3, 5), date(2026, 4, 7)),  # 5 April is Easter Sunday
        (noon(2028, 1, 31), date(2028, 2, 29)),  # a leap year
        (noon(2026, 12, 31), date(2027, 2, 1)),  # 31 January is a Sunday
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), date(2026, 4, 2)),  # past midnight in Amsterdam
    ],
)
def test_the_month_ends_when_the_law_says(received: datetime, due: date) -> None:
    assert statutory_due(received, NL) == due


def test_an_extension_counts_three_months_from_receipt() -> None:
    assert extended_due(noon(2026, 1, 31), NL) == date(2026, 4, 30)


@pytest.mark.rule(2)
def test_each_right_has_the_clock_the_law_gives_it() -> None:
    at_once = {R.CONSENT_WITHDRAWAL, R.UNSUBSCRIBE}
    promised = {R.COMPLAINT, R.OTHER}
    for right in R:
        expected = ClockKind.AT_ONCE if right in at_once else ClockKind.PROMISE if right in promised else None
        assert clock_kind(right, frozenset()) is (expected or ClockKind.STATUTORY), right
    assert clock_kind(R.OBJECTION, frozenset({Flag.MARKETING})) is ClockKind.AT_ONCE


@pytest.mark.rule(4)
def test_alarms_use_the_unmoved_date() -> None:
    assert statutory_alarm(noon(2026, 3, 5), NL) == date(2026, 4, 5)


def test_the_promise_is_seven_calendar_days_and_never_moves() -> None:
    assert promise_due(noon(2026, 3, 29), NL) == date(2026, 4, 5)
    assert NL.last_working_day(date(2026, 4, 5)) == date(2026, 4, 2)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))
def test_the_month_is_never_shorter_than_the_law_and_ends_on_a_working_day(received: datetime) -> None:
    unmoved, due = statutory_alarm(received, NL), statutory_due(received, NL)
    assert unmoved <= due <= unmoved + timedelta(days=6)
    assert NL.works(due)
    assert 28 <= (unmoved - NL.civil_date(received)).days <= 31


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
