"""People who press send after every few words: one message, one case, one answer; over HTTP."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.records import Disposition
from bot.core.rights import RequestType
from tests.fakes.bridge import FakeBridge
from tests.integration.social.stage import SECRET, Stage, on_stage
from tests.servers.web import served

QUIET = 60
FRAGMENTS = ("good evening", "please delete everything", "you hold on me")


@dataclass
class Scene:
    """A desk that waits for a quiet minute, and a bridge that calls it."""

    stage: Stage = field(repr=False)
    bridge: FakeBridge = field(repr=False)
    begun: int = field(default_factory=lambda: int(time.time()))

    async def call(self, *messages: dict[str, Any]) -> None:
        url = f"{self.stage.url}/webhooks/sms"
        assert await self.bridge.call(url, {"messages": list(messages)}) == 200

    def said(self, number: int, text: str, person: str = "31612345678", **more: Any) -> dict[str, Any]:
        """Return one message, a second after the one before it."""
        named = f"{person}.{number}"
        return {"id": named, "from": person, "text": text, "sent_at": self.begun - 10 + number, "language": "en"} | more

    async def quiet(self) -> None:
        self.stage.clock.ahead += timedelta(seconds=QUIET + 1)
        await self.stage.work()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    bridge = FakeBridge(SECRET)
    async with served(bridge.app) as base:
        entry = {"kind": "webhook", "name": "sms", "url": f"{base}/rights", "secret_files": ["secret"]}
        async with on_stage(tmp_path, entry, quiet=QUIET) as stage:
            stage.reader.tell("\n".join(FRAGMENTS), RequestType.ERASURE)
            bridge.clock = lambda: stage.clock.now().timestamp()
            yield Scene(stage, bridge)


async def test_fragments_are_read_as_one_message_and_answered_once(scene: Scene) -> None:
    for number, text in enumerate(FRAGMENTS):
        await scene.call(scene.said(number, text))
        await scene.stage.work()
    assert (await scene.stage.cases(), scene.bridge.taken) == ([], [])
    await scene.quiet()
    (case,) = await scene.stage.cases()
    assert [item.right for item in case.items] == [RequestType.ERASURE]
    assert len(scene.bridge.taken) == 1
    (kept,) = await scene.stage.desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    assert kept.message is not None
    assert kept.message.text == "\n".join(FRAGMENTS)
    assert len(await scene.stage.kept(Disposition.FRAGMENT)) == 2


async def test_a_correction_within_the_minute_is_what_was_meant(scene: Scene) -> None:
    scene.stage.reader.tell("stop the newsletter", RequestType.UNSUBSCRIBE)
    await scene.call(scene.said(1, "delete everything"))
    await scene.call(scene.said(2, "stop the newsletter", edits="31612345678.1"))
    await scene.quiet()
    (case,) = await scene.stage.cases()
    assert [item.right for item in case.items] == [RequestType.UNSUBSCRIBE]
    assert case.attention == ""


async def test_a_code_is_judged_at_once(scene: Scene) -> None:
    for number, text in enumerate(FRAGMENTS):
        await scene.call(scene.said(number, text))
    await scene.quiet()
    await scene.call(scene.said(5, "ABCD-1234"))
    assert [len(await scene.stage.kept(Disposition.RECEIVED))] == [1]
    await scene.stage.work()
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_one_that_cant_be_read_is_parked_and_the_rest_is_heard(scene: Scene) -> None:
    await scene.call(
        *(scene.said(number, text) for number, text in enumerate(FRAGMENTS)), scene.said(7, "x", sent_at=-1)
    )
    await scene.quiet()
    assert len(await scene.stage.cases()) == 1
    assert len(await scene.stage.kept(Disposition.PARKED)) == 1


EVENTS = st.permutations([0, 1, 2, 0, 1, 2]).flatmap(
    lambda order: st.tuples(st.just(order), st.lists(st.booleans(), min_size=6, max_size=6))
)


@given(events=EVENTS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_in_any_order_and_however_often_repeated_it_is_the_same_case(
    scene: Scene, events: tuple[list[int], list[bool]]
) -> None:
    person = str(31_600_000_000 + len(await scene.stage.cases()))
    scene.begun = int(scene.stage.clock.now().timestamp())
    order, work_between = events
    for number, work in zip(order, work_between, strict=True):
        await scene.call(scene.said(number, FRAGMENTS[number], person))
        if work:
            await scene.stage.work()
    await scene.quiet()
    await scene.call(*(scene.said(number, FRAGMENTS[number], person) for number in order))
    await scene.quiet()
    (case,) = [case for case in await scene.stage.cases() if case.requester.value == person]
    assert [item.right for item in case.items] == [RequestType.ERASURE]
    assert len([taken for taken in scene.bridge.taken if taken["to"] == person]) == 1
