"""Read: lease what arrived, parse it where it can be killed, classify it, and have it treated in the second commit."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.core.commands import read_command
from bot.core.errors import StaleClaim, StorageUnavailable, Unparsable
from bot.core.messages import Message
from bot.core.ports import Clock, Parser, Reader
from bot.core.records import Claimed
from bot.core.rights import Reading
from bot.core.unit import Store, Unit
from bot.flow.steady import place_of, work_steadily
from bot.flow.treatment import Treatment

BATCH: Final = 8
LEASE: Final = timedelta(minutes=5)
"""Longer than a batch can take: parsing ends after 10 s, looking the sender up in the DNS after 20."""
MOST_TRIES: Final = 3
_RETRY_AFTER: Final = timedelta(seconds=30)
_IDLE_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


class ReadingRoom:
    """Takes messages from the inbox one lease at a time; a message that breaks it three times is parked."""

    def __init__(
        self, store: Store, parsers: Mapping[str, Parser], reader: Reader, treatment: Treatment, clock: Clock
    ) -> None:
        self._store = store
        self._parsers = parsers
        self._reader = reader
        self._treatment = treatment
        self._clock = clock

    async def run(self) -> None:
        """Read until cancelled."""
        await work_steadily("reading", self.read_batch, lambda: self._store.wait("inbox", _IDLE_SECONDS))

    async def read_batch(self) -> int:
        """Treat what can be leased now and return how many messages that was."""
        now = self._clock.now()
        leased = await self._store.transact(lambda unit: unit.inbox.claim(now, BATCH, LEASE))
        for claimed in leased:
            await self._take(claimed)
        return len(leased)

    async def _take(self, claimed: Claimed) -> None:
        """Read one message, or put it aside; whoever lost the lease meanwhile lets go."""
        try:
            if claimed.attempts > MOST_TRIES:  # it ended the process each time
                await self._park(claimed, "reading it ended the service again and again")
            else:
                await self._try(claimed)
        except StaleClaim:
            log.warning("message %s was taken over by another worker", claimed.message)

    async def _try(self, claimed: Claimed) -> None:
        try:
            await self._read(claimed)
        except (StaleClaim, StorageUnavailable):
            raise
        except Unparsable as broken:
            await self._park(claimed, str(broken))
        except Exception as failure:  # noqa: BLE001 - whatever a message breaks, the queue flows; it is parked and told
            where = place_of(failure)
            log.error("message %s failed on try %s: %s", claimed.message, claimed.attempts, where)  # noqa: TRY400 - no traceback: it could quote the message
            if claimed.attempts >= MOST_TRIES:
                await self._park(claimed, where)
            else:
                again = self._clock.now() + _RETRY_AFTER * claimed.attempts
                await self._store.transact(lambda unit: unit.inbox.retry(claimed.message, claimed.fence, where, again))

    async def _read(self, claimed: Claimed) -> None:
        message = await self._parsers[claimed.inbound.channel].parse(claimed.inbound)
        reading = await self._classify(message)
        now = self._clock.now()
        await self._store.transact(lambda unit: self._treatment.treat(unit, claimed, message, reading, now))

    async def _classify(self, message: Message) -> Reading:
        if message.command and (known := read_command(message.command, message.language)) is not None:
            return known
        subject, text = self._treatment.words_to_read(message)
        return await asyncio.to_thread(self._reader.read, subject, text, message.channel)

    async def _park(self, claimed: Claimed, error: str) -> None:
        def park(unit: Unit) -> None:
            unit.inbox.park(claimed.message, claimed.fence, error)
            self._treatment.tell_of_parked(unit, claimed, self._clock.now())

        await self._store.transact(park)
