"""Which columns of a company's own record tell what nobody says on the telephone."""

import pytest

from bot.core.letters import RecordField
from bot.core.sensitive import is_sensitive, sayable


@pytest.mark.parametrize(
    "column",
    [
        *("IBAN", "bank account", "customer_bic", "carte bancaire", "rekeningnummer", "Kontonummer", "credit-card"),
        *("date_of_birth", "birthday", "DOB", "date de naissance", "né le", "geboortedatum", "Geburtsdatum"),
        *("national number", "BSN", "NIR", "rijksregisternummer", "Personalausweis", "passport", "Steuer-ID"),
        *("health", "santé", "gezondheid", "Krankenkasse", "handicap", "allergies (medical)"),
        *("religion", "Konfession", "union", "ethnicity", "sexual orientation", "convictions", "password", "PIN"),
    ],
)
def test_what_hurts_or_opens_accounts_is_sensitive(column: str) -> None:
    assert is_sensitive(column)


@pytest.mark.parametrize(
    "column",
    [*("number", "name", "emails", "phones", "language", "country", "address", "street", "last_order"), "newsletter"],
)
def test_what_every_shop_knows_is_not(column: str) -> None:
    assert not is_sensitive(column)


def test_a_sign_says_that_something_is_left_out() -> None:
    record = (RecordField("name", "Ann"), RecordField("iban", "BE71 0961 2345 6769"))
    assert sayable(record, ()) == (record[0], RecordField("iban", "[…]"))


def test_what_people_prove_themselves_with_is_never_said_either() -> None:
    record = (RecordField("shoe_size", "38 wide"),)
    assert sayable(record, ("shoe_size",)) == (RecordField("shoe_size", "[…]"),)
