"""Counting: what is in time, what is late, which week and hour it was where the company is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.case import State
from bot.core.figures import Filed, Measure, Tally, report_of, tallied, told, year_of

BRUSSELS = ZoneInfo("Europe/Brussels")
TODAY = date(2026, 3, 20)
ASKED = datetime(2026, 3, 2, 9, tzinfo=UTC)
ONE = Filed(ASKED, "access", State.REVIEW, "fr", "email", date(2026, 3, 9), date(2026, 4, 2), None, False, "not_asked")


def count(one: Filed, measure: Measure, today: date = TODAY) -> list[str]:
    return [tally.value for tally in tallied([one], BRUSSELS, today) if tally.measure is measure]


@pytest.mark.parametrize(
    ("changes", "promise", "month"),
    [
        ({"answered_at": ASKED + timedelta(days=7)}, "kept", "kept"),
        ({"answered_at": ASKED + timedelta(days=8)}, "broken", "kept"),
        ({"answered_at": ASKED + timedelta(days=32)}, "broken", "broken"),
        # half past midnight in Brussels: the last day of the promise is over
        ({"answered_at": datetime(2026, 3, 9, 23, 30, tzinfo=UTC)}, "broken", "kept"),
        ({}, "broken", "running"),
        ({"state": State.CLOSED}, "no_letter", "no_letter"),
        ({"state": State.WITHDRAWN}, "no_letter", "no_letter"),
    ],
)
def test_in_time_is_told_by_the_company_s_days(changes: dict[str, object], promise: str, month: str) -> None:
    one = replace(ONE, **changes)  # type: ignore[arg-type]
    assert (count(one, Measure.PROMISE), count(one, Measure.MONTH)) == ([promise], [month])


def test_a_right_that_only_the_promise_binds_has_no_legal_time() -> None:
    assert count(replace(ONE, legal_due=None), Measure.MONTH) == []


@pytest.mark.parametrize(
    ("days", "told_as"),
    [(0, "same_day"), (1, "days_1_3"), (3, "days_1_3"), (7, "days_4_7"), (30, "days_8_30"), (31, "later")],
)
def test_the_time_to_the_first_answer_is_in_days(days: int, told_as: str) -> None:
    assert count(replace(ONE, answered_at=ASKED + timedelta(days=days)), Measure.FIRST_ANSWER) == [told_as]


def test_a_week_and_an_hour_are_the_company_s() -> None:
    sunday_night = replace(ONE, received_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert count(sunday_night, Measure.WEEK) == ["2026-03-02"]
    assert count(sunday_night, Measure.HOUR) == ["00"]


def test_what_was_joined_with_another_is_counted_there() -> None:
    assert tallied([replace(ONE, state=State.MERGED)], BRUSSELS, TODAY) == []


def test_a_year_is_its_whole_weeks_and_every_week_is_there() -> None:
    since, until = year_of(2026)
    assert (since, until) == (date(2025, 12, 29), date(2027, 1, 4))
    report = report_of(since, until, [*tallied([ONE, ONE], BRUSSELS, TODAY), Tally(since, Measure.WEEK, str(since), 3)])
    assert len(report.counts[Measure.WEEK]) == 53
    assert report.total == 5
    assert list(report.counts[Measure.PROMISE]) == ["kept", "broken", "running", "no_letter"]
    assert report.counts[Measure.RIGHT] == {"access": 2}


def test_a_small_number_is_told_as_small_unless_it_may_be_known() -> None:
    assert [told(number, exact=False) for number in (0, 1, 4, 5, 70)] == ["0", "<5", "<5", "5", "70"]
    assert told(1, exact=True) == "1"
