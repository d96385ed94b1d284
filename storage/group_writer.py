"""SQLite's one writer: units that wait together share one transaction, hence one wait for the disk."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Engine

from storage.crypto import Keyring
from storage.faults import refusal_of
from storage.job import Job, Work
from storage.line import Line

T = TypeVar("T")


class GroupWriter:
    """One thread, one connection, one transaction for all who wait. `tell` hears what each commit touched."""

    def __init__(self, engine: Engine, keys: Keyring, tell: Callable[[set[str]], None]) -> None:
        self._engine = engine
        self._keys = keys
        self._tell = tell
        self._line = Line()
        self._thread = threading.Thread(target=self._run, name="storage-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T], *, ahead: bool = False) -> Future[T]:
        """Queue a unit for the next group."""
        job = Job(work, ahead=ahead)
        self._line.join(job)
        return job.future

    def close(self) -> None:
        """Finish what was queued before, then let the file go."""
        self._line.close()
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while self._line.waits():
            self._write()

    def _write(self) -> None:
        begun: list[Job[Any]] = []
        open_for_writing = False
        try:
            with self._engine.begin() as connection:
                open_for_writing = True
                for job in self._line.group():
                    # A caller who left before its turn is not written for; one who leaves later has no say any more.
                    if job.future.set_running_or_notify_cancel():
                        begun.append(job)
                        job.run(connection, self._keys)
        except Exception as error:  # noqa: BLE001 - everybody in the group hears of it
            self._engine.dispose()  # a connection that failed is not trusted with the next group
            self._refuse(begun if open_for_writing else self._waiting(), error)
        else:
            for job in begun:
                job.resolve()
            self._tell(set().union(*(job.touched for job in begun)))

    def _waiting(self) -> Sequence[Job[Any]]:
        """Return all who wait while the database does not even begin: none of them has to be patient in turn."""
        return [job for job in self._line.everybody() if job.future.set_running_or_notify_cancel()]

    def _refuse(self, jobs: Sequence[Job[Any]], error: Exception) -> None:
        reason = refusal_of(error)
        reason.__cause__ = error
        for job in jobs:
            job.future.set_exception(reason)
