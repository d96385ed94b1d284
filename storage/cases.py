"""Cases: sealed whole, found by reference, token or handle, guarded by their version."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, bindparam, delete, or_, update
from sqlmodel import col, select

from bot.core.case import OPEN_STATES, WAITING_STATES, Case, Lane
from bot.core.errors import NotFound, StaleClaim
from bot.core.messages import Handle
from storage.faults import Overtaken
from storage.names import cases_named, index_case, names_of_case
from storage.serial import CASE
from storage.tables import CaseHandleRow, CaseRow, ConflictRow, ItemRow
from storage.tables.requests import CASE_BREACH, CASE_DENIED, CASE_HELD, CASE_OPEN, ITEM_OPEN
from storage.transaction import Transaction

_PRIVATE: Final = "cases.private"
_WAITING: Final = tuple(sorted(WAITING_STATES))
_AT_HANDLE: Final = (
    select(CaseRow)
    .join(CaseHandleRow, col(CaseHandleRow.case_id) == CaseRow.id)
    .where(col(CaseHandleRow.handle_index) == bindparam("handle"))
    .order_by(col(CaseRow.opened_at).desc(), col(CaseRow.id).desc())
)
_SAVING: Final = update(CaseRow).where(
    col(CaseRow.id) == bindparam("case"), col(CaseRow.version) == bindparam("read_at")
)


class SqlCases:
    """The cases within one transaction, each read once; what a rival changed since then shows when it is saved.

    `before` holds those it changed as they were, None for a new one.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._read: dict[str, Case] = {}
        self.before: dict[str, Case | None] = {}

    def add(self, case: Case) -> None:
        row = CaseRow(id=case.id, reference=case.reference, opened_at=case.opened_at, **self._columns(case))
        self._tx.store(row)
        self._tx.store(*self._handles(case))
        self._tx.store(*_items(case))
        self._tx.store(*_conflicts(case))
        self._tx.store(*names_of_case(self._tx, case.id, case.name))
        self._read[case.id] = case
        self._tx.begun.add(case.id)
        self.before[case.id] = None

    def save(self, case: Case) -> Case:
        read = self._read.get(case.id)
        before = read or self.get(case.id)
        saved = replace(case, version=case.version + 1)
        if not self._tx.write(_SAVING, {"case": case.id, "read_at": case.version, **self._columns(saved)}):
            # Read in this very unit, it was fresh: another unit came between, and running again sees its work.
            overtaken = read is not None and read.version == case.version
            raise (Overtaken if overtaken else StaleClaim)(f"case {case.reference} has changed since it was read")
        self.before.setdefault(case.id, before)
        self._index(saved, before)
        self._read[case.id] = saved
        return saved

    def keep_still(self, case: Case) -> None:
        row = self._tx.lock(CaseRow, case.id)
        if row is None or row.version != case.version:
            raise Overtaken(f"case {case.reference} has changed since it was read")

    def get(self, case_id: str) -> Case:
        if case_id in self._read:
            return self._read[case_id]
        row = self._tx.find(CaseRow, case_id)
        if row is None:
            raise NotFound(f"there is no case {case_id}")
        return self.opened(row)

    def by_reference(self, reference: str) -> Case | None:
        found = self._tx.read(select(CaseRow).where(CaseRow.reference == reference))
        return self.opened(found[0]) if found else None

    def by_tokens(self, tokens: Sequence[str]) -> Case | None:
        wanted = [self._token_index(token) for token in dict.fromkeys(tokens)]
        found = self._tx.read(
            select(CaseRow)
            .where(col(CaseRow.token_index).in_(wanted))
            .order_by(col(CaseRow.opened_at).desc(), col(CaseRow.id).desc())
            .limit(1)
        )
        return self.opened(found[0]) if found else None

    def hold(self, handle: Handle) -> None:
        self._tx.queue_up(self._tx.keys.handle_index(handle))

    def of_requester(self, handle: Handle) -> Sequence[Case]:
        return [self.opened(row) for row in self._tx.read(_AT_HANDLE, handle=self._tx.keys.handle_index(handle))]

    def named(self, name: str, limit: int = 50) -> Sequence[Case]:
        found = self._tx.read(
            select(CaseRow)
            .where(col(CaseRow.id).in_(cases_named(self._tx, name)))
            .order_by(col(CaseRow.opened_at).desc(), col(CaseRow.id).desc())
            .limit(limit)
        )
        return [self.opened(row) for row in found]

    def listed(self, *, open_only: bool = False, limit: int = 50, after: str = "") -> Sequence[Case]:
        cases = select(CaseRow)
        if open_only:
            cases = cases.where(CASE_OPEN)
        if after:
            last = self._tx.find(CaseRow, after)
            if last is None:
                raise NotFound(f"there is no case {after} to go on from")
            later = and_(col(CaseRow.due_on) == last.due_on, col(CaseRow.id) > last.id)
            cases = cases.where(or_(col(CaseRow.due_on) > last.due_on, later))
        found = self._tx.read(cases.order_by(col(CaseRow.due_on), col(CaseRow.id)).limit(limit))
        return [self.opened(row) for row in found]

    def waiting(self) -> Sequence[Case]:
        asked = select(ItemRow.case_id).where(ITEM_OPEN, col(ItemRow.state).in_(_WAITING))
        found = self._tx.read(select(CaseRow).where(col(CaseRow.id).in_(asked)).order_by(col(CaseRow.id)))
        return [self.opened(row) for row in found]

    def with_breach(self) -> Sequence[Case]:
        found = self._tx.read(select(CaseRow).where(CASE_BREACH).order_by(col(CaseRow.aware_at)))
        return [self.opened(row) for row in found]

    def open_in(self, lane: Lane) -> Sequence[Case]:
        of_lane = select(CaseRow).where(CASE_OPEN, CaseRow.lane == lane.value)
        return [self.opened(row) for row in self._tx.read(of_lane.order_by(col(CaseRow.due_on)))]

    def with_denial(self) -> Sequence[Case]:
        found = self._tx.read(select(CaseRow).where(CASE_DENIED).order_by(col(CaseRow.denied_at)))
        return [self.opened(row) for row in found]

    def held(self) -> Sequence[Case]:
        found = self._tx.session.exec(select(CaseRow).where(CASE_HELD).order_by(col(CaseRow.held_since)))
        return [case for row in found if (case := self.opened(row)).hold]

    def due(self, promise_by: date, statutory_by: date) -> Sequence[Case]:
        pressing = select(ItemRow.case_id).where(
            ITEM_OPEN,
            or_(col(ItemRow.promise_due) <= promise_by, col(ItemRow.statutory_due) <= statutory_by),
        )
        found = self._tx.read(
            select(CaseRow).where(col(CaseRow.id).in_(pressing)).order_by(col(CaseRow.due_on), col(CaseRow.id))
        )
        return [self.opened(row) for row in found]

    def opened(self, row: CaseRow) -> Case:
        """Return the case a row holds, as this unit read it first or saved it last."""
        if row.id not in self._read:
            self._read[row.id] = CASE.load(self._tx.keys.open(_PRIVATE, row.id, row.private))
        return self._read[row.id]

    def _columns(self, case: Case) -> dict[str, Any]:
        """Return what changes with every save: the sealed whole, and the columns it is searched by."""
        return {
            "token_index": self._token_index(case.token),
            "language": case.language,
            "lane": case.lane.value,
            "version": case.version,
            "is_open": case.is_open,
            "due_on": _due_on(case),
            "aware_at": case.aware_at,
            "denied_at": case.denied_at,
            "held_since": case.hold.since if case.hold else None,
            "private": self._tx.keys.seal(_PRIVATE, case.id, CASE.dump(case)),
        }

    def _index(self, case: Case, before: Case) -> None:
        """Bring the rows that find and count the case up to date, as far as it changed since it was read."""
        execute = self._tx.session.exec
        if (before.requester, before.proven) != (case.requester, case.proven):
            execute(delete(CaseHandleRow).where(col(CaseHandleRow.case_id) == case.id))
            self._tx.store(*self._handles(case))
        if before.name != case.name:
            index_case(self._tx, case.id, case.name)
        if _counted(before) != _counted(case):
            if before.items:
                execute(delete(ItemRow).where(col(ItemRow.case_id) == case.id))
            self._tx.store(*_items(case))
        if before.complained_of != case.complained_of:
            execute(delete(ConflictRow).where(col(ConflictRow.case_id) == case.id))
            self._tx.store(*_conflicts(case))

    def _handles(self, case: Case) -> list[CaseHandleRow]:
        indexes = {self._tx.keys.handle_index(handle) for handle in (case.requester, case.proven) if handle}
        return [CaseHandleRow(handle_index=index, case_id=case.id) for index in indexes]

    def _token_index(self, token: str) -> bytes:
        return self._tx.keys.index("token", token)


def _items(case: Case) -> list[ItemRow]:
    return [ItemRow(case_id=case.id, **columns) for columns in _counted(case)]


def _counted(case: Case) -> list[dict[str, Any]]:
    """Return what is searched and counted of the items; how far they are proven is no part of it."""
    return [
        {
            "id": item.id,
            "right": item.right.value,
            "state": item.state.value,
            "clock": item.clock.value,
            "received_at": item.received_at,
            "promise_due": item.promise_due,
            "statutory_due": item.legal_due,
        }
        for item in case.items
    ]


def _conflicts(case: Case) -> list[ConflictRow]:
    return [ConflictRow(case_id=case.id, email=colleague) for colleague in sorted(case.complained_of)]


def _due_on(case: Case) -> date:
    """Return the earliest date of an open item; a case with nothing open comes last."""
    dates = [
        day for item in case.items if item.state in OPEN_STATES for day in (item.promise_due, item.legal_due) if day
    ]
    return min(dates, default=date.max)
