"""Copies of the files that a chat platform keeps for a while: made soon, tried a few times, and said when lost."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from bot.core.messages import Message

WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""Between one try and the next. Meta's addresses live for a day or less, so after the last there is no use in more."""

MOST_TRIES: Final = len(WAITS) + 1


class CopyState(StrEnum):
    """What became of a copy."""

    WANTED = "wanted"
    KEPT = "kept"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class WantedCopy:
    """One file to be copied now, leased to this worker: the part `part` of a message; `attempts` counts this one."""

    message: str
    part: int
    attempts: int
    fence: int

    def next_try(self, now: datetime) -> datetime | None:
        """Return when to try again, or None when it was tried often enough."""
        return now + WAITS[self.attempts - 1] if self.attempts < MOST_TRIES else None


@dataclass(frozen=True, slots=True)
class Copied:
    """What is known of one file's copy; `error` says in our own words why it is not there yet, or never will be."""

    state: CopyState
    error: str = ""


class Copies(Protocol):
    """The copies within one unit; a message's copies are sealed as parts of it, and destroyed with it."""

    def want(self, message: str, read: Message, now: datetime) -> None:
        """Ask for a copy of each file that lies with a platform; asked again, it changes nothing."""

    def claim(self, channels: Collection[str], now: datetime, limit: int, lease: timedelta) -> Sequence[WantedCopy]:
        """Lease what is due on these channels; counts one attempt each."""

    def keep(self, wanted: WantedCopy, content: bytes) -> None:
        """Seal a copy. Raises StaleClaim when the lease was lost or the message was destroyed meanwhile."""

    def put_off(self, wanted: WantedCopy, error: str, until: datetime | None) -> None:
        """Note why there is no copy yet; without a time there never will be. Raises StaleClaim."""

    def of(self, message: str) -> Mapping[int, Copied]:
        """Return what is known of a message's copies, by part."""

    def content(self, message: str, part: int) -> bytes | None:
        """Return a kept copy. Raises SealBroken for one that was damaged."""
