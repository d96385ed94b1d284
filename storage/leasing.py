"""The state in the tables is the queue: what is due is leased under a fence, the longest due first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, TextClause, bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.tables import AnnouncementRow, CopyRow, MessageRow, OutgoingRow
from storage.transaction import Transaction

L = TypeVar("L", MessageRow, OutgoingRow, AnnouncementRow, CopyRow)


class Queue(Generic[L]):
    """The rows of one table that wait for a worker.

    `waiting` are the conditions of its partial index, and any others; what they bind is given with each look.
    """

    def __init__(self, table: type[L], *waiting: TextClause | ColumnElement[bool]) -> None:
        due_at, ident = col(table.due_at), col(table.id)
        self._due: SelectOfScalar[L] = (
            select(table)
            .where(*waiting, due_at <= bindparam("now"))
            .order_by(due_at, ident)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )

    def due(self, tx: Transaction, now: datetime, most: int, **bound: Any) -> Sequence[L]:
        """Return rows that may be leased; no other worker gets them before this unit ends."""
        return tx.session.exec(self._due, params={"now": now, "most": most, **bound}).all()


def lease_until(rows: Sequence[L], until: datetime) -> None:
    """Count an attempt for each row and move its fence on: whoever held it before holds it no more."""
    for row in rows:
        row.attempts += 1
        row.fence += 1
        row.due_at = until
