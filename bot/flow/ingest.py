"""Old mail by hand: a raw mail taken in as if it had just arrived, through the same street."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.messages import MAIL, Inbound
from bot.core.ports import Clock
from bot.core.records import Disposition, Kept
from bot.core.unit import Store, Unit

SOURCE: Final = "ingest"
_MOST_ROUNDS: Final = 600
_ROUND_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Ingest:
    """Keeps one mail and has it read; the same bytes are taken in once, however often they are given."""

    store: Store
    read_batch: Callable[[], Awaitable[int]]
    clock: Clock

    async def take(self, raw: bytes, received_at: datetime, authserv_id: str = "", *, channel: str = MAIL) -> Kept:
        """Store one raw mail, or what a colleague entered; wait until it was read, and return what became of it."""
        now = self.clock.now()

        def keep(unit: Unit) -> str:
            event = unit.inbox.event_of([raw])
            unit.inbox.keep(Inbound(channel, SOURCE, event, received_at, [raw], authserv_id=authserv_id), now)
            return event

        event = await self.store.transact(keep)
        for _ in range(_MOST_ROUNDS):
            kept = await self.store.transact(lambda unit: self._kept(unit, event))
            if kept.disposition is not Disposition.RECEIVED:
                break
            if not await self.read_batch():
                await self.store.wait("inbox", _ROUND_SECONDS)  # a running service has it in hand
        return kept

    def _kept(self, unit: Unit, event: str) -> Kept:
        return unit.inbox.of_event(SOURCE, event)
