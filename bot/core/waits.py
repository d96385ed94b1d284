"""How long to wait between one try and the next, of whatever goes out: longer each time, and not for all at once."""

from datetime import timedelta
from typing import Final

LONGEST_WAIT: Final = timedelta(hours=4)

_FIRST_WAIT: Final = timedelta(seconds=30)


def wait_after(attempts: int, jitter: float) -> timedelta:
    """Return the wait after so many tries; `jitter` in [0, 1) spreads them, so that what recovers is not met by all."""
    wait: timedelta = min(_FIRST_WAIT * 2.0 ** min(attempts, 10), LONGEST_WAIT)
    return wait * (0.5 + jitter / 2)
