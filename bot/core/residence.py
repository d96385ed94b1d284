"""Where a person lives and is called, as far as their record says.

It decides which authority a letter names (Art. 77(1)), and where whoever has no e-mail is answered.
"""

from collections.abc import Iterable
from typing import Final

from bot.core.letters import RecordField, Residence
from bot.core.messages import Handle, Way
from bot.core.records import Customer

_COUNTRY: Final = frozenset({"country", "pays", "land", "staat"})
_REGION: Final = frozenset({"region", "state", "bundesland", "région", "regio", "province", "provincie", "kanton"})
_ADDRESS: Final = frozenset(
    {"address", "postal_address", "adresse", "adresse_postale", "adres", "postadres", "anschrift", "postanschrift"}
)


def residence_of(fields: Iterable[RecordField], phones: Iterable[str]) -> Residence:
    """Collect what a customer's row says of the place, as it is written there; the columns are the company's own."""
    said = {field.name.strip().lower().replace(" ", "_"): field.value for field in fields if field.value.strip()}

    def first(names: frozenset[str]) -> str:
        return next((value for name, value in said.items() if name in names), "")

    return Residence(first(_COUNTRY), first(_REGION), first(_ADDRESS), tuple(phones))


def posted_to(customer: Customer) -> Handle | None:
    """Return the name and the address on record that a letter goes to, on one line; None where there is none."""
    address = residence_of(customer.fields, customer.phones).address
    return Handle(Way.LETTER, " ".join(f"{customer.name}, {address}".split())) if address else None


def called_at(customer: Customer) -> Handle | None:
    """Return the name and the numbers on record that are called, on one line; None where there are none."""
    numbers = ", ".join(customer.phones)
    return Handle(Way.CALL, " ".join(f"{customer.name}, {numbers}".split())) if numbers else None
