"""Cases, their items, the handles they are found by, and the challenges put to people."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import Index, text
from sqlmodel import Field

from storage.tables.base import Row, partial_index

CASE_OPEN: Final = text("is_open = true")
CASE_BREACH: Final = text("aware_at IS NOT NULL")
CASE_DENIED: Final = text("denied_at IS NOT NULL")
CASE_HELD: Final = text("held_since IS NOT NULL")
ITEM_OPEN: Final = text("state IN ('open', 'clarifying', 'verifying', 'review', 'sending')")
CHALLENGE_CURRENT: Final = text("is_current = true")
CHALLENGE_UNUSED: Final = text("is_current = true AND used_at IS NULL")


class CaseRow(Row, table=True):
    """One case. `private` is all of it, sealed, and what counts; the columns beside it only serve searching.

    `due_on` is the earliest date of an open item, far away when nothing is open; `aware_at` stands while a breach is to
    be assessed, `denied_at` while a denial is to be settled, `held_since` while a legal hold keeps all of it.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_due_on_id", "due_on", "id"),
        partial_index("ix_cases_open", "due_on", "id", "lane", where=CASE_OPEN),
        partial_index("ix_cases_breach", "aware_at", where=CASE_BREACH),
        partial_index("ix_cases_denied", "denied_at", where=CASE_DENIED),
        partial_index("ix_cases_held", "held_since", where=CASE_HELD),
    )

    id: str = Field(primary_key=True)
    reference: str = Field(unique=True)
    token_index: bytes = Field(unique=True)
    language: str
    lane: str
    opened_at: datetime
    version: int
    is_open: bool
    due_on: date
    aware_at: datetime | None = None
    denied_at: datetime | None = None
    held_since: datetime | None = None
    private: bytes


class ItemRow(Row, table=True):
    """What is searched and counted of one right within a case."""

    __tablename__ = "items"
    __table_args__ = (partial_index("ix_items_open", "state", where=ITEM_OPEN),)

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    id: str = Field(primary_key=True)
    right: str
    state: str
    clock: str
    received_at: datetime = Field(index=True)
    promise_due: date
    statutory_due: date | None = None


class CaseHandleRow(Row, table=True):
    """Blind index of the handles that opened or proved a case."""

    __tablename__ = "case_handles"

    handle_index: bytes = Field(primary_key=True)
    case_id: str = Field(primary_key=True, foreign_key="cases.id", index=True)


class CaseNameRow(Row, table=True):
    """Blind index of each word of a name a case goes by."""

    __tablename__ = "case_names"

    word_index: bytes = Field(primary_key=True)
    case_id: str = Field(primary_key=True, foreign_key="cases.id", index=True)


class ConflictRow(Row, table=True):
    """A colleague whom a complaint keeps away from a case: lists and counts leave it out for them."""

    __tablename__ = "conflicts"

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    email: str = Field(primary_key=True, index=True)


class ChallengeRow(Row, table=True):
    """A code sent out. At most one of a case is current; the next one ends it."""

    __tablename__ = "challenges"
    __table_args__ = (
        partial_index("uq_challenges_current", "case_id", where=CHALLENGE_CURRENT, unique=True),
        Index("ix_challenges_case_id_asked_index", "case_id", "asked_index"),
        Index("ix_challenges_destination_index_expires_at", "destination_index", "expires_at"),
    )

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id")
    destination_index: bytes
    asked_index: bytes
    destination: bytes
    asked_of: bytes
    code_hash: bytes
    expires_at: datetime
    on_record: bool
    customer_id: str | None = None
    attempts: int
    used_at: datetime | None = None
    is_current: bool


class CorrectionRow(Row, table=True):
    """What a colleague says one message asks for; `rights` is a sorted list in one line. It goes with its case."""

    __tablename__ = "corrections"

    message_id: str = Field(primary_key=True, foreign_key="messages.id", ondelete="CASCADE")
    case_id: str = Field(foreign_key="cases.id", ondelete="CASCADE", index=True)
    rights: str
    at: datetime


class AssignmentRow(Row, table=True):
    """Which colleague sees to a case."""

    __tablename__ = "assignments"

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    email: str = Field(index=True)
    at: datetime


class RemarkRow(Row, table=True):
    """What a colleague wrote for the others, sealed."""

    __tablename__ = "remarks"

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    private: bytes
