"""From a database URL to an engine that keeps the desk's promises: durable, enforced, and quick to give up."""

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError

from bot.core.errors import RightsDeskError, StorageUnavailable

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"

_EXAMPLES: Final = "write sqlite:///var/intake.db or postgresql+psycopg://user@host/database"

_IMMEDIATE: Final = "sqlite.immediate"
_PINGED_ONCE: Final = "postgresql.pinged_once"

_SQLITE_PRAGMAS: Final = {
    "synchronous": "FULL",  # WAL alone would lose the last commits with the power
    "secure_delete": "ON",  # a destroyed key leaves no bytes behind
    "temp_store": "MEMORY",
    "journal_size_limit": 64 * 1024 * 1024,  # one big mail must not leave a big journal for ever
}
_SQLITE_PATIENCE: Final = 5.0
"""Seconds to wait for another process's write; `?timeout=` in the URL overrides it."""
MIGRATING_PATIENCE: Final = 60.0
"""Seconds to wait for another process that migrates: whole tables may be rebuilt."""

_WHILE_BUSY: Final = 0.02

_POSTGRESQL_SESSION: Final = "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s'"
_POSTGRESQL_CONNECT: Final[Mapping[str, Any]] = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds: a server that vanished is noticed, keepalives or not
    "application_name": "nexio-intake",
}


class _Immediate(SQLiteDialect_pysqlite):
    """SQLite that begins every transaction for writing.

    A deferred one that turns into a write fails at once with "locked", whatever the timeout. A listener to "begin"
    would do as well, but where there is any, SQLAlchemy announces every statement four times to nobody.
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin now, and not with the first statement."""
        dbapi_connection.execute("BEGIN IMMEDIATE")


class _PingedOnce(PGDialect_psycopg):
    """PostgreSQL that is asked whether it is there by beginning: one way there and back where it would be two.

    The driver must not begin by itself (`autocommit`), which would be one more.
    """

    supports_statement_cache = True

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Begin what will be wanted next."""
        self.do_begin(dbapi_connection)
        return True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin, unless the ping has."""
        if dbapi_connection.pgconn.transaction_status == TransactionStatus.IDLE:
            dbapi_connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")


registry.register(_IMMEDIATE, __name__, _Immediate.__name__)
registry.register(_PINGED_ONCE, __name__, _PingedOnce.__name__)


class BadAddress(RightsDeskError):
    """A storage URL that names no database of ours; the text says what to write."""


def make_engine(url: str, *, connections: int = 1, enforce: bool = True) -> Engine:
    """Return an engine for an SQLite file or a PostgreSQL database.

    `enforce` off is for migrations alone: SQLite rebuilds tables to change them, which foreign keys would hinder.
    Raises BadAddress, or StorageUnavailable when an SQLite file can't be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadAddress(f"storage.url: {_EXAMPLES}") from None
    backend = parsed.get_backend_name()
    if backend == SQLITE:
        return _sqlite(parsed, enforce=enforce)
    if backend == POSTGRESQL:
        return _postgresql(parsed, connections)
    raise BadAddress(f"storage.url: {backend} is not supported; {_EXAMPLES}")


def connect_alone(url: URL) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a PostgreSQL connection outside any pool that commits each statement: for LISTEN and NOTIFY."""
    address, arguments = direct_address(url)
    return psycopg.connect(address, autocommit=True, **arguments)


def direct_address(url: URL) -> tuple[str, dict[str, Any]]:
    """Return where PostgreSQL is and our settings, for a connection outside any pool."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False), _postgresql_arguments(url)


def _sqlite(url: URL, *, enforce: bool) -> Engine:
    if url.database in {None, "", ":memory:"}:
        raise BadAddress("storage.url: SQLite needs a file, such as sqlite:///var/intake.db")
    url = url.set(drivername=_IMMEDIATE.replace(".", "+"))
    path = Path(str(url.database))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as failure:
        raise StorageUnavailable(f"{path} can't be made or opened ({failure.strerror}): check storage.url") from None
    patience = _SQLITE_PATIENCE if enforce else MIGRATING_PATIENCE
    arguments = {} if "timeout" in url.query else {"timeout": patience}
    engine = create_engine(url, connect_args=arguments, pool_size=1, max_overflow=0)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself: the dialect does
        cursor = connection.cursor()
        _write_ahead(cursor, patience)
        for pragma, value in {**_SQLITE_PRAGMAS, "foreign_keys": "ON" if enforce else "OFF"}.items():
            cursor.execute(f"PRAGMA {pragma} = {value}")
        cursor.close()

    return engine


def _write_ahead(cursor: DBAPICursor, patience: float) -> None:
    """Change to the write-ahead log; SQLite itself waits for no lock while it does, whatever the timeout."""
    until = time.monotonic() + patience
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as busy:
            if busy.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_WHILE_BUSY)
        else:
            return


def _postgresql(url: URL, connections: int) -> Engine:
    url = url.set(drivername=_PINGED_ONCE.replace(".", "+"))
    engine = create_engine(
        url,
        connect_args=_postgresql_arguments(url) | {"autocommit": True},
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,  # a restarted server costs one new connection, not one failed unit
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(_POSTGRESQL_SESSION)
        cursor.close()

    return engine


def _postgresql_arguments(url: URL) -> dict[str, Any]:
    """Return our settings of a connection, where the URL does not say otherwise."""
    return {name: value for name, value in _POSTGRESQL_CONNECT.items() if name not in url.query}
