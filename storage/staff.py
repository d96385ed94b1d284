"""Colleagues and their roles."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import delete, distinct, func
from sqlmodel import col, select

from bot.core.drafts import Role
from bot.core.messages import canonical_address
from storage.tables import StaffRow
from storage.transaction import Transaction


class SqlStaff:
    """The colleagues within one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, email: str, role: Role) -> None:
        self._tx.store_if_new(StaffRow(email=canonical_address(email), role=role.value))

    def remove(self, email: str, role: Role) -> None:
        given = (col(StaffRow.email) == canonical_address(email), col(StaffRow.role) == role.value)
        self._tx.session.exec(delete(StaffRow).where(*given))

    def everyone(self) -> Mapping[str, frozenset[Role]]:
        roles: defaultdict[str, set[Role]] = defaultdict(set)
        for row in self._tx.session.exec(select(StaffRow).order_by(col(StaffRow.email))):
            roles[row.email].add(Role(row.role))
        return {email: frozenset(given) for email, given in roles.items()}

    def roles(self, email: str) -> frozenset[Role]:
        found = self._tx.session.exec(select(StaffRow.role).where(StaffRow.email == canonical_address(email)))
        return frozenset(Role(role) for role in found)

    def count(self, roles: frozenset[Role]) -> int:
        wanted = [role.value for role in roles]
        colleagues = select(func.count(distinct(col(StaffRow.email)))).where(col(StaffRow.role).in_(wanted))
        return self._tx.session.exec(colleagues).one()
