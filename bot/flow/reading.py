"""Read: lease what arrived, parse it where it can be killed, classify it, and have it treated in the second commit."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final

from bot.core.commands import read_command
from bot.core.errors import StaleClaim, StorageUnavailable, Unparsable
from bot.core.fragments import joined
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
_IDLE_SECONDS: Final = 1.0
"""A conversation falls silent without anybody telling."""

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
        self._one_text = asyncio.Lock()
        """The reader reads one text at a time."""

    async def run(self) -> None:
        """Read until cancelled."""
        await work_steadily("reading", self.read_batch, lambda: self._store.wait("inbox", _IDLE_SECONDS))

    async def read_batch(self) -> int:
        """Treat what can be leased now and return how many messages that was."""
        now = self._clock.now()
        leased = await self._store.transact(lambda unit: unit.inbox.claim(now, BATCH, LEASE))
        lanes: defaultdict[tuple[str, str], list[Sequence[Claimed]]] = defaultdict(list)
        for _, group in groupby(leased, lambda claimed: claimed.group):
            together = tuple(group)
            lanes[together[0].inbound.source, together[0].inbound.conversation].append(together)
        ended = await asyncio.gather(*map(self._take_in_turn, lanes.values()), return_exceptions=True)
        for failure in ended:
            if failure is not None:
                raise failure
        return len(leased)

    async def _take_in_turn(self, groups: Sequence[Sequence[Claimed]]) -> None:
        """Read what was said in one conversation, or came to one mailbox, in its order; the others don't wait."""
        for group in groups:
            await self._take(group)

    async def _take(self, group: Sequence[Claimed]) -> None:
        """Read what was said in one go, or put it aside; whoever lost the lease meanwhile lets go."""
        try:
            if group[0].attempts > MOST_TRIES:  # it ended the process each time
                await self._park(group, "reading it ended the service again and again")
            else:
                await self._try(group)
        except StaleClaim:
            log.warning("message %s was taken over by another worker", group[0].message)

    async def _try(self, group: Sequence[Claimed]) -> None:
        try:
            await self._read(group)
        except (StaleClaim, StorageUnavailable):
            raise
        except Exception as failure:  # noqa: BLE001 - whatever a message breaks, the queue flows; it is parked and told
            where, attempts = place_of(failure), group[0].attempts
            log.error("message %s failed on try %s: %s", group[0].message, attempts, where)  # noqa: TRY400 - no traceback: it could quote the message
            if attempts >= MOST_TRIES:
                await self._park(group, where)
            else:
                await self._give_back(group, where)

    async def _give_back(self, group: Sequence[Claimed], where: str) -> None:
        def give_back(unit: Unit) -> None:
            for claimed in group:
                again = self._clock.now() + _RETRY_AFTER * claimed.attempts
                unit.inbox.retry(claimed.message, claimed.fence, where, again)

        await self._store.transact(give_back)

    async def _read(self, group: Sequence[Claimed]) -> None:
        """Treat the fragments of one conversation as one message; a mail is alone in its group."""
        read: list[tuple[Claimed, Message]] = []
        broken: list[tuple[Claimed, str]] = []
        for claimed in group:
            try:
                read.append((claimed, await self._parsers[claimed.inbound.channel].parse(claimed.inbound)))
            except Unparsable as why:
                broken.append((claimed, str(why)))
        sayings = joined([message for _, message in read])
        readings = [await self._classify(saying.message) for saying in sayings]
        now = self._clock.now()

        def treat(unit: Unit) -> None:
            for claimed, why in broken:
                self._put_aside(unit, claimed, why)
            for saying, reading in zip(sayings, readings, strict=True):
                lead, _ = read[saying.lead]
                others = [read[place] for place in saying.others]
                at = min(claimed.inbound.received_at for claimed, _ in (read[saying.lead], *others))
                case_id = self._treatment.treat(unit, lead, saying.message, reading, at, now)
                for other, message in others:
                    unit.inbox.enclose(other.message, other.fence, lead.message, message, case_id)

        await self._store.transact(treat)

    async def _classify(self, message: Message) -> Reading:
        known = read_command(message.command, message.payload, message.language) if message.command else None
        if known is not None:
            return known
        subject, text = self._treatment.words_to_read(message)
        async with self._one_text:
            return await asyncio.to_thread(self._reader.read, subject, text, message.channel)

    async def _park(self, group: Sequence[Claimed], error: str) -> None:
        def park(unit: Unit) -> None:
            for claimed in group:
                self._put_aside(unit, claimed, error)

        await self._store.transact(park)

    def _put_aside(self, unit: Unit, claimed: Claimed, error: str) -> None:
        unit.inbox.park(claimed.message, claimed.fence, error)
        self._treatment.tell_of_parked(unit, claimed, self._clock.now())
