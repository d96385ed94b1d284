"""Where the customers on record are kept."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.messages import Handle
from bot.core.records import Customer, Erasure


class Directory(Protocol):
    """The customers on record, found by blind index."""

    def find(self, handle: Handle) -> Sequence[Customer]:
        """Return every customer with this address or handle."""

    def named(self, name: str, limit: int = 50) -> Sequence[Customer]:
        """Return the customers in whose name all these words stand (by blind index)."""

    def get(self, customer_id: str) -> Customer | None:
        """Return a customer by the id cases know, or None once it was erased."""

    def numbered(self, number: str) -> Customer | None:
        """Return the customer with a number."""

    def erase(self, number: str, now: datetime) -> Erasure:
        """Destroy a customer's row and remember its number, as a keyed hash, so that no import brings it back.

        Raises NotFound.
        """

    def erased(self, number: str) -> datetime | None:
        """Return when the customer with this number was erased."""

    def erasures(self) -> Sequence[Erasure]:
        """Return all, oldest first."""

    def behind(self, erasure: Erasure) -> Customer | None:
        """Return whom a restored database has again of those that were erased."""

    def erase_again(self, erasure: Erasure) -> bool:
        """Carry out an erasure that a restored database forgot (law.md rule 45); True when somebody was there again."""

    def put(self, customer: Customer, now: datetime) -> bool:
        """Insert or replace by customer number; True when it was new."""

    def new_since(self, handle: Handle, moment: datetime) -> datetime | None:
        """Return when a handle came on record of a customer we knew before, if that was after a moment."""

    def is_empty(self) -> bool:
        """Say whether nobody is on record: the company gave us no directory."""

    def apart_from(self, numbers: Collection[str], most: int) -> tuple[int, Sequence[Customer]]:
        """Return how many customers have none of these numbers, and up to `most` of them."""

    def count(self) -> int:
        """Count customers."""
