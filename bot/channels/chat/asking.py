"""A way in that asks: again and again, and after a failure waiting longer each time, or as long as it is told to."""

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import Final, Protocol

from bot.channels.chat.health import ChatHealth
from bot.channels.chat.line import Line, NotReady
from bot.channels.chat.platform import Platform
from bot.core.errors import StorageUnavailable, TransientFailure, UncertainDelivery
from bot.core.ports import Accept, Clock
from bot.core.records import Cursor

_LONGEST: Final = 900.0

log = logging.getLogger(__name__)


class Memory(Protocol):
    """How far was read, kept durably."""

    async def get(self, source: str) -> Cursor | None:
        """Return it, None before the first look."""

    async def set(self, source: str, cursor: Cursor) -> None:
        """Remember it."""


class AskingSource(ABC):
    """Looks at one account every so many seconds; `health` tells how that goes."""

    one_at_a_time = True  # two who ask see the same

    def __init__(self, platform: Platform, memory: Memory, clock: Clock, every: float) -> None:
        self.name = platform.source
        self.health = ChatHealth()
        self._platform: Platform = platform
        self._memory = memory
        self._clock = clock
        self._every = every

    @abstractmethod
    async def look(self, line: Line, accept: Accept) -> int:
        """Store what came since the last look, and return how much was told. Raises as lines do, and NotReady."""

    async def run(self, accept: Accept) -> None:
        """Look until cancelled."""
        async with self._platform.line() as line:
            while True:
                wait = await self._look(line, accept)
                await asyncio.sleep(wait)

    async def _look(self, line: Line, accept: Accept) -> float:
        """Take in what is new and return how long to wait, in seconds."""
        try:
            await self.look(line, accept)
        except (NotReady, TransientFailure, UncertainDelivery) as failure:
            self._complain(str(failure))
            asked = failure.retry_after if isinstance(failure, TransientFailure) else None
            return max(asked or 0.0, min(self._every * 2.0 ** min(self.health.failures, 8), _LONGEST))
        except StorageUnavailable:
            self._complain("our storage can't take messages now")
        except Exception as failure:  # noqa: BLE001 - a service outlives whatever it is told; that is said and tried again
            log.error("%s: %s", self.name, type(failure).__name__)  # noqa: TRY400 - its words may be a person's
            self._complain(f"an error of our own ({type(failure).__name__}); the log has it")
        else:
            self.health.well(self._clock.now())
        return self._every

    def _complain(self, words: str) -> None:
        if words != self.health.last_error:
            log.warning("%s: %s", self.name, words)
        self.health.ill(words)
