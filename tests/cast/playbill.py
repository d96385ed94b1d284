"""Who plays, in the order of their entrance."""

from collections.abc import Callable
from typing import Final

from tests.cast.actor import Character, Script

CAST: Final[list[Character]] = []

COLUMNS: Final = ("number", "name", "emails", "phones", "telegram", "language", "address")
"""Of the directory's file; an address of the street kind is a field of the company's own."""

SECRETS: Final = ("number", "phones", "address")
"""What the directory knows and no message may say before colleagues approved it."""


def plays(name: str, address: str, language: str, /, *, chat: int = 0, **record: str) -> Callable[[Script], Script]:
    """Add a person to the cast. `record` is what the company has on file, nothing for a stranger."""

    def enlist(script: Script) -> Script:
        row = {"name": name, "emails": address, "language": language, **record} if record else {}
        CAST.append(Character(name, address, language, script, row, chat))
        return script

    return enlist
