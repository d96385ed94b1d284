"""Entities and corrections are found with the offsets they stand at."""

import time

import pytest
from hypothesis import given as from_any
from hypothesis import settings
from hypothesis import strategies as st

from bot.core.rights import Correction
from classifiers.corrections import find_corrections
from classifiers.entities import find_entities


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Voici le code : K7QM-2XPA.", "code", "K7QM-2XPA"),
        ("r4tn-8vke", "code", "r4tn-8vke"),
        ("Écrivez à anne.le-goff@example.org svp", "email", "anne.le-goff@example.org"),
        ("appelez le 06 12 34 56 78", "phone", "06 12 34 56 78"),
        ("bel +32 475 12 34 56", "phone", "+32 475 12 34 56"),
        ("client n° 58204", "customer", "58204"),
        ("my customer number is NX-40713", "customer", "NX-40713"),
        ("Kundennummer: 40713", "customer", "40713"),
        ("commande 2025-0418", "order", "2025-0418"),
        ("factuur 20250418", "invoice", "20250418"),
        ("born 12/05/1980", "date", "12/05/1980"),
        ("le 3 mai 2024", "date", "3 mai 2024"),
        ("4, avenue Foch, 59700 Marcq-en-Barœul", "address", "4, avenue Foch, 59700 Marcq-en-Barœul"),
        ("Rue Haute 61, 7850 Enghien", "address", "Rue Haute 61, 7850 Enghien"),
        ("Oosterstraat 14-3, 9711 NV Groningen", "address", "Oosterstraat 14-3, 9711 NV Groningen"),
        ("Lindenstraße 8, 50674 Köln", "address", "Lindenstraße 8, 50674 Köln"),
        ("12 High Street, Leeds LS1 4AB", "address", "12 High Street, Leeds LS1 4AB"),
        ("je m'appelle Anne Le Goff", "person", "Anne Le Goff"),
        ("Hello\nplease help\nJohn van Dyk", "person", "John van Dyk"),
    ],
)
def test_facts_are_found_where_they_stand(text: str, kind: str, value: str) -> None:
    found = find_entities(text)
    assert (kind, value) in [(entity.kind, entity.text) for entity in found]
    assert all(text[entity.start : entity.end] == entity.text for entity in found)


def test_a_word_with_a_hyphen_is_no_code() -> None:
    assert not [entity for entity in find_entities("peut-être, rendez-vous, 1234-5678") if entity.kind == "code"]


@settings(max_examples=80, deadline=None)
@from_any(st.text(max_size=300))
def test_entities_never_overlap(text: str) -> None:
    at = 0
    for entity in find_entities(text):
        assert at <= entity.start < entity.end
        at = entity.end


@pytest.mark.parametrize("text", ["a.a@" * 5000, "1 " * 10000, "Mr A A " * 2500, "order no is : " * 1400, "A" * 20000])
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    start = time.process_time()
    find_entities(text)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Mijn oude mail is jan@example.com, de nieuwe is jan@example.org",
            Correction("email", "jan@example.com", "jan@example.org"),
        ),
        ("Please use 07700 900123 from now on", Correction("phone", "", "07700 900123")),
        ("My date of birth is 12/05/1980", Correction("birthdate", "", "12/05/1980")),
        ("My name is spelled Holroyd, not Oldroyd", Correction("name", "Oldroyd", "Holroyd")),
        ("Delatre -> Delattre", Correction("name", "Delatre", "Delattre")),
        ("Neue IBAN: DE89 3704 0044 0532 0130 00", Correction("iban", "", "DE89 3704 0044 0532 0130 00")),
    ],
)
def test_corrections_tell_old_from_new(text: str, expected: Correction) -> None:
    assert expected in find_corrections(text, find_entities(text))
