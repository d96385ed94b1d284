"""Words are compared without what doesn't matter, and every piece knows where it stood."""

import pytest
from hypothesis import given as from_any
from hypothesis import settings
from hypothesis import strategies as st

from classifiers.text import MAX_HEAD, MAX_TAIL, fold, given, tokens, words


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("LÖSCHEN", "loeschen"),
        ("loeschen", "loeschen"),
        ("supprime\u0301", "supprime"),
        ("Supprimé", "supprime"),
        ("cœur", "coeur"),
        ("d\u0435l\u0435te", "delete"),  # Cyrillic e
        ("ｄｅｌｅｔｅ", "delete"),  # full width
        ("de\u200blete", "delete"),
        ("удалить", "удалить"),
    ],
)
def test_spelling_that_does_not_matter_is_folded_away(written: str, compared: str) -> None:
    assert fold(written) == compared


def test_drawn_out_words_and_apostrophes() -> None:
    assert [word.text for word in words("STOPPPP, j’ai dit !")] == ["stop", "j", "ai", "dit", "!"]


@settings(max_examples=60, deadline=None)
@from_any(st.text(max_size=400))
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(tokens(text)) == text


def test_offsets_lead_back_into_a_very_long_message() -> None:
    text = "a" * 50_000 + "MARK"
    read = given("subject", text)
    whole = "subject\n" + text
    assert len(read.text) < MAX_HEAD + MAX_TAIL + 20
    at = read.text.index("MARK")
    assert whole[read.origin(at) : read.origin(at) + 4] == "MARK"
    assert read.origin(3) == 3


def test_nuls_and_lone_surrogates_are_made_harmless() -> None:
    assert given("", "a\0b\ud800c").text == "a b\N{REPLACEMENT CHARACTER}c"
