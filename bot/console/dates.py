"""How dates are written: day first, the clock of 24 hours; German puts a dot after the day of the month (DIN 5008)."""

from typing import Final, NamedTuple


class Patterns(NamedTuple):
    """Patterns of Unicode TR 35: a day with its weekday, a day within a year, a moment."""

    day: str
    short_day: str
    moment: str


_MOSTLY: Final = Patterns("EEEE d MMMM y", "d MMM", "d MMM y, HH:mm")
_IN: Final = {"de": Patterns("EEEE, d. MMMM y", "d. MMM", "d. MMM y, HH:mm")}


def patterns_of(language: str) -> Patterns:
    """Return how a language writes dates."""
    return _IN.get(language, _MOSTLY)
