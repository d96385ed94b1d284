"""What colleagues list and count: open work first, paged by key, within the lanes they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.core.case import Case, Lane, State
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.rights import RequestType


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list shows; what is None or empty does not narrow it. `due_by` is the last day of the list.

    `assignee` is the colleague who sees to them; an empty address means nobody does. Cases that a complaint keeps from
    `staff` are left out.
    """

    lanes: frozenset[Lane]
    open_only: bool = True
    right: RequestType | None = None
    state: State | None = None
    language: str = ""
    due_by: date | None = None
    assignee: str | None = None
    staff: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """Which entries of the history a list shows, from `since` till before `until`; what is empty does not narrow it."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    event: str = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """How much is open: all, what is late, and what is due within the days asked for."""

    open: int
    late: int
    soon: int


class Listings(Protocol):
    """Lists and counts for the console; none scans what is done.

    Each leaves out, and does not count, what a complaint keeps from `staff` (law.md rule 31).
    """

    def cases(self, wanted: Wanted, limit: int, after: str = "") -> Sequence[Case]:
        """List cases, those due first; `after` is the id of the last one seen. Raises NotFound for a wrong one."""

    def load(self, lanes: frozenset[Lane], today: date, soon: date, staff: str = "") -> Load:
        """Count open cases."""

    def stages(self, lanes: frozenset[Lane], staff: str = "") -> Mapping[State, int]:
        """Count open items by state, for whoever sees every lane from a partial index."""

    def waiting(
        self,
        lanes: frozenset[Lane],
        limit: int,
        staff: str = "",
        after: str = "",
        kind: DraftKind | None = None,
    ) -> Sequence[tuple[Case, Draft]]:
        """List waiting drafts with their cases, those due first, of one kind or all.

        `after` is the id of the last draft seen. Raises NotFound for a wrong one.
        """

    def unanswered(
        self, lanes: frozenset[Lane], limit: int, staff: str = ""
    ) -> Sequence[tuple[Case, DraftStatus | None]]:
        """List cases with an item on the desk and no draft that waits, those due first, and its last draft's fate."""

    def unproven(self, lanes: frozenset[Lane], due_by: date, limit: int, staff: str = "") -> Sequence[Case]:
        """List cases due by a day in which a question who it is stands open and nothing waits for a colleague."""
