"""Errands: what a browser is sent off with and brings back once, such as the challenge of a passkey."""

from datetime import datetime
from typing import Protocol


class Errands(Protocol):
    """Open errands; a name is met here in clear and stored as a keyed hash, what is kept for it is sealed."""

    def send_out(self, name: str, kept: str, until: datetime, now: datetime) -> None:
        """Keep something under a name until it is taken, in place of an older errand; what is past its time goes."""

    def take(self, name: str, now: datetime) -> str | None:
        """Return what was kept, which then is gone, or None where nothing waits any more."""
