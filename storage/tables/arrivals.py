"""What arrived: the ledger of upstream events, the messages, and their raw bytes in parts under keys of their own."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from storage.tables.base import Row, partial_index

UNREAD: Final = text("disposition = 'received'")
READ: Final = text("disposition <> 'received'")
GATHERING: Final = text("gathers IS NOT NULL")
JOINING: Final = text("joins IS NOT NULL")
STILL_UPSTREAM: Final = text("moved = false AND disposition IN ('case', 'duplicate')")
WANTED: Final = text("state = 'wanted'")
PURGEABLE: Final = text(
    "case_id IS NULL AND purged = false AND disposition IN ('other', 'ours', 'bounce', 'duplicate', 'fragment')"
)


class LedgerRow(Row, table=True):
    """One upstream event and the message it became.

    No foreign key: the row outlives the message, so that a purged mail is never taken in again (law.md rule 44).
    """

    __tablename__ = "ledger"

    source: str = Field(primary_key=True)
    event: str = Field(primary_key=True)
    message_id: str = Field(index=True)


class MessageRow(Row, table=True):
    """One arrival. `due_at` is when it may be claimed: at once, after a retry's wait, or when a lease runs out.

    `moved` says that upstream it lies in the done folder, `purged` that only what keeps it from coming back is left.
    `gathers` is the blind index of the conversation whose next fragments `joins` this message.
    """

    __tablename__ = "messages"
    __table_args__ = (
        partial_index("ix_messages_unread", "due_at", "id", where=UNREAD),
        partial_index("ix_messages_upstream", "source", "id", where=STILL_UPSTREAM),
        partial_index("ix_messages_purgeable", "received_at", where=PURGEABLE),
        partial_index("ix_messages_read", "disposition", "id", where=READ),
        partial_index("uq_messages_gathers", "gathers", where=GATHERING, unique=True),
        partial_index("ix_messages_joins", "joins", where=JOINING),
    )

    id: str = Field(primary_key=True)
    channel: str
    source: str
    received_at: datetime
    disposition: str
    due_at: datetime
    attempts: int = 0
    fence: int = 0
    size: int = Field(sa_type=BigInteger)
    purged: bool = False
    moved: bool = False
    case_id: str | None = Field(default=None, foreign_key="cases.id", index=True)
    raw_digest: bytes = Field(index=True)
    message_id_digest: bytes | None = Field(default=None, index=True)
    gathers: bytes | None = None
    joins: str | None = None
    envelope: bytes | None = None
    parsed: bytes | None = None
    reading: bytes | None = None
    error: bytes | None = None


class PartRow(Row, table=True):
    """One stored part of a message; number 0 is the raw message as it came."""

    __tablename__ = "parts"
    __table_args__ = (Index("uq_parts_message_id_number", "message_id", "number", unique=True),)

    id: str = Field(primary_key=True)
    message_id: str = Field(foreign_key="messages.id")
    number: int
    size: int = Field(sa_type=BigInteger)


class PartKeyRow(Row, table=True):
    """A part's own key, wrapped by the master key: delete this row and the part is destroyed."""

    __tablename__ = "part_keys"

    part_id: str = Field(primary_key=True, foreign_key="parts.id")
    wrapped: bytes


class PartChunkRow(Row, table=True):
    """A piece of a part, at most 1 MiB, sealed under the part's key."""

    __tablename__ = "part_chunks"

    part_id: str = Field(primary_key=True, foreign_key="parts.id")
    number: int = Field(primary_key=True)
    data: bytes


class CopyRow(Row, table=True):
    """A file that lies with a platform, to be kept as the part `number` of its message; `error` is in our own words."""

    __tablename__ = "copies"
    __table_args__ = (partial_index("ix_copies_wanted", "due_at", "id", where=WANTED),)

    id: str = Field(primary_key=True)
    message_id: str = Field(foreign_key="messages.id", index=True)
    number: int
    channel: str
    state: str
    due_at: datetime
    attempts: int = 0
    fence: int = 0
    error: str = ""


class CursorRow(Row, table=True):
    """How far a mailbox folder was seen, and since when."""

    __tablename__ = "cursors"

    source: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_type=BigInteger)
    last_uid: int = Field(sa_type=BigInteger)
    watched_since: datetime
