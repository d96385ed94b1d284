"""A long text in messages that a platform takes: cut between paragraphs, lines, sentences or words, in this order."""

import unicodedata
from typing import Final

MOST_UNITS: Final = 4096
"""Telegram's limit, the longest of all, counted in UTF-16 units: the strictest reading of "characters"."""

_SEAMS: Final = ("\n\n", "\n", ". ", " ")
_JOINER: Final = "\u200d"


def split(text: str, limit: int = MOST_UNITS) -> list[str]:
    """Return the text in pieces of at most `limit` UTF-16 units; a blank text has none."""
    pieces = []
    rest = text.strip()
    while rest:
        head = rest[: _fitting(rest, limit)]
        if len(head) < len(rest):
            head = head[: _seam(head, rest)]
        pieces.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return pieces


def _fitting(text: str, limit: int) -> int:
    """Return how many characters from the start fit."""
    units = 0
    for count, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > limit:
            return count
    return len(text)


def _seam(head: str, text: str) -> int:
    """Return where to cut: at the best seam of the second half, else between two whole characters."""
    for seam in _SEAMS:
        found = head.rfind(seam, len(head) // 2)
        if found > 0:
            return found + len(seam)
    if text[len(head)].isspace():
        return len(head)
    at = len(head)
    while at > len(head) // 2 and _hangs_together(text[at - 1], text[at]):
        at -= 1
    return at


def _hangs_together(left: str, right: str) -> bool:
    """Whether a cut would tear an accent, an emoji's colour or a family of emoji apart."""
    return _JOINER in {left, right} or unicodedata.category(right) in {"Mn", "Me", "Mc"} or "🏻" <= right <= "🏿"
