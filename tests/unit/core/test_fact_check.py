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


@pytest.mark.parametrize(
    "written",
    [
        *("1980-05-12", "12.05.1980", "12.5.1980", "12/5/1980", "le 12 mai 1980", "12 May 1980", "May 12th, 1980"),
        *("op 12 mei 1980", "12. Mai 1980", "geboren am 12.05.1980, 4711"),
    ],
)
def test_a_date_is_right_however_it_is_written(written: str) -> None:
    assert all_match(written, ("1980-05-12",))


@pytest.mark.parametrize("written", ["1980-12-05", "5/12/1980", "12 juin 1980", "12 May 1981", "121980"])
def test_another_date_is_wrong(written: str) -> None:
    assert not all_match(written, ("1980-05-12",))


def test_the_first_of_a_month_is_said_in_its_own_way() -> None:
    assert all_match("le 1er août 1979", ("1979-08-01",))


def test_a_date_without_its_zeros_needs_what_stands_between() -> None:
    """1121980 is the first of December and the eleventh of February."""
    assert not all_match("1121980", ("1980-12-01",))
    assert not all_match("1121980", ("1980-02-11",))
    assert all_match("1/12/1980", ("1980-12-01",))
    assert all_match("01121980", ("1980-12-01",))


def test_a_few_guesses_in_one_mail_are_a_list_too_and_a_number_may_be_typed_in_groups() -> None:
    assert not all_match("3510JE 3511JE 3512JE 3513JE 3514JE 3515JE A-77120", EXPECTED)
    assert not all_match("38, 39 or 40; 1979, 1980, 1981 or 1980-05-12", ("38 wide", "1980-05-12"))
    grouped = "06 12 34 56 78, NL91 ABNA 0417 1643 00"
    assert all_match(grouped, ("0612345678", "NL91ABNA0417164300"))
