"""Arrive: the first commit. What a channel hands over is kept before it is acknowledged upstream."""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.messages import Inbound
from bot.core.ports import Clock
from bot.core.unit import Store, Unit


class Intake:
    """Keeps arrivals. Many in one commit; one that is known already is not kept twice.

    What is said in a chat is read once nothing more was said there for as long as `quiet`.
    """

    def __init__(self, store: Store, clock: Clock, quiet: timedelta = timedelta(0)) -> None:
        self._store = store
        self._clock = clock
        self._quiet = quiet

    async def accept(self, batch: Sequence[Inbound]) -> None:
        """Store a batch durably. Raises StorageUnavailable when it is not ours yet."""
        now = self._clock.now()

        def keep(unit: Unit) -> None:
            for inbound in batch:
                unit.inbox.keep(inbound, now, self._quiet)

        await self._store.transact(keep, ahead=True)  # whoever calls us waits, and repeats what takes us too long
