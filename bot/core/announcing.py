"""What other systems of the company are told: of cases ids and references alone, of mailings who must not get them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from bot.core.case import Case, Item, State, is_proven
from bot.core.records import Suppression
from bot.core.waits import wait_after

MOST_TRIES: Final = 24
"""Some three days with the waits between: whoever was away for longer than a weekend asks for the cases themselves."""


class Happening(StrEnum):
    """What a subscriber may hear of."""

    OPENED = "case.opened"
    PROVEN = "case.proven"  # what was shown suffices for a right it did not suffice for before
    DRAFTED = "case.drafted"  # a letter waits for a colleague
    DUE_SOON = "case.due_soon"  # a date is near, or over
    ANSWERED = "case.answered"  # an answer arrived
    CLOSED = "case.closed"  # nothing is left to do
    MERGED = "case.merged"  # carried on in another case
    REOPENED = "case.reopened"
    STOPPED = "mailing.stopped"  # for an address or number, which is told: whoever sends has to know it
    ALLOWED = "mailing.allowed"  # again


ABOUT_CASES: Final = frozenset(Happening) - {Happening.STOPPED, Happening.ALLOWED}
"""What names nobody; a subscriber hears of mailings only where the settings say so."""


Subscribers = Mapping[str, Collection[Happening]]
"""What each subscriber wants to hear of, by its name in the settings."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened; `facts` are ids, references and dates, and of a mailing alone whom it concerns."""

    happening: Happening
    at: datetime
    facts: Mapping[str, str]
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """News on its way to one subscriber, leased under `fence`; `id` is the same at every try."""

    id: str
    subscriber: str
    news: News
    attempts: int
    fence: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How much one subscriber has not heard yet: what still waits, and what was given up until a colleague looks."""

    subscriber: str
    waiting: int = 0
    parked: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one unit of work did to one case; `before` is None for a new one, `drafts` are letters that now wait."""

    after: Case
    before: Case | None
    drafts: Sequence[str] = field(default=())


class Announcements(Protocol):
    """News that subscribers have not heard yet."""

    def changes(self) -> Sequence[Change]:
        """Return what this unit did to cases so far, each once."""

    def add(self, subscriber: str, news: News) -> None:
        """Store news for one subscriber."""

    def claim(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Announcement]:
        """Lease what is due, oldest first; counts one attempt each."""

    def heard(self, announcement: Announcement) -> None:
        """Forget what arrived. Raises StaleClaim by fence, like the two below."""

    def retry(self, announcement: Announcement, error: str, not_before: datetime) -> None:
        """Give a leased one back for a later try."""

    def park(self, announcement: Announcement, error: str) -> None:
        """Put a leased one aside until a colleague looks."""

    def standing(self) -> Sequence[Standing]:
        """Count what was not heard, by subscriber."""

    def release(self, subscriber: str, now: datetime) -> int:
        """Let what was parked for a subscriber be tried again, and return how much that was."""

    def drop(self, subscriber: str) -> int:
        """Forget what was parked for a subscriber, and return how much that was."""


def news_of(change: Change, now: datetime) -> Sequence[News]:
    """Say what a change means to whoever follows the case from outside."""
    case = change.after
    facts = {"case": case.id, "reference": case.reference}
    into = {"into": case.merged_into} if case.merged_into else {}
    told = [News(happening, now, facts | into, case.id) for happening in _happenings(change)]
    told += [News(Happening.DRAFTED, now, facts | {"draft": draft}, case.id) for draft in change.drafts]
    return told


def news_of_mailing(suppression: Suppression, now: datetime) -> News:
    """Say to whoever sends mailings that one was stopped, or may go out again (law.md rule 28)."""
    facts = {
        "channel": suppression.handle.channel,
        "value": suppression.handle.value,
        "scope": suppression.scope.value,
        "since": suppression.since.isoformat(),
    }
    return News(Happening.ALLOWED if suppression.lifted_at else Happening.STOPPED, now, facts)


def next_call(announcement: Announcement, now: datetime, jitter: float) -> datetime | None:
    """Return when to try again, or None when it is time to give up; `jitter` spreads the waits."""
    return None if announcement.attempts >= MOST_TRIES else now + wait_after(announcement.attempts, jitter)


def _happenings(change: Change) -> Sequence[Happening]:
    before, after = change.before, change.after
    told = []
    if before is None:
        told.append(Happening.OPENED)
    elif after.is_open and not before.is_open:
        told.append(Happening.REOPENED)
    was = {item.id: item for item in before.items} if before else {}
    if any(_came_to(item, was.get(item.id), is_proven) for item in after.items):
        told.append(Happening.PROVEN)
    if any(_came_to(item, was.get(item.id), _is_answered) for item in after.items):
        told.append(Happening.ANSWERED)
    if before is not None and before.is_open and not after.is_open:
        told.append(Happening.MERGED if after.merged_into else Happening.CLOSED)
    return told


def _is_answered(item: Item) -> bool:
    return item.state is State.ANSWERED


def _came_to(item: Item, was: Item | None, be: Callable[[Item], bool]) -> bool:
    return was is not None and be(item) and not be(was)
