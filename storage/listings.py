"""Lists and counts for colleagues, from indexes of what is open."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlmodel import col, select

from bot.core.case import Case, Lane, State
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.errors import NotFound
from bot.core.listings import Load, Wanted
from storage.cases import SqlCases
from storage.drafts import SqlDrafts
from storage.tables import AssignmentRow, CaseRow, ConflictRow, DraftRow, ItemRow
from storage.tables.letters import DRAFT_WAITING
from storage.tables.requests import CASE_OPEN, ITEM_OPEN
from storage.transaction import Transaction


class SqlListings:
    """The lists within one transaction."""

    def __init__(self, tx: Transaction, cases: SqlCases, drafts: SqlDrafts) -> None:
        self._tx, self._cases, self._drafts = tx, cases, drafts

    def cases(self, wanted: Wanted, limit: int, after: str = "") -> Sequence[Case]:
        rows = select(CaseRow).where(*self._seen(wanted.lanes, wanted.staff))
        if wanted.open_only:
            rows = rows.where(CASE_OPEN)
        if wanted.language:
            rows = rows.where(CaseRow.language == wanted.language)
        if wanted.due_by is not None:
            rows = rows.where(col(CaseRow.due_on) <= wanted.due_by)
        if wanted.right is not None or wanted.state is not None:
            item = select(ItemRow.id).where(ItemRow.case_id == CaseRow.id)
            if wanted.right is not None:
                item = item.where(ItemRow.right == wanted.right.value)
            if wanted.state is not None:
                item = item.where(ItemRow.state == wanted.state.value)
            rows = rows.where(exists(item))
        if wanted.assignee is not None:
            assigned = select(AssignmentRow.case_id).where(AssignmentRow.case_id == CaseRow.id)
            theirs = exists(assigned.where(AssignmentRow.email == wanted.assignee))
            rows = rows.where(theirs if wanted.assignee else ~exists(assigned))
        if after:
            last = self._tx.session.get(CaseRow, after)
            if last is None:
                raise NotFound(f"there is no case {after} to go on from")
            later = and_(col(CaseRow.due_on) == last.due_on, col(CaseRow.id) > last.id)
            rows = rows.where(or_(col(CaseRow.due_on) > last.due_on, later))
        found = self._tx.session.exec(rows.order_by(col(CaseRow.due_on), col(CaseRow.id)).limit(limit))
        return [self._cases.opened(row) for row in found]

    def load(self, lanes: frozenset[Lane], today: date, soon: date, staff: str = "") -> Load:
        seen = self._seen(lanes, staff)

        def count(due_before: date | None = None) -> int:
            rows = select(func.count()).select_from(CaseRow).where(CASE_OPEN, *seen)
            if due_before is not None:
                rows = rows.where(col(CaseRow.due_on) < due_before)
            return self._tx.session.exec(rows).one()

        late = count(today)
        return Load(open=count(), late=late, soon=count(soon) - late)

    def stages(self, lanes: frozenset[Lane], staff: str = "") -> Mapping[State, int]:
        items = select(ItemRow.state, func.count()).where(ITEM_OPEN).group_by(col(ItemRow.state))
        if seen := self._seen(lanes, staff):
            items = items.join(CaseRow, col(ItemRow.case_id) == CaseRow.id).where(*seen)
        counts = self._tx.session.exec(items)
        return {State(state): count for state, count in counts}

    def waiting(
        self,
        lanes: frozenset[Lane],
        limit: int,
        staff: str = "",
        after: str = "",
        kind: DraftKind | None = None,
    ) -> Sequence[tuple[Case, Draft]]:
        drafts = select(CaseRow, DraftRow).join(DraftRow, col(DraftRow.case_id) == CaseRow.id)
        drafts = drafts.where(DRAFT_WAITING, *self._seen(lanes, staff))
        if kind is not None:
            drafts = drafts.where(DraftRow.kind == kind.value)
        if after:
            last = self._tx.session.get(DraftRow, after)
            case = self._tx.session.get(CaseRow, last.case_id) if last else None
            if last is None or case is None:
                raise NotFound(f"there is no draft {after} to go on from")
            same_day = and_(col(CaseRow.due_on) == case.due_on, col(DraftRow.id) > last.id)
            drafts = drafts.where(or_(col(CaseRow.due_on) > case.due_on, same_day))
        found = self._tx.session.exec(drafts.order_by(col(CaseRow.due_on), col(DraftRow.id)).limit(limit))
        return [(self._cases.opened(case), self._drafts.opened(draft)) for case, draft in found]

    def unanswered(
        self, lanes: frozenset[Lane], limit: int, staff: str = ""
    ) -> Sequence[tuple[Case, DraftStatus | None]]:
        last = (
            select(DraftRow.status)
            .where(DraftRow.case_id == CaseRow.id)
            .order_by(col(DraftRow.created_at).desc(), col(DraftRow.id).desc())
            .limit(1)
            .scalar_subquery()
        )
        found = self._tx.session.exec(
            select(CaseRow, last)
            .where(CASE_OPEN, *self._seen(lanes, staff), _has(State.REVIEW), ~_is_drafted())
            .order_by(col(CaseRow.due_on), col(CaseRow.id))
            .limit(limit)
        )
        return [(self._cases.opened(row), DraftStatus(status) if status else None) for row, status in found]

    def unproven(self, lanes: frozenset[Lane], due_by: date, limit: int, staff: str = "") -> Sequence[Case]:
        found = self._tx.session.exec(
            select(CaseRow)
            .where(CASE_OPEN, col(CaseRow.due_on) <= due_by, *self._seen(lanes, staff))
            .where(_has(State.VERIFYING), ~_has(State.REVIEW), ~_is_drafted())
            .order_by(col(CaseRow.due_on), col(CaseRow.id))
            .limit(limit)
        )
        return [self._cases.opened(row) for row in found]

    def _seen(self, lanes: frozenset[Lane], staff: str) -> list[ColumnElement[bool]]:
        """Return the conditions by which a list holds what a colleague may see: lanes, and no complaint about them.

        Who sees all has none: open rights are then counted in their index alone, without a look at each one's case.
        """
        kept_away = self._tx.session.exec(select(ConflictRow.case_id).where(ConflictRow.email == staff)).all()
        conditions: list[ColumnElement[bool]] = []
        if lanes != frozenset(Lane):
            conditions.append(col(CaseRow.lane).in_(sorted(lane.value for lane in lanes)))
        if kept_away:
            conditions.append(col(CaseRow.id).not_in(kept_away))
        return conditions


def _has(state: State) -> ColumnElement[bool]:
    return exists(select(ItemRow.id).where(ItemRow.case_id == CaseRow.id, ItemRow.state == state.value))


def _is_drafted() -> ColumnElement[bool]:
    return exists(
        select(DraftRow.id).where(DraftRow.case_id == CaseRow.id, DraftRow.status == DraftStatus.WAITING.value)
    )
