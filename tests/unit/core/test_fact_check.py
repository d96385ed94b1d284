"""Facts are compared as people type them; lists of guesses are no answer."""

import pytest

from bot.core.fact_check import all_match, askable

EXPECTED = ("3512 JE", "A-77120")


@pytest.mark.parametrize(
    "answer",
    [
        "3512 JE, A-77120",
        "my postcode is 3512je and the order was a77120",
        "Postcode: 3512-JE\nLetzte Bestellung: A 77120",
        "C'est le 3512JE ; commande « A-77120 ».",
    ],
)
def test_what_is_right_is_right_however_it_is_typed(answer: str) -> None:
    assert all_match(answer, EXPECTED)


@pytest.mark.parametrize(
    "answer",
    ["", "3512 JE", "A-77120", "3512 JF, A-77120", "13512 JE and A-771209", "3512 JE A-7712", "I do not know"],
)
def test_what_is_missing_or_wrong_is_wrong(answer: str) -> None:
    assert not all_match(answer, EXPECTED)


def test_a_list_of_guesses_is_no_answer() -> None:
    guesses = " ".join(f"35{number:02}JE" for number in range(40))
    assert not all_match(f"{guesses} A-77120", EXPECTED)
    assert not all_match("anything", ())


def test_accents_do_not_matter() -> None:
    assert all_match("rue de l'Eglise 7, C-1001", ("Rue de l’Église 7", "C-1001"))


def test_only_facts_on_record_and_not_hit_by_chance_are_asked() -> None:
    record = {"postcode": "3512 JE", "floor": "3", "order": "", "street": "Kade"}
    assert askable(record, ("postcode", "floor", "order", "street", "iban")) == ("postcode", "street")
