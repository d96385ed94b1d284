"""The reliability picture: how often the reader is right when it says how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

BINS: Final = 10
_SIZE: Final = 320
_EDGE: Final = 40


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings of about the same confidence."""

    low: float
    high: float
    messages: int
    confidence: float
    right: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "from": self.low,
            "to": self.high,
            "messages": self.messages,
            "said": self.confidence,
            "right": self.right,
        }

    def as_text(self) -> str:
        """Return one line for a terminal."""
        return (
            f"  {self.low:.1f}-{self.high:.1f}  {self.messages:5}  said {self.confidence:.2f}  right {self.right:.2f}"
        )


def bins(readings: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Sort (confidence, exactly right) into bins; empty ones are left out."""
    found = []
    for number in range(BINS):
        inside = [(said, right) for said, right in readings if min(int(said * BINS), BINS - 1) == number]
        if inside:
            said = sum(said for said, _ in inside) / len(inside)
            right = sum(right for _, right in inside) / len(inside)
            found.append(Bin(number / BINS, (number + 1) / BINS, len(inside), round(said, 4), round(right, 4)))
    return found


def picture(parts: Sequence[Bin]) -> str:
    """Draw the bins as SVG; on the diagonal the reader is as sure as it is right, a larger dot is more messages."""
    most = max((part.messages for part in parts), default=1)
    dots = [_dot(part, most) for part in parts]
    far = _EDGE + _SIZE
    whole = far + _EDGE // 2
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" font-size="12">',
        "<title>How often the reader is exactly right, by how sure it is</title>",
        f'<rect width="{whole}" height="{whole}" fill="#fff"/>',
        f'<rect x="{_EDGE}" y="0" width="{_SIZE}" height="{_SIZE}" fill="none" stroke="#999"/>',
        f'<line x1="{_EDGE}" y1="{_SIZE}" x2="{far}" y2="0" stroke="#999" stroke-dasharray="4"/>',
        *dots,
        f'<text x="{far}" y="{_SIZE + 20}" text-anchor="end">confidence 0 to 1</text>',
        f'<text x="14" y="{_SIZE}" transform="rotate(-90 14 {_SIZE})">exactly right 0 to 1</text>',
        "</svg>",
    ])  # fmt: skip


def _dot(part: Bin, most: int) -> str:
    x, y = _EDGE + part.confidence * _SIZE, _SIZE - part.right * _SIZE
    radius = 3 + 9 * (part.messages / most) ** 0.5
    said = f"{part.messages} messages, said {part.confidence:.2f}, right {part.right:.2f}"
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
    return f'<circle {place} fill="#2a6f97" fill-opacity="0.7"><title>{said}</title></circle>'
