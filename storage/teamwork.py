"""Assignments and remarks: rows beside the case, so that neither voids what was approved in it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlmodel import col, delete, select

from bot.core.teamwork import Remark
from storage.serial import REMARK
from storage.tables import AssignmentRow, RemarkRow
from storage.transaction import Transaction

_PRIVATE: Final = "remarks.private"


class SqlTeamwork:
    """The assignments and remarks within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def assign(self, case_id: str, email: str, now: datetime) -> None:
        self._tx.session.exec(delete(AssignmentRow).where(col(AssignmentRow.case_id) == case_id))
        if email:
            self._tx.store(AssignmentRow(case_id=case_id, email=email, at=now))

    def assignees(self, case_ids: Collection[str]) -> Mapping[str, str]:
        found = self._tx.session.exec(
            select(AssignmentRow.case_id, AssignmentRow.email).where(col(AssignmentRow.case_id).in_(case_ids))
        )
        return dict(found.all())

    def add(self, remark: Remark) -> None:
        sealed = self._tx.keys.seal(_PRIVATE, remark.id, REMARK.dump(remark))
        self._tx.store(RemarkRow(id=remark.id, case_id=remark.case_id, private=sealed))

    def remarks(self, case_id: str) -> Sequence[Remark]:
        found = self._tx.session.exec(select(RemarkRow).where(RemarkRow.case_id == case_id).order_by(col(RemarkRow.id)))
        return [REMARK.load(self._tx.keys.open(_PRIVATE, row.id, row.private)) for row in found]
