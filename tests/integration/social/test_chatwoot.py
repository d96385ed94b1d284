"""The Chatwoot bridge, both ways over HTTP, with an installation that signs, and forgets conversations."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.delivery import DeliveryState
from bot.core.messages import Handle
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.doctor import examine
from bot.flow.copying import LOST
from tests.fakes.chatwoot import FakeChatwoot
from tests.integration.social.stage import KIM, SECRET, Stage, at_chatwoot, on_stage
from tests.servers.web import served

WISH, BLAME = "delete my account", "you lost my data"
OPENED = "https://rights.nexioprojects.com/webhooks/chatwoot"


@dataclass
class Scene:
    stage: Stage
    chatwoot: FakeChatwoot

    @property
    def hook(self) -> str:
        return f"{self.stage.url}/webhooks/chatwoot"

    async def say(self, text: str | None = WISH, **more: Any) -> int:
        return await self.chatwoot.call(self.hook, self.chatwoot.said(text, **more))


Opened = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    @asynccontextmanager
    async def open_scene(**changes: Any) -> AsyncIterator[Scene]:
        chatwoot = FakeChatwoot(SECRET, "agent-token")
        async with served(chatwoot.app) as base:
            entry = at_chatwoot(base)
            async with on_stage(tmp_path, entry | changes, token="agent-token") as stage:
                stage.reader.tell(WISH, RequestType.ERASURE)
                stage.reader.tell(BLAME, RequestType.COMPLAINT)
                yield Scene(stage, chatwoot)

    return open_scene


@pytest.fixture
async def scene(opened: Opened) -> AsyncIterator[Scene]:
    async with opened() as scene:
        yield scene


async def test_what_is_written_is_answered_in_its_own_conversation(scene: Scene) -> None:
    assert await scene.say() == 200
    assert len(await scene.stage.kept(Disposition.RECEIVED)) == 1  # durable before the 200
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    assert (case.requester, case.name) == (Handle("chatwoot", "52870"), "Ann")
    ((conversation, text),) = scene.chatwoot.sent
    assert conversation == 13098
    assert "which e-mail address do you use with us?" in text


async def test_an_answer_goes_to_the_conversation_the_person_used_last(scene: Scene) -> None:
    scene.chatwoot.open.add(13100)
    await scene.say(BLAME)
    await scene.say("hello?", conversation=13100)
    await scene.stage.work()
    desk = scene.stage.desk
    (draft,) = await desk.store.transact(lambda unit: unit.drafts.listed())
    await desk.approval.edit(draft.id, KIM, body="We have looked into it.")
    await desk.approval.approve(draft.id, KIM)
    await scene.stage.let_leave()
    assert scene.chatwoot.sent[-1] == (13100, "We have looked into it.")


@pytest.mark.parametrize(
    "more",
    [
        {"message_type": "outgoing"},
        {"message_type": 1},
        {"private": True},
        {"message_type": "activity"},
        {"event": "message_updated", "message_type": "outgoing"},
        {"event": "message_updated", "message_type": "outgoing", "content": "changed by the agent who wrote it"},
        {"event": "message_updated", "private": True},
        {"event": "conversation_created"},
        {"conversation": {"id": 13098, "additional_attributes": {"type": "tweet"}}},
    ],
)
async def test_what_no_person_wrote_in_private_is_acknowledged_and_dropped(scene: Scene, more: dict[str, Any]) -> None:
    assert await scene.chatwoot.call(scene.hook, scene.chatwoot.said(WISH) | more) == 200
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_a_repetition_is_known(scene: Scene) -> None:
    call = scene.chatwoot.said(WISH)
    for _ in range(3):
        assert await scene.chatwoot.call(scene.hook, call) == 200
    await scene.stage.work()
    assert len(scene.chatwoot.sent) == 1


async def test_a_file_without_words_is_for_a_person(scene: Scene) -> None:
    await scene.say(
        None, attachments=[{"id": 1, "file_type": "audio", "file_size": 900, "data_url": "http://127.0.0.1:9/x"}]
    )
    await scene.stage.work()
    (kept,) = await scene.stage.kept(Disposition.CASE)
    assert kept.message is not None
    assert [(file.media_type, file.size) for file in kept.message.attachments] == [("audio/mpeg", 900)]
    assert scene.chatwoot.sent == []


async def test_a_picture_is_copied_through_chatwoots_redirect_without_our_token(scene: Scene) -> None:
    name, base = "a1.jpg", scene.stage.desk.settings.social[0].url  # type: ignore[union-attr]
    scene.chatwoot.files[name] = b"a picture"
    kept_there = {
        "file_type": "image",
        "file_size": 9,
        "data_url": f"{base}/rails/active_storage/blobs/redirect/{name}",
    }
    gone = kept_there | {"data_url": f"{base}/rails/active_storage/blobs/redirect/gone"}
    await scene.say(attachments=[kept_there, gone])
    await scene.stage.work()
    (kept,) = await scene.stage.kept(Disposition.CASE)
    scene.chatwoot.files.clear()
    assert await scene.stage.copy(kept.id, 1) == b"a picture"
    assert await scene.stage.copy(kept.id, 2) is None
    (case,) = await scene.stage.cases()
    assert case.attention == LOST


@pytest.mark.parametrize("kind", ["fallback", "location", "embed", "share", None])
async def test_a_link_that_the_sender_chose_is_not_fetched(scene: Scene, kind: str | None) -> None:
    await scene.say(attachments=[{"file_type": kind, "data_url": f"{scene.stage.url}/health"}])
    await scene.stage.work()
    (kept,) = await scene.stage.kept(Disposition.CASE)
    assert kept.message is not None
    assert [file.reference for file in kept.message.attachments] == [""]
    assert await scene.stage.desk.copying.copy_batch() == 0


async def test_a_forged_or_old_call_is_refused(scene: Scene) -> None:
    call = scene.chatwoot.said(WISH)
    assert await scene.chatwoot.call(scene.hook, call, signed=False) == 403
    assert await scene.chatwoot.call(scene.hook, call, at=time.time() - 600) == 403
    assert await scene.chatwoot.call(f"{scene.hook}?key={SECRET}", call, signed=False) == 403
    scene.chatwoot.secret = "another-secret-of-somebody"
    assert await scene.chatwoot.call(scene.hook, call) == 403
    assert await scene.stage.kept(Disposition.RECEIVED) == []


async def test_the_webhook_secret_is_replaced_without_losing_a_message(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "new").write_text("fedcba9876543210fedcba9876543210")
    async with opened(secret_files=["new", "secret"]) as scene:
        assert await scene.say("under the old one") == 200
        scene.chatwoot.secret = "fedcba9876543210fedcba9876543210"
        assert await scene.say("under the new one") == 200
        assert len(await scene.stage.kept(Disposition.RECEIVED)) == 2


async def test_a_version_that_signs_nothing_shows_the_key_in_the_address(opened: Opened) -> None:
    async with opened(signed=False) as scene:
        call = scene.chatwoot.said(WISH)
        assert await scene.chatwoot.call(f"{scene.hook}?key={SECRET}", call, signed=False) == 200
        assert await scene.chatwoot.call(f"{scene.hook}?key=guess", call, signed=False) == 403
        assert await scene.chatwoot.call(scene.hook, call, signed=False) == 403


@pytest.mark.parametrize("poison", [b"{", b"[]", b"{}", b'{"event": 5}'])
async def test_poison_is_acknowledged_and_no_error(scene: Scene, poison: bytes) -> None:
    assert await scene.chatwoot.call(scene.hook, poison) == 200
    await scene.stage.work()
    assert len(await scene.stage.kept(Disposition.PARKED)) <= 1


async def test_another_account_and_a_nameless_sender_are_parked(scene: Scene) -> None:
    await scene.chatwoot.call(scene.hook, scene.chatwoot.said(WISH) | {"account": {"id": 4}})
    await scene.chatwoot.call(scene.hook, scene.chatwoot.said(WISH) | {"sender": {"name": "Ann"}})
    await scene.stage.work()
    assert len(await scene.stage.kept(Disposition.PARKED)) == 2


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        (429, DeliveryState.QUEUED, "asks to wait"),
        (502, DeliveryState.QUEUED, "trouble of its own"),
        (401, DeliveryState.QUEUED, "belongs into token_file"),
        (422, DeliveryState.PARKED, "refused the text"),
    ],
)
async def test_what_chatwoot_refuses_waits_or_is_for_a_person(
    scene: Scene, status: int, state: DeliveryState, words: str
) -> None:
    scene.chatwoot.plan.append(status)
    await scene.say()
    await scene.stage.work()
    (outgoing,) = await scene.stage.outbox()
    assert outgoing.state is state
    assert words in outgoing.last_error
    if state is DeliveryState.QUEUED:
        scene.stage.clock.ahead += timedelta(minutes=10)
        await scene.stage.work()
        assert len(scene.chatwoot.sent) == 1


async def test_a_conversation_that_is_gone_is_for_a_person(scene: Scene) -> None:
    await scene.say()
    scene.chatwoot.open.clear()
    await scene.stage.work()
    assert "no conversation 13098" in (await scene.stage.outbox())[0].last_error


async def test_the_doctor_says_what_to_click(scene: Scene) -> None:
    async def found() -> tuple[bool, str]:
        (finding,) = [one for one in await examine(scene.stage.desk.settings) if one.about == "chatwoot"]
        return finding.ok, finding.text

    ok, text = await found()
    assert not ok
    assert f"Settings → Integrations → Webhooks → Add new webhook, {OPENED}" in text
    scene.chatwoot.hooks.append({"id": 1, "url": OPENED, "subscriptions": ["message_created"]})
    assert "does not call us about message_updated" in (await found())[1]
    scene.chatwoot.hooks[0]["subscriptions"].append("message_updated")
    assert (await found())[0]
    scene.chatwoot.token = "another"
    assert "Access token" in (await found())[1]
