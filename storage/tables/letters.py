"""What we write: proposed messages and approved ones on their way out."""

from datetime import datetime
from typing import Final

from sqlalchemy import Index, text
from sqlmodel import Field

from storage.tables.base import Row, partial_index

DRAFT_WAITING: Final = text("status = 'waiting'")
QUEUED: Final = text("state = 'queued'")
SENDING: Final = text("state = 'sending'")
LEAVING: Final = text("state IN ('queued', 'sending')")
SETTLED: Final = text("state NOT IN ('queued', 'sending')")
TASK_OPEN: Final = text("is_open = true")


class DraftRow(Row, table=True):
    """A proposed message; `private` holds all of it."""

    __tablename__ = "drafts"
    __table_args__ = (
        partial_index("ix_drafts_waiting", "created_at", "id", where=DRAFT_WAITING),
        Index("ix_drafts_case_id_created_at", "case_id", "created_at"),
    )

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id")
    kind: str
    language: str
    status: str
    created_at: datetime
    private: bytes


class OutgoingRow(Row, table=True):
    """An approved message. `due_at` is when it may be claimed or, while `sending`, when its lease runs out.

    A notice to colleagues belongs to no case. Our Message-IDs carry the case's token, so they too stand here only
    as a blind index.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        partial_index("ix_outbox_queued", "due_at", "id", where=QUEUED),
        partial_index("ix_outbox_sending", "due_at", where=SENDING),
        partial_index("ix_outbox_leaving", "created_at", "id", where=LEAVING),
        partial_index("ix_outbox_settled", "state", "created_at", "id", where=SETTLED),
        Index("ix_outbox_created_at_id", "created_at", "id"),
        Index("ix_outbox_case_id_created_at", "case_id", "created_at"),
    )

    id: str = Field(primary_key=True)
    draft_id: str = Field(index=True)
    case_id: str | None = Field(default=None, foreign_key="cases.id")
    kind: str
    language: str
    state: str
    message_id_index: bytes = Field(unique=True)
    created_at: datetime
    due_at: datetime
    attempts: int
    fence: int
    private: bytes
    secret: bytes | None = None


class PackageRow(Row, table=True):
    """A package of a person's data behind a link; `data` goes first, `private` with its manifest with the case."""

    __tablename__ = "packages"

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    token_index: bytes = Field(unique=True)
    expires_at: datetime
    opened_at: datetime | None = None
    code_hash: bytes | None = None
    code_until: datetime | None = None
    attempts: int = 0
    private: bytes
    data: bytes | None = None


class EnclosureRow(Row, table=True):
    """A file a colleague added to the copy of a person's data, sealed."""

    __tablename__ = "enclosures"

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    private: bytes
    data: bytes


class RedactionRow(Row, table=True):
    """Words a colleague left out of a copy, and why, sealed."""

    __tablename__ = "redactions"

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    private: bytes


class TaskRow(Row, table=True):
    """Something to do before a letter may say that it was done, sealed."""

    __tablename__ = "tasks"
    __table_args__ = (partial_index("ix_tasks_open", "id", where=TASK_OPEN),)

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    is_open: bool
    private: bytes


class UnsavedRow(Row, table=True):
    """What one colleague typed into one draft and did not keep yet, sealed."""

    __tablename__ = "unsaved_words"

    draft_id: str = Field(primary_key=True, foreign_key="drafts.id")
    email: str = Field(primary_key=True)
    at: datetime = Field(index=True)
    private: bytes
