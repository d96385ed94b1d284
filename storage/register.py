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


class SqlRegister:
    """The record within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def listed(self) -> Sequence[Processing]:
        rows = self._tx.session.exec(select(RegisterRow).order_by(col(RegisterRow.position)))
        return [PROCESSING.load(self._tx.keys.open(_PRIVATE, row.category, row.private)) for row in rows]

    def replace(self, entries: Iterable[Processing]) -> None:
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
