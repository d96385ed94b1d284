"""Telling how the ways in are, so that any process can say it of those another one watches."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.core.ports import Clock, Source, WatchedSource
from bot.core.unit import Store, Unit
from bot.core.vitals import Vitals, Waiting
from bot.flow.steady import work_steadily

BEAT_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """Tells and asks how ways in are; `since` is when this process began."""

    store: Store
    clock: Clock
    version: str
    since: datetime

    async def beside(self, source: Source, work: Coroutine[Any, Any, None]) -> None:
        """Do the work of a way in, and tell all the while how it is; both end together."""
        telling = asyncio.create_task(self.run((source,)))
        try:
            await work
        finally:
            telling.cancel()
            await asyncio.wait((telling,))

    async def run(self, sources: Sequence[Source]) -> None:
        """Tell how these ways in are, until cancelled."""

        async def tell() -> int:
            told = [self.of(source) for source in sources]

            def work(unit: Unit) -> None:
                for vitals in told:
                    unit.pulses.put(vitals)

            await self.store.transact(work)
            return 0

        await work_steadily("pulse", tell, lambda: asyncio.sleep(BEAT_SECONDS))

    def of(self, source: Source) -> Vitals:
        """Return what this process itself knows of a way in."""
        now = self.clock.now()
        if not isinstance(source, WatchedSource):
            return Vitals(source.name, now, version=self.version)
        state = source.health
        return Vitals(
            name=source.name,
            told_at=now,
            last_contact=state.last_contact,
            last_error=state.last_error,
            backlog=state.backlog,
            refused=getattr(state, "refused", 0),
            version=self.version,
        )

    async def taken(self, sources: Sequence[Source]) -> tuple[Sequence[Vitals], Waiting]:
        """Return how these ways in are, whoever watches them, and what waits.

        What this process knows counts first; one nobody told of is silent since this process began. Raises
        StorageUnavailable.
        """

        def look(unit: Unit) -> tuple[Sequence[Vitals], Waiting]:
            return unit.pulses.listed(), unit.pulses.waiting()

        told, waiting = await self.store.transact(look)
        return self._of_these(sources, told), waiting

    async def away(self, sources: Sequence[Source]) -> Sequence[str]:
        """Return the names of those by which nothing may be coming in now. Raises StorageUnavailable."""
        told, now = await self.store.transact(lambda unit: unit.pulses.listed()), self.clock.now()
        return [one.name for one in self._of_these(sources, told) if one.is_away(now)]

    def _of_these(self, sources: Sequence[Source], told: Sequence[Vitals]) -> Sequence[Vitals]:
        known = {vitals.name: vitals for vitals in told}
        return [self._best(self.of(source), known.get(source.name)) for source in sources]

    def _best(self, own: Vitals, told: Vitals | None) -> Vitals:
        if own.last_contact or own.last_error or own.refused:
            return own
        return told or Vitals(own.name, self.since)
