"""People: customers on record, who must not get which mailing, and colleagues."""

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlmodel import Field

from storage.tables.base import Row, partial_index

IN_FORCE: Final = text("lifted_at IS NULL")


class CustomerRow(Row, table=True):
    """One customer, sealed; found by number or handle through blind indexes."""

    __tablename__ = "customers"

    id: str = Field(primary_key=True)
    number_index: bytes = Field(unique=True)
    private: bytes


class CustomerHandleRow(Row, table=True):
    """Blind index of a customer's addresses, phones and handles; `since` where one came to a customer known before."""

    __tablename__ = "customer_handles"

    handle_index: bytes = Field(primary_key=True)
    customer_id: str = Field(primary_key=True, foreign_key="customers.id", index=True)
    since: datetime | None = None


class CustomerNameRow(Row, table=True):
    """Blind index of each word of a customer's name."""

    __tablename__ = "customer_names"

    word_index: bytes = Field(primary_key=True)
    customer_id: str = Field(primary_key=True, foreign_key="customers.id", index=True)


class ErasureRow(Row, table=True):
    """A customer who was erased, by the blind index of the number: no import brings them back."""

    __tablename__ = "erasures"

    mark: bytes = Field(primary_key=True)
    at: datetime


class SuppressionRow(Row, table=True):
    """A handle that must not get a kind of mailing, in force until lifted."""

    __tablename__ = "suppressions"
    __table_args__ = (
        partial_index("uq_suppressions_in_force", "handle_index", "scope", where=IN_FORCE, unique=True),
        partial_index("ix_suppressions_since", "since", "id", where=IN_FORCE),
        partial_index("ix_suppressions_case", "case_id", where=IN_FORCE),
    )

    id: str = Field(primary_key=True)
    handle_index: bytes
    scope: str
    since: datetime
    case_id: str | None = None
    lifted_at: datetime | None = None
    handle: bytes


class StaffRow(Row, table=True):
    """One role of one colleague."""

    __tablename__ = "staff"

    email: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
