"""When Meta lets us write to somebody (law.md rule 43): a window that opens with the person's own message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FREE: Final = timedelta(hours=24)
"""For so long after the person's last message anybody may write freely."""

HUMAN_AGENT: Final = timedelta(days=7)
"""For so long a colleague may still write, where the platform knows such a tag; a bot may not."""


class Passage(StrEnum):
    """How a text may leave now."""

    FREELY = "freely"
    AS_A_COLLEAGUE = "as_a_colleague"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Window:
    """A person's window: it opened when the platform heard them last."""

    heard_at: datetime

    @property
    def closes_at(self) -> datetime:
        """The moment from which on nothing leaves freely."""
        return self.heard_at + FREE

    def passage(self, now: datetime, *, by_colleague: bool) -> Passage:
        """Say how a text may leave; what the bot wrote never passes for a colleague's."""
        if now < self.closes_at:
            return Passage.FREELY
        if by_colleague and now < self.heard_at + HUMAN_AGENT:
            return Passage.AS_A_COLLEAGUE
        return Passage.NOT
