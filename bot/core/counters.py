"""What may happen so often, or once."""

from datetime import datetime
from typing import Protocol


class Counters(Protocol):
    """Caps and things that may happen once."""

    def raise_within(self, key: str, limit: int, since: datetime, now: datetime) -> bool:
        """Count one more under `key` and return True, unless `limit` was reached since a moment.

        Keys are hashed at rest.
        """

    def once(self, key: str, now: datetime) -> bool:
        """True the first time only."""
