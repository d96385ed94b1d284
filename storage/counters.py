"""Caps over a sliding window, and things that may happen once; keys are hashed."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func
from sqlmodel import col, select

from storage.tables import CounterHitRow, CounterRow, OccurrenceRow
from storage.transaction import Transaction, fresh_id

LONGEST_WINDOW: Final = timedelta(days=31)
"""Older hits of a key are forgotten when it is counted again."""


class SqlCounters:
    """The counters within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def raise_within(self, key: str, limit: int, since: datetime, now: datetime) -> bool:
        hashed = self._tx.keys.index("counter", key)
        if self._counted(hashed, since) >= limit:
            return False  # nobody waits for a counter that is full anyway
        self._tx.store_if_new(CounterRow(key=hashed))
        self._tx.lock(CounterRow, hashed)  # rivals for the same key count one after the other
        if self._counted(hashed, since) >= limit:
            return False
        forgotten = col(CounterHitRow.at) < now - LONGEST_WINDOW
        self._tx.session.exec(delete(CounterHitRow).where(col(CounterHitRow.key) == hashed, forgotten))
        self._tx.store(CounterHitRow(id=fresh_id(now), key=hashed, at=now))
        return True

    def once(self, key: str, now: datetime) -> bool:
        return self._tx.store_if_new(OccurrenceRow(key=self._tx.keys.index("occurrence", key), at=now))

    def _counted(self, hashed: bytes, since: datetime) -> int:
        return self._tx.session.exec(
            select(func.count())
            .select_from(CounterHitRow)
            .where(CounterHitRow.key == hashed, col(CounterHitRow.at) > since)
        ).one()
