"""Several conversations are read at once, each in the order it was held."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.messages import TELEGRAM, Handle, Inbound, Message
from bot.core.records import Disposition
from bot.flow.reading import ReadingRoom
from tests.fakes.ports import MESSAGE
from tests.flow.conftest import TestDesk, open_test_desk


@dataclass
class PatientParser:
    """Waits with what is slow until it may go on, and notes what it was given and what it gave back."""

    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    noted: list[str] = field(default_factory=list)

    async def parse(self, inbound: Inbound) -> Message:
        message = MESSAGE.validate_json(b"".join(inbound.raw))
        self.noted.append(f"{message.text}?")
        if message.text == "slow":
            await self.may_go_on.wait()
        self.noted.append(f"{message.text}!")
        return message


async def say(desk: TestDesk, event: str, person: str, text: str) -> None:
    raw = [MESSAGE.dump_json(Message(TELEGRAM, Handle(TELEGRAM, person), text=text))]
    await desk.intake.accept([Inbound(TELEGRAM, "telegram", event, desk.clock.now(), raw, conversation=person)])


async def is_read(desk: TestDesk, event: str) -> bool:
    kept = await desk.store.transact(lambda unit: unit.inbox.of_event("telegram", event))
    return kept.disposition is not Disposition.RECEIVED


async def test_a_slow_conversation_holds_up_its_own_messages_and_no_others(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "keys.json") as desk:
        parser = PatientParser()
        room = ReadingRoom(desk.store, {TELEGRAM: parser}, desk.reader, desk.treatment, desk.clock)
        await say(desk, "1", "777", "slow")
        await say(desk, "2", "777", "after it")
        await say(desk, "3", "888", "quick")
        reading = asyncio.create_task(room.read_batch())
        async with asyncio.timeout(10):
            while not await is_read(desk, "3"):
                await desk.store.wait("inbox", 0.01)
        assert not await is_read(desk, "1")
        assert parser.noted == ["slow?", "quick?", "quick!"]
        parser.may_go_on.set()
        assert await reading == 3
        assert await is_read(desk, "1")
        assert parser.noted[3:] == ["slow!", "after it?", "after it!"]
