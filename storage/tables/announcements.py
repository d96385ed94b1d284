"""News on its way to other systems of the company."""

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlmodel import Field

from storage.tables.base import Row, partial_index

TO_TELL: Final = text("parked = false")


class AnnouncementRow(Row, table=True):
    """One thing one subscriber has not heard yet; the row goes when it was heard.

    `due_at` is when it may be claimed: at once, after a wait, or when a lease runs out.
    """

    __tablename__ = "announcements"
    __table_args__ = (partial_index("ix_announcements_to_tell", "due_at", "id", where=TO_TELL),)

    id: str = Field(primary_key=True)
    subscriber: str = Field(index=True)
    happening: str
    case_id: str | None = Field(default=None, foreign_key="cases.id", index=True)
    at: datetime
    due_at: datetime
    attempts: int = 0
    fence: int = 0
    parked: bool = False
    error: str = ""
    facts: bytes
