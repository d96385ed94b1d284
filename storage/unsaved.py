"""Unsaved words: sealed like the drafts they are meant for."""

from typing import Final

from sqlmodel import col, delete

from bot.core.unsaved import KEPT_FOR, UnsavedWords
from storage.serial import UNSAVED
from storage.tables import UnsavedRow
from storage.transaction import Transaction

_PRIVATE: Final = "unsaved.private"


class SqlUnsaved:
    """The unsaved words within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, draft_id: str, email: str, words: UnsavedWords) -> None:
        self.forget(draft_id, email)
        self._tx.session.exec(delete(UnsavedRow).where(col(UnsavedRow.at) < words.at - KEPT_FOR))
        sealed = self._tx.keys.seal(_PRIVATE, f"{draft_id} {email}", UNSAVED.dump(words))
        self._tx.store_if_new(UnsavedRow(draft_id=draft_id, email=email, at=words.at, private=sealed))

    def of(self, draft_id: str, email: str) -> UnsavedWords | None:
        row = self._tx.session.get(UnsavedRow, (draft_id, email), populate_existing=True)
        if row is None:
            return None
        return UNSAVED.load(self._tx.keys.open(_PRIVATE, f"{draft_id} {email}", row.private))

    def forget(self, draft_id: str, email: str) -> None:
        mine = (col(UnsavedRow.draft_id) == draft_id, col(UnsavedRow.email) == email)
        self._tx.session.exec(delete(UnsavedRow).where(*mine))
