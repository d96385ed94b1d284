"""Which columns of a company's own record may be said on the telephone: few, and by their whole name."""

import pytest

from bot.core.letters import RecordField
from bot.core.sayable import is_sayable, sayable


@pytest.mark.parametrize(
    "column",
    [
        *("IBAN", "customeriban", "bank account", "numerocarte", "carte bancaire", "rekeningnummer", "Kontonummer"),
        *("date_of_birth", "dateofbirth", "DOB", "date de naissance", "né le", "geboortedatum", "Geburtsdatum"),
        *("socialsecuritynumber", "insee", "BSN", "NIR", "rijksregisternummer", "rijbewijs", "passport", "Steuer-ID"),
        *("health", "allergies", "maladie", "santé", "Krankenkasse", "handicap", "religion", "union", "password"),
        *("name of her doctor", "phone_pin", "address_of_shelter", "emails", "handles", "notes", "whatever comes next"),
    ],
)
def test_what_is_not_known_to_be_harmless_is_written(column: str) -> None:
    assert not is_sayable(column)


@pytest.mark.parametrize(
    "column",
    [
        *("number", "name", "phones", "language", "First Name", "prénom", "achternaam", "Nachname"),
        *("address", "street", "postal-code", "code postal", "woonplaats", "Straße", "PLZ", "country", "Kundennummer"),
    ],
)
def test_name_address_and_numbers_may_be_said(column: str) -> None:
    assert is_sayable(column)


def test_a_sign_says_that_something_is_left_out() -> None:
    record = (RecordField("name", "Ann"), RecordField("dateofbirth", "1980-05-12"))
    assert sayable(record, ()) == (record[0], RecordField("dateofbirth", "[…]"))


@pytest.mark.parametrize("key", ["postcode", "Post Code"])
def test_what_people_prove_themselves_with_is_never_said_either(key: str) -> None:
    record = (RecordField("postcode", "1234 AB"),)
    assert sayable(record, (key,)) == (RecordField("postcode", "[…]"),)
