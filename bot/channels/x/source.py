"""X as a way in: asks every few minutes for what is new, and remembers how far it got, for every event costs money."""

import asyncio
import json
import logging
from typing import Any, Final, Protocol

from bot.channels.chat.health import ChatHealth
from bot.channels.chat.line import Line, NotReady
from bot.channels.x.platform import X
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


class XSource:
    """Hands over what people wrote to one account; `health` tells how that goes."""

    one_at_a_time = True  # two who ask pay twice

    def __init__(self, platform: X, memory: Memory, clock: Clock, poll_seconds: float) -> None:
        self.name = platform.source
        self.health = ChatHealth()
        self._platform = platform
        self._memory = memory
        self._clock = clock
        self._poll_seconds = poll_seconds

    async def run(self, accept: Accept) -> None:
        """Look until cancelled; after a failure wait longer each time, or as long as X asks."""
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
            return max(asked or 0.0, min(self._poll_seconds * 2.0 ** min(self.health.failures, 8), _LONGEST))
        except StorageUnavailable:
            self._complain("our storage can't take messages now")
        except Exception as failure:  # noqa: BLE001 - a service outlives whatever X answers; it is told and tried again
            log.error("%s: %s", self.name, type(failure).__name__)  # noqa: TRY400 - its words may be a person's
            self._complain(f"an error of our own ({type(failure).__name__}); the log has it")
        else:
            self.health.well(self._clock.now())
        return self._poll_seconds

    async def look(self, line: Line, accept: Accept) -> int:
        """Store what came since the last look, the oldest first, and return how many events X told of.

        Only once all is durable is it remembered how far we got; the ledger knows what is told twice. The very first
        look takes one page: what was written before the desk was there is for colleagues.
        """
        known = await self._memory.get(self.name)
        pages, told = [], list[Any]()
        token = ""
        while True:
            reply = await self._platform.page(line, token)
            events = reply.get("data") or []
            pages.append(reply.content)
            told += events
            token = str(reply.get("meta", "next_token") or "")
            if not (known and token) or any(0 < _number_of(one) <= known.last_uid for one in events):
                break
        newest = max(map(_number_of, told), default=0)
        for page in reversed(pages):
            fresh = [one for one in page.get("data") or () if not (known and 0 < _number_of(one) <= known.last_uid)]
            batch = self._platform.arrivals(json.dumps(page | {"data": fresh}).encode(), self._clock.now())
            if batch:
                await accept(list(reversed(batch)))
        if newest > (known.last_uid if known else 0):
            await self._memory.set(self.name, Cursor(0, newest))
        return len(told)

    def _complain(self, words: str) -> None:
        if words != self.health.last_error:
            log.warning("%s: %s", self.name, words)
        self.health.ill(words)


def _number_of(event: Any) -> int:
    """Return an event's id, which grows with time; 0 for an odd event, which is kept for a person to see."""
    try:
        return int(event["id"])
    except (TypeError, KeyError, ValueError):
        return 0
