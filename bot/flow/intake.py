"""Arrive: the first commit. What a channel hands over is kept before it is acknowledged upstream."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.core.errors import StorageUnavailable
from bot.core.messages import Inbound
from bot.core.ports import Clock
from bot.core.unit import Store

AT_ONCE: Final = 2
"""Commits under way at once, where the database can do two: one big mail doesn't keep a platform's calls waiting."""


@dataclass(frozen=True, slots=True)
class _Handed:
    """What somebody handed over and waits for to be kept."""

    batch: Sequence[Inbound]
    kept: asyncio.Future[None]


class Intake:
    """Keeps arrivals; one that is known already is not kept twice.

    Whatever is handed over while others are being kept is kept with the next commit, all of it together: a flood costs
    few ways to the database and back. What is said in a chat is read once nothing more was said there for as long as
    `quiet`.
    """

    def __init__(self, store: Store, clock: Clock, quiet: timedelta = timedelta(0)) -> None:
        self._store = store
        self._clock = clock
        self._quiet = quiet
        self._waiting: list[_Handed] = []
        self._keeping: set[asyncio.Task[None]] = set()

    async def accept(self, batch: Sequence[Inbound]) -> None:
        """Store a batch durably. Raises StorageUnavailable when it is not ours yet.

        Who leaves early (cancellation) before it was begun has handed nothing over.
        """
        handed = _Handed(batch, asyncio.get_running_loop().create_future())
        self._waiting.append(handed)
        if sum(not keeping.done() for keeping in self._keeping) < AT_ONCE:  # one that is done sees nothing new
            keeping = asyncio.create_task(self._keep_what_waits())
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)
        await handed.kept

    async def _keep_what_waits(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            if still := [handed for handed in together if not handed.kept.done()]:
                await self._keep(still)

    async def _keep(self, together: Sequence[_Handed]) -> None:
        """Keep what several handed over in one commit; what breaks it is looked for by keeping each alone."""
        now, arrived = self._clock.now(), [inbound for handed in together for inbound in handed.batch]
        failure: Exception | None = None
        try:
            # ahead: whoever calls us waits, and repeats what takes us too long
            await self._store.transact(lambda unit: unit.inbox.keep_all(arrived, now, self._quiet), ahead=True)
        except Exception as whatever:  # noqa: BLE001 - everybody who waits for it hears of it
            failure = whatever
        if failure is not None and len(together) > 1 and not isinstance(failure, StorageUnavailable):
            for handed in together:
                await self._keep([handed])
            return
        for handed in together:
            if handed.kept.done():
                continue  # gone meanwhile
            if failure is None:
                handed.kept.set_result(None)
            else:
                handed.kept.set_exception(failure)
