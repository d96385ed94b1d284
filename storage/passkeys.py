"""Passkeys, sealed, and found by the keyed hash of their id."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.core.messages import canonical_address
from bot.core.passkeys import Passkey
from storage.serial import PASSKEY
from storage.tables import PasskeyRow
from storage.transaction import Transaction

_PASSKEY: Final = "passkeys.private"


class SqlPasskeys:
    """The colleagues' keys within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def keep(self, passkey: Passkey) -> None:
        index = self._index(passkey.id)
        sealed = self._tx.keys.seal(_PASSKEY, index.hex(), PASSKEY.dump(passkey))
        row = PasskeyRow(key_index=index, email=passkey.email, added_at=passkey.added_at, private=sealed)
        if not self._tx.store_if_new(row):
            known = col(PasskeyRow.key_index) == index
            self._tx.session.exec(update(PasskeyRow).where(known).values(private=sealed))

    def find(self, key_id: str) -> Passkey | None:
        row = self._tx.lock(PasskeyRow, self._index(key_id))
        return None if row is None else self._opened(row)

    def of(self, email: str) -> Sequence[Passkey]:
        theirs = select(PasskeyRow).where(PasskeyRow.email == canonical_address(email))
        return [self._opened(row) for row in self._tx.session.exec(theirs.order_by(col(PasskeyRow.added_at)))]

    def forget(self, key_id: str) -> None:
        self._tx.session.exec(delete(PasskeyRow).where(col(PasskeyRow.key_index) == self._index(key_id)))

    def _opened(self, row: PasskeyRow) -> Passkey:
        return PASSKEY.load(self._tx.keys.open(_PASSKEY, row.key_index.hex(), row.private))

    def _index(self, key_id: str) -> bytes:
        return self._tx.keys.index("passkey", key_id)
