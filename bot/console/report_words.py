"""What a report calls its questions and answers, and the table of each: the same on the page, in CSV and as PDF."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from bot.console.dates import patterns_of
from bot.console.labels import LABELS
from bot.console.words import N_
from bot.core.figures import FEW, Measure, Report, told

Say = Callable[[str], str]

QUESTIONS: Final[Mapping[Measure, str]] = {
    Measure.WEEK: N_("Requests by week"),
    Measure.RIGHT: N_("Requests by right"),
    Measure.LANGUAGE: N_("Requests by language"),
    Measure.CHANNEL: N_("Requests by channel"),
    Measure.PROMISE: N_("Answered within our promise"),
    Measure.MONTH: N_("Answered within the legal time"),
    Measure.FIRST_ANSWER: N_("Time to the first answer"),
    Measure.READING: N_("How the desk read them"),
    Measure.IDENTITY: N_("Who was asked for proof"),
    Measure.HOUR: N_("Requests by hour of the day"),
}
"""In the order of a report."""

_KEPT: Final = {
    "kept": N_("in time"),
    "broken": N_("late"),
    "running": N_("still open, in time"),
    "no_letter": N_("ended without a letter"),
}
_ANSWERS: Final[Mapping[Measure, Mapping[str, str]]] = {
    Measure.PROMISE: _KEPT,
    Measure.MONTH: _KEPT,
    Measure.FIRST_ANSWER: {
        "same_day": N_("the same day"),
        "days_1_3": N_("1 to 3 days"),
        "days_4_7": N_("4 to 7 days"),
        "days_8_30": N_("8 to 30 days"),
        "later": N_("more than 30 days"),
    },
    Measure.READING: {"as_read": N_("as it was meant"), "corrected": N_("a colleague put it right")},
    Measure.IDENTITY: {
        "not_asked": N_("nobody was asked"),
        "proved": N_("asked, and proven"),
        "vouched": N_("a colleague vouched"),
        "not_shown": N_("asked, and not proven"),
    },
}
_SMALL: Final = FEW // 2
"""How long a bar is whose number is only told to be small."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: its name for programs and for people, its number as it may be read, and the length of its bar."""

    value: str
    label: str
    number: str
    size: int


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its answers."""

    measure: Measure
    question: str
    rows: Sequence[Row]


def answered(report: Report, say: Say, language: str, *, exact: bool) -> Sequence[Answered]:
    """Return the tables of a report in words; small numbers are told as small unless `exact`."""
    return [
        Answered(
            measure,
            say(question),
            [
                Row(value, _label(measure, value, say, language), told(number, exact=exact), _size(number, exact=exact))
                for value, number in report.counts[measure].items()
            ],
        )
        for measure, question in QUESTIONS.items()
    ]


def _size(number: int, *, exact: bool) -> int:
    return number if exact or number == 0 or number >= FEW else _SMALL


def _label(measure: Measure, value: str, say: Say, language: str) -> str:
    if measure is Measure.WEEK:
        return format_date(date.fromisoformat(value), patterns_of(language).short_day, locale=language)
    if measure is Measure.LANGUAGE:
        return _language(value, language) or say(N_("unknown"))
    if measure is Measure.HOUR:
        return f"{value}:00"
    known = _ANSWERS.get(measure, LABELS)
    return say(known[value]) if value in known else value or say(N_("unknown"))


def _language(value: str, language: str) -> str:
    try:
        return Locale.parse(value).get_display_name(language) or value
    except (UnknownLocaleError, ValueError):
        return value
