"""Counting what was asked and how well it was answered: one table a question, never two questions crossed. Pure.

What is counted is each right of each case by the week it came in. No count holds anything of a person, and none tells
two things at once: that is what may be left of a destroyed case (law.md rule 44).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final, Protocol

from bot.core.case import OPEN_STATES, State

FEW: Final = 5
"""A smaller number could point at somebody: whoever may not see every case is told that it is small, and no more."""

_WEEK: Final = timedelta(days=7)


class Measure(StrEnum):
    """The questions."""

    WEEK = "week"
    RIGHT = "right"
    LANGUAGE = "language"
    CHANNEL = "channel"
    PROMISE = "promise"
    MONTH = "month"
    FIRST_ANSWER = "first_answer"
    READING = "reading"
    IDENTITY = "identity"
    HOUR = "hour"


ANSWERS: Final[Mapping[Measure, tuple[str, ...]]] = {
    Measure.PROMISE: ("kept", "broken", "running", "no_letter"),
    Measure.MONTH: ("kept", "broken", "running", "no_letter"),
    Measure.FIRST_ANSWER: ("same_day", "days_1_3", "days_4_7", "days_8_30", "later"),
    Measure.READING: ("as_read", "corrected"),
    Measure.IDENTITY: ("not_asked", "proved", "vouched", "not_shown"),
    Measure.HOUR: tuple(f"{hour:02}" for hour in range(24)),
}
"""The answers of a question that has an order of its own."""

_DAYS: Final = ((0, "same_day"), (3, "days_1_3"), (7, "days_4_7"), (30, "days_8_30"))


@dataclass(frozen=True, slots=True)
class Filed:
    """One right of one case as it is counted; `identity` is what was shown where something was asked.

    `answered_at` is when the first answer was approved that then left. Times in UTC.
    """

    received_at: datetime
    right: str
    state: State
    language: str
    channel: str
    promise_due: date
    legal_due: date | None
    answered_at: datetime | None
    corrected: bool
    identity: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one question had one answer among what came in one week, told by its Monday."""

    week: date
    measure: Measure
    value: str
    number: int


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of the weeks from one Monday till before another."""

    since: date
    until: date
    counts: Mapping[Measure, Mapping[str, int]]

    @property
    def total(self) -> int:
        """How many rights came in."""
        return sum(self.counts[Measure.WEEK].values())


class Figures(Protocol):
    """What is counted, of cases that are there and of those that were destroyed."""

    def filed(self, since: datetime, until: datetime, staff: str = "") -> Sequence[Filed]:
        """Return what came in within a time but in complaints about `staff`; columns and counts, no text is opened."""

    def of_case(self, case_id: str) -> Sequence[Filed]:
        """Return what one case counts."""

    def keep(self, tallies: Iterable[Tally]) -> None:
        """Add to the counts of what is destroyed."""

    def kept(self, since: date, until: date) -> Sequence[Tally]:
        """Return the counts of what was destroyed and had come in between two Mondays."""


def tallied(filed: Iterable[Filed], zone: tzinfo, today: date) -> Sequence[Tally]:
    """Count rights by week and question; what was joined with another counts there."""
    counted = Counter(
        (_monday(one.received_at.astimezone(zone).date()), measure, value)
        for one in filed
        if one.state is not State.MERGED
        for measure, value in _answers(one, zone, today)
    )
    return [Tally(week, measure, value, number) for (week, measure, value), number in counted.items()]


def report_of(since: date, until: date, tallies: Iterable[Tally]) -> Report:
    """Add tallies up; every week is there, and every answer of a question with an order, also where it is nought."""
    counts: dict[Measure, Counter[str]] = {
        measure: Counter(dict.fromkeys(ANSWERS.get(measure, ()), 0)) for measure in Measure
    }
    weeks = ((since + number * _WEEK) for number in range((until - since) // _WEEK))
    counts[Measure.WEEK].update(dict.fromkeys(map(str, weeks), 0))
    for tally in tallies:
        counts[tally.measure][tally.value] += tally.number
    return Report(since, until, {measure: _in_order(measure, found) for measure, found in counts.items()})


def year_of(year: int) -> tuple[date, date]:
    """Return the first Monday of a year's weeks and that of the next (ISO 8601: 52 or 53 whole weeks)."""
    return date.fromisocalendar(year, 1, 1), date.fromisocalendar(year + 1, 1, 1)


def told(number: int, *, exact: bool) -> str:
    """Return a number as it may be read: exactly, or as small."""
    return str(number) if exact or number == 0 or number >= FEW else f"<{FEW}"


def _in_order(measure: Measure, found: Counter[str]) -> Mapping[str, int]:
    if measure is Measure.WEEK or measure in ANSWERS:
        return {value: found[value] for value in (sorted(found) if measure is Measure.WEEK else ANSWERS[measure])}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _answers(one: Filed, zone: tzinfo, today: date) -> Iterable[tuple[Measure, str]]:
    received = one.received_at.astimezone(zone)
    answered = one.answered_at.astimezone(zone).date() if one.answered_at else None
    yield Measure.WEEK, str(_monday(received.date()))
    yield Measure.RIGHT, one.right
    yield Measure.LANGUAGE, one.language
    yield Measure.CHANNEL, one.channel
    yield Measure.HOUR, f"{received:%H}"
    yield Measure.READING, "corrected" if one.corrected else "as_read"
    yield Measure.IDENTITY, one.identity
    yield Measure.PROMISE, _kept(one, one.promise_due, answered, today)
    if one.legal_due is not None:
        yield Measure.MONTH, _kept(one, one.legal_due, answered, today)
    if answered is not None:
        days = (answered - received.date()).days
        yield Measure.FIRST_ANSWER, next((name for most, name in _DAYS if days <= most), "later")


def _kept(one: Filed, due: date, answered: date | None, today: date) -> str:
    if answered is not None:
        return "kept" if answered <= due else "broken"
    if one.state not in OPEN_STATES:
        return "no_letter"
    return "running" if today <= due else "broken"
