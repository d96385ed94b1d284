"""Codes: easy to type, hard to guess, found only where somebody typed one."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.challenge import code_matches, find_codes, hash_code, is_mixed, normalise_code, write_code

KEY = b"k" * 32


@given(st.binary(min_size=5, max_size=5))
def test_a_code_is_found_however_it_is_typed(entropy: bytes) -> None:
    code = write_code(entropy)
    assume(is_mixed(code) and is_mixed(code.replace("0", "o")))  # ours are, however somebody reads a zero
    for typed in (code, code.lower(), code.replace("-", " - "), f"Here it is: {code}.", code.replace("0", "o")):
        assert normalise_code(code) in find_codes(typed), typed
        assert code_matches(find_codes(typed), hash_code(code, KEY), KEY)


def test_forty_bits_make_forty_bits() -> None:
    assert write_code(b"\x00" * 5) == "0000-0000"
    assert write_code(b"\xff" * 5) == "ZZZZ-ZZZZ"
    assert len({write_code(bytes([n, 0, 0, 0, 0])) for n in range(256)}) == 256


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bonjour",
        "Dear Sir or Madam, question about my data",
        "call 0612345678901",
        "12-34",
        "NX-7F3K-Q2M9",
        "2024-2025",
        "long-term",
        "12345678",
        "06 12345678",
    ],
)
def test_ordinary_words_are_no_codes(text: str) -> None:
    assert find_codes(text) == ()


def test_only_a_few_candidates_are_tried() -> None:
    assert len(find_codes(" ".join(f"A1{n:02}-X{n:02}Z" for n in range(50)))) == 3


def test_a_wrong_code_and_a_wrong_key_do_not_match() -> None:
    right = write_code(b"abcde")
    assert not code_matches(("K7QM2XPA",), hash_code(right, KEY), KEY)
    assert not code_matches((normalise_code(right),), hash_code(right, KEY), b"other" * 8)
