"""How a chat channel is: what colleagues read when its messages stop coming."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class ChatHealth:
    """What is known of a channel now, without personal data.

    `backlog` counts what waits at the platform, where it tells; `failures` those in a row; `refused` the calls that
    showed no proof of their origin since the start.
    """

    last_contact: datetime | None = None
    last_error: str = ""
    failures: int = 0
    backlog: int | None = None
    refused: int = 0

    def well(self, now: datetime) -> None:
        """Note that the platform and our storage both did their part."""
        self.last_contact, self.last_error, self.failures = now, "", 0

    def ill(self, words: str) -> None:
        """Note what went wrong, in words for a colleague."""
        self.last_error = words
        self.failures += 1
