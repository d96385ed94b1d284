"""When Meta lets us write to somebody (law.md rule 43): a window that opens with the person's own message."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

FREE: Final = timedelta(hours=24)
"""For so long after the person's last message anybody may write freely."""

HUMAN_AGENT: Final = timedelta(days=7)
"""For so long a colleague may still write, where the platform knows such a tag; a bot may not."""


_BEFORE_CLOSING: Final = timedelta(hours=2)
_MORNING, _EVENING = 8, 20

EARLIEST_LAST_WORD: Final = FREE - _BEFORE_CLOSING - timedelta(hours=24 - _EVENING + _MORNING)
"""Nobody is asked for the last time sooner than this after they wrote."""


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

    def last_word_at(self, zone: tzinfo) -> datetime:
        """Return when to write for the last time: two hours before the end, the evening before if that is at night."""
        at = (self.closes_at - _BEFORE_CLOSING).astimezone(zone)
        if _MORNING <= at.hour < _EVENING:
            return at
        if at.hour < _MORNING:
            at -= timedelta(days=1)
        return at.replace(hour=_EVENING, minute=0, second=0, microsecond=0)

    def passage(self, now: datetime, *, by_colleague: bool) -> Passage:
        """Say how a text may leave; what the bot wrote never passes for a colleague's."""
        if now < self.closes_at:
            return Passage.FREELY
        if by_colleague and now < self.heard_at + HUMAN_AGENT:
            return Passage.AS_A_COLLEAGUE
        return Passage.NOT
