"""The core's values as JSON bytes and back, the shape in which they are sealed."""

import json
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter

from bot.core.accounts import Account, Invitation
from bot.core.case import Case
from bot.core.delivery import Outgoing
from bot.core.drafts import Draft
from bot.core.enclosures import Enclosure
from bot.core.messages import Handle, Inbound, Message
from bot.core.packages import Package
from bot.core.passkeys import Passkey
from bot.core.records import Customer
from bot.core.redaction import Redaction
from bot.core.register import Processing
from bot.core.rights import Reading
from bot.core.tasks import Task
from bot.core.teamwork import Remark
from bot.core.unsaved import UnsavedWords

V = TypeVar("V")


class Codec(Generic[V]):
    """Writes and reads one type; a field added to it later needs a default, so that older bytes still load."""

    def __init__(self, kind: type[V]) -> None:
        self._adapter = TypeAdapter(kind)

    def dump(self, value: V) -> bytes:
        """Return the value as JSON."""
        plain = self._adapter.dump_python(value, mode="json")
        # A lone surrogate from broken mail has no UTF-8: it becomes "?", the raw bytes are kept anyway.
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def load(self, stored: bytes) -> V:
        """Return the value that `dump` wrote."""
        return self._adapter.validate_json(stored)


class _ReadingCodec(Codec[Reading]):
    """A reading's scores are a read-only view in memory, which JSON does not know."""

    def dump(self, value: Reading) -> bytes:
        return super().dump(replace(value, scores=dict(value.scores)))

    def load(self, stored: bytes) -> Reading:
        reading = super().load(stored)
        return replace(reading, scores=MappingProxyType(dict(reading.scores)))


ACCOUNT: Final = Codec(Account)
CASE: Final = Codec(Case)
CUSTOMER: Final = Codec(Customer)
DRAFT: Final = Codec(Draft)
ENCLOSURE: Final = Codec(Enclosure)
HANDLE: Final = Codec(Handle)
INVITATION: Final = Codec(Invitation)
INBOUND: Final = Codec(Inbound)
MESSAGE: Final = Codec(Message)
OUTGOING: Final = Codec(Outgoing)
PACKAGE: Final = Codec(Package)
PASSKEY: Final = Codec(Passkey)
PROCESSING: Final = Codec(Processing)
REMARK: Final = Codec(Remark)
REDACTION: Final = Codec(Redaction)
READING: Final = _ReadingCodec(Reading)
TASK: Final = Codec(Task)
UNSAVED: Final = Codec(UnsavedWords)
