"""Chatwoot as a way in: it calls us once and never again, so we look for what it could not tell us."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Final

from bot.channels.chat.asking import AskingSource, Memory
from bot.channels.chat.hook import hook
from bot.channels.chat.line import Line, NotReady
from bot.channels.chat.source import webhook_path
from bot.channels.chatwoot.platform import Chatwoot
from bot.channels.chatwoot.shapes import Listed, number_of
from bot.core.calls import Webhook
from bot.core.errors import TransientFailure
from bot.core.ports import Accept, Clock
from bot.core.records import Cursor

LOOK_EVERY: Final = 300.0
"""Seconds between two looks: how late what a failed call told of comes in."""

_TOO_MANY: Final = 3
"""Conversations that can't be read before the account itself is taken to be away."""

_OVERLAP: Final = 100
"""Messages looked at once more: one that got its number first may have been there last."""


class ChatwootSource(AskingSource):
    """Takes the calls of one account, and every few minutes what happened and was not told.

    A call that finds us away, or takes us longer than five seconds, is not repeated. The ledger knows what comes both
    ways.
    """

    def __init__(self, platform: Chatwoot, memory: Memory, clock: Clock) -> None:
        super().__init__(platform, memory, clock, LOOK_EVERY)
        self._chatwoot = platform

    def webhooks(self, accept: Accept) -> Mapping[str, Webhook]:
        """Return what answers Chatwoot's calls, by path."""
        return {webhook_path(self._chatwoot.channel): hook(self._chatwoot, self.health, self._clock, accept)}

    async def look(self, line: Line, accept: Accept) -> int:
        """Store what happened since the last look and return how much that was, what is known already included.

        The very first look only remembers what was newest: what was written before is for colleagues. Where the next
        one begins is remembered only once all is durable. One conversation that can't be read keeps none of the others
        from being heard; the look then raises NotReady, and the next begins where this one did.
        """
        known, told, closed = await self._memory.get(self.name), 0, dict[int, str]()
        newest = max((one.last for one in await self._chatwoot.conversations(line)), default=0)
        if known is None:
            await self._memory.set(self.name, Cursor(0, newest))
            return 0
        async for conversation in self._changed(line, known.last_uid):
            try:
                told += await self._take(line, accept, conversation, known.last_uid)
            except (NotReady, TransientFailure) as failure:
                closed[conversation.id] = str(failure)
                if len(closed) == _TOO_MANY:
                    break
        if closed:
            numbers = ", ".join(map(str, closed))
            raise NotReady(f"conversation {numbers} can't be read, open it in Chatwoot: {next(iter(closed.values()))}")
        await self._memory.set(self.name, Cursor(0, max(newest - _OVERLAP, known.last_uid)))
        return told

    async def _changed(self, line: Line, since: int) -> AsyncIterator[Listed]:
        """Yield each conversation in which something was written after a message, the latest first.

        Whoever writes meanwhile moves to the front, past us: it is listed anew until nobody is new.
        """
        seen, before = set[int](), -1
        while before < len(seen):
            before, page = len(seen), 1
            while fresh := [one for one in await self._chatwoot.conversations(line, page) if one.last > since]:
                for one in fresh:
                    if one.id not in seen:
                        seen.add(one.id)
                        yield one
                page += 1

    async def _take(self, line: Line, accept: Accept, conversation: Listed, since: int) -> int:
        """Store what happened in one conversation after a message."""
        told = 0
        while calls := await self._chatwoot.calls_of(line, conversation, since):
            since, now = max(map(number_of, calls)), self._clock.now()
            bodies = [json.dumps(call).encode() for call in calls]
            batch = [arrived for body in bodies for arrived in self._chatwoot.arrivals(body, now)]
            if batch:
                await accept(batch)
            told += len(batch)
        return told
