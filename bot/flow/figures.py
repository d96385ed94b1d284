"""Figures of a time: a week a commit, so that no count keeps the desk waiting; destroyed cases count on."""

from datetime import date, datetime, time, timedelta

from bot.core.deadlines import Calendar
from bot.core.figures import Report, Tally, report_of, tallied, year_of
from bot.core.ports import Clock
from bot.core.unit import Store, Unit

_WEEK = timedelta(days=7)


async def report_for(store: Store, calendar: Calendar, clock: Clock, year: int, staff: str = "") -> Report:
    """Return the counts of a year's weeks so far; complaints about `staff` are not in it (law.md rule 31)."""
    since, until = year_of(year)
    today = calendar.civil_date(clock.now())
    tallies: list[Tally] = list(await store.transact(lambda unit: unit.figures.kept(since, until)))
    monday = since
    while monday < min(until, today + timedelta(days=1)):
        begins, ends = _midnight(monday, calendar), _midnight(monday + _WEEK, calendar)
        filed = await store.transact(lambda unit, b=begins, e=ends: unit.figures.filed(b, e, staff))  # type: ignore[misc]
        tallies += tallied(filed, calendar.zone, today)
        monday += _WEEK
    return report_of(since, until, tallies)


def count_before_the_end(unit: Unit, case_id: str, calendar: Calendar, now: datetime) -> None:
    """Keep what a case counts, which is about to be destroyed."""
    filed = unit.figures.of_case(case_id)
    unit.figures.keep(tallied(filed, calendar.zone, calendar.civil_date(now)))


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time(), calendar.zone)
