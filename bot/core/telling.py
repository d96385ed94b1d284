"""Whether a text tells something that is held on record, however it is written there."""

import re
from typing import Final

_LEAST: Final = 4
"""Shorter values, a country or a title, are ordinary words too."""

_LEAST_DIGITS: Final = 6


def tells(text: str, value: str) -> bool:
    """Say whether a value stands in a text, however it is spaced and cased, and however its figures are grouped."""
    wanted = " ".join(value.split())
    if len(wanted) < _LEAST:
        return False
    if re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", " ".join(text.split()), re.IGNORECASE):
        return True
    return sum(map(str.isdigit, wanted)) >= _LEAST_DIGITS and _bare(wanted) in _bare(text)


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
