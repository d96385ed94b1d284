"""Reading what arrived: one message, a case's correspondence, or all of one fate, opened for colleagues."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from bot.core.errors import NotFound
from bot.core.records import Disposition, Kept
from bot.core.references import first_id
from storage.crypto import SealBroken
from storage.lookup import bare, no_message
from storage.parts import read_raw
from storage.serial import MESSAGE, READING, Codec
from storage.tables import LedgerRow, MessageRow
from storage.tables.arrivals import READ, UNREAD
from storage.transaction import Transaction

V = TypeVar("V")

PARSED: Final = "messages.parsed"
READ_AS: Final = "messages.reading"
ERROR: Final = "messages.error"

_LAST_HEARD: Final = select(func.max(col(MessageRow.received_at))).where(
    col(MessageRow.case_id) == bindparam("case"),
    col(MessageRow.channel) == bindparam("channel"),
    MessageRow.disposition == Disposition.CASE.value,
)
_HEARD_ELSEWHERE: Final = (Disposition.DUPLICATE.value, Disposition.FRAGMENT.value)
_OF_CASE: Final = (
    select(MessageRow)
    .where(col(MessageRow.case_id) == bindparam("case"), col(MessageRow.disposition).not_in(_HEARD_ELSEWHERE))
    .order_by(col(MessageRow.received_at), col(MessageRow.id))
)


class Shelf:
    """The part of the inbox that only looks."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def get(self, message: str) -> Kept:
        return self._kept(self._row(message))

    def raw(self, message: str) -> bytes:
        pieces = read_raw(self._tx, [message]).get(message)
        if pieces is None:
            raise NotFound(f"the bytes of message {message} were destroyed")
        if isinstance(pieces, SealBroken):
            raise pieces
        return b"".join(pieces)

    def listed(self, disposition: Disposition, limit: int = 50, after: str = "") -> Sequence[Kept]:
        shelf = UNREAD if disposition is Disposition.RECEIVED else READ
        rows = select(MessageRow).where(
            shelf, MessageRow.disposition == disposition.value, col(MessageRow.purged).is_(False)
        )
        if after:
            rows = rows.where(MessageRow.id < after)
        found = self._tx.read(rows.order_by(col(MessageRow.id).desc()).limit(limit))
        return [self._kept(row) for row in found]

    def correspondence(self, case_id: str) -> Sequence[Kept]:
        return [self._kept(row) for row in self._tx.read(_OF_CASE, case=case_id)]

    def last_heard(self, case_id: str, channel: str) -> datetime | None:
        heard = {"case": case_id, "channel": channel}
        return self._tx.connection.execute(_LAST_HEARD, heard).scalar_one()

    def last_heard_between(
        self, channels: Collection[str], since: datetime, until: datetime
    ) -> Sequence[tuple[str, datetime]]:
        heard = func.max(col(MessageRow.received_at))
        found = self._tx.session.exec(
            select(MessageRow.case_id, heard)
            .where(READ, MessageRow.disposition == Disposition.CASE.value, MessageRow.id >= first_id(since))
            .where(col(MessageRow.channel).in_(channels), col(MessageRow.case_id).is_not(None))
            .group_by(col(MessageRow.case_id))
            .having(heard.between(since, until))
        )
        return [(case_id, at) for case_id, at in found if case_id is not None]

    def case_of(self, message_ids: Sequence[str]) -> str | None:
        digests = [digest for word in dict.fromkeys(message_ids) if (digest := self._message_id_digest(word))]
        found = self._tx.session.exec(
            select(MessageRow.case_id)
            .where(col(MessageRow.message_id_digest).in_(digests), col(MessageRow.case_id).is_not(None))
            .order_by(col(MessageRow.id).desc())
        )
        return found.first()

    def event_of(self, raw: Sequence[bytes]) -> str:
        return self._tx.keys.digest(raw).hex()

    def of_event(self, source: str, event: str) -> Kept:
        found = self._tx.read(
            select(MessageRow)
            .join(LedgerRow, col(LedgerRow.message_id) == MessageRow.id)
            .where(LedgerRow.source == source, LedgerRow.event == event)
        )
        if not found:
            raise NotFound(f"nothing is known of {event} from {source}")
        return self._kept(found[0])

    def _row(self, message: str) -> MessageRow:
        row = self._tx.find(MessageRow, message)
        if row is None:
            raise no_message(message)
        return row

    def _message_id_digest(self, message_id: str) -> bytes | None:
        word = bare(message_id)
        return self._tx.keys.index("message-id", word) if word else None

    def _kept(self, row: MessageRow) -> Kept:
        error = self._opened(ERROR, row.id, row.error)
        return Kept(
            id=row.id,
            channel=row.channel,
            received_at=row.received_at,
            disposition=Disposition(row.disposition),
            case_id=row.case_id,
            message=self._loaded(MESSAGE, PARSED, row.id, row.parsed),
            reading=self._loaded(READING, READ_AS, row.id, row.reading),
            error="" if error is None else error.decode(),
        )

    def _opened(self, place: str, message: str, sealed: bytes | None) -> bytes | None:
        return None if sealed is None else self._tx.keys.open(place, message, sealed)

    def _loaded(self, codec: Codec[V], place: str, message: str, sealed: bytes | None) -> V | None:
        stored = self._opened(place, message, sealed)
        return None if stored is None else codec.load(stored)
