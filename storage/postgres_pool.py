"""PostgreSQL's runner: a few threads, some of them for what may not wait, and another try after a conflict."""

import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from bot.core.errors import StorageUnavailable
from storage.crypto import Keyring
from storage.faults import is_conflict, unavailable
from storage.job import Work
from storage.transaction import Transaction
from storage.unit import SqlUnit

T = TypeVar("T")

TRIES: Final = 6
AHEAD: Final = 2
"""Threads for the units that go ahead: as many as `bot/flow/intake.py` keeps what arrives with."""
_LONGEST_PAUSE: Final = 0.05


class PostgresPool:
    """Runs units beside each other; row locks keep their invariants. `tell` hears what each commit touched.

    It takes a connection for each of its `threads`, and one for each of those that run the units that go ahead.
    """

    def __init__(self, engine: Engine, keys: Keyring, threads: int, tell: Callable[[set[str]], None]) -> None:
        self._engine = engine
        self._keys = keys
        self._tell = tell
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="storage")
        self._ahead = ThreadPoolExecutor(AHEAD, thread_name_prefix="storage-ahead")

    def submit(self, work: Work[T], *, ahead: bool = False) -> Future[T]:
        """Queue a unit for the next free thread; those that go ahead have theirs."""
        try:
            return (self._ahead if ahead else self._executor).submit(self._persist, work)
        except RuntimeError as error:
            raise StorageUnavailable("the store is closed") from error

    def close(self) -> None:
        """Finish what was queued, then let the connections go."""
        self._ahead.shutdown(wait=True)
        self._executor.shutdown(wait=True)
        self._engine.dispose()

    def _persist(self, work: Work[T]) -> T:
        for tries_left in reversed(range(TRIES)):
            try:
                return self._commit(work)
            except Exception as error:
                if tries_left and is_conflict(error):
                    time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 - spreads rivals, guards nothing
                    continue
                refusal = unavailable(error)
                if refusal is None:
                    raise
                raise refusal from error
        raise AssertionError("the last try returns or raises")

    def _commit(self, work: Work[T]) -> T:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            tx = Transaction(session, self._keys)
            unit = SqlUnit(tx)
            result = work(unit)
            unit.complete()
        if tx.touched:
            self._tell(tx.touched)
        return result
