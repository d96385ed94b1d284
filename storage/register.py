"""The record of processing: one sealed row per category."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import delete
from sqlmodel import col, select

from bot.core.register import Processing
from storage.serial import PROCESSING
from storage.tables import RegisterRow
from storage.transaction import Transaction

_PRIVATE: Final = "register.private"
_IN_ORDER: Final = select(RegisterRow).order_by(col(RegisterRow.position))


class SqlRegister:
    """The record within one transaction, read once: every message asks it several times what it takes to answer."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._entries: Sequence[Processing] | None = None

    def listed(self) -> Sequence[Processing]:
        if self._entries is None:
            self._entries = [self._opened(row) for row in self._tx.session.exec(_IN_ORDER)]
        return self._entries

    def replace(self, entries: Iterable[Processing]) -> None:
        self._entries = None
        self._tx.session.exec(delete(RegisterRow))
        self._tx.store(
            *(
                RegisterRow(
                    category=entry.category,
                    position=position,
                    private=self._tx.keys.seal(_PRIVATE, entry.category, PROCESSING.dump(entry)),
                )
                for position, entry in enumerate(entries)
            )
        )

    def _opened(self, row: RegisterRow) -> Processing:
        return PROCESSING.load(self._tx.keys.open(_PRIVATE, row.category, row.private))
