"""Caps over a sliding window, and things that may happen once; keys are hashed."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, func
from sqlmodel import col, select

from storage.tables import CounterHitRow, OccurrenceRow
from storage.transaction import Transaction, fresh_id

LONGEST_WINDOW: Final = timedelta(days=31)
"""Older hits of a key are forgotten when it is counted again, a day's together."""
_A_DAY: Final = timedelta(days=1)

UNSEEN: Final = 100
"""More hits of one key than all units under way can hold, which nobody else sees before these end."""

_OF_KEY: Final = col(CounterHitRow.key) == bindparam("of")
_COUNTING: Final = select(  # each from the end of the index: a key may have a month of hits
    select(func.count()).where(_OF_KEY, col(CounterHitRow.at) > bindparam("since")).scalar_subquery(),
    select(func.min(CounterHitRow.at)).where(_OF_KEY).scalar_subquery(),
)
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
        out_of_use = oldest is not None and oldest < now - LONGEST_WINDOW - _A_DAY
        # Whoever counts one key with us would wait until our unit ends: only where the cap is within their reach.
        is_far = count + UNSEEN < limit and not out_of_use
        if not is_far and self._tx.queue_up(hashed) and self._counted(hashed, since)[0] >= limit:
            return False  # a rival counted meanwhile
        if out_of_use:
            self._tx.connection.execute(_FORGETTING, {"of": hashed, "until": now - LONGEST_WINDOW})
        self._tx.store(CounterHitRow(id=fresh_id(now), key=hashed, at=now))
        return True

    def once(self, key: str, now: datetime) -> bool:
        return self._tx.store_if_new(OccurrenceRow(key=self._tx.keys.index("occurrence", key), at=now))

    def _counted(self, hashed: bytes, since: datetime) -> tuple[int, datetime | None]:
        """Return how often a key was counted since a moment, and when first of all."""
        count, oldest = self._tx.connection.execute(_COUNTING, {"of": hashed, "since": since}).one()
        return count, oldest
