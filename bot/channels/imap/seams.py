"""What the mailbox has to remember elsewhere: how far each folder was seen, and which mails may be moved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.records import Cursor


class Cursors(Protocol):
    """How far each folder was seen. A source is "mailbox/folder"."""

    async def get(self, source: str) -> Cursor | None:
        """Return how far a folder was seen, None before its first start."""

    async def set(self, source: str, cursor: Cursor) -> None:
        """Remember it durably. Raises StorageUnavailable."""

    async def first_seen(self, source: str) -> datetime | None:
        """Return when the first cursor of a folder was set, None if nobody knows.

        A rescan after a new UIDVALIDITY leaves older mail alone: it was in the mailbox before we were.
        """


class Settled(Protocol):
    """What became of the mails that were handed over, as far as the mailbox needs to know."""

    async def to_move(self, source: str, limit: int) -> Sequence[str]:
        """Return events of mails that belong to a case (or double one that does) and are not recorded as moved."""

    async def moved(self, source: str, events: Sequence[str]) -> None:
        """Record that these lie in the done folder, or are gone, so that they are not named again."""
