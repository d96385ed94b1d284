"""Before a platform stops taking our texts, the person is asked once where an answer can reach them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.messages import TELEGRAM
from bot.core.rights import Entity, Flag, RequestType
from tests.flow.conftest import ANN, HOUSE, TestDesk, open_test_desk

WISH = "erase me"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    """Open a desk whose only chat has a window of a day."""
    house = replace(HOUSE, windowed=frozenset({TELEGRAM}))
    async with open_test_desk(database_url, tmp_path / "keys.json", house) as opened:
        opened.reader.tell(WISH, RequestType.ERASURE)
        opened.clock.at = datetime(2026, 3, 2, 13, tzinfo=UTC)  # two in the afternoon
        yield opened


async def wait(desk: TestDesk, hours: float) -> None:
    """Let hours go by, with the timers ringing."""
    desk.clock.turn(hours=hours % 1)
    for _ in range(int(hours)):
        await desk.timers.ring()
        desk.clock.turn(hours=1)
    await desk.timers.ring()
    await desk.deliver()


def last_words(desk: TestDesk) -> int:
    return sum("question: last_word" in said.body for said in desk.couriers[TELEGRAM].to("777"))


async def test_two_hours_before_the_end_the_person_is_asked_once(desk: TestDesk) -> None:
    await desk.chat(WISH)
    await wait(desk, 21.5)
    assert last_words(desk) == 0
    await wait(desk, 3)
    assert last_words(desk) == 1


async def test_whoever_writes_again_opens_a_new_window(desk: TestDesk) -> None:
    await desk.chat(WISH)
    await wait(desk, 20)
    await desk.chat("are you there?")
    await wait(desk, 3.5)
    assert last_words(desk) == 0
    await wait(desk, 19.5)
    assert last_words(desk) == 1


async def test_nobody_is_asked_who_named_an_address(desk: TestDesk) -> None:
    await desk.chat(WISH)
    desk.reader.tell(ANN, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat(ANN)
    await wait(desk, 24)
    assert last_words(desk) == 0


async def test_nobody_is_asked_whose_answer_has_left(desk: TestDesk) -> None:
    desk.reader.tell("stop", RequestType.UNSUBSCRIBE)
    await desk.chat("stop")
    await desk.deliver()
    await wait(desk, 24)
    assert last_words(desk) == 0


async def test_nobody_is_asked_where_somebody_unsafe_may_read_along(desk: TestDesk) -> None:
    desk.reader.tell("he reads my phone, delete me", RequestType.ERASURE, flags=frozenset({Flag.UNSAFE}))
    await desk.chat("he reads my phone, delete me")
    await wait(desk, 24)
    assert not desk.couriers[TELEGRAM].to("777")


async def test_once_the_window_is_closed_no_reminder_is_tried(desk: TestDesk) -> None:
    await desk.chat(WISH)
    await wait(desk, 24)
    before = len(desk.couriers[TELEGRAM].to("777"))
    for _ in range(6):
        desk.clock.turn(days=1)
        await desk.timers.ring()
    await desk.deliver()
    assert len(desk.couriers[TELEGRAM].to("777")) == before


async def test_a_platform_without_a_window_asks_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "other.json") as desk:
        desk.reader.tell(WISH, RequestType.ERASURE)
        await desk.chat(WISH)
        await wait(desk, 24)
        assert last_words(desk) == 0
