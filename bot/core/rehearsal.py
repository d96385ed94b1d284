"""What an erasure would do, told before it is approved (law.md rule 24). Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of one thing."""

    GOES = "goes"
    STAYS = "stays"
    WEIGH = "weigh"  # a colleague says: the record alone does not


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One thing: `what` it is, `detail` the company's own words about it, `why` it goes or stays, in ours."""

    fate: Fate
    what: str
    why: str
    detail: str = ""
