"""SQLite's one writer: units that wait together share one transaction, hence one wait for the disk."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from sqlalchemy import Engine

from bot.core.errors import StorageUnavailable
from storage.crypto import Keyring
from storage.faults import refusal_of
from storage.job import Job, Work

T = TypeVar("T")

MOST_JOBS: Final = 500
MOST_SECONDS: Final = 0.05
"""When either is reached the group commits, so that the first unit does not wait for an endless tail."""


class GroupWriter:
    """One thread, one connection, one transaction for all who wait. `tell` hears what each commit touched."""

    def __init__(self, engine: Engine, keys: Keyring, tell: Callable[[set[str]], None]) -> None:
        self._engine = engine
        self._keys = keys
        self._tell = tell
        self._queue: SimpleQueue[Job[Any] | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="storage-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue a unit for the next group."""
        job = Job(work)
        with self._gate:
            if self._closed:
                raise StorageUnavailable("the store is closed")
            self._queue.put(job)
        return job.future

    def close(self) -> None:
        """Finish what was queued before, then let the file go."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            self._write(first)

    def _write(self, first: Job[Any]) -> None:
        begun: list[Job[Any]] = []
        open_for_writing = False
        try:
            with self._engine.begin() as connection:
                open_for_writing = True
                for job in self._group(first):
                    # A caller who left before its turn is not written for; one who leaves later has no say any more.
                    if job.future.set_running_or_notify_cancel():
                        begun.append(job)
                        job.run(connection, self._keys)
        except Exception as error:  # noqa: BLE001 - everybody in the group hears of it
            self._engine.dispose()  # a connection that failed is not trusted with the next group
            self._refuse(begun if open_for_writing else self._waiting(first), error)
        else:
            for job in begun:
                job.resolve()
            self._tell(set().union(*(job.touched for job in begun)))

    def _group(self, first: Job[Any]) -> Iterator[Job[Any]]:
        """Yield the first unit and all that wait behind it, those that come meanwhile included, up to the limits."""
        until = time.monotonic() + MOST_SECONDS
        yield first
        for _ in range(MOST_JOBS - 1):
            if time.monotonic() >= until or (job := self._next()) is None:
                return
            yield job

    def _waiting(self, first: Job[Any]) -> Sequence[Job[Any]]:
        """Return all who wait while the database does not even begin: none of them has to be patient in turn."""
        waiting = [first]
        while (job := self._next()) is not None:
            waiting.append(job)
        return [job for job in waiting if job.future.set_running_or_notify_cancel()]

    def _next(self) -> Job[Any] | None:
        try:
            job = self._queue.get_nowait()
        except Empty:
            return None
        if job is None:
            self._queue.put(None)  # closing: `_run` reads it again, after this group
        return job

    def _refuse(self, jobs: Sequence[Job[Any]], error: Exception) -> None:
        reason = refusal_of(error)
        reason.__cause__ = error
        for job in jobs:
            job.future.set_exception(reason)
