"""What lies past its end on the shelves, and its destruction (law.md rule 44)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.case import Case
from bot.core.shelves import Count, Shelf


class Shelves(Protocol):
    """What is past its end, and its destruction (law.md rule 44)."""

    def quiet_since(self, shelf: Shelf, end: datetime, limit: int, after: str = "") -> Sequence[str]:
        """Return ids of cases with something on a shelf that are closed, and to which nothing happened since; paged."""

    def is_quiet(self, case_id: str, end: datetime) -> bool:
        """Say whether that is still so; nobody else changes the case before this unit ends."""

    def evidence_of(self, case_id: str) -> int:
        """Count what was asked to be sure of the person."""

    def destroy_evidence(self, case_id: str) -> None:
        """Destroy it."""

    def destroy_case(self, case: Case) -> None:
        """Destroy a case with its messages, letters and drafts, and count its items.

        Its history stays whole and anonymous; what keeps its mails from being taken in again stays too.
        """

    def destroy_reasons(self, end: datetime) -> None:
        """Destroy the reasons of what was done outside any case before a moment."""

    def counts(self) -> Sequence[Count]:
        """Return what is left of destroyed cases."""
