"""A colleague's day in words of its own: what is to be done, and what breaks first if it is not."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.core.case import Case, State
from bot.core.delivery import Outgoing
from bot.core.drafts import Draft
from bot.core.listings import Load
from bot.core.records import Kept


class Need(StrEnum):
    """What a colleague has to do; their order is the order of one moment."""

    ASSESS = "assess"  # a breach, within 72 hours
    WHO = "who"  # somebody says that it was not them
    READ = "read"  # a message that no parser could read
    SETTLE = "settle"  # a letter of which nobody knows whether it arrived
    BOUNCED = "bounced"  # a letter that came back
    FAILED = "failed"  # a letter that did not leave
    FILL = "fill"  # the draft has open slots
    APPROVE = "approve"  # read it and say yes
    SECOND = "second"  # somebody said yes; a second person is needed
    OVERTAKEN = "overtaken"  # the draft is stale, and no other was written
    RETURNED = "returned"  # the draft was sent back
    HAND = "hand"  # nothing is drafted: a person has to look
    PROVE = "prove"  # nobody proved who asks, and the date is near


class Clock(StrEnum):
    """What breaks when the time is over."""

    PROMISE = "promise"
    LAW = "law"
    WINDOW = "window"  # a platform that takes no more of our texts then
    BREACH = "breach"  # 72 hours (Art. 33)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: with a case, its draft, a letter that is stuck, or a message that has no case.

    `breaks` is the last day of what breaks first, `until` its very moment where hours count.
    """

    need: Need
    clock: Clock
    breaks: date
    case: Case | None = None
    draft: Draft | None = None
    letter: Outgoing | None = None
    message: Kept | None = None
    until: datetime | None = None

    @property
    def order(self) -> tuple[date, float, int, str]:
        """Sort by the day, then by the hour where hours count, then by what is to be done."""
        hour = self.until.timestamp() if self.until else float("inf")
        return self.breaks, hour, list(Need).index(self.need), self.name

    @property
    def name(self) -> str:
        """What tells it from others of its need."""
        return next(one.id for one in (self.draft, self.letter, self.message, self.case) if one)


@dataclass(frozen=True, slots=True)
class Day:
    """All of it. `handed_on` counts drafts this colleague approved that wait for a second one; `stages` open items.

    `has_more`: of some kind more waits than is listed, which is what breaks first.
    """

    tasks: tuple[Task, ...]
    load: Load
    handed_on: int
    stages: dict[State, int]
    has_more: bool = False

    def count(self, *needs: Need) -> int:
        """Count the tasks of some needs."""
        return sum(task.need in needs for task in self.tasks)

    @property
    def breaches(self) -> int:
        """How many breaches wait to be assessed."""
        return self.count(Need.ASSESS)

    @property
    def denied(self) -> int:
        """How many cases stand still because somebody says that it was not them."""
        return self.count(Need.WHO)

    @property
    def stuck(self) -> int:
        """How many letters did not leave, came back, or may not have arrived."""
        return self.count(Need.SETTLE, Need.BOUNCED, Need.FAILED)

    @property
    def parked(self) -> int:
        """How many messages could not be read."""
        return self.count(Need.READ)

    @property
    def is_fine(self) -> bool:
        """Say whether nothing is late, nothing is stuck, and neither a breach nor a denial waits."""
        return not (self.breaches or self.denied or self.load.late or self.stuck or self.parked)
