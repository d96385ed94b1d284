"""Words a colleague typed into a draft and has not kept yet: they outlive a crash and an ended session."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

KEPT_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class UnsavedWords:
    """What was typed, when, and the seal of the draft it was typed into."""

    subject: str
    body: str
    seal: str
    at: datetime


class Unsaved(Protocol):
    """Unsaved words, one set for each draft and colleague."""

    def put(self, draft_id: str, email: str, words: UnsavedWords) -> None:
        """Store what was typed in place of what was typed before; what is too old is forgotten."""

    def of(self, draft_id: str, email: str) -> UnsavedWords | None:
        """Return what a colleague typed into a draft."""

    def forget(self, draft_id: str, email: str) -> None:
        """Forget what a colleague typed into a draft."""
