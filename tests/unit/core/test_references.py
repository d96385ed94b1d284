"""Tokens and references: ours are found again, others' are not mistaken for ours."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.references import message_id, references_in, tokens_in, write_id, write_reference, write_token


@given(st.binary(min_size=16, max_size=16))
def test_a_token_is_found_in_the_reply(entropy: bytes) -> None:
    token = write_token(entropy)
    assert tokens_in([message_id(token, "0a1b2c", "nexioprojects.com"), "<other@example.com>"]) == (token,)


@given(st.binary(min_size=5, max_size=5))
def test_a_reference_is_found_in_a_subject(entropy: bytes) -> None:
    reference = write_reference(entropy)
    assert references_in(f"Re: ma demande [{reference.lower()}] svp") == (reference,)


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    assert all(len(reference) == 12 for reference in references_in(text))
    tokens_in([text])


def test_ids_sort_by_time() -> None:
    early = write_id(datetime(2026, 1, 1, tzinfo=UTC), b"\xff" * 10)
    late = write_id(datetime(2026, 1, 2, tzinfo=UTC), b"\x00" * 10)
    assert early < late
    assert len(early) == len(late) == 32
