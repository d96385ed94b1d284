"""Pictures of counts, laid out here and drawn as SVG by the template: bars, from left to right or upwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 160
_ROW: Final = 30
_LABELS: Final = 220
_NUMBERS: Final = 60
_GAP: Final = 0.2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its words; lengths in units of the picture. A `mark` stands below every so many upright bars."""

    label: str
    number: str
    x: float
    y: float
    width: float
    height: float
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: its bars and its size."""

    bars: Sequence[Bar]
    width: int
    height: int
    upright: bool


def lying(counts: Sequence[tuple[str, str, int]]) -> Chart:
    """Lay bars under each other, each with its label before it and its number behind it."""
    longest = max([size for _, _, size in counts], default=0) or 1
    room = WIDTH - _LABELS - _NUMBERS
    bars = [
        Bar(label, number, _LABELS, place * _ROW + 6, round(room * size / longest, 1), _ROW - 12)
        for place, (label, number, size) in enumerate(counts)
    ]
    return Chart(bars, WIDTH, max(len(counts), 1) * _ROW, upright=False)


def upright(counts: Sequence[tuple[str, str, int]], every: int) -> Chart:
    """Set bars beside each other, every so many with its label below it."""
    highest = max([size for _, _, size in counts], default=0) or 1
    step = WIDTH / max(len(counts), 1)
    bars = [
        Bar(
            label,
            number,
            round((place + _GAP / 2) * step, 1),
            round(HEIGHT - HEIGHT * size / highest, 1),
            round((1 - _GAP) * step, 1),
            round(HEIGHT * size / highest, 1),
            label if place % every == 0 else "",
        )
        for place, (label, number, size) in enumerate(counts)
    ]
    return Chart(bars, WIDTH, HEIGHT + 24, upright=True)
