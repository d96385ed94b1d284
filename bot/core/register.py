"""The company's record of processing (Art. 30): what is processed, why, how long, and who receives it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

EVERY_LANGUAGE: Final = ""
"""The language of what reads the same in all of them: the names of recipients."""


class Point(StrEnum):
    """What the record says of one category."""

    NAME = "name"
    DATA = "data"
    PURPOSE = "purpose"
    SOURCE = "source"
    BASIS = "basis"
    KEPT = "kept"
    RECIPIENTS = "recipients"
    TRANSFERS = "transfers"
    AUTOMATED = "automated"


TO_CONFIRM: Final = (Point.BASIS, Point.KEPT, Point.RECIPIENTS, Point.TRANSFERS, Point.AUTOMATED)
"""What a letter states only once a person has confirmed it (law.md rule 21)."""


class Ours(StrEnum):
    """What this desk itself keeps of people, by its category in the record; told of where we hold any."""

    OPT_OUTS = "opt_outs"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Processing:
    """One category of data.

    `texts` holds each point by language; `none` the points the company says there is nothing of. `confirmed_by` names
    who answers for the points of `TO_CONFIRM`; without it, what stands there is a note to colleagues. `sensitive` data
    (Art. 9, or of high risk) are shown only to whoever gave a second proof (law.md rule 12).
    """

    category: str
    texts: Mapping[Point, Mapping[str, str]]
    none: frozenset[Point] = frozenset()
    confirmed_by: str = ""
    confirmed_on: date | None = None
    sensitive: bool = False

    def says(self, point: Point, language: str) -> str:
        """Return what is recorded on a point, for a language; empty where nothing is."""
        texts = self.texts.get(point, {})
        return texts.get(language) or texts.get(EVERY_LANGUAGE, "")

    def notes(self, point: Point) -> str:
        """Return what is recorded on a point in whatever language, for a colleague to go on from."""
        return next(iter(self.texts.get(point, {}).values()), "")

    def may_state(self, point: Point) -> bool:
        """Say whether a letter may state this point as a fact."""
        said = point in self.none or bool(self.texts.get(point))
        return said and (point not in TO_CONFIRM or bool(self.confirmed_by))

    @property
    def open_points(self) -> tuple[Point, ...]:
        """What the company still has to say or to confirm."""
        return tuple(point for point in TO_CONFIRM if not self.may_state(point))


@dataclass(slots=True)
class RegisterReport:
    """What an import found; `problems` pairs a line (CSV) or entry (JSON) with a sentence."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


class Register(Protocol):
    """Where the imported record is kept."""

    def listed(self) -> Sequence[Processing]:
        """Return the entries in their order; none before the first import."""

    def replace(self, entries: Iterable[Processing]) -> None:
        """Keep these entries and no others."""
