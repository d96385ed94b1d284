"""Codes: easy to type, hard to guess, found only where somebody typed one."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.challenge import code_matches, codes_beside, find_codes, hash_code, is_mixed, normalise_code, write_code

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


OURS = "Hello,\n\nIf it was you, reply and write the code ⟦code⟧ at the very top. It is valid for a day.\n"


@pytest.mark.rule(12, refused=True)
@pytest.mark.parametrize(
    "text",
    [
        OURS,
        f"We got your message and answer soon.\n\n{OURS}",
        "| If it was you, reply and write the\n| code ⟦code⟧ at the\n| very top. It is valid for a day.",
        "WRITE THE CODE *⟦code⟧* AT THE VERY TOP",
        f"{OURS}\n{OURS}",
    ],
)
def test_a_code_in_our_own_words_was_not_typed(text: str) -> None:
    assert codes_beside(text.replace("⟦code⟧", "7K2M-9QXA"), [OURS, OURS], "⟦code⟧") == ()


@pytest.mark.rule(12)
@pytest.mark.parametrize(
    "text",
    [
        "7K2M-9QXA",
        f"7K2M-9QXA\n\n{OURS}".replace("⟦code⟧", "7K2M-9QXA"),
        "The code 7K2M-9QXA, at last",
        "You asked me to write the code: 7K2M-9QXA",
    ],
)
def test_a_code_that_was_typed_counts_whatever_follows(text: str) -> None:
    assert codes_beside(text, [OURS], "⟦code⟧") == ("7K2M9QXA",)


def test_a_link_of_ours_that_holds_a_code_was_not_typed() -> None:
    ours = "Write the code ⟦code⟧ in the chat, or open it: https://t.me/bot?start=⟦code⟧ Kind regards"
    assert codes_beside(ours.replace("⟦code⟧", "7K2M-9QXA"), [ours], "⟦code⟧") == ()
