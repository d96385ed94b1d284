"""Waking whoever waits for work, inside one process and from any thread."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Final


class Bell:
    """One bell per topic: a ring wakes all who wait, and is kept for the next one when nobody does.

    Keeping it closes the gap between "there is nothing to claim" and waiting for something.
    """

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._waiting: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)
        self._kept: set[str] = set()

    def ring(self, topic: str) -> None:
        """Wake those who wait for a topic; callable from any thread."""
        with self._lock:
            waiting = self._waiting.pop(topic, set())
            if not waiting:
                self._kept.add(topic)
        for future in waiting:
            with suppress(RuntimeError):  # its loop has closed meanwhile: nobody waits there any more
                future.get_loop().call_soon_threadsafe(_wake, future)

    def ring_all(self, topics: Iterable[str]) -> None:
        """Ring several."""
        for topic in topics:
            self.ring(topic)

    async def listen(self, topic: str, patience: float) -> None:
        """Return at the next ring of a topic, or after so many seconds."""
        future = asyncio.get_running_loop().create_future()
        with self._lock:
            if topic in self._kept:
                self._kept.discard(topic)
                return
            self._waiting[topic].add(future)
        try:
            async with asyncio.timeout(patience):
                await future
        except TimeoutError:
            return
        finally:
            with self._lock:
                self._waiting[topic].discard(future)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
