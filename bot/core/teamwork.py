"""Who sees to which case, and what colleagues tell each other about it; none of it touches what waits in the case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Remark:
    """What one colleague wrote for the others; it goes with its case, and is never sent to anybody."""

    id: str
    case_id: str
    by: str
    at: datetime
    text: str


class Teamwork(Protocol):
    """Assignments and remarks of cases."""

    def assign(self, case_id: str, email: str, now: datetime) -> None:
        """Let a colleague see to a case, in place of whoever did; an empty address lets nobody."""

    def assignees(self, case_ids: Collection[str]) -> Mapping[str, str]:
        """Return who sees to each of these cases; those nobody sees to are not in it."""

    def add(self, remark: Remark) -> None:
        """Store a new remark."""

    def remarks(self, case_id: str) -> Sequence[Remark]:
        """Return a case's remarks, oldest first."""
