"""Whatever order a platform tells things in, and however often: one case that says the same."""

import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.chat.platform import Platform
from bot.channels.chat.source import ChatParser
from bot.channels.chatwoot import Chatwoot, ChatwootOptions
from bot.channels.meta import Messenger, MetaOptions, WhatsApp
from bot.channels.telegram.parser import TelegramParser
from bot.channels.telegram.updates import arrival
from bot.core.messages import TELEGRAM, Handle, Inbound
from bot.core.ports import Parser
from bot.core.rights import RequestType
from bot.flow.intake import Intake
from bot.flow.reading import ReadingRoom
from tests.flow.conftest import TestDesk, open_test_desk

QUIET = timedelta(seconds=60)
PAGE = "1122334455"
FIRST, WRONG, RIGHT, LAST = "good evening", "please keep everything", "please delete everything", "you hold on me"
REGRETTED = "oh, and my cousin too"
MEANT = f"{FIRST}\n{RIGHT}\n{LAST}"


@dataclass
class Told:
    """A desk that waits for a quiet minute, with the real parsers of every platform that tells of edits.

    Who regrets a message and takes it back never said it; a reaction says nothing.
    """

    desk: TestDesk
    intake: Intake
    room: ReadingRoom
    platforms: dict[str, Platform]
    people: Iterator[int]

    def telegram(self, person: int, at: datetime) -> list[Callable[[], Sequence[Inbound]]]:
        """Return three fragments and the correction of the second, as Telegram tells of them."""
        seconds = int(at.timestamp())
        chat, sender = {"id": person, "type": "private"}, {"id": person, "first_name": "Ann", "language_code": "en"}

        def update(number: int, kind: str, message: int, text: str, **more: int) -> Callable[[], Sequence[Inbound]]:
            said = {"message_id": message, "chat": chat, "from": sender, "date": seconds + number, "text": text, **more}
            raw = json.dumps({"update_id": person * 10 + number, kind: said}).encode()
            return lambda: [one for one in [arrival(raw, "telegram/1", self.desk.clock.now())] if one]

        return [
            update(0, "message", 1, FIRST),
            update(1, "message", 2, WRONG),
            update(2, "edited_message", 2, RIGHT, edit_date=seconds + 2),
            update(3, "message", 3, LAST),
        ]

    def page(self, person: int, at: datetime) -> list[Callable[[], Sequence[Inbound]]]:
        """Return the same as Meta tells of it."""

        def call(number: int, **happened: Any) -> Callable[[], Sequence[Inbound]]:
            sent = int((at.timestamp() + number) * 1000)
            item = {"sender": {"id": str(person)}, "recipient": {"id": PAGE}, "timestamp": sent, **happened}
            body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": sent, "messaging": [item]}]}).encode()
            return self.heard("facebook", body)

        return [
            call(0, message={"mid": f"{person}a", "text": FIRST}),
            call(1, message={"mid": f"{person}b", "text": WRONG}),
            call(2, message_edit={"mid": f"{person}b", "text": RIGHT, "num_edit": 1}),
            call(3, message={"mid": f"{person}c", "text": LAST}),
            call(4, message={"mid": f"{person}d", "text": REGRETTED}),
            call(5, message={"mid": f"{person}d", "is_deleted": True}),
            call(6, reaction={"mid": f"{person}a", "action": "react", "emoji": "👍"}),
        ]

    def number(self, person: int, at: datetime) -> list[Callable[[], Sequence[Inbound]]]:
        """Return the same as WhatsApp tells of it, where an edit has an id of its own."""

        def call(number: int, **said: Any) -> Callable[[], Sequence[Inbound]]:
            message = {"from": str(person), "id": f"{person}.{number}", "timestamp": str(int(at.timestamp()) + number)}
            value = {"metadata": {"phone_number_id": PAGE}, "messages": [message | said]}
            entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
            return self.heard(
                "whatsapp", json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
            )

        def text(words: str) -> dict[str, Any]:
            return {"type": "text", "text": {"body": words}}

        return [
            call(0, **text(FIRST)),
            call(1, **text(WRONG)),
            call(2, type="edit", edit={"original_message_id": f"{person}.1", "message": text(RIGHT)}),
            call(3, **text(LAST)),
            call(4, **text(REGRETTED)),
            call(5, type="revoke", revoke={"original_message_id": f"{person}.4"}),
            call(6, type="reaction", reaction={"message_id": f"{person}.0", "emoji": "👍"}),
        ]

    def inbox(self, person: int, at: datetime) -> list[Callable[[], Sequence[Inbound]]]:
        """Return the same as Chatwoot tells of it, and an update of the first that changes none of its words."""

        def call(event: str, message: int, content: str, **more: Any) -> Callable[[], Sequence[Inbound]]:
            about = {"id": person * 10 + message, "content": content, "created_at": int(at.timestamp()) + message}
            where = {"account": {"id": 3}, "conversation": {"id": person}, "sender": {"id": person, "name": "Ann"}}
            said = {"event": event, "message_type": "incoming", "private": False, **about, **where, **more}
            return self.heard("chatwoot", json.dumps(said).encode())

        return [
            call("message_created", 0, FIRST),
            call("message_created", 1, WRONG),
            call("message_updated", 1, RIGHT),
            call("message_created", 3, LAST),
            call("message_updated", 0, FIRST, status="read"),
            call("message_created", 4, REGRETTED),
            call("message_updated", 4, "", content_attributes={"deleted": True}),
        ]

    def heard(self, platform: str, body: bytes) -> Callable[[], Sequence[Inbound]]:
        return lambda: self.platforms[platform].arrivals(body, self.desk.clock.now())

    async def work(self) -> None:
        while await self.room.read_batch():
            pass


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    async with open_test_desk(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json") as desk:
        secret = "0123456789abcdef"

        def meta(channel: str) -> MetaOptions:
            return MetaOptions(channel, PAGE, "token", (secret,), secret, "", "")

        platforms: dict[str, Platform] = {
            "facebook": Messenger(meta("facebook"), desk.clock),
            "whatsapp": WhatsApp(meta("whatsapp"), desk.clock),
            "chatwoot": Chatwoot(ChatwootOptions("chatwoot", "", "3", "token", (secret,), "")),
        }
        parsers: dict[str, Parser] = {TELEGRAM: TelegramParser()}
        parsers |= {name: ChatParser(platform) for name, platform in platforms.items()}
        room = ReadingRoom(desk.store, parsers, desk.reader, desk.treatment, desk.clock)
        desk.reader.tell(MEANT, RequestType.ERASURE)
        yield Told(desk, Intake(desk.store, desk.clock, QUIET), room, platforms, itertools.count(1000))


@pytest.mark.parametrize("platform", ["telegram", "facebook", "whatsapp", "chatwoot"])
@given(
    order=st.permutations([*range(7), *range(7)]),
    together=st.lists(st.booleans(), min_size=14, max_size=14),
    again=st.lists(st.integers(0, 6), max_size=4),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_in_any_order_and_however_often_it_is_one_case_and_what_was_meant(
    told: Told, platform: str, order: list[int], together: list[bool], again: list[int]
) -> None:
    person = next(told.people)
    told.desk.clock.turn(minutes=10)
    tell = {"telegram": told.telegram, "facebook": told.page, "whatsapp": told.number, "chatwoot": told.inbox}[platform]
    happened = tell(person, told.desk.clock.now())
    told.desk.clock.turn(seconds=5)
    batch: list[Inbound] = []
    for number, more in zip(order, together, strict=True):
        batch += happened[number % len(happened)]()
        if not more:
            await told.intake.accept(batch)
            await told.work()
            batch = []
    await told.intake.accept(batch)
    told.desk.clock.turn(seconds=61)
    await told.work()
    for number in again:  # a platform that never heard our 200
        await told.intake.accept(happened[number % len(happened)]())
    told.desk.clock.turn(seconds=61)
    await told.work()
    handle = Handle(platform, str(person))
    (case,) = await told.desk.store.transact(lambda unit: unit.cases.of_requester(handle))
    assert [item.right for item in case.items] == [RequestType.ERASURE]
    kept = await told.desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    assert [one.message.text for one in kept if one.message] == [MEANT]
