"""Where a person lives, as far as their record says: it decides which authority a letter names (Art. 77(1))."""

from collections.abc import Iterable
from typing import Final

from bot.core.letters import RecordField, Residence

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
