"""Our own prose in a letter, apart from quotes and the values of a record, and what is said in it. Pure."""

import re
from typing import Final

from babel.dates import get_month_names

from bot.core.rights import OUR_LANGUAGES

COMPLAINT: Final = {"fr": r"réclamation|plainte", "en": r"complain", "nl": r"klacht", "de": r"beschwer"}
COURT: Final = {
    "fr": r"justice|tribuna|juridiction",
    "en": r"\bcourts?\b|tribunal",
    "nl": r"rechter|rechtbank",
    "de": r"\bgericht",
}
"""How each language speaks of complaining, and of going to court."""


def own_prose(body: str) -> str:
    """Return our own prose; whatever else there is leaves an empty line."""
    return "\n".join("" if line.startswith((">", "- ", "  ")) else line for line in body.split("\n"))


def unquoted(body: str) -> str:
    """Return all but what somebody else wrote."""
    return "\n".join(line for line in body.split("\n") if not line.startswith(">"))


def is_said(pattern: str, text: str) -> bool:
    """Say whether a text holds a pattern, in capitals or not, `^` at the start of any line."""
    return re.search(pattern, text, re.IGNORECASE | re.MULTILINE) is not None


def names_a_day(text: str) -> bool:
    """Say whether a text names a day in full, in one of our languages."""
    months = (name for language in OUR_LANGUAGES for name in get_month_names("wide", locale=language).values())
    return is_said(rf"\b\d{{1,2}}(?:er|\.)? (?:{'|'.join(map(re.escape, months))}) \d{{4}}\b", text)
