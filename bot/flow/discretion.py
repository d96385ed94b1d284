"""What we hold of the people a case is about: none of it may be written on a platform that reads along (rule 42)."""

from bot.core.case import Case
from bot.core.messages import MAIL
from bot.core.records import Customer
from bot.core.unit import Unit


def data_of(unit: Unit, case: Case) -> frozenset[str]:
    """Return every value on record for whoever this case may be about."""
    handles = {case.requester, case.proven} - {None}
    customers = {one.id: one for handle in handles if handle for one in unit.directory.find(handle)}
    addresses = {handle.value for handle in handles if handle and handle.channel == MAIL}
    return frozenset(addresses.union(*map(_values, customers.values())))


def _values(customer: Customer) -> set[str]:
    fields = {field.value for field in customer.fields}
    return {customer.number, customer.name, *customer.emails, *customer.phones} | fields
