"""Who waits for SQLite's one writer, and who shares a transaction with whom."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from bot.core.errors import StorageUnavailable
from storage.job import Job

MOST_JOBS: Final = 500
MOST_SECONDS: Final = 0.05
"""When either is reached the group commits, so that the first unit does not wait for an endless tail."""


class Line:
    """Units in the order they came, but for those that go ahead.

    These are next, and the group commits once none of them waits: nobody who is waited for stands behind more than the
    unit that is running. Not even a flood of them keeps the others from writing: between two such groups one of the
    others has its turn.
    """

    def __init__(self) -> None:
        self._changed: Final = threading.Condition()
        self._ahead: Final[deque[Job[Any]]] = deque()
        self._others: Final[deque[Job[Any]]] = deque()
        self._closed = False
        self._owed = False

    def join(self, job: Job[Any]) -> None:
        """Let a unit wait. Raises StorageUnavailable once the line is closed."""
        with self._changed:
            if self._closed:
                raise StorageUnavailable("the store is closed")
            (self._ahead if job.ahead else self._others).append(job)
            self._changed.notify()

    def close(self) -> None:
        """Let nobody join any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def waits(self) -> bool:
        """Return once somebody waits; False when the line is closed and everybody had their turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._ahead or self._others)
            return bool(self._ahead or self._others)

    def group(self) -> Iterator[Job[Any]]:
        """Yield who shares the next transaction, those that come meanwhile included, up to the limits."""
        until, waited_for = time.monotonic() + MOST_SECONDS, False
        if self._owed and (job := _first(self._others)):
            yield job
        self._owed = False
        for number in range(MOST_JOBS):
            if number and time.monotonic() >= until:
                return
            if job := _first(self._ahead):
                waited_for = self._owed = True
            elif waited_for or not (job := _first(self._others)):
                return
            yield job

    def everybody(self) -> list[Job[Any]]:
        """Return all who wait, and let them go."""
        gone = []
        while job := _first(self._ahead) or _first(self._others):
            gone.append(job)
        return gone


def _first(waiting: deque[Job[Any]]) -> Job[Any] | None:
    return waiting.popleft() if waiting else None  # only the writer takes, so it stays there until then
