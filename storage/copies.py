"""Copies of files that lie with a platform: leased to one worker at a time, sealed as parts of their message."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.core.copies import Copied, CopyState, WantedCopy
from bot.core.errors import StaleClaim
from bot.core.messages import Message
from storage.crypto import SealBroken
from storage.leasing import Queue, lease_until
from storage.parts import NewPart, read_parts, write_parts
from storage.tables import CopyRow
from storage.tables.arrivals import WANTED
from storage.transaction import Transaction

_QUEUE: Final = Queue(CopyRow, WANTED, col(CopyRow.channel).in_(bindparam("channels", expanding=True)))


class SqlCopies:
    """The copies within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def want(self, message: str, read: Message, now: datetime) -> None:
        for file in read.attachments:
            if file.reference and not file.destroyed:
                self._tx.store_if_new(
                    CopyRow(
                        id=_id(message, file.part),
                        message_id=message,
                        number=file.part,
                        channel=read.channel,
                        state=CopyState.WANTED.value,
                        due_at=now,
                    )
                )

    def claim(self, channels: Collection[str], now: datetime, limit: int, lease: timedelta) -> Sequence[WantedCopy]:
        rows = _QUEUE.due(self._tx, now, limit, channels=tuple(channels))
        lease_until(rows, now + lease)
        self._tx.session.flush()
        return [WantedCopy(row.message_id, row.number, row.attempts, row.fence) for row in rows]

    def keep(self, wanted: WantedCopy, content: bytes) -> None:
        row = self._held(wanted)
        write_parts(self._tx, NewPart(wanted.message, wanted.part, [content], len(content)))
        row.state, row.error = CopyState.KEPT.value, ""
        self._tx.session.flush()

    def put_off(self, wanted: WantedCopy, error: str, until: datetime | None) -> None:
        row = self._held(wanted)
        row.error = error
        if until is None:
            row.state = CopyState.LOST.value
        else:
            row.due_at = until
        self._tx.session.flush()

    def of(self, message: str) -> Mapping[int, Copied]:
        rows = self._tx.session.exec(select(CopyRow).where(CopyRow.message_id == message))
        return {row.number: Copied(CopyState(row.state), row.error) for row in rows}

    def content(self, message: str, part: int) -> bytes | None:
        pieces = read_parts(self._tx, [message], part).get(message)
        if isinstance(pieces, SealBroken):
            raise pieces
        return None if pieces is None else b"".join(pieces)

    def _held(self, wanted: WantedCopy) -> CopyRow:
        row = self._tx.lock(CopyRow, _id(wanted.message, wanted.part))
        if row is None or row.fence != wanted.fence or row.state != CopyState.WANTED:
            raise StaleClaim(f"the copy of part {wanted.part} of message {wanted.message} is not leased to us any more")
        return row


def _id(message: str, part: int) -> str:
    return f"{message}.{part}"
