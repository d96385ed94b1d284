"""Colleagues and their roles."""

from sqlalchemy import distinct, func
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

    def roles(self, email: str) -> frozenset[Role]:
        found = self._tx.session.exec(select(StaffRow.role).where(StaffRow.email == canonical_address(email)))
        return frozenset(Role(role) for role in found)

    def count(self, roles: frozenset[Role]) -> int:
        wanted = [role.value for role in roles]
        colleagues = select(func.count(distinct(col(StaffRow.email)))).where(col(StaffRow.role).in_(wanted))
        return self._tx.session.exec(colleagues).one()
