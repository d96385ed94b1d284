"""What of a record may be said in a call; all else is written: who picks up may be anybody (law.md rule 12).

The list is of what may be said, and short: no list of what hurts or opens accounts is whole in every language.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final
from unicodedata import normalize

from bot.core.letters import RecordField
from bot.core.redaction import LEFT_OUT

_SAYABLE: Final = frozenset(
    {
        *("name", "fullname", "firstname", "lastname", "surname", "givenname", "familyname"),
        *("nom", "prenom", "nomdefamille", "naam", "voornaam", "achternaam", "familienaam"),
        *("vorname", "nachname", "familienname"),
        *("number", "customernumber", "numeroclient", "klantnummer", "kundennummer"),
        *("phone", "phones", "telephone", "mobile", "gsm", "telefoon", "telefon", "handy"),
        *("address", "postaladdress", "street", "housenumber", "postcode", "postalcode"),
        *("zip", "zipcode", "city", "town", "country"),
        *("adresse", "adressepostale", "rue", "codepostal", "ville", "commune", "pays"),
        *("adres", "postadres", "straat", "huisnummer", "woonplaats", "plaats", "gemeente", "stad", "land"),
        *("anschrift", "postanschrift", "strasse", "hausnummer", "plz", "postleitzahl", "ort", "wohnort", "stadt"),
        *("language", "langue", "taal", "sprache"),
    }
)
"""Names, addresses and numbers, as columns are called in our languages, without accents, spaces and signs."""


def is_sayable(column: str, keys: Collection[str] = ()) -> bool:
    """Say whether what a column holds may be said on the telephone, by its whole name.

    `keys` are the columns that people are asked, to show who they are: whoever heard them could pass for the person.
    """
    name = _bare(column)
    return name in _SAYABLE and name not in map(_bare, keys)


def sayable(record: Iterable[RecordField], keys: Collection[str]) -> tuple[RecordField, ...]:
    """Return a record with a sign in the place of what is never said; that is offered in writing."""
    return tuple(one if is_sayable(one.name, keys) else replace(one, value=LEFT_OUT) for one in record)


def _bare(column: str) -> str:
    return "".join(char for char in normalize("NFKD", column.casefold()) if char.isascii() and char.isalnum())
