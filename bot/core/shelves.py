"""How long what is kept: the shelves, each with its end, and the legal hold that stops them (law.md rule 44). Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Shelf(StrEnum):
    """What is kept for one reason and for one time; what is left of a case at the end is a count."""

    OTHER_MAIL = "other_mail"  # what no case needs
    EVIDENCE = "identity_evidence"  # what was asked to be sure of who writes
    PACKAGE = "data_package"  # what was handed over; its manifest stays with the case
    ERASED = "erased_people"  # whom a restored database has again (rule 45)
    ARCHIVE = "closed_cases"  # letters, decisions and reasons, until limitation


@dataclass(frozen=True, slots=True)
class Hold:
    """A colleague's word that nothing of a case may be destroyed: a dispute, an inquiry."""

    reason: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Periods:
    """How long each shelf is kept.

    Other mail counts from its arrival, a package from its making, the rest from the last thing that happened.
    `evidence` outlasts the day within which codes to an address are counted.
    """

    other_mail: timedelta = timedelta(days=30)
    evidence: timedelta = timedelta(days=7)
    package: timedelta = timedelta(days=30)
    archive_years: int = 5

    def end_of(self, shelf: Shelf, now: datetime) -> datetime:
        """Return the moment before which what lies on a shelf is past its end."""
        if shelf is Shelf.ARCHIVE:
            return years_before(now, self.archive_years)
        kept = {Shelf.OTHER_MAIL: self.other_mail, Shelf.EVIDENCE: self.evidence}
        return now - kept.get(shelf, timedelta())

    def why(self, shelf: Shelf) -> str:
        """Say a shelf's period in words."""
        match shelf:
            case Shelf.OTHER_MAIL:
                return f"no case needs it; kept {self.other_mail.days} days"
            case Shelf.EVIDENCE:
                return f"the case is closed; kept {self.evidence.days} days more"
            case Shelf.PACKAGE:
                return f"its link is over; open {self.package.days} days, the manifest stays"
            case Shelf.ERASED:
                return "erased before; a restored database had them again"
            case Shelf.ARCHIVE:
                return f"the case is closed and quiet; kept {self.archive_years} years"


@dataclass(frozen=True, slots=True)
class Count:
    """What is left of destroyed cases: how many rights of one kind came in a month (2026-03), and how they ended."""

    month: str
    right: str
    ended: str
    number: int


def years_before(moment: datetime, years: int) -> datetime:
    """Return the same day so many years earlier; 29 February becomes the 28th where there is none."""
    year = moment.year - years
    return moment.replace(year=year, day=min(moment.day, monthrange(year, moment.month)[1]))
