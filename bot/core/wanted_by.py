"""By when an authority's letter may want its answer: days read from its words, for a colleague to confirm. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.core.deadlines import add_months

MOST: Final = 3
"""How many days are proposed: a letter that names more is to be read."""

_MONTHS: Final = (
    ("janvier", "january", "januari", "januar", "jänner"),
    ("février", "fevrier", "february", "februari", "februar"),
    ("mars", "march", "maart", "märz"),
    ("avril", "april"),
    ("mai", "may", "mei"),
    ("juin", "june", "juni"),
    ("juillet", "july", "juli"),
    ("août", "aout", "august", "augustus"),
    ("septembre", "september"),
    ("octobre", "october", "oktober"),
    ("novembre", "november"),
    ("décembre", "decembre", "december", "dezember"),
)
_MONTH: Final = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NAMES: Final = "|".join(sorted(_MONTH, key=len, reverse=True))
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d.-])(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?![\d-])",
        r"(?<![\d./-])(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month>{_NAMES}),?\s+(?P<year>\d{{4}})(?!\d)",
        rf"\b(?P<month>{_NAMES})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)",
    )
)
_ANYWHERE: Final = re.compile(
    r"au plus tard|délai|échéance|at the latest|(?:no|not) later than|deadline|uiterlijk|termijn|spätestens|\bfrist\b",
    re.IGNORECASE,
)
"""Says that a day in the same breath is the last one."""

_THE: Final = r"(?:(?:le|the|de|den|dem)\s+)?"
_RIGHT_BEFORE: Final = re.compile(
    r"\b(?:avant|pour|d[’']ici(?: au)?|jusqu[’']au|by|before|until|due(?: on)?"
    r"|voor|vóór|tot(?: en met)?|bis(?: zum)?|vor|zum)"
    rf"\s+{_THE}(?:(?:\w+(?:day|dag|di|tag)|mittwoch|dimanche),?\s+{_THE})?$",
    re.IGNORECASE,
)
"""Says it only where the day follows at once, at most with its weekday between."""

_NUMBERS: Final = (
    (1, "one|un|une|een|één|einem|einer|eines"),
    (2, "two|deux|twee|zwei"),
    (3, "three|trois|drie|drei"),
    (4, "four|quatre|vier"),
    (8, "eight|huit|acht"),
    (10, "ten|dix|tien|zehn"),
    (14, "fourteen|quatorze|veertien|vierzehn"),
    (15, "fifteen|quinze|vijftien|fünfzehn"),
    (30, "thirty|trente|dertig|dreißig"),
)
_NUMBER: Final = {word: number for number, words in _NUMBERS for word in words.split("|")}
_SPAN: Final = re.compile(
    r"\b(?:within|in|dans|sous|binnen|innerhalb(?: von)?)\s+"
    r"(?:un délai d(?:e\s+|[’'])|les\s+|a (?:period|time limit) of\s+)?"
    rf"(?P<number>\d{{1,2}}|a|{'|'.join(_NUMBER)})\s+(?:calendar |working |business )?"
    r"(?:days?|jours?|dagen|tagen?|werkdagen|werktagen?"
    r"|(?P<weeks>weeks?|semaines?|weken|wochen?)|(?P<months>months?|mois|maanden|maand|monate?n?s?))\b",
    re.IGNORECASE,
)
_BEFORE, _AFTER = 60, 30
"""How many characters around a day are the same breath."""


@dataclass(frozen=True, slots=True)
class WantedBy:
    """One day a letter may mean, and its words around it."""

    day: date
    words: str


def wanted_by(text: str, received: date) -> tuple[WantedBy, ...]:
    """Return the days by which a letter may want its answer, the nearest first; those before it came are none.

    Dates are read where words beside them set a limit; spans, such as "within 14 days", count from the day it came.
    """
    flat = " ".join(text.split())
    found: dict[date, str] = {}
    for start, end, day in sorted([*_dated(flat), *_spans(flat, received)]):
        if day > received:
            found.setdefault(day, flat[max(0, start - _BEFORE) : end + _AFTER].strip())
    return tuple(WantedBy(day, found[day]) for day in sorted(found))[:MOST]


def _dated(text: str) -> Iterator[tuple[int, int, date]]:
    found = sorted((match.span(), match) for pattern in _DATES for match in pattern.finditer(text))
    ends = 0
    for (start, end), match in found:
        before, after = text[max(ends, start - _BEFORE) : start], text[end : end + _AFTER]
        ends = end
        if _RIGHT_BEFORE.search(before) or _ANYWHERE.search(before) or _ANYWHERE.match(after.lstrip(" ,")):
            month = match["month"].lower()
            day = _date(int(match["year"]), _MONTH.get(month) or int(month), int(match["day"]))
            if day is not None:
                yield start, end, day


def _spans(text: str, received: date) -> Iterator[tuple[int, int, date]]:
    for match in _SPAN.finditer(text):
        written = match["number"].lower()
        number = 1 if written == "a" else _NUMBER.get(written) or int(written)
        if match["weeks"]:
            day = received + timedelta(weeks=number)
        else:
            day = add_months(received, number) if match["months"] else received + timedelta(days=number)
        yield match.start(), match.end(), day


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
