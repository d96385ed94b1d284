"""What a mailbox has to remember: how far each folder was seen, and which mails may be moved."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from bot.core.records import Cursor, Disposition
from storage.tables import CursorRow, LedgerRow, MessageRow
from storage.tables.arrivals import STILL_UPSTREAM
from storage.transaction import Transaction


class Mailbox:
    """The part of the inbox that a mailbox asks about itself."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def cursor(self, source: str) -> Cursor | None:
        row = self._tx.session.get(CursorRow, source)
        return Cursor(row.uidvalidity, row.last_uid) if row else None

    def move_cursor(self, source: str, cursor: Cursor) -> None:
        row = self._tx.lock(CursorRow, source)
        if row is not None:
            row.uidvalidity, row.last_uid = cursor.uidvalidity, cursor.last_uid
            return
        # The one moment that is storage's own to know: when this folder was first heard of.
        now = datetime.now(UTC)
        self._tx.store(
            CursorRow(source=source, uidvalidity=cursor.uidvalidity, last_uid=cursor.last_uid, watched_since=now)
        )

    def watched_since(self, source: str) -> datetime | None:
        row = self._tx.session.get(CursorRow, source)
        return row.watched_since if row else None

    def settled(self, source: str, limit: int) -> Sequence[str]:
        twin = aliased(MessageRow)
        doubles_a_case = (
            select(twin.id)
            .where(twin.raw_digest == MessageRow.raw_digest, twin.disposition == Disposition.CASE.value)
            .exists()
        )
        found = self._tx.session.exec(
            select(LedgerRow.event)
            .join(MessageRow, col(MessageRow.id) == LedgerRow.message_id)
            .where(
                STILL_UPSTREAM,
                MessageRow.source == source,
                or_(MessageRow.disposition == Disposition.CASE.value, doubles_a_case),
            )
            .order_by(col(MessageRow.id))
            .limit(limit)
        )
        return found.all()

    def moved(self, source: str, events: Sequence[str]) -> None:
        named = select(LedgerRow.message_id).where(LedgerRow.source == source, col(LedgerRow.event).in_(events))
        self._tx.session.exec(
            update(MessageRow)
            .where(col(MessageRow.id).in_(named))
            .values(moved=True)
            .execution_options(synchronize_session=False)
        )
