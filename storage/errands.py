"""Errands: what a browser brings back once, sealed and found by the keyed hash of its name."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlmodel import col

from storage.tables import ErrandRow
from storage.transaction import Transaction

_ERRAND: Final = "errands.private"


class SqlErrands:
    """The open errands within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def send_out(self, name: str, kept: str, until: datetime, now: datetime) -> None:
        index = self._index(name)
        self._tx.session.exec(
            delete(ErrandRow).where((col(ErrandRow.name_index) == index) | (col(ErrandRow.expires_at) <= now))
        )
        sealed = self._tx.keys.seal(_ERRAND, index.hex(), kept.encode())
        self._tx.store_if_new(ErrandRow(name_index=index, expires_at=until, private=sealed))

    def take(self, name: str, now: datetime) -> str | None:
        index = self._index(name)
        row = self._tx.lock(ErrandRow, index)
        taken = self._tx.session.exec(delete(ErrandRow).where(col(ErrandRow.name_index) == index)).rowcount
        if row is None or not taken or row.expires_at <= now:
            return None
        return self._tx.keys.open(_ERRAND, index.hex(), row.private).decode()

    def _index(self, name: str) -> bytes:
        return self._tx.keys.index("errand", name)
