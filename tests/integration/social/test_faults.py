"""Robots, and a platform that was down for a day: what a desk does when chats go wrong; over HTTP."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.house import Caps
from bot.core.records import Disposition
from bot.core.rights import RequestType
from tests.fakes.bridge import FakeBridge
from tests.integration.social.stage import SECRET, Stage, on_stage
from tests.servers.web import served

WISH, STOP = "delete everything you hold on me", "stop"
DAY = timedelta(days=1)


@dataclass
class Scene:
    """A desk that waits for a quiet minute, and a bridge that calls it."""

    stage: Stage = field(repr=False)
    bridge: FakeBridge = field(repr=False)

    async def call(self, *messages: dict[str, Any]) -> int:
        return await self.bridge.call(f"{self.stage.url}/webhooks/sms", {"messages": list(messages)})

    def said(self, person: int, number: int, text: str, ago: timedelta = timedelta(0)) -> dict[str, Any]:
        at = self.stage.clock.now() - ago + timedelta(seconds=number)
        return {"id": f"{person}.{number}", "from": str(person), "text": text, "sent_at": int(at.timestamp())}

    async def quiet(self) -> None:
        self.stage.clock.ahead += timedelta(seconds=61)
        await self.stage.work()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    bridge = FakeBridge(SECRET)
    async with served(bridge.app) as base:
        entry = {"kind": "webhook", "name": "sms", "url": f"{base}/rights", "secret_files": ["secret"]}
        async with on_stage(tmp_path, entry, quiet=60) as stage:
            stage.reader.tell(WISH, RequestType.ERASURE)
            stage.reader.tell(STOP, RequestType.UNSUBSCRIBE)
            bridge.clock = lambda: stage.clock.now().timestamp()
            yield Scene(stage, bridge)


@pytest.mark.parametrize("text", [WISH, STOP])
async def test_a_robot_that_answers_every_text_of_ours_soon_hears_no_more(scene: Scene, text: str) -> None:
    rounds = 0
    while rounds < 30 and len(scene.bridge.taken) == rounds:
        assert await scene.call(scene.said(49151, rounds, text)) == 200
        await scene.quiet()
        rounds += 1
    assert len(scene.bridge.taken) == Caps().per_chat_a_day
    assert await scene.stage.kept(Disposition.RECEIVED) == []
    scene.stage.clock.ahead += DAY
    assert await scene.call(scene.said(49151, 99, text)) == 200
    await scene.quiet()
    assert len(scene.bridge.taken) == Caps().per_chat_a_day + 1  # a person who comes back is heard


async def test_after_a_day_without_the_platform_everybody_is_heard_once(scene: Scene) -> None:
    backlog = [
        scene.said(31_600 + person, number, text, ago=DAY * (person + 1) / 22)
        for person in range(20)
        for number, text in enumerate(("delete everything", "you hold on me"))
    ]
    scene.stage.reader.tell("delete everything\nyou hold on me", RequestType.ERASURE)
    shuffled = backlog + backlog[::3]
    random.Random(6).shuffle(shuffled)
    for first in range(0, len(shuffled), 7):
        assert await scene.call(*shuffled[first : first + 7]) == 200
    await scene.quiet()
    cases = await scene.stage.cases()
    assert len({case.requester for case in cases}) == len(cases) == 20
    assert all([item.right for item in case.items] == [RequestType.ERASURE] for case in cases)
    assert set(Counter(text["to"] for text in scene.bridge.taken).values()) == {1}
    assert max(case.received_at for case in cases) < scene.stage.clock.now() - timedelta(minutes=30)
