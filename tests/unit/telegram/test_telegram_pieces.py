"""Long texts in several messages, and the pace at which they leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.chat.pace import Pace
from bot.channels.chat.pieces import split
from bot.core.errors import TransientFailure


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_short_text_is_one_message() -> None:
    assert split("Bonjour.\n\nVotre demande est arrivée.") == ["Bonjour.\n\nVotre demande est arrivée."]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_blank_text_is_no_message(text: str) -> None:
    assert split(text) == []


def test_the_limit_is_reached_and_not_passed() -> None:
    assert [len(piece) for piece in split("x" * 4096)] == [4096]
    assert [len(piece) for piece in split("x" * 4097)] == [4096, 1]
    assert [units(piece) for piece in split("👋" * 2049)] == [4096, 2]


def test_it_is_cut_between_paragraphs_lines_sentences_or_words_in_this_order() -> None:
    assert split("One two. Three.\n\nFour.\nFive. Six", 24) == ["One two. Three.", "Four.\nFive. Six"]
    assert split("First line is so\nlong. Second", 22) == ["First line is so", "long. Second"]
    assert split("A sentence. And another", 18) == ["A sentence.", "And another"]
    assert split("Donaudampfschiff fahrt", 18) == ["Donaudampfschiff", "fahrt"]


def test_a_code_is_never_torn() -> None:
    for padding in range(1, 60):
        text = "x " * padding + "7F3K-Q2M9 " + "y " * 40
        assert any("7F3K-Q2M9" in piece for piece in split(text, 60))


def test_an_accent_or_a_family_is_never_torn() -> None:
    assert split("aaaae\u0301bbb", 5) == ["aaaa", "e\u0301bbb"]
    assert split("aaaaa👨\u200d👩\u200d👧", 10) == ["aaaaa", "👨\u200d👩\u200d👧"]


@given(st.text(max_size=300), st.integers(min_value=4, max_value=60))
def test_nothing_is_lost_but_blanks_at_the_seams(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < len(piece.encode("utf-16-le", "surrogatepass")) // 2 <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


class Stopwatch:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


async def moments(pace: Pace, watch: Stopwatch, chats: list[int]) -> list[float]:
    times = []
    for chat in chats:
        await pace.turn(str(chat))
        times.append(round(watch.time - 100, 3))
    return times


async def test_one_chat_gets_one_message_a_second() -> None:
    watch = Stopwatch()
    pace = Pace(clock=watch.now, sleep=watch.sleep)
    assert await moments(pace, watch, [7, 7, 7]) == [0, 1, 2]


async def test_everybody_together_gets_thirty_a_second() -> None:
    watch = Stopwatch()
    pace = Pace(clock=watch.now, sleep=watch.sleep)
    times = await moments(pace, watch, list(range(61)))
    assert times[-1] == pytest.approx(2)


async def test_a_chat_is_left_alone_as_long_as_asked_and_others_are_not() -> None:
    watch = Stopwatch()
    pace = Pace(clock=watch.now, sleep=watch.sleep)
    pace.hold("7", 12)
    assert (await moments(pace, watch, [8]))[0] < 1
    assert await moments(pace, watch, [7]) == [12]


async def test_what_would_wait_too_long_goes_back_to_the_outbox() -> None:
    watch = Stopwatch()
    pace = Pace(clock=watch.now, sleep=watch.sleep)
    pace.hold("7", 600)
    with pytest.raises(TransientFailure) as later:
        await pace.turn("7")
    assert later.value.retry_after == 600
