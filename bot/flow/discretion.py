"""What we hold of the people a case is about, and may not be told where the answer goes (law.md rule 42)."""

from collections.abc import Collection, Iterator

from bot.core.case import Case
from bot.core.drafts import Draft, DraftKind
from bot.core.house import House
from bot.core.letters import RecordField
from bot.core.messages import MAIL, Handle, Way, is_chat
from bot.core.records import Customer, record_of
from bot.core.sayable import is_sayable
from bot.core.unit import Unit


def data_kept_from(recipient: Handle, unit: Unit, case: Case, house: House) -> frozenset[str]:
    """Return the values on record, of whoever this case may be about, that are kept from where a letter goes.

    A platform reads along: it sees nothing that is on record. In a call name, address and numbers are said, no more.
    """
    if is_chat(recipient.channel):
        return _addresses(case).union(*map(_values, _customers(unit, case)))
    if recipient.channel == Way.CALL:
        return frozenset().union(*(_never_said(customer, house) for customer in _customers(unit, case)))
    return frozenset()


def data_chosen_for(draft: Draft, unit: Unit, case: Case) -> frozenset[str]:
    """Return the values on record that the person chose to read where an answer goes; none of any other letter."""
    one = case.chosen
    if one is None or draft.kind is not DraftKind.ANSWER or draft.recipient != one.account:
        return frozenset()
    customer = unit.directory.get(one.word.customer_id)
    return frozenset(_named(customer, one.fields)) if customer else frozenset()


def _named(customer: Customer, fields: Collection[str]) -> Iterator[str]:
    yield from (field.value for field in record_of(customer) if field.name in fields)
    yield from customer.phones if "phones" in fields else ()


def _customers(unit: Unit, case: Case) -> list[Customer]:
    handles = {case.requester, case.proven} - {None}
    customers = {one.id: one for handle in handles if handle for one in unit.directory.find(handle)}
    vouched_for = unit.directory.get(case.customer_id) if case.customer_id else None
    return [*customers.values(), *([vouched_for] if vouched_for and vouched_for.id not in customers else [])]


def _never_said(customer: Customer, house: House) -> set[str]:
    """Return what of a record is told in writing alone; the name greets, and the number is called."""
    own = [("number", customer.number), *(("emails", address) for address in customer.emails)]
    own += [("handles", handle.value) for handle in customer.handles]
    held = [*(RecordField(name, value) for name, value in own), *customer.fields]
    return {field.value for field in held if not is_sayable(field.name, house.keys)}


def _addresses(case: Case) -> frozenset[str]:
    return frozenset(one.value for one in (case.requester, case.proven) if one and one.channel == MAIL)


def _values(customer: Customer) -> set[str]:
    fields = {field.value for field in customer.fields}
    return {customer.number, customer.name, *customer.emails, *customer.phones} | fields
