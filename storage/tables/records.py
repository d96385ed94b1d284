"""What is remembered about the work itself: audit chains, caps, things done once, and the keys used."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from storage.tables.base import Row


class AuditLinkRow(Row, table=True):
    """One link of a case's chain; `data` and `personal` are canonical JSON, the latter of hashes only.

    No foreign key to the case: the chain outlives what it tells about.
    """

    __tablename__ = "audit_links"
    __table_args__ = (Index("ix_audit_links_at_case_id_seq", "at", "case_id", "seq"),)

    case_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime
    actor: str
    event: str
    data: str
    personal: str
    hash: str


class AuditHeadRow(Row, table=True):
    """A chain's last link, authenticated by a key that is not in the database: removed last rows show."""

    __tablename__ = "audit_heads"

    case_id: str = Field(primary_key=True)
    shard: int = Field(index=True)
    seq: int
    hash: str
    mac: bytes


class AuditRollRow(Row, table=True):
    """How many chains and links a shard of cases has, authenticated likewise: removed chains and old heads show."""

    __tablename__ = "audit_rolls"

    shard: int = Field(primary_key=True)
    chains: int
    links: int
    mac: bytes


class AuditSaltRow(Row, table=True):
    """The salt of a case's personal hashes; deleting it makes them anonymous and leaves the chain whole."""

    __tablename__ = "audit_salts"

    case_id: str = Field(primary_key=True)
    salt: bytes


class AuditReasonRow(Row, table=True):
    """A colleague's reason for one link, sealed; it goes with what the link is about, the chain stays whole."""

    __tablename__ = "audit_reasons"

    case_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime
    private: bytes


class CounterHitRow(Row, table=True):
    """One counted moment of a capped key."""

    __tablename__ = "counter_hits"
    __table_args__ = (Index("ix_counter_hits_key_at", "key", "at"),)

    id: str = Field(primary_key=True)
    key: bytes
    at: datetime


class OccurrenceRow(Row, table=True):
    """Something that happened and may not happen again."""

    __tablename__ = "occurrences"

    key: bytes = Field(primary_key=True)
    at: datetime


class RegisterRow(Row, table=True):
    """One category of the record of processing (Art. 30), sealed: it names who confirmed it."""

    __tablename__ = "register"

    category: str = Field(primary_key=True)
    position: int
    private: bytes


class CountRow(Row, table=True):
    """How many rights of one kind came in a month and how they ended: all that is left of destroyed cases."""

    __tablename__ = "counts"

    month: str = Field(primary_key=True)
    right: str = Field(primary_key=True)
    ended: str = Field(primary_key=True)
    number: int


class PulseRow(Row, table=True):
    """How one way in is, as the process that watches it told last; it holds nothing personal."""

    __tablename__ = "pulses"

    name: str = Field(primary_key=True)
    told_at: datetime
    last_contact: datetime | None = None
    last_error: str = ""
    backlog: int | None = None
    refused: int = 0
    version: str = ""


class TallyRow(Row, table=True):
    """How often one question had one answer in a week, among rights of cases that were destroyed since."""

    __tablename__ = "tallies"

    week: date = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    number: int


class KeyProofRow(Row, table=True):
    """Which master keys sealed this database, so that a lost or foreign key file is noticed in time."""

    __tablename__ = "key_proofs"

    key_id: str = Field(primary_key=True)
    proof: bytes
