"""Finding closed cases that are past their time, and destroying what is left of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import col, select

from bot.core.case import Case
from bot.core.records import LOOKS
from bot.core.shelves import Count, Shelf
from storage.parts import destroy_parts
from storage.tables import (
    AnnouncementRow,
    AssignmentRow,
    AuditLinkRow,
    AuditReasonRow,
    AuditSaltRow,
    CaseHandleRow,
    CaseNameRow,
    CaseRow,
    ChallengeRow,
    ConflictRow,
    CorrectionRow,
    CountRow,
    DraftRow,
    EnclosureRow,
    ItemRow,
    MessageRow,
    OutgoingRow,
    PackageRow,
    RedactionRow,
    RemarkRow,
    TaskRow,
    UnsavedRow,
)
from storage.transaction import Transaction

_LOOKED: Final = (*sorted(LOOKS), "package_destroyed")
"""What changes nothing in a case keeps it from growing old as little."""

_PARTS_OF_A_CASE: Final = (
    AnnouncementRow,
    CorrectionRow,
    TaskRow,
    AssignmentRow,
    RemarkRow,
    EnclosureRow,
    RedactionRow,
    DraftRow,
    OutgoingRow,
    PackageRow,
    ChallengeRow,
    ItemRow,
    CaseHandleRow,
    CaseNameRow,
    ConflictRow,
)


class SqlShelves:
    """The ends of what is kept, within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def quiet_since(self, shelf: Shelf, end: datetime, limit: int, after: str = "") -> Sequence[str]:
        quiet = select(CaseRow.id).where(*_quiet(end), CaseRow.id > after)
        if shelf is Shelf.EVIDENCE:
            quiet = quiet.where(select(ChallengeRow.id).where(ChallengeRow.case_id == CaseRow.id).exists())
        return self._tx.session.exec(quiet.order_by(col(CaseRow.id)).limit(limit)).all()

    def is_quiet(self, case_id: str, end: datetime) -> bool:
        row = self._tx.lock(CaseRow, case_id)
        found = self._tx.session.exec(select(CaseRow.id).where(*_quiet(end), CaseRow.id == case_id))
        return row is not None and found.first() is not None

    def evidence_of(self, case_id: str) -> int:
        return self._tx.session.exec(
            select(func.count()).select_from(ChallengeRow).where(ChallengeRow.case_id == case_id)
        ).one()

    def destroy_evidence(self, case_id: str) -> None:
        self._tx.session.exec(delete(ChallengeRow).where(col(ChallengeRow.case_id) == case_id))

    def destroy_case(self, case: Case) -> None:
        for item in case.items:
            self._count(f"{item.received_at:%Y-%m}", item.right.value, (item.outcome or item.state).value)
        execute = self._tx.session.exec
        messages = self._tx.session.exec(select(MessageRow.id).where(MessageRow.case_id == case.id)).all()
        destroy_parts(self._tx, messages)
        # The ledger's rows and the digests stay: none of it is ever taken in again.
        sealed = dict.fromkeys(("envelope", "parsed", "reading", "error", "gathers", "joins"))
        emptied = {"purged": True, "case_id": None, **sealed}
        execute(update(MessageRow).where(col(MessageRow.case_id) == case.id).values(**emptied))
        drafts = select(DraftRow.id).where(DraftRow.case_id == case.id)
        execute(delete(UnsavedRow).where(col(UnsavedRow.draft_id).in_(drafts)))
        for table in _PARTS_OF_A_CASE:
            execute(delete(table).where(col(table.case_id) == case.id))
        for told in (AuditSaltRow, AuditReasonRow):
            execute(delete(told).where(col(told.case_id) == case.id))
        execute(delete(CaseRow).where(col(CaseRow.id) == case.id))

    def destroy_reasons(self, end: datetime) -> None:
        of_no_case = col(AuditReasonRow.case_id).not_in(select(CaseRow.id))
        self._tx.session.exec(delete(AuditReasonRow).where(of_no_case, col(AuditReasonRow.at) < end))

    def counts(self) -> Sequence[Count]:
        found = self._tx.session.exec(
            select(CountRow).order_by(col(CountRow.month), col(CountRow.right), col(CountRow.ended))
        )
        return [Count(row.month, row.right, row.ended, row.number) for row in found]

    def _count(self, month: str, right: str, ended: str) -> None:
        self._tx.store_if_new(CountRow(month=month, right=right, ended=ended, number=0))
        row = self._tx.lock(CountRow, (month, right, ended))
        if row is None:
            raise LookupError(f"the count of {right} in {month} vanished while it was being raised")
        row.number += 1
        self._tx.session.flush()


def _quiet(end: datetime) -> tuple[ColumnElement[bool], ...]:
    """Match cases with nothing open to which nothing happened since a moment."""
    lately = select(AuditLinkRow.case_id).where(
        AuditLinkRow.case_id == CaseRow.id, col(AuditLinkRow.at) >= end, col(AuditLinkRow.event).not_in(_LOOKED)
    )
    return col(CaseRow.is_open).is_(False), col(CaseRow.opened_at) < end, ~lately.exists()
