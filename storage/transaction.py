"""What every room of a unit shares: the session, the keys, and whom to wake after the commit."""

import itertools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar, cast

from sqlalchemy import BigInteger, ColumnElement, Connection, Insert, Table, Update, bindparam, func, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session, SQLModel, inspect, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.core.references import ID_BYTES, write_id
from storage.crypto import Keyring
from storage.engine import SQLITE

R = TypeVar("R", bound=SQLModel)

INBOX: Final = "inbox"
OUTBOX: Final = "outbox"
DESK: Final = "desk"
"""Whatever a colleague may be looking at."""
ANNOUNCEMENTS: Final = "announcements"
TOPICS: Final = (INBOX, OUTBOX, DESK, ANNOUNCEMENTS)

_QUEUING: Final = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger)))

_SERIAL_BYTES: Final = 3
_serials = itertools.count(int.from_bytes(os.urandom(2), "big"))


@dataclass(slots=True)
class Transaction:
    """One running unit of work; `touched` collects the topics whose waiters are woken once it is durable.

    `begun` are the ids of the cases that begin with it: nobody else sees one yet, so what this very unit wrote is all
    that hangs on it.
    """

    session: Session
    keys: Keyring
    touched: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    connection: Connection = field(init=False)
    """For what goes past the session: asking it for its own takes a fifth of a query, fifty times a message."""

    def __post_init__(self) -> None:
        """Begin."""
        self.connection = self.session.connection()

    def store(self, *rows: SQLModel) -> None:
        """Write new rows of one table now, so that a violated constraint shows where it happened.

        The rows go past the session, which would take four times as long over each.
        """
        if rows:
            self.connection.execute(_insertion(type(rows[0])), [_values(row) for row in rows])

    def store_if_new(self, row: SQLModel) -> bool:
        """Write a row unless an equal key is there, and say whether it was written; safe against any rival."""
        return bool(self.store_new(row))

    def store_new(self, *rows: R) -> Sequence[R]:
        """Write the rows of one table whose keys are not there yet, and return these; safe against any rival.

        No two of them have one key.
        """
        if not rows:
            return ()
        insertion = _insertion_if_new(type(rows[0]), self.connection.dialect.name)
        written = set(map(tuple, self.connection.execute(insertion, [_values(row) for row in rows])))
        return [row for row in rows if _key(row) in written]

    def read(self, statement: SelectOfScalar[R], **bound: Any) -> Sequence[R]:
        """Return rows to be looked at: the columns under their names, which can't be changed.

        They go past the session, which would take three times as long over them.
        """
        self.session.flush()
        return cast("Sequence[R]", self.connection.execute(statement, bound).all())

    def find(self, table: type[R], key: object) -> R | None:
        """Return the row of a key to be looked at."""
        return next(iter(self.read(_finding(table), **_bound(key))), None)

    def hold(self, table: type[R], key: object) -> R | None:
        """Return the row of a key to be looked at; on PostgreSQL rivals wait, on SQLite there are none."""
        return next(iter(self.read(_locking(table), **_bound(key))), None)

    def lock(self, table: type[R], key: object) -> R | None:
        """Return the row of a key, held, to be changed in place."""
        return self.session.exec(_locking(table), params=_bound(key)).first()

    def change(self, table: type[SQLModel], key: object, **values: Any) -> bool:
        """Change columns of the row of a key, and say whether there is such a row."""
        return self.write(_changing(table), values | _bound(key)) > 0

    def write(self, statement: Update, values: Mapping[str, Any]) -> int:
        """Change rows past the session, on top of what it was told to change, and return how many those are."""
        self.session.flush()
        return self.connection.execute(statement, values).rowcount

    def queue_up(self, key: bytes) -> bool:
        """Wait until no rival unit holds this key, hold it until the end, and say whether there can be rivals at all.

        On SQLite there are none.
        """
        if self.connection.dialect.name == SQLITE:
            return False
        self.connection.execute(_QUEUING, {"number": int.from_bytes(key[:8], "big", signed=True)})
        return True


def fresh_id(now: datetime) -> str:
    """Return an id that sorts by time and, within one process and moment, by the order of asking."""
    serial = next(_serials) % 256**_SERIAL_BYTES
    return write_id(now, serial.to_bytes(_SERIAL_BYTES, "big") + os.urandom(ID_BYTES - _SERIAL_BYTES))


@cache
def _table(model: type[SQLModel]) -> Table:
    table = inspect(model).local_table
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no table")
    return table


def _bound(key: object) -> dict[str, object]:
    return {f"key{place}": part for place, part in enumerate(key if isinstance(key, tuple) else (key,))}


@cache
def _own(model: type[SQLModel]) -> Sequence[ColumnElement[bool]]:
    """Return what is true of the row of one key alone."""
    return [key == bindparam(f"key{place}") for place, key in enumerate(_table(model).primary_key)]


@cache
def _finding(model: type[R]) -> SelectOfScalar[R]:
    return select(model).where(*_own(model))


@cache
def _changing(model: type[SQLModel]) -> Update:
    return update(_table(model)).where(*_own(model))


@cache
def _locking(model: type[R]) -> SelectOfScalar[R]:
    return _finding(model).with_for_update().execution_options(populate_existing=True)


@cache
def _columns(model: type[SQLModel]) -> Sequence[str]:
    return [column.key for column in _table(model).columns]


@cache
def _insertion(model: type[SQLModel]) -> Insert:
    return insert(_table(model))


@cache
def _insertion_if_new(model: type[SQLModel], dialect: str) -> ReturningInsert[Any]:
    table = _table(model)
    insertion = sqlite.insert(table) if dialect == SQLITE else postgresql.insert(table)
    return insertion.on_conflict_do_nothing().returning(*table.primary_key)


@cache
def _key_columns(model: type[SQLModel]) -> Sequence[str]:
    return [column.key for column in _table(model).primary_key]


def _key(row: SQLModel) -> tuple[Any, ...]:
    return tuple(row.__dict__[name] for name in _key_columns(type(row)))


def _values(row: SQLModel) -> dict[str, Any]:
    return {name: row.__dict__[name] for name in _columns(type(row))}
