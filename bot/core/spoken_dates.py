"""A date as people write it: 1980-05-12, 12.5.1980, 12 mai 1980, May 12th, 1980."""

from datetime import date
from typing import Final

MONTHS: Final = (
    ("janvier", "january", "januari", "januar"),
    ("février", "february", "februari", "februar"),
    ("mars", "march", "maart", "märz"),
    ("avril", "april"),
    ("mai", "may", "mei"),
    ("juin", "june", "juni"),
    ("juillet", "july", "juli"),
    ("août", "august", "augustus"),
    ("septembre", "september"),
    ("octobre", "october", "oktober"),
    ("novembre", "november"),
    ("décembre", "december", "dezember"),
)
"""The months in our languages."""


def spellings(day: date) -> tuple[str, ...]:
    """Return how people write a date in our languages, without what stands between: the day goes first, or the month.

    In figures the month never goes first: nobody can tell 5/12 from 12/5. Without its zeros a date keeps its spaces:
    1121980 would be two.
    """
    year, months = f"{day.year:04}", MONTHS[day.month - 1]
    days = (f"{day.day:02}", f"{day.day}", f"{day.day}{_ordinal(day.day)}", *(("1er",) if day.day == 1 else ()))
    months_in_figures = (f"{day.month:02}", f"{day.month}")
    figures = [f"{first} {month} {year}" for first in days[:2] for month in months_in_figures]
    words = [f"{first}{month}{year}" for first in days for month in months]
    turned = [f"{month}{first}{year}" for first in days for month in months]
    full = (f"{year}{day.month:02}{day.day:02}", f"{day.day:02}{day.month:02}{year}")
    return (*full, *figures, *words, *turned)


def _ordinal(number: int) -> str:
    teens = 10 < number % 100 < 14  # noqa: PLR2004 - eleventh, twelfth, thirteenth
    return "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
