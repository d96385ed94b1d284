"""X as a way in: asks every few minutes for what is new, and remembers how far it got, for every event costs money."""

import json
from typing import Any

from bot.channels.chat.asking import AskingSource, Memory
from bot.channels.chat.line import Line
from bot.channels.x.platform import X
from bot.core.ports import Accept, Clock
from bot.core.records import Cursor


class XSource(AskingSource):
    """Hands over what people wrote to one account."""

    def __init__(self, platform: X, memory: Memory, clock: Clock, every: float) -> None:
        super().__init__(platform, memory, clock, every)
        self._x = platform

    async def look(self, line: Line, accept: Accept) -> int:
        """Store what came since the last look, the oldest first, and return how many events X told of.

        Only once all is durable is it remembered how far we got; the ledger knows what is told twice. The very first
        look takes one page: what was written before the desk was there is for colleagues.
        """
        known = await self._memory.get(self.name)
        pages, told = [], list[Any]()
        token = ""
        while True:
            reply = await self._x.page(line, token)
            events = reply.get("data") or []
            pages.append(reply.content)
            told += events
            token = str(reply.get("meta", "next_token") or "")
            if not (known and token) or any(0 < _number_of(one) <= known.last_uid for one in events):
                break
        newest = max(map(_number_of, told), default=0)
        for page in reversed(pages):
            fresh = [one for one in page.get("data") or () if not (known and 0 < _number_of(one) <= known.last_uid)]
            batch = self._x.arrivals(json.dumps(page | {"data": fresh}).encode(), self._clock.now())
            if batch:
                await accept(list(reversed(batch)))
        if newest > (known.last_uid if known else 0):
            await self._memory.set(self.name, Cursor(0, newest))
        return len(told)


def _number_of(event: Any) -> int:
    """Return an event's id, which grows with time; 0 for an odd event, which is kept for a person to see."""
    try:
        return int(event["id"])
    except (TypeError, KeyError, ValueError):
        return 0
