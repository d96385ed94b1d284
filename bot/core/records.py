"""What the store keeps and hands out: arrivals, customers, opt-outs, links of the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.core.letters import RecordField
from bot.core.messages import MAIL, Handle, Inbound, Message
from bot.core.rights import Reading, RequestType, Scope


class Disposition(StrEnum):
    """What became of a message that arrived."""

    RECEIVED = "received"  # stored, not yet read
    CASE = "case"  # belongs to a case
    OTHER = "other"  # company mail that exercises no right
    BOUNCE = "bounce"  # a failed delivery of ours
    OURS = "ours"  # our own mail, seen again
    DUPLICATE = "duplicate"  # same bytes and Message-ID as another
    FRAGMENT = "fragment"  # read together with the message it was a part of
    PARKED = "parked"  # could not be read; raw bytes kept, a person looks


@dataclass(frozen=True, slots=True)
class Claimed:
    """One stored message leased to this worker; `fence` must be shown when finishing it.

    Fragments of one conversation are leased together, one after the other: they have the same `group`.
    """

    message: str
    inbound: Inbound
    attempts: int
    fence: int
    group: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored message as colleagues list it; the texts are opened from their sealed parts."""

    id: str
    channel: str
    received_at: datetime
    disposition: Disposition
    case_id: str | None
    message: Message | None
    reading: Reading | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox folder was seen: its UIDVALIDITY and the highest UID whose fate is known."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of the customer directory. `fields` are shown in an access answer, in their order."""

    id: str
    number: str
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...] = ()
    handles: tuple[Handle, ...] = ()
    language: str = ""
    fields: tuple[RecordField, ...] = ()

    def knows(self, handle: Handle) -> bool:
        """Say whether this handle is on record for the customer."""
        if handle.channel == MAIL:
            return handle.value in self.emails
        return handle in self.handles

    @property
    def reached_at(self) -> tuple[Handle, ...]:
        """Every address and handle on record of the customer."""
        return (*(Handle(MAIL, email) for email in self.emails), *self.handles)


def record_of(customer: Customer) -> tuple[RecordField, ...]:
    """Return the directory row as an answer shows it: every field that is held."""
    own = (
        RecordField("number", customer.number),
        RecordField("name", customer.name),
        RecordField("emails", ", ".join(customer.emails)),
        RecordField("phones", ", ".join(customer.phones)),
        RecordField("handles", ", ".join(map(str, customer.handles))),
        RecordField("language", customer.language),
    )
    return tuple(field for field in (*own, *customer.fields) if field.value)


@dataclass(frozen=True, slots=True)
class Erasure:
    """A customer who was erased: `mark` is a keyed hash of the number, meaningless without the desk's keys."""

    mark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address or handle that must not get a kind of mailing."""

    id: str
    handle: Handle
    scope: Scope
    since: datetime
    case_id: str | None
    lifted_at: datetime | None = None


LOOKS: Final = frozenset({"seen", "original_opened"})
"""Events of the history that change nothing: somebody looked."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One link of a case's chain; `data` never holds personal values in clear.

    `proof` is the text whose SHA-256 is `hash` and that ends with the hash of the link before; a whole chain has it.
    `why` is the reason a colleague gave, for as long as it is kept.
    """

    case_id: str
    seq: int
    at: datetime
    actor: str
    event: str
    data: Mapping[str, str]
    hash: str
    proof: str = ""
    why: str = ""

    @property
    def key(self) -> str:
        """What a list goes on after."""
        return f"{self.case_id}:{self.seq}"


@dataclass(frozen=True, slots=True)
class CorrectedReading:
    """What a colleague says one message asks for, where the reader said something else.

    It holds no text: the message has it, and both go with their case.
    """

    message: str
    case_id: str
    rights: frozenset[RequestType]
    at: datetime
