"""A platform's flood limits, kept before it has to remind us: so many seconds between two messages to one chat."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from bot.core.errors import TransientFailure

PATIENCE: Final = 30.0
"""Seconds a message may wait here; what would wait longer goes back to the outbox."""


class Pace:
    """Lets one message after the other through: by default one a second to a chat, thirty to everybody."""

    def __init__(
        self,
        per_chat: float = 1.0,
        overall: float = 1 / 30,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._per_chat = per_chat
        self._overall = overall
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._chats: dict[str, float] = {}

    async def turn(self, chat: str) -> None:
        """Return when a message may be sent to a chat. Raises TransientFailure when that is too far away."""
        now = self._clock()
        at = max(now, self._next, self._chats.get(chat, 0.0))
        if at - now > PATIENCE:
            raise TransientFailure(f"this chat has to wait {at - now:.0f} s more", retry_after=at - now)
        self._next = max(now, self._next) + self._overall  # a chat that has to wait does not hold up the others
        self._chats = {known: free for known, free in self._chats.items() if free > now}
        self._chats[chat] = at + self._per_chat
        await self._sleep(at - now)

    def hold(self, chat: str, seconds: float) -> None:
        """Leave a chat alone for as long as the platform asked."""
        self._chats[chat] = max(self._chats.get(chat, 0.0), self._clock() + seconds)
