"""A whole case as an outsider has to read it: what was written, what was done and by whom, and what proves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.case import Case
from bot.core.records import AuditRow


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `facts` are what the history says of it, `reference` is the case's it happened in."""

    at: datetime
    who: str
    what: str
    reference: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Writing:
    """One message of the conversation, theirs or `ours`; `file` is its original's name in the pack, if it still is."""

    at: datetime
    who: str
    subject: str
    text: str
    ours: bool
    file: str


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case on one day. `problems` are what is wrong with its history, nothing when it is whole."""

    case: Case
    company: str
    made_at: datetime
    made_by: str
    happenings: tuple[Happening, ...]
    writings: tuple[Writing, ...]
    chains: tuple[tuple[AuditRow, ...], ...]
    problems: tuple[str, ...]
