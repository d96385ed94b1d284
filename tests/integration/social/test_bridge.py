"""Our own signed webhook, both ways over HTTP, with a bridge that checks us as strictly as we check it."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.core.delivery import DeliveryState
from bot.core.errors import StorageUnavailable
from bot.core.messages import Handle
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.doctor import examine
from tests.fakes.bridge import FakeBridge
from tests.integration.social.stage import KIM, SECRET, Stage, on_stage
from tests.servers.web import served

OLD = "fedcba9876543210fedcba9876543210"
WISH = "please delete everything you hold on me"


@dataclass
class Scene:
    stage: Stage
    bridge: FakeBridge

    @property
    def hook(self) -> str:
        return f"{self.stage.url}/webhooks/sms"

    async def say(self, text: str = WISH, number: str = "m1", **more: Any) -> int:
        return await self.bridge.call(self.hook, {"messages": [written(text, number, **more)]})


def written(text: str = WISH, number: str = "m1", **more: Any) -> dict[str, Any]:
    return {"id": number, "from": "31612345678", "text": text, "language": "en", "sent_at": int(time.time())} | more


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    bridge = FakeBridge(SECRET)
    async with served(bridge.app) as base:
        entry = {"kind": "webhook", "name": "sms", "url": f"{base}/rights", "secret_files": ["secret", "old"]}
        async with on_stage(tmp_path, entry, old=OLD) as stage:
            stage.reader.tell(WISH, RequestType.ERASURE)
            yield Scene(stage, bridge)


async def test_a_long_answer_arrives_whole_and_once(scene: Scene) -> None:
    scene.stage.reader.tell("you lost my data", RequestType.COMPLAINT)
    await scene.say("you lost my data")
    await scene.stage.work()
    desk, words = scene.stage.desk, "We have looked into it with care. " * 100
    (draft,) = await desk.store.transact(lambda unit: unit.drafts.listed())
    await desk.approval.edit(draft.id, KIM, body=words)
    await desk.approval.approve(draft.id, KIM)
    await scene.stage.let_leave()
    _acknowledged, *answers = scene.bridge.taken
    assert [answer["text"] for answer in answers] == [words.strip()]


async def test_a_bridge_that_carries_no_more_this_minute_is_waited_for(scene: Scene) -> None:
    scene.bridge.most_a_minute = 1
    scene.bridge.clock = lambda: scene.stage.clock.now().timestamp()
    await scene.say()
    await scene.say(number="m2", **{"from": "31600000000"})
    await scene.stage.work()
    assert len(scene.bridge.taken) == 1
    scene.stage.clock.ahead += timedelta(seconds=90)
    await scene.stage.work()
    assert {text["to"] for text in scene.bridge.taken} == {"31612345678", "31600000000"}


async def test_what_is_written_opens_a_case_and_is_answered_in_the_same_chat(scene: Scene) -> None:
    assert await scene.say() == 200
    assert len(await scene.stage.kept(Disposition.RECEIVED)) == 1  # durable before the 200
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    assert case.requester == Handle("sms", "31612345678")
    (answer,) = scene.bridge.taken
    assert answer["to"] == "31612345678"
    assert "which e-mail address do you use with us?" in answer["text"]
    assert answer["in_reply_to"] == "sms:m1"
    (sent,) = await scene.stage.outbox()
    assert (sent.state, sent.receipt) == (DeliveryState.SENT, "their-1")


async def test_a_call_repeated_and_reordered_is_one_case(scene: Scene) -> None:
    one, two = written(), written("thanks!", "m2")
    for batch in ([two, one], [one], [one, two], [two]):
        assert await scene.bridge.call(scene.hook, {"messages": batch}) == 200
    await scene.stage.work()
    assert len(await scene.stage.cases()) == 1
    kept = [await scene.stage.kept(one) for one in Disposition]
    assert sum(map(len, kept)) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"Nexio-Signature": ""},
        {"Nexio-Signature": "sha256=" + "0" * 64},
        {"Nexio-Signature": "é"},
        {"Nexio-Timestamp": ""},
        {"Nexio-Timestamp": "soon"},
        {"Nexio-Timestamp": "9" * 40},
    ],
)
async def test_a_forged_call_leaves_nothing_and_is_counted(scene: Scene, changed: dict[str, str]) -> None:
    assert await scene.bridge.call(scene.hook, {"messages": [written()]}, changed) == 403
    assert await scene.stage.kept(Disposition.RECEIVED) == []
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        report = (await client.get(f"{scene.stage.url}/health")).json()
    assert report["channels"]["webhook/sms"]["refused"] == 1


@pytest.mark.parametrize("away", [-600, 600])
async def test_an_old_call_is_refused_even_with_its_own_signature(scene: Scene, away: float) -> None:
    assert await scene.bridge.call(scene.hook, {"messages": [written()]}, at=time.time() + away) == 403


async def test_the_old_secret_is_in_force_while_it_is_replaced_and_no_third_one(scene: Scene) -> None:
    scene.bridge.secret = OLD
    assert await scene.say() == 200
    scene.bridge.secret = "another-secret-of-somebody-else"
    assert await scene.say(number="m2") == 403


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_nothing_else_is_answered(scene: Scene, method: str) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        assert (await client.request(method, scene.hook)).status_code in {403, 405}


@pytest.mark.parametrize("poison", [b"no json", b"[]", b'{"messages": 5}', b"\xff\xfe", b'{"messages": [' * 4000])
async def test_poison_is_acknowledged_parked_and_seen(scene: Scene, poison: bytes) -> None:
    assert await scene.bridge.call(scene.hook, poison) == 200
    assert await scene.bridge.call(scene.hook, poison) == 200
    await scene.stage.work()
    (parked,) = await scene.stage.kept(Disposition.PARKED)
    assert parked.error


async def test_one_odd_message_does_not_hold_up_its_neighbours(scene: Scene) -> None:
    odd = [{"id": "m0", "from": "not/an id", "text": "x"}, "text", {"from": "1"}, written(number="m9", sent_at=2**70)]
    assert await scene.bridge.call(scene.hook, {"messages": [*odd, written()]}) == 200
    await scene.stage.work()
    assert len(await scene.stage.kept(Disposition.PARKED)) == 4
    assert len(await scene.stage.cases()) == 1


async def test_without_storage_the_bridge_keeps_the_message_and_is_heard_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_work: object) -> None:
        raise StorageUnavailable("locked")

    with monkeypatch.context() as outage:
        outage.setattr(scene.stage.desk.store, "transact", away)
        assert await scene.say() == 503
    assert await scene.say() == 200
    await scene.stage.work()
    assert len(await scene.stage.cases()) == 1


async def test_an_oversized_call_is_refused(scene: Scene) -> None:
    assert await scene.bridge.call(scene.hook, b" " * (1 << 20) + b"{}") == 413


async def test_a_slow_caller_is_not_waited_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.console.body.PATIENCE", 0.2)
    address = httpx.URL(scene.hook)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(b"POST /webhooks/sms HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


@pytest.mark.parametrize("text", ["forget it", ""])
async def test_an_edit_or_a_deletion_is_a_version_that_a_person_sees(scene: Scene, text: str) -> None:
    await scene.say()
    await scene.say(text, "m2", edits="m1")
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    assert case.attention == "an earlier message was changed"
    assert len(scene.bridge.taken) == 1


async def test_a_bot_is_never_answered(scene: Scene) -> None:
    await scene.say(number="m4", bot=True, **{"from": "4242"})
    await scene.stage.work()
    assert scene.bridge.taken == []


async def test_what_says_nothing_leaves_a_waiting_draft_as_it_is(scene: Scene) -> None:
    scene.stage.reader.tell("you lost my data", RequestType.COMPLAINT)
    await scene.say("you lost my data")
    await scene.stage.work()
    desk = scene.stage.desk
    waiting = await desk.store.transact(lambda unit: unit.drafts.listed())
    await desk.approval.edit(waiting[0].id, KIM, body="We are sorry.")
    await scene.say("", "m2")  # a sticker
    await scene.say("👍", "m3", bot=True)
    await scene.stage.work()
    assert [draft.body for draft in await desk.store.transact(lambda unit: unit.drafts.listed())] == ["We are sorry."]


async def test_a_file_alone_is_for_a_person(scene: Scene) -> None:
    await scene.say(
        "", attachments=[{"name": "letter.pdf", "type": "application/pdf", "size": 5, "url": "http://127.0.0.1:9/x"}]
    )
    await scene.stage.work()
    (message,) = await scene.stage.kept(Disposition.CASE)
    assert message.message is not None
    assert [file.name for file in message.message.attachments] == ["letter.pdf"]
    assert scene.bridge.taken == []


async def test_receipts_are_written_down_and_a_failure_comes_back(scene: Scene) -> None:
    await scene.say()
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    ours = scene.bridge.taken[0]["id"]
    for state in ("delivered", "read", "delivered", "failed"):
        receipt = {"id": ours, "to": "31612345678", "state": state, "reason": "number gone"}
        assert await scene.bridge.call(scene.hook, {"receipts": [receipt]}) == 200
    await scene.stage.work()
    history = await scene.stage.history(case)
    assert (history.count("receipt"), history.count("bounced")) == (2, 1)
    (sent,) = await scene.stage.outbox()
    assert (sent.state, sent.last_error) == (DeliveryState.PARKED, "bounced number gone")


@pytest.mark.parametrize(
    ("status", "headers", "state", "words"),
    [
        (429, {"Retry-After": "120"}, DeliveryState.QUEUED, "asks to wait"),
        (503, {}, DeliveryState.QUEUED, "trouble of its own"),
        (401, {}, DeliveryState.QUEUED, "with our secret"),
        (422, {}, DeliveryState.PARKED, "refused the text"),
    ],
)
async def test_what_the_bridge_refuses_waits_or_is_for_a_person(
    scene: Scene, status: int, headers: dict[str, str], state: DeliveryState, words: str
) -> None:
    scene.bridge.plan.append((status, headers))
    await scene.say()
    await scene.stage.work()
    (outgoing,) = await scene.stage.outbox()
    assert outgoing.state is state
    assert words in outgoing.last_error
    if status == 429:
        assert outgoing.not_before is not None
        assert (outgoing.not_before - scene.stage.clock.now()).total_seconds() > 100


async def test_the_doctor_pings_the_bridge_and_says_what_is_wrong(scene: Scene) -> None:
    settings = scene.stage.desk.settings
    (found,) = [one for one in await examine(settings) if one.about == "sms"]
    assert (found.ok, scene.bridge.pings) == (True, 1)
    scene.bridge.secret = OLD
    (found,) = [one for one in await examine(settings) if one.about == "sms"]
    assert not found.ok
    assert "401" in found.text
