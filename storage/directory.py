"""The customers on record: sealed rows, found by blind index."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, func
from sqlmodel import col, select

from bot.core.errors import NotFound
from bot.core.messages import MAIL, PHONE, Handle, canonical_address
from bot.core.records import Customer, Erasure
from storage.names import customers_named, index_customer
from storage.serial import CUSTOMER
from storage.tables import CustomerHandleRow, CustomerNameRow, CustomerRow, ErasureRow
from storage.transaction import Transaction

_PRIVATE: Final = "customers.private"
_AT_HANDLE: Final = (
    select(CustomerRow)
    .join(CustomerHandleRow, col(CustomerHandleRow.customer_id) == CustomerRow.id)
    .where(col(CustomerHandleRow.handle_index) == bindparam("handle"))
    .order_by(col(CustomerRow.id))
)


class SqlDirectory:
    """The customer directory within one transaction; what is there is looked up once, until somebody changes."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._found: dict[bytes, Sequence[Customer]] = {}
        self._empty: bool | None = None

    def find(self, handle: Handle) -> Sequence[Customer]:
        index = self._tx.keys.handle_index(handle)
        if index not in self._found:
            self._found[index] = [self._customer(row) for row in self._tx.read(_AT_HANDLE, handle=index)]
        return self._found[index]

    def named(self, name: str, limit: int = 50) -> Sequence[Customer]:
        fits = col(CustomerRow.id).in_(customers_named(self._tx, name))
        found = self._tx.session.exec(select(CustomerRow).where(fits).order_by(col(CustomerRow.id)).limit(limit))
        return [self._customer(row) for row in found]

    def get(self, customer_id: str) -> Customer | None:
        row = self._tx.session.get(CustomerRow, customer_id)
        return self._customer(row) if row else None

    def numbered(self, number: str) -> Customer | None:
        return self._marked(self._mark(number))

    def behind(self, erasure: Erasure) -> Customer | None:
        return self._marked(bytes.fromhex(erasure.mark))

    def erase(self, number: str, now: datetime) -> Erasure:
        mark = self._mark(number)
        if not self._destroy(mark):
            raise NotFound("no customer on record has this number")
        self._tx.store_if_new(ErasureRow(mark=mark, at=now))
        return Erasure(mark.hex(), now)

    def erased(self, number: str) -> datetime | None:
        row = self._tx.session.get(ErasureRow, self._mark(number))
        return row.at if row else None

    def erasures(self) -> Sequence[Erasure]:
        found = self._tx.session.exec(select(ErasureRow).order_by(col(ErasureRow.at), col(ErasureRow.mark)))
        return [Erasure(row.mark.hex(), row.at) for row in found]

    def erase_again(self, erasure: Erasure) -> bool:
        mark = bytes.fromhex(erasure.mark)
        self._tx.store_if_new(ErasureRow(mark=mark, at=erasure.at))
        return self._destroy(mark)

    def put(self, customer: Customer, now: datetime) -> bool:
        number = self._mark(customer.number)
        self._forget()
        # The placeholder takes the number; a rival who takes it first makes this an update.
        new = self._tx.store_if_new(CustomerRow(id=customer.id, number_index=number, private=b""))
        row = self._tx.session.exec(
            select(CustomerRow)
            .where(CustomerRow.number_index == number)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        known = replace(customer, id=row.id, emails=tuple(canonical_address(email) for email in customer.emails))
        row.private = self._tx.keys.seal(_PRIVATE, row.id, CUSTOMER.dump(known))
        self._index(known, None if new else now)
        return new

    def new_since(self, handle: Handle, moment: datetime) -> datetime | None:
        return self._tx.session.exec(
            select(func.max(CustomerHandleRow.since)).where(
                CustomerHandleRow.handle_index == self._tx.keys.handle_index(handle),
                col(CustomerHandleRow.since) > moment,
            )
        ).one()

    def is_empty(self) -> bool:
        if self._empty is None:
            self._empty = self._tx.session.exec(select(CustomerRow.id).limit(1)).first() is None
        return self._empty

    def apart_from(self, numbers: Collection[str], most: int) -> tuple[int, Sequence[Customer]]:
        marks = set(map(self._mark, numbers))
        every = self._tx.session.exec(select(CustomerRow.id, CustomerRow.number_index).order_by(col(CustomerRow.id)))
        apart = [customer_id for customer_id, mark in every if mark not in marks]
        return len(apart), [found for one in apart[:most] if (found := self.get(one)) is not None]

    def count(self) -> int:
        return self._tx.session.exec(select(func.count()).select_from(CustomerRow)).one()

    def _forget(self) -> None:
        self._found.clear()
        self._empty = None

    def _mark(self, number: str) -> bytes:
        return self._tx.keys.index("customer-number", number)

    def _marked(self, mark: bytes) -> Customer | None:
        row = self._tx.session.exec(select(CustomerRow).where(CustomerRow.number_index == mark)).first()
        return self._customer(row) if row else None

    def _destroy(self, mark: bytes) -> bool:
        self._forget()
        gone = select(CustomerRow.id).where(CustomerRow.number_index == mark)
        for table in (CustomerHandleRow, CustomerNameRow):
            self._tx.session.exec(delete(table).where(col(table.customer_id).in_(gone)))
        erased = self._tx.session.exec(
            delete(CustomerRow).where(col(CustomerRow.number_index) == mark).returning(col(CustomerRow.id))
        )
        return erased.first() is not None

    def _customer(self, row: CustomerRow) -> Customer:
        return CUSTOMER.load(self._tx.keys.open(_PRIVATE, row.id, row.private))

    def _index(self, customer: Customer, added: datetime | None) -> None:
        session, keys = self._tx.session, self._tx.keys
        index_customer(self._tx, customer.id, customer.name)
        own = col(CustomerHandleRow.customer_id) == customer.id
        known = {row.handle_index: row.since for row in session.exec(select(CustomerHandleRow).where(own))}
        session.exec(delete(CustomerHandleRow).where(own))
        handles = (
            *(Handle(MAIL, email) for email in customer.emails),
            *(Handle(PHONE, phone) for phone in customer.phones),
            *customer.handles,
        )
        indexes = {keys.handle_index(handle) for handle in handles}
        self._tx.store(
            *(
                CustomerHandleRow(handle_index=index, customer_id=customer.id, since=known.get(index, added))
                for index in indexes
            )
        )
