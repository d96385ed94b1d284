"""Who must not get which mailing: one row in force per handle and scope."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, case, or_, update
from sqlmodel import col, select

from bot.core.errors import NotFound
from bot.core.messages import Handle
from bot.core.records import Suppression
from bot.core.rights import Scope
from storage.crypto import SealBroken
from storage.serial import HANDLE
from storage.tables import SuppressionRow
from storage.tables.people import IN_FORCE
from storage.transaction import Transaction

_HANDLE: Final = "suppressions.handle"
_TICKET: Final = "suppressions.ticket"
_PARTED: Final = "\0"


class SqlSuppressions:
    """The suppressions within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._changed: list[Suppression] = []

    def add(self, suppression: Suppression, theirs: Collection[str] = ()) -> bool:
        keys = self._tx.keys
        is_new = self._tx.store_if_new(
            SuppressionRow(
                id=suppression.id,
                handle_index=keys.handle_index(suppression.handle),
                scope=suppression.scope.value,
                since=suppression.since,
                case_id=suppression.case_id,
                lifted_at=suppression.lifted_at,
                handle=keys.seal(_HANDLE, suppression.id, HANDLE.dump(suppression.handle)),
            )
        )
        if is_new:
            self._changed.append(suppression)
        else:
            self._asked_again(suppression, theirs)
        return is_new

    def blocking(self, handles: Sequence[Handle], scope: Scope) -> Mapping[Handle, Suppression]:
        indexes = {handle: self._tx.keys.handle_index(handle) for handle in handles}
        found = self._tx.session.exec(
            select(SuppressionRow).where(
                IN_FORCE,
                col(SuppressionRow.handle_index).in_(set(indexes.values())),
                col(SuppressionRow.scope).in_((scope.value, Scope.ALL.value)),
            )
        )
        stopped = {row.handle_index: row for row in found}
        return {handle: self._suppression(stopped[at]) for handle, at in indexes.items() if at in stopped}

    def of(self, handle: Handle) -> Sequence[Suppression]:
        index = self._tx.keys.handle_index(handle)
        found = self._tx.session.exec(select(SuppressionRow).where(IN_FORCE, SuppressionRow.handle_index == index))
        return [self._suppression(row) for row in found]

    def of_case(self, case_id: str) -> Sequence[Suppression]:
        found = self._tx.session.exec(select(SuppressionRow).where(IN_FORCE, SuppressionRow.case_id == case_id))
        return [self._suppression(row) for row in found]

    def lift(self, handle: Handle, scope: Scope, now: datetime) -> Suppression | None:
        row = self._tx.session.exec(
            select(SuppressionRow)
            .where(
                IN_FORCE,
                SuppressionRow.handle_index == self._tx.keys.handle_index(handle),
                SuppressionRow.scope == scope.value,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        ).first()
        if row is None:
            return None
        row.lifted_at = now
        self._tx.session.flush()
        lifted = self._suppression(row)
        self._changed.append(lifted)
        return lifted

    def changed(self) -> Sequence[Suppression]:
        return self._changed

    def ticket(self, handle: Handle, scope: Scope) -> str:
        stops = _PARTED.join((scope.value, handle.channel, handle.value))
        sealed = self._tx.keys.seal(_TICKET, "", stops.encode())
        return urlsafe_b64encode(sealed).decode().rstrip("=")

    def of_ticket(self, ticket: str) -> tuple[Handle, Scope] | None:
        try:
            sealed = urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
            scope, channel, value = self._tx.keys.open(_TICKET, "", sealed).decode().split(_PARTED, 2)
        except (ValueError, SealBroken):
            return None
        return Handle(channel, value), Scope(scope)

    def _asked_again(self, suppression: Suppression, theirs: Collection[str]) -> None:
        """Say whose one in force is, now that it was asked for once more."""
        asker = suppression.case_id
        self._tx.session.exec(
            update(SuppressionRow)
            .where(
                IN_FORCE,
                col(SuppressionRow.handle_index) == self._tx.keys.handle_index(suppression.handle),
                col(SuppressionRow.scope) == suppression.scope.value,
                col(SuppressionRow.case_id).is_not(None),
            )
            .values(case_id=case((col(SuppressionRow.case_id).in_({*theirs, asker}), asker), else_=None))
            .execution_options(synchronize_session="fetch")
        )

    def listed(self, limit: int | None = None, after: str = "", scope: Scope | None = None) -> Sequence[Suppression]:
        rows = select(SuppressionRow).where(IN_FORCE)
        if scope is not None:
            rows = rows.where(SuppressionRow.scope == scope.value)
        if after:
            last = self._tx.session.get(SuppressionRow, after)
            if last is None:
                raise NotFound(f"there is no opt-out {after} to go on from")
            same = and_(col(SuppressionRow.since) == last.since, col(SuppressionRow.id) < last.id)
            rows = rows.where(or_(col(SuppressionRow.since) < last.since, same))
        newest = rows.order_by(col(SuppressionRow.since).desc(), col(SuppressionRow.id).desc())
        return [self._suppression(row) for row in self._tx.session.exec(newest.limit(limit))]

    def _suppression(self, row: SuppressionRow) -> Suppression:
        return Suppression(
            id=row.id,
            handle=HANDLE.load(self._tx.keys.open(_HANDLE, row.id, row.handle)),
            scope=Scope(row.scope),
            since=row.since,
            case_id=row.case_id,
            lifted_at=row.lifted_at,
        )
