"""Which database errors mean "not now" and which mean "try again": the rest are bugs and come through as they are."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from bot.core.errors import RightsDeskError, StorageUnavailable

_SQLITE_NOT_NOW: Final = {
    sqlite3.SQLITE_BUSY: "locked by another process",
    sqlite3.SQLITE_LOCKED: "locked by another process",
    sqlite3.SQLITE_NOMEM: "out of memory",
    sqlite3.SQLITE_READONLY: "read-only: check the file's owner and rights",
    sqlite3.SQLITE_IOERR: "failing to read or write: check the disk",
    sqlite3.SQLITE_FULL: "full: free some disk space",
    sqlite3.SQLITE_CANTOPEN: "not to be opened: check the path and its rights",
    sqlite3.SQLITE_PROTOCOL: "locked by another process",
    sqlite3.SQLITE_CORRUPT: "damaged: restore it from its backup",
    sqlite3.SQLITE_NOTADB: "not an SQLite file",
}
_PRIMARY: Final = 0xFF
"""SQLite's extended result codes keep the primary one in the low byte."""

_POSTGRESQL_NOT_NOW: Final = {
    "08": "away",  # connection_exception
    "25006": "read-only",  # read_only_sql_transaction: this is a standby
    "25P03": "out of patience with this unit",  # idle_in_transaction_session_timeout
    "53": "out of disk, memory or connections",
    "55": "locked",  # lock_not_available
    "57": "shutting down or interrupted",
    "58": "failing to read or write",
}
_POSTGRESQL_CONFLICTS: Final = {"40001", "40P01"}  # serialization_failure, deadlock_detected


class Overtaken(RightsDeskError):
    """What this unit read was changed by another before this one wrote: run it again on what is there now."""


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what means "not now" into StorageUnavailable."""
    try:
        yield
    except Exception as error:
        refusal = unavailable(error)
        if refusal is None:
            raise
        raise refusal from error


def unavailable(error: BaseException) -> StorageUnavailable | None:
    """Return what to tell a caller whose unit the database could not take now, or None for any other error."""
    if isinstance(error, NoFreeConnection):
        return StorageUnavailable("the database is busy: every connection is in use")
    if is_conflict(error):
        return StorageUnavailable("the database is busy: units kept getting in each other's way")
    if not isinstance(error, DBAPIError):
        return None
    reason = _reason(error)
    return StorageUnavailable(f"the database is {reason}") if reason else None


def refusal_of(error: BaseException) -> StorageUnavailable:
    """Return what to tell everybody whose transaction failed as a whole, with the first cause that has a name."""
    cause: BaseException | None = error
    while cause is not None:
        refusal = unavailable(cause)
        if refusal is not None:
            return refusal
        cause = cause.__cause__ or cause.__context__  # undoing after a full disk fails too, and hides it
    return StorageUnavailable(f"the database did not take this transaction ({type(error).__name__})")


def is_conflict(error: BaseException) -> bool:
    """Say whether two units met in each other's way, so that running this one again is right."""
    return isinstance(error, Overtaken) or (
        isinstance(error, DBAPIError)
        and isinstance(error.orig, psycopg.Error)
        and error.orig.sqlstate in _POSTGRESQL_CONFLICTS
    )


def _reason(error: DBAPIError) -> str | None:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _SQLITE_NOT_NOW.get(getattr(cause, "sqlite_errorcode", 0) & _PRIMARY)
    if isinstance(cause, psycopg.Error):
        if cause.sqlstate is None:
            return "away" if isinstance(cause, psycopg.OperationalError) else None
        return _POSTGRESQL_NOT_NOW.get(cause.sqlstate) or _POSTGRESQL_NOT_NOW.get(cause.sqlstate[:2])
    return None
