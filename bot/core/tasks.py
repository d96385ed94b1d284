"""What a letter says was done: clearing each system, telling each recipient (Art. 19), handing data on (Art. 20(2))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bot.core.rights import RequestType
from bot.core.verdict import Outcome

CHANGING: Final = (RequestType.RECTIFICATION, RequestType.ERASURE, RequestType.RESTRICTION)
"""The rights whose granting changes data, and that recipients hear of (Art. 16 to 18, 19)."""

DONE: Final = frozenset({Outcome.GRANTED, Outcome.PARTLY})
"""The outcomes that say something was changed."""


class TaskKind(StrEnum):
    """What a task is about."""

    CARRY_OUT = "carry_out"  # in a system of the company
    TELL = "tell"  # a recipient of the data (Art. 19)
    HAND_OVER = "hand_over"  # to the service the person named (Art. 20(2))
    ERASE_ROW = "erase_row"  # of this desk's own record, once the answer has left: until then it says who they are


@dataclass(frozen=True, slots=True)
class System:
    """Where the company keeps data that this desk can't reach.

    `owner` is the colleague who changes them there; `keeps` what an erasure leaves there, why and until when.
    """

    name: str
    owner: str = ""
    rights: frozenset[RequestType] = frozenset(CHANGING)
    keeps: str = ""


class KnownBy(StrEnum):
    """By what a recipient finds the person; nothing else is told (Art. 5(1)(c))."""

    EMAIL = "email"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who received the data, a processor included, and is told of every change (law.md rule 30)."""

    name: str
    contact: str
    language: str = "en"
    known_by: KnownBy = KnownBy.EMAIL
    rights: frozenset[RequestType] = frozenset(CHANGING)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do for an item.

    `name` is the system's or the recipient's, or the customer's number. An `excepted` task was not done, for the reason
    in `note`: nothing is there, or telling is impossible or disproportionate (Art. 19). `draft` is the notice that a
    recipient gets.
    """

    id: str
    case_id: str
    item: str
    right: RequestType
    kind: TaskKind
    name: str
    owner: str
    opened_at: datetime
    ended_at: datetime | None = None
    by: str = ""
    note: str = ""
    excepted: bool = False
    draft: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether it is still to be done."""
        return self.ended_at is None

    @property
    def comes_first(self) -> bool:
        """Say whether it has to be done, or excepted, before the answer may leave."""
        return self.kind is not TaskKind.ERASE_ROW


class Tasks(Protocol):
    """The tasks of all cases."""

    def add(self, task: Task) -> None:
        """Store a new task."""

    def save(self, task: Task) -> None:
        """Store a changed one. Raises NotFound."""

    def get(self, task_id: str) -> Task:
        """Raises NotFound; accepts an unambiguous beginning of the id."""

    def of_case(self, case_id: str) -> Sequence[Task]:
        """Return a case's tasks, oldest first."""

    def open(self, limit: int, after: str = "") -> Sequence[Task]:
        """Return what is still to be done in any case, oldest first; `after` is the id of the last one seen."""

    def drop(self, task_id: str) -> None:
        """Forget a task that is not called for any more."""
