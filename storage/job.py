"""One unit of work on its way through a connection, and the future somebody waits on."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection
from sqlmodel import Session

from bot.core.unit import Unit
from storage.crypto import Keyring
from storage.faults import unavailable
from storage.transaction import Transaction
from storage.unit import SqlUnit

T = TypeVar("T")

Work = Callable[[Unit], T]


class Runner(Protocol):
    """Runs units of work on threads of its own, each whole or not at all."""

    def submit(self, work: Work[T], *, ahead: bool = False) -> Future[T]:
        """Queue a unit, `ahead` of others that wait or behind them; the future is resolved once its outcome is durable.

        Raises StorageUnavailable when closed.
        """

    def close(self) -> None:
        """Finish what was queued and let the database go."""


class Job(Generic[T]):
    """A unit that shares a transaction with others: it has a savepoint of its own, and tells nobody its outcome yet."""

    def __init__(self, work: Work[T], *, ahead: bool = False) -> None:
        self.ahead = ahead
        self.future: Future[T] = Future()
        self.touched: set[str] = set()
        self._work = work
        self._error: BaseException | None = None

    def run(self, connection: Connection, keys: Keyring) -> None:
        """Do the work inside a savepoint; a failure undoes this unit alone.

        Raises what failed only where SQLite has given the whole transaction up (disk full, I/O error).
        """
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            tx = Transaction(session, keys)
            try:
                unit = SqlUnit(tx)
                self._result = self._work(unit)
                unit.complete()
                session.commit()
            except BaseException as error:  # whatever the work raises goes to whoever gave it
                if not _still_in_transaction(connection):
                    raise
                session.rollback()
                self._error = unavailable(error) or error
            else:
                self.touched = tx.touched

    def resolve(self) -> None:
        """Tell the outcome: the transaction is durable."""
        if self._error is None:
            self.future.set_result(self._result)
        else:
            self.future.set_exception(self._error)


def _still_in_transaction(connection: Connection) -> bool:
    driver = connection.connection.driver_connection
    return driver is not None and bool(driver.in_transaction)
