"""How the desk itself is: whether every way in is watched and reached, and what waits to be read or sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

SILENT: Final = timedelta(minutes=2)
"""After so long without a word of the process that watches a way in, nobody does."""
AWAY: Final = timedelta(minutes=5)
"""So long a way in may fail, and mend itself, before somebody is told."""


class Condition(Protocol):
    """What a way in knows of itself; empty words mean that nothing is wrong."""

    last_contact: datetime | None

    @property
    def last_error(self) -> str:
        """What is wrong now, in our own words."""

    @property
    def backlog(self) -> int | None:
        """How many messages wait at the other end, where that is known."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """How one way in is, as the process that watches it told last; `version` is that process's."""

    name: str
    told_at: datetime
    last_contact: datetime | None = None
    last_error: str = ""
    backlog: int | None = None
    refused: int = 0
    version: str = ""

    def is_unwatched(self, now: datetime) -> bool:
        """Say whether no process looks after it any more."""
        return now - self.told_at > SILENT

    def is_away(self, now: datetime) -> bool:
        """Say whether what people send by it may not be coming in."""
        unreached = self.last_contact is None or now - self.last_contact > AWAY
        return self.is_unwatched(now) or (bool(self.last_error) and unreached)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: messages not read yet by way in, letters not sent yet, and since when the oldest of each."""

    unread: Mapping[str, int] = field(default_factory=dict)
    unread_since: datetime | None = None
    letters: int = 0
    letters_since: datetime | None = None

    def unread_of(self, name: str) -> int:
        """Count what came in by one way; a mailbox counts its folders, which are told as name/folder."""
        own = (count for source, count in self.unread.items() if source == name or source.startswith(f"{name}/"))
        return sum(own)


class Pulses(Protocol):
    """What processes tell each other of the ways in."""

    def put(self, vitals: Vitals) -> None:
        """Store how one way in is; a contact known already is not forgotten."""

    def listed(self) -> Sequence[Vitals]:
        """Return what was told of each, by name."""

    def waiting(self) -> Waiting:
        """Count what waits, from partial indexes."""
