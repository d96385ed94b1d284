"""Every kind of event in the shape its platform tells it, and what the desk takes it for.

The shapes follow the platforms' documentation; below each call stands what is read of it.
"""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from bot.channels.bridge import Bridge, BridgeOptions
from bot.channels.chat.platform import Platform
from bot.channels.chat.source import ChatParser
from bot.channels.chatwoot import Chatwoot, ChatwootOptions
from bot.channels.meta import Messenger, MetaOptions, WhatsApp
from bot.channels.meta.messenger import INSTAGRAM
from bot.channels.telegram.parser import TelegramParser
from bot.channels.telegram.updates import arrival
from bot.channels.x import Keys, X, XOptions
from bot.core.errors import Unparsable
from bot.core.messages import Inbound, Message
from bot.core.ports import Parser
from tests.fakes.ports import TurnedClock

FOLDER: Final = Path(__file__).parent / "shapes"
SHAPES: Final = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json"))}
SECRET: Final = "0123456789abcdef"
NOW: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLOCK: Final = TurnedClock(NOW)
ANSWERS: Final = {"delete my data": "erasure"}


def meta(channel: str, account: str) -> MetaOptions:
    return MetaOptions(channel, account, "token", (SECRET,), SECRET, "", "")


PLATFORMS: Final[dict[str, Platform]] = {
    "messenger": Messenger(meta("messenger", "1122334455"), CLOCK),
    "instagram": Messenger(meta("instagram", "17841400000000000"), CLOCK, INSTAGRAM),
    "whatsapp": WhatsApp(meta("whatsapp", "106540352242922"), CLOCK),
    "chatwoot": Chatwoot(
        ChatwootOptions("chatwoot", "", "3", "token", (SECRET,), "", answers={"delete my data": "erasure"})
    ),
    "x": X(XOptions("x", "2244994945", Keys("a", "b", "c", "d"), "")),
    "webhook": Bridge(BridgeOptions("webhook", "", (SECRET,)), CLOCK),
}


def kept(platform: str, call: Any) -> tuple[Sequence[Inbound], Parser]:
    raw = json.dumps(call, ensure_ascii=False).encode()
    if platform == "telegram":
        return [one for one in [arrival(raw, "telegram/1", NOW)] if one], TelegramParser()
    return PLATFORMS[platform].arrivals(raw, NOW), ChatParser(PLATFORMS[platform])


async def read(platform: str, call: Any) -> list[Any]:
    """Return what is read of one call, each message as what is not as usual in it."""
    arrived, parser = kept(platform, call)
    found: list[Any] = []
    for inbound in arrived:
        try:
            found.append(told(await parser.parse(inbound)))
        except Unparsable as why:
            found.append({"parked": str(why)})
    return found


def told(message: Message) -> dict[str, Any]:
    plain = {field.name: field.default for field in fields(Message)}
    shown = {name: getattr(message, name) for name in plain if name not in {"channel", "authentication"}}
    said = {name: str(value) for name, value in shown.items() if value != plain[name] and value != ()}
    files = [f"{one.name} ({one.media_type}, {one.size} bytes) at {one.reference}" for one in message.attachments]
    until = f"until {message.receipt.until}" if message.receipt and message.receipt.until else ""
    until = f"until {message.receipt.until}" if message.receipt and message.receipt.until else ""
    about = message.receipt.original_message_id or " ".join(message.receipt.texts) or until if message.receipt else ""
    became = {"receipt": f"{message.receipt.state}: {about}"} if message.receipt else {}
    whose = message.bounce.original_message_id or " ".join(message.bounce.texts) if message.bounce else ""
    failed = {"bounce": f"{message.bounce.status}: {whose}"} if message.bounce else {}
    return said | ({"attachments": files} if files else {}) | became | failed


@pytest.mark.parametrize(
    ("platform", "name"), [(platform, name) for platform, shapes in SHAPES.items() for name in shapes]
)
async def test_every_kind_of_event_is_taken_for_what_it_is(platform: str, name: str) -> None:
    shape = SHAPES[platform][name]
    assert await read(platform, shape["call"]) == shape["read"]


@pytest.mark.parametrize("platform", SHAPES)
def test_each_shape_told_twice_is_the_same_event(platform: str) -> None:
    for name, shape in SHAPES[platform].items():
        first, again = ([one.event for one in kept(platform, shape["call"])[0]] for _ in range(2))
        assert first == again, name
