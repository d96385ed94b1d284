"""Two messages of one new person, read by two processes at the same moment: one case holds both."""

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Final

import pytest

from bot.core.messages import MAIL, TELEGRAM, Authentication, Handle, Inbound, Message, Verdict
from bot.core.rights import RequestType
from tests.fakes.ports import MESSAGE, CountedEntropy
from tests.flow.conftest import TestDesk, open_test_desk

MEETING_SECONDS: Final = 1.0
ASKED, MORE = "please delete my account", "and send me a copy first"


class MeetingEntropy(CountedEntropy):
    """Draws only once somebody else is about to open a case as well, or when nobody came for a while."""

    def __init__(self, seed: str, door: threading.Barrier, arrived: threading.Event) -> None:
        super().__init__(seed)
        self._door = door
        self._arrived = arrived

    def draw(self, count: int) -> bytes:
        self._arrived.set()
        with contextlib.suppress(threading.BrokenBarrierError):
            self._door.wait(MEETING_SECONDS)
        return super().draw(count)


async def say(desk: TestDesk, channel: str, text: str, number: int) -> None:
    sender = Handle(channel, "ann@example.com" if channel == MAIL else "777")
    shown = Authentication(dmarc=Verdict.PASS) if channel == MAIL else Authentication()
    message = Message(channel, sender, text=text, message_id=f"<{number}@example.com>", authentication=shown)
    raw = [MESSAGE.dump_json(message)]
    await desk.intake.accept([Inbound(channel, "anywhere", str(number), desk.clock.now(), raw)])


@pytest.mark.parametrize("channel", [TELEGRAM, MAIL])
async def test_two_first_messages_at_the_same_moment_are_one_case(
    database_url: str, tmp_path: Path, channel: str
) -> None:
    keys = tmp_path / "keys.json"
    door, arrived = threading.Barrier(2), threading.Event()
    chances = [MeetingEntropy(seed, door, arrived) for seed in ("one", "other")]
    async with (
        open_test_desk(database_url, keys, entropy=chances[0]) as one,
        open_test_desk(database_url, keys, entropy=chances[1]) as other,
    ):
        for desk in (one, other):
            desk.reader.tell(ASKED, RequestType.ERASURE)
            desk.reader.tell(MORE, RequestType.ACCESS)
        await say(one, channel, ASKED, 1)
        first = asyncio.create_task(one.room.read_batch())
        await asyncio.to_thread(arrived.wait)
        await say(other, channel, MORE, 2)
        assert await other.room.read_batch() == 1
        assert await first == 1
        (case,) = await one.cases()
        assert {item.right for item in case.items} == {RequestType.ERASURE, RequestType.ACCESS}
