"""What is counted of cases: from columns and indexes alone, nothing sealed is opened."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func
from sqlmodel import col, select

from bot.core.case import State
from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind
from bot.core.figures import Filed, Measure, Tally
from storage.tables import AuditLinkRow, CaseRow, ConflictRow, CorrectionRow, ItemRow, MessageRow, OutgoingRow, TallyRow
from storage.transaction import Transaction

_ANSWERS: Final = (DraftKind.ANSWER.value, DraftKind.UNSUBSCRIBE_CONFIRMATION.value)


class SqlFigures:
    """The figures within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def filed(self, since: datetime, until: datetime, staff: str = "") -> Sequence[Filed]:
        about = select(ConflictRow.case_id).where(ConflictRow.email == staff)
        within = (col(ItemRow.received_at) >= since, col(ItemRow.received_at) < until)
        return self._filed(*within, *([col(ItemRow.case_id).not_in(about)] if staff else []))

    def of_case(self, case_id: str) -> Sequence[Filed]:
        return self._filed(col(ItemRow.case_id) == case_id)

    def keep(self, tallies: Iterable[Tally]) -> None:
        for tally in sorted(tallies, key=lambda one: (one.week, one.measure, one.value)):  # one order: no deadlock
            week, measure, value = tally.week, tally.measure.value, tally.value
            self._tx.store_if_new(TallyRow(week=week, measure=measure, value=value, number=0))
            row = self._tx.lock(TallyRow, (week, measure, value))
            if row is None:
                raise LookupError(f"the tally of {measure} in {week} vanished while it was being raised")
            row.number += tally.number
            self._tx.session.flush()

    def kept(self, since: date, until: date) -> Sequence[Tally]:
        found = self._tx.session.exec(select(TallyRow).where(col(TallyRow.week) >= since, col(TallyRow.week) < until))
        return [Tally(row.week, Measure(row.measure), row.value, row.number) for row in found]

    def _filed(self, *which: ColumnElement[bool]) -> Sequence[Filed]:
        found = self._tx.connection.execute(
            select(  # type: ignore[call-overload] # more columns than its overloads count
                ItemRow.received_at,
                ItemRow.right,
                ItemRow.state,
                CaseRow.language,
                _channel(),
                ItemRow.promise_due,
                ItemRow.statutory_due,
                _answered_at(),
                exists().where(col(CorrectionRow.case_id) == CaseRow.id),
                _identity(),
            )
            .join(CaseRow, col(CaseRow.id) == ItemRow.case_id)
            .where(*which)
        )
        return [_as_filed(*row) for row in found]


def _as_filed(received_at: datetime, right: str, state: str, language: str, channel: str | None, *rest: Any) -> Filed:
    promise_due, legal_due, answered_at, corrected, identity = rest
    return Filed(
        received_at,
        right,
        State(state),
        language,
        channel or "",
        promise_due,
        legal_due,
        answered_at,
        bool(corrected),
        identity,
    )


def _channel() -> ScalarSelect[Any]:
    """Select the channel of a case's first message; ids sort by time."""
    messages = select(MessageRow.channel).where(MessageRow.case_id == CaseRow.id)
    return messages.order_by(col(MessageRow.id)).limit(1).scalar_subquery()


def _answered_at() -> ScalarSelect[Any]:
    """Select when the first answer after a right came in was approved, of those that left."""
    return (
        select(func.min(OutgoingRow.created_at))
        .where(
            OutgoingRow.case_id == CaseRow.id,
            OutgoingRow.state == DeliveryState.SENT.value,
            col(OutgoingRow.kind).in_(_ANSWERS),
            col(OutgoingRow.created_at) >= ItemRow.received_at,
        )
        .scalar_subquery()
    )


def _identity() -> ColumnElement[str]:
    """Select what a case's history says of its person, the strongest first."""

    def happened(event: str) -> ColumnElement[bool]:
        return exists().where(and_(col(AuditLinkRow.case_id) == CaseRow.id, col(AuditLinkRow.event) == event))

    return case(
        (happened("vouched"), "vouched"),
        (happened("proved"), "proved"),
        (happened("challenged"), "not_shown"),
        else_="not_asked",
    )
