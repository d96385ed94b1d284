"""What colleagues say about readings that were wrong: no text, only which message and which rights."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot.core.records import CorrectedReading
from bot.core.rights import RequestType
from storage.tables import CorrectionRow
from storage.transaction import Transaction


class SqlCorrections:
    """The corrections within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, correction: CorrectedReading) -> None:
        rights = " ".join(sorted(correction.rights))
        new = CorrectionRow(message_id=correction.message, case_id=correction.case_id, rights=rights, at=correction.at)
        if self._tx.store_if_new(new):
            return
        row = self._tx.lock(CorrectionRow, correction.message)
        if row is not None:
            row.case_id, row.rights, row.at = correction.case_id, rights, correction.at
            self._tx.session.flush()

    def listed(self) -> Sequence[CorrectedReading]:
        found = self._tx.session.exec(
            select(CorrectionRow).order_by(col(CorrectionRow.at), col(CorrectionRow.message_id))
        )
        return [
            CorrectedReading(row.message_id, row.case_id, frozenset(map(RequestType, row.rights.split())), row.at)
            for row in found
        ]
