"""Why a colleague did something with a case, in their own words; the history itself holds only a hash of them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Note:
    """One reason on file (law.md rule 46); `what` is the event of the history it explains."""

    at: datetime
    by: str
    what: str
    text: str
