"""What copies of people's data are made of beside the record: files colleagues added, and what they left out."""

from collections.abc import Sequence
from typing import Final

from sqlmodel import col, delete, select

from bot.core.enclosures import Enclosure
from bot.core.errors import NotFound
from bot.core.redaction import Redaction
from storage.serial import ENCLOSURE, REDACTION
from storage.tables import EnclosureRow, RedactionRow
from storage.transaction import Transaction

_ENCLOSURE: Final = "enclosures.private"
_DATA: Final = "enclosures.data"
_REDACTION: Final = "redactions.private"


class SqlEnclosures:
    """The files within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, enclosure: Enclosure, data: bytes) -> None:
        keys, ident = self._tx.keys, enclosure.id
        self._tx.store(
            EnclosureRow(
                id=ident,
                case_id=enclosure.case_id,
                private=keys.seal(_ENCLOSURE, ident, ENCLOSURE.dump(enclosure)),
                data=keys.seal(_DATA, ident, data),
            )
        )

    def of_case(self, case_id: str) -> Sequence[Enclosure]:
        found = self._tx.session.exec(
            select(EnclosureRow.id, EnclosureRow.private)
            .where(EnclosureRow.case_id == case_id)
            .order_by(col(EnclosureRow.id))
        )
        return [ENCLOSURE.load(self._tx.keys.open(_ENCLOSURE, ident, private)) for ident, private in found]

    def data(self, enclosure_id: str) -> bytes:
        row = self._tx.session.get(EnclosureRow, enclosure_id)
        if row is None:
            raise NotFound(f"there is no file {enclosure_id}")
        return self._tx.keys.open(_DATA, row.id, row.data)

    def remove(self, enclosure_id: str) -> None:
        self._tx.session.exec(delete(EnclosureRow).where(col(EnclosureRow.id) == enclosure_id))

    def destroy(self, case_id: str) -> int:
        return self._tx.session.exec(delete(EnclosureRow).where(col(EnclosureRow.case_id) == case_id)).rowcount


class SqlRedactions:
    """The marks within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, redaction: Redaction) -> None:
        private = self._tx.keys.seal(_REDACTION, redaction.id, REDACTION.dump(redaction))
        self._tx.store(RedactionRow(id=redaction.id, case_id=redaction.case_id, private=private))

    def of_case(self, case_id: str) -> Sequence[Redaction]:
        found = self._tx.session.exec(
            select(RedactionRow).where(RedactionRow.case_id == case_id).order_by(col(RedactionRow.id))
        )
        return [REDACTION.load(self._tx.keys.open(_REDACTION, row.id, row.private)) for row in found]

    def remove(self, redaction_id: str) -> None:
        self._tx.session.exec(delete(RedactionRow).where(col(RedactionRow.id) == redaction_id))
