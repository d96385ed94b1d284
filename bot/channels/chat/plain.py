"""Text from a phone made harmless: no controls, no bidirectional marks, no torn surrogates, never too long."""

import re
import unicodedata
from typing import Final

_BREAKS: Final = re.compile(r"\r\n|[\r\u0085\u2028\u2029]")
_SPACES: Final = re.compile(r"\s+")
_JOINERS: Final = "\u200c\u200d"  # Persian and Indic names need them, and families of emoji


def one_line(text: str, limit: int) -> str:
    """Return a text on one line, its blanks single, at most `limit` long."""
    return _SPACES.sub(" ", many_lines(text, limit * 4)).strip()[:limit].rstrip()


def many_lines(text: str, limit: int) -> str:
    """Return a text with plain line ends, at most `limit` long."""
    return "".join(c for c in _BREAKS.sub("\n", text[:limit]) if _is_visible(c))


def _is_visible(character: str) -> bool:
    if character.isprintable() or character in "\n\t" or character in _JOINERS:
        return True
    return unicodedata.category(character) in {"Zs", "Cn"}  # blanks; letters newer than this Python
