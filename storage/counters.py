"""Caps over a sliding window, and things that may happen once; keys are hashed."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, func
from sqlmodel import col, select

from storage.tables import CounterHitRow, OccurrenceRow
from storage.transaction import Transaction, fresh_id

LONGEST_WINDOW: Final = timedelta(days=31)
"""Older hits of a key are forgotten when it is counted again."""

_OF_KEY: Final = col(CounterHitRow.key) == bindparam("of")
_COUNTING: Final = select(
    func.count().filter(col(CounterHitRow.at) > bindparam("since")), func.min(CounterHitRow.at)
).where(_OF_KEY)
_FORGETTING: Final = delete(CounterHitRow).where(_OF_KEY, col(CounterHitRow.at) < bindparam("until"))


class SqlCounters:
    """The counters within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def raise_within(self, key: str, limit: int, since: datetime, now: datetime) -> bool:
        hashed = self._tx.keys.index("counter", key)
        count, oldest = self._counted(hashed, since)
        if count >= limit:
            return False  # nobody waits for a counter that is full anyway
        if self._tx.queue_up(hashed) and self._counted(hashed, since)[0] >= limit:
            return False  # a rival for the same key counted meanwhile
        if oldest is not None and oldest < now - LONGEST_WINDOW:
            self._tx.connection.execute(_FORGETTING, {"of": hashed, "until": now - LONGEST_WINDOW})
        self._tx.store(CounterHitRow(id=fresh_id(now), key=hashed, at=now))
        return True

    def once(self, key: str, now: datetime) -> bool:
        return self._tx.store_if_new(OccurrenceRow(key=self._tx.keys.index("occurrence", key), at=now))

    def _counted(self, hashed: bytes, since: datetime) -> tuple[int, datetime | None]:
        """Return how often a key was counted since a moment, and when first of all."""
        count, oldest = self._tx.connection.execute(_COUNTING, {"of": hashed, "since": since}).one()
        return count, oldest
