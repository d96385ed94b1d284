"""Who must not get which mailing: one row in force per handle and scope."""

from collections.abc import Sequence
from typing import Final

from sqlmodel import col, select

from bot.core.messages import Handle
from bot.core.records import Suppression
from bot.core.rights import Scope
from storage.serial import HANDLE
from storage.tables import SuppressionRow
from storage.tables.people import IN_FORCE
from storage.transaction import Transaction

_HANDLE: Final = "suppressions.handle"


class SqlSuppressions:
    """The suppressions within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, suppression: Suppression) -> bool:
        keys = self._tx.keys
        return self._tx.store_if_new(
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

    def covers(self, handle: Handle, scope: Scope) -> bool:
        found = self._tx.session.exec(
            select(SuppressionRow.id).where(
                IN_FORCE,
                SuppressionRow.handle_index == self._tx.keys.handle_index(handle),
                col(SuppressionRow.scope).in_((scope.value, Scope.ALL.value)),
            )
        )
        return found.first() is not None

    def listed(self, limit: int | None = None) -> Sequence[Suppression]:
        found = self._tx.session.exec(
            select(SuppressionRow)
            .where(IN_FORCE)
            .order_by(col(SuppressionRow.since).desc(), col(SuppressionRow.id).desc())
            .limit(limit)
        )
        return [self._suppression(row) for row in found]

    def _suppression(self, row: SuppressionRow) -> Suppression:
        return Suppression(
            id=row.id,
            handle=HANDLE.load(self._tx.keys.open(_HANDLE, row.id, row.handle)),
            scope=Scope(row.scope),
            since=row.since,
            case_id=row.case_id,
            lifted_at=row.lifted_at,
        )
