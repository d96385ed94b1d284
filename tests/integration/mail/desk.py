"""The rest of the desk as the mail wires meet it: a store in memory that can be away, and a mailbox to read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.imap import ImapSource, Mailbox
from bot.core.errors import StorageUnavailable
from bot.core.messages import Inbound
from bot.core.ports import Source
from bot.core.records import Cursor
from tests.servers.dovecot import Account, Dovecot


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Desk:
    """Keeps each (source, event) once, as the ledger does, and every batch as it came."""

    batches: list[list[Inbound]] = field(default_factory=list)
    kept: dict[tuple[str, str], Inbound] = field(default_factory=dict)
    away: bool = False
    broken: bool = False
    slow: float = 0.0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def accept(self, batch: Sequence[Inbound]) -> None:
        await asyncio.sleep(self.slow)
        self._news.set()
        if self.away:
            raise StorageUnavailable("the disk is full")
        if self.broken:
            raise RuntimeError(repr(batch))
        self.batches.append(list(batch))
        for inbound in batch:
            self.kept.setdefault((inbound.source, inbound.event), inbound)

    @property
    def mails(self) -> list[Inbound]:
        return list(self.kept.values())

    @property
    def raws(self) -> list[bytes]:
        return [b"".join(inbound.raw) for inbound in self.mails]

    async def knock(self, patience: float = 10.0) -> None:
        """Wait for somebody to hand something over, whether it is taken or not."""
        self._news.clear()
        async with asyncio.timeout(patience):
            await self._news.wait()

    async def until(self, count: int, patience: float = 10.0) -> list[Inbound]:
        """Wait until so many mails are kept."""
        async with asyncio.timeout(patience):
            while len(self.kept) < count:
                await self.knock(patience)
        return self.mails

    @asynccontextmanager
    async def running(self, source: Source) -> AsyncIterator[None]:
        """Run a source for the length of an `async with` block; it must not end by itself."""
        task = asyncio.create_task(source.run(self.accept))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@dataclass
class MemoryCursors:
    cursors: dict[str, Cursor] = field(default_factory=dict)
    first: dict[str, datetime] = field(default_factory=dict)

    async def get(self, source: str) -> Cursor | None:
        return self.cursors.get(source)

    async def set(self, source: str, cursor: Cursor) -> None:
        self.cursors[source] = cursor

    async def first_seen(self, source: str) -> datetime | None:
        return self.first.get(source)


@dataclass
class MemorySettled:
    """What the readers found to be requests in one folder; `asked` counts the look-ups."""

    source: str = "info/INBOX"
    waiting: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    asked: int = 0

    async def to_move(self, source: str, limit: int) -> Sequence[str]:
        self.asked += 1
        return [event for event in self.waiting if source == self.source][:limit]

    async def moved(self, source: str, events: Sequence[str]) -> None:
        assert source == self.source
        self.waiting = [event for event in self.waiting if event not in events]
        self.done += events


@dataclass
class Bench:
    """A mailbox of its own on a real Dovecot, all of whose folders were seen before, and a desk to take its mail."""

    dovecot: Dovecot
    account: Account
    mailbox: Mailbox
    desk: Desk = field(default_factory=Desk)
    cursors: MemoryCursors = field(default_factory=MemoryCursors)
    settled: MemorySettled = field(default_factory=MemorySettled)

    def source(self, **changes: Any) -> ImapSource:
        """Make the source of the mailbox, its options changed as the test wants them."""
        return ImapSource(replace(self.mailbox, **changes), self.cursors, WallClock(), self.settled)

    def deliver(self, *raws: bytes) -> None:
        self.dovecot.deliver(self.account.user, *raws, sender="ada@example.com")

    @property
    def inbox(self) -> Cursor:
        """How far INBOX was seen."""
        return self.cursors.cursors["info/INBOX"]

    @inbox.setter
    def inbox(self, cursor: Cursor) -> None:
        self.cursors.cursors["info/INBOX"] = cursor


async def until(true: Callable[[], object], patience: float = 10.0) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(patience):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another program
            await asyncio.sleep(0.01)
