"""What a mailbox has to remember: how far each folder was seen, and which mails may be moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.records import Cursor
from bot.core.unit import Store


@dataclass(frozen=True, slots=True)
class MailboxMemory:
    """The inbox's ledger, as a mailbox asks for it; a source is "mailbox/folder"."""

    store: Store

    async def get(self, source: str) -> Cursor | None:
        """Return how far a folder was seen, None before its first start."""
        return await self.store.transact(lambda unit: unit.inbox.cursor(source))

    async def set(self, source: str, cursor: Cursor) -> None:
        """Remember it durably. Raises StorageUnavailable."""
        await self.store.transact(lambda unit: unit.inbox.move_cursor(source, cursor))

    async def first_seen(self, source: str) -> datetime | None:
        """Return when the folder was first watched."""
        return await self.store.transact(lambda unit: unit.inbox.watched_since(source))

    async def to_move(self, source: str, limit: int) -> Sequence[str]:
        """Return events of mails that belong to a case and still lie where they arrived."""
        return await self.store.transact(lambda unit: unit.inbox.settled(source, limit))

    async def moved(self, source: str, events: Sequence[str]) -> None:
        """Record that these lie in the done folder, or are gone."""
        await self.store.transact(lambda unit: unit.inbox.moved(source, events))
