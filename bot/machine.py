"""The machine's own clock and chance."""

import os
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return datetime.now(UTC)


class SystemEntropy:
    """The operating system's randomness."""

    def draw(self, count: int) -> bytes:
        """Return `count` random bytes."""
        return os.urandom(count)
