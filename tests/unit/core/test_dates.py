"""A table of dates: leap years, 31sts, daylight saving, year ends and the holidays of several countries.

law.md rules 3-6; Art. 12(3) GDPR; Regulation 1182/71 Art. 2(1), 3(1), 3(2)(c), 3(3), 3(4). The holidays are those the
`holidays` package knows; each country's calendar is built as the service builds it.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.deadlines import Calendar, add_months, extended_due, promise_due, statutory_alarm, statutory_due

ZONES = {
    "NL": "Europe/Amsterdam",
    "BE": "Europe/Brussels",
    "FR": "Europe/Paris",
    "DE-BY": "Europe/Berlin",
    "DE-BE": "Europe/Berlin",
    "LU": "Europe/Luxembourg",
    "IE": "Europe/Dublin",
    "PT": "Europe/Lisbon",
    "GR": "Europe/Athens",
    "SE": "Europe/Stockholm",
    "FI": "Europe/Helsinki",
    "PL": "Europe/Warsaw",
}


@cache
def where(place: str) -> Calendar:
    country, _, subdivision = place.partition("-")
    days = holidays.country_holidays(country, subdiv=subdivision or None, years=range(2023, 2034))
    return Calendar(ZoneInfo(ZONES[place]), frozenset(days))


def moment(written: str) -> datetime:
    """Read a local date (noon, UTC) or an exact moment in UTC."""
    if "T" in written:
        return datetime.fromisoformat(written).replace(tzinfo=UTC)
    return datetime.fromisoformat(written).replace(hour=12, tzinfo=UTC)


MONTHS = [
    # the examples of law.md rule 4
    ("NL", "2026-01-31", "2026-03-02"),  # 28 February is a Saturday
    ("NL", "2026-02-28", "2026-03-30"),  # 28 March is a Saturday
    ("NL", "2026-03-05", "2026-04-07"),  # Easter Sunday and Monday
    # the same date one month later, on a working day
    ("NL", "2026-01-05", "2026-02-05"),
    ("NL", "2026-06-02", "2026-07-02"),
    ("FR", "2026-09-15", "2026-10-15"),
    # the 29th, 30th and 31st: the last day of a shorter month
    ("NL", "2027-01-29", "2027-03-01"),  # 28 February 2027 is a Sunday
    ("NL", "2027-01-30", "2027-03-01"),
    ("NL", "2026-03-31", "2026-04-30"),
    ("NL", "2026-05-31", "2026-06-30"),
    ("NL", "2026-08-31", "2026-09-30"),
    ("NL", "2026-10-31", "2026-11-30"),
    ("NL", "2026-07-31", "2026-08-31"),
    ("NL", "2026-04-30", "2026-06-01"),  # 30 May is a Saturday, not 31 May
    # leap years
    ("NL", "2028-01-29", "2028-02-29"),
    ("NL", "2028-01-30", "2028-02-29"),
    ("NL", "2028-01-31", "2028-02-29"),
    ("NL", "2024-01-31", "2024-02-29"),
    ("NL", "2028-02-29", "2028-03-29"),
    ("NL", "2024-02-29", "2024-04-02"),  # Good Friday counts as one in the Dutch law on time limits
    ("FR", "2024-02-29", "2024-03-29"),  # and not in France
    # year ends
    ("NL", "2026-12-31", "2027-02-01"),  # 31 January is a Sunday
    ("NL", "2025-12-31", "2026-02-02"),  # a Saturday
    ("NL", "2026-12-01", "2027-01-04"),  # New Year's Day is a Friday
    ("FR", "2025-11-25", "2025-12-26"),  # Christmas Day is a Thursday
    ("NL", "2025-11-25", "2025-12-29"),  # and the 26th a holiday in the Netherlands
    ("DE-BY", "2025-11-25", "2025-12-29"),
    ("DE-BE", "2024-11-24", "2024-12-24"),  # Christmas Eve is a working day
    # past midnight where the company is: the civil date counts
    ("NL", "2026-03-01T23:30", "2026-04-02"),  # 2 March at 0:30
    ("NL", "2026-06-30T22:30", "2026-08-03"),  # 1 July at 0:30; 1 August is a Saturday
    ("PT", "2026-06-30T22:30", "2026-07-30"),  # still 30 June in Lisbon
    ("FI", "2026-06-30T21:30", "2026-08-03"),  # already 1 July in Helsinki
    ("NL", "2025-12-31T23:15", "2026-02-02"),  # 1 January 2026; 1 February is a Sunday
    # daylight saving: the clock skips or repeats an hour, the dates do not
    ("NL", "2026-03-29T00:30", "2026-04-29"),
    ("NL", "2026-03-29T01:30", "2026-04-29"),
    ("NL", "2026-03-29T22:30", "2026-04-30"),  # summer time: 0:30 on the 30th
    ("NL", "2026-10-25T00:30", "2026-11-25"),
    ("NL", "2026-10-25T23:30", "2026-11-26"),  # winter time: 0:30 on the 26th
    ("IE", "2026-10-24T23:30", "2026-11-25"),  # 25 October in Dublin
    # what is a holiday depends on the place (Reg. 1182/71 Art. 2(1))
    ("FR", "2026-06-14", "2026-07-15"),  # the 14th of July
    ("BE", "2026-06-14", "2026-07-14"),
    ("BE", "2026-06-21", "2026-07-22"),  # the Belgian national day
    ("FR", "2026-06-21", "2026-07-21"),
    ("FR", "2026-04-08", "2026-05-11"),  # 8 May is a Friday
    ("BE", "2026-04-08", "2026-05-08"),
    ("DE-BY", "2026-09-03", "2026-10-05"),  # 3 October is a Saturday
    ("DE-BY", "2026-12-06", "2027-01-07"),  # Epiphany in Bavaria
    ("DE-BE", "2026-12-06", "2027-01-06"),  # and none in Berlin
    ("DE-BE", "2027-02-08", "2027-03-09"),  # International Women's Day in Berlin; 8 March
    ("DE-BY", "2027-02-08", "2027-03-08"),
    ("LU", "2026-05-23", "2026-06-24"),  # the Grand Duke's birthday
    ("NL", "2026-05-23", "2026-06-23"),
    ("IE", "2026-02-17", "2026-03-18"),  # Saint Patrick
    ("GR", "2026-03-13", "2026-04-14"),  # Orthodox Easter Monday
    ("NL", "2026-03-13", "2026-04-13"),
    ("SE", "2026-05-06", "2026-06-08"),  # the national day, a Saturday
    ("PL", "2026-10-11", "2026-11-12"),  # Independence Day
    ("PT", "2026-05-10", "2026-06-11"),  # the day of Portugal; Corpus Christi is no national holiday there any more
    ("NL", "2026-03-27", "2026-04-28"),  # King's Day is a Monday
    ("BE", "2026-10-11", "2026-11-12"),  # Armistice
    ("FR", "2026-10-01", "2026-11-02"),  # All Saints is a Sunday
    # two free days in a row, and a bridge that is none
    ("NL", "2026-04-14", "2026-05-15"),  # Ascension Day is a Thursday, the Friday after is a working day
    ("NL", "2026-04-25", "2026-05-26"),  # Whit Monday
    ("FR", "2025-04-01", "2025-05-02"),  # 1 May is a Thursday
]


def test_the_table_is_long_enough() -> None:
    assert len(MONTHS) >= 60
    assert len(set(MONTHS)) == len(MONTHS)


@pytest.mark.rule(4)
@pytest.mark.parametrize(("place", "received", "due"), MONTHS)
def test_art_12_3_the_month_ends_on_this_day(place: str, received: str, due: str) -> None:
    assert statutory_due(moment(received), where(place)) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("place", "received", "due"),
    [
        ("NL", "2026-01-31", "2026-04-30"),  # never from the moved 2 March
        ("NL", "2025-11-30", "2026-03-02"),  # 28 February is a Saturday
        ("NL", "2027-11-30", "2028-02-29"),
        ("NL", "2026-03-05", "2026-06-05"),  # never from the moved 7 April
        ("FR", "2026-02-14", "2026-05-15"),  # 14 May is Ascension Day
        ("BE", "2026-10-01", "2027-01-04"),  # New Year's Day is a Friday
        ("NL", "2026-12-31", "2027-03-31"),
    ],
)
def test_art_12_3_an_extension_ends_three_months_after_receipt(place: str, received: str, due: str) -> None:
    assert extended_due(moment(received), where(place)) == date.fromisoformat(due)


@pytest.mark.rule(3)
@pytest.mark.parametrize(
    ("place", "received", "promised", "seen"),
    [
        ("NL", "2026-03-02", "2026-03-09", "2026-03-09"),
        ("NL", "2026-03-28", "2026-04-04", "2026-04-02"),  # the Saturday after Good Friday
        ("FR", "2026-03-28", "2026-04-04", "2026-04-03"),
        ("NL", "2026-03-30", "2026-04-06", "2026-04-02"),  # Easter Monday
        ("BE", "2026-07-14", "2026-07-21", "2026-07-20"),
        ("NL", "2025-12-19", "2025-12-26", "2025-12-24"),  # both Christmas days
        ("NL", "2026-03-22T23:30", "2026-03-30", "2026-03-30"),
        ("NL", "2028-02-22", "2028-02-29", "2028-02-29"),
    ],
)
def test_rule_3_the_promise_never_moves_and_colleagues_see_the_working_day_before(
    place: str, received: str, promised: str, seen: str
) -> None:
    there = where(place)
    due = promise_due(moment(received), there)
    assert due == date.fromisoformat(promised)
    assert there.last_working_day(due) == date.fromisoformat(seen)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))
places = st.sampled_from(sorted(ZONES))


@pytest.mark.rule(4, refused=True)
@given(moments, places)
def test_only_an_end_on_a_free_day_moves_and_only_to_the_next_working_day(received: datetime, place: str) -> None:
    there = where(place)
    unmoved, due = statutory_alarm(received, there), statutory_due(received, there)
    free = [unmoved + timedelta(days=n) for n in range((due - unmoved).days)]
    assert there.works(due)
    assert not any(map(there.works, free))


@given(moments, places)
def test_the_law_is_never_shorter_than_the_promise_and_an_extension_never_shorter_than_the_month(
    received: datetime, place: str
) -> None:
    there = where(place)
    assert promise_due(received, there) < statutory_alarm(received, there) <= statutory_due(received, there)
    assert statutory_due(received, there) < extended_due(received, there)


@given(moments, places)
def test_the_hour_of_a_day_never_changes_its_dates(received: datetime, place: str) -> None:
    there = where(place)
    local = received.astimezone(there.zone)
    morning = local.replace(hour=4, minute=0, second=0, microsecond=0).astimezone(UTC)
    assert statutory_due(received, there) == statutory_due(morning, there)
    assert promise_due(received, there) == promise_due(morning, there)


@given(st.dates(date(2024, 1, 1), date(2032, 1, 1)), st.integers(0, 36))
def test_later_receipts_never_have_earlier_ends(day: date, months: int) -> None:
    assert add_months(day, months) <= add_months(day + timedelta(days=1), months)
