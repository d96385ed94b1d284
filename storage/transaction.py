"""What every room of a unit shares: the session, the keys, and whom to wake after the commit."""

import itertools
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, inspect

from bot.core.references import ID_BYTES, write_id
from storage.crypto import Keyring

R = TypeVar("R", bound=SQLModel)

INBOX: Final = "inbox"
OUTBOX: Final = "outbox"

_SERIAL_BYTES: Final = 3
_serials = itertools.count(int.from_bytes(os.urandom(2), "big"))


@dataclass(slots=True)
class Transaction:
    """One running unit of work; `touched` collects the topics whose waiters are woken once it is durable."""

    session: Session
    keys: Keyring
    touched: set[str] = field(default_factory=set)

    def store(self, *rows: SQLModel) -> None:
        """Write new rows of one table now, so that a violated constraint shows where it happened.

        The rows go past the session, which would take four times as long over each.
        """
        if rows:
            table = _table_of(rows[0])
            self.session.connection().execute(insert(table), [_values(table, row) for row in rows])

    def store_if_new(self, row: SQLModel) -> bool:
        """Write a row unless an equal key is there, and say whether it was written; safe against any rival."""
        table = _table_of(row)
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        statement = dialect.insert(table).on_conflict_do_nothing().returning(*table.primary_key)
        return self.session.connection().execute(statement, _values(table, row)).first() is not None

    def lock(self, table: type[R], key: object) -> R | None:
        """Read a row that is about to change; on PostgreSQL rivals wait, on SQLite there are none."""
        return self.session.get(table, key, with_for_update=True, populate_existing=True)


def fresh_id(now: datetime) -> str:
    """Return an id that sorts by time and, within one process and moment, by the order of asking."""
    serial = next(_serials) % 256**_SERIAL_BYTES
    return write_id(now, serial.to_bytes(_SERIAL_BYTES, "big") + os.urandom(ID_BYTES - _SERIAL_BYTES))


def _table_of(row: SQLModel) -> Table:
    table = inspect(type(row)).local_table
    if not isinstance(table, Table):
        raise TypeError(f"{type(row).__name__} is no table")
    return table


def _values(table: Table, row: SQLModel) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in table.columns}
