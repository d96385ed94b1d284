"""Chatwoot tells each thing once: what it could not tell us we look for, over HTTP, and what became of our texts."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.chat.line import NotReady
from bot.channels.chatwoot import ChatwootSource
from bot.channels.chatwoot.platform import CHANGED
from bot.core.delivery import DeliveryState
from bot.core.errors import StorageUnavailable
from bot.core.messages import Inbound
from bot.core.records import Disposition
from bot.core.rights import RequestType
from tests.fakes.chatwoot import FakeChatwoot
from tests.integration.social.stage import KIM, SECRET, Stage, at_chatwoot, on_stage
from tests.servers.web import served

WISH, BLAME = "delete my account", "you lost my data"
ANN, CHAT = 52870, 13098


@dataclass
class Scene:
    stage: Stage
    chatwoot: FakeChatwoot

    @property
    def source(self) -> ChatwootSource:
        (source,) = self.stage.desk.sources
        assert isinstance(source, ChatwootSource)
        return source

    async def look(self) -> int:
        """Look once and work on what came; return how much was told."""
        async with self.source._platform.line() as line:
            told = await self.source.look(line, self.stage.desk.intake.accept)
        await self.stage.work()
        return told

    async def tell(self, call: dict[str, Any]) -> None:
        """Let one call arrive."""
        assert await self.chatwoot.call(f"{self.stage.url}/webhooks/chatwoot", call) == 200
        await self.stage.work()

    async def answer(self, words: str) -> int:
        """Let a colleague answer what waits, and return the number Chatwoot gave the text."""
        desk = self.stage.desk
        (draft,) = await desk.store.transact(lambda unit: unit.drafts.listed())
        await desk.approval.edit(draft.id, KIM, body=words)
        await desk.approval.approve(draft.id, KIM)
        await self.stage.let_leave()
        assert self.chatwoot.sent[-1] == (CHAT, words)
        number: int = self.chatwoot.messages[-1]["id"]
        return number


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    chatwoot = FakeChatwoot(SECRET, "agent-token")
    chatwoot.said("written before the desk was there", 1, 1)
    async with served(chatwoot.app) as base:
        entry = at_chatwoot(base)
        async with on_stage(tmp_path, entry, token="agent-token") as stage:
            chatwoot.clock = lambda: stage.clock.now().timestamp()
            stage.reader.tell(WISH, RequestType.ERASURE)
            stage.reader.tell(BLAME, RequestType.COMPLAINT)
            scene = Scene(stage, chatwoot)
            assert await scene.look() == 0
            yield scene


async def test_what_was_written_while_we_were_away_comes_in_with_its_own_time(scene: Scene) -> None:
    scene.chatwoot.said(WISH)  # its call found nobody, and is never made again
    written = scene.stage.clock.now()
    scene.stage.clock.ahead += timedelta(hours=5)
    assert await scene.look() == 1
    (case,) = await scene.stage.cases()
    assert abs(case.received_at - written) < timedelta(seconds=2)
    ((conversation, text),) = scene.chatwoot.sent
    assert (conversation, case.reference in text) == (CHAT, True)


async def test_what_comes_both_ways_is_one(scene: Scene) -> None:
    call = scene.chatwoot.said(WISH)
    await scene.tell(call)
    for _ in range(2):
        await scene.look()
    await scene.tell(call)
    assert len(await scene.stage.cases()) == len(scene.chatwoot.sent) == 1


async def test_a_closed_conversation_is_looked_at_too(scene: Scene) -> None:
    scene.chatwoot.said(WISH)
    scene.chatwoot.resolved.add(CHAT)
    assert await scene.look() == 1


async def test_what_everybody_reads_is_not_looked_at(scene: Scene) -> None:
    scene.chatwoot.said(WISH)
    scene.chatwoot.public.add(CHAT)
    assert await scene.look() == 0


async def test_after_a_day_everybody_is_heard_once_whatever_got_through(scene: Scene) -> None:
    calls = [scene.chatwoot.said(WISH, 100 + person, 200 + person) for person in range(60)]
    calls += [scene.chatwoot.said("hello?", 100 + person, 200 + person) for person in range(0, 60, 2)]
    some = calls[::4]
    random.Random(6).shuffle(some)
    for call in some:
        assert await scene.chatwoot.call(f"{scene.stage.url}/webhooks/chatwoot", call) == 200
    scene.chatwoot.open |= set(range(200, 260))
    await scene.look()
    cases = await scene.stage.desk.store.transact(lambda unit: unit.cases.listed(limit=200))
    assert len(cases) == len({case.requester for case in cases}) == 60
    assert len(scene.chatwoot.sent) == 60
    assert await scene.stage.kept(Disposition.PARKED) == []


async def test_whoever_moves_to_the_front_while_we_turn_the_page_is_not_passed(scene: Scene) -> None:
    scene.chatwoot.said(WISH)  # at the end of the list, until they write again
    for person in range(30):
        scene.chatwoot.said("hello", 100 + person, 200 + person)
    scene.chatwoot.meanwhile += [lambda: None, lambda: scene.chatwoot.said("are you there?")]
    await scene.look()
    assert [case.requester.value for case in await scene.stage.cases()] == [str(ANN)]


async def test_without_storage_nothing_counts_as_seen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_batch: list[Inbound]) -> None:
        raise StorageUnavailable("locked")

    scene.chatwoot.said(WISH)
    with monkeypatch.context() as outage:
        outage.setattr(scene.stage.desk.intake, "accept", away)
        with pytest.raises(StorageUnavailable):
            await scene.look()
    await scene.look()
    assert len(await scene.stage.cases()) == 1


async def test_what_is_odd_is_parked_and_its_neighbours_are_heard(scene: Scene) -> None:
    scene.chatwoot.said("who am I?")
    scene.chatwoot.messages[-1]["sender"] = None
    scene.chatwoot.said(WISH, 7, 8)
    scene.chatwoot.open.add(8)
    scene.chatwoot.contacts[9] = 0  # a conversation of nobody
    scene.chatwoot.said("hello", 0, 9)
    await scene.look()
    assert len(await scene.stage.kept(Disposition.PARKED)) == 1
    assert len(await scene.stage.cases()) == 1


@pytest.mark.parametrize("status", [403, 500])
async def test_a_conversation_that_cannot_be_read_is_named_and_keeps_nobody_from_being_heard(
    scene: Scene, status: int
) -> None:
    scene.chatwoot.said(WISH, 7, 8)
    scene.chatwoot.said("hello", 5, 6)  # written later, so looked at first
    scene.chatwoot.open |= {6, 8}
    scene.chatwoot.closed[6] = status
    with pytest.raises(NotReady, match="conversation 6 can't be read"):
        await scene.look()
    await scene.stage.work()
    assert [case.requester.value for case in await scene.stage.cases()] == ["7"]
    scene.chatwoot.closed.clear()
    await scene.look()
    assert len(await scene.stage.kept(Disposition.OTHER)) == 1


async def test_a_refused_token_is_told_in_words_and_asked_again_less_often(scene: Scene) -> None:
    scene.chatwoot.token = "another"
    async with scene.source._platform.line() as line:
        waits = [await scene.source._look(line, scene.stage.desk.intake.accept) for _ in range(2)]
    assert waits == [600.0, 900.0]
    assert "Access token" in scene.source.health.last_error


@pytest.mark.parametrize("looked", [False, True])
async def test_a_text_that_a_platform_behind_refuses_comes_back_to_a_colleague(scene: Scene, looked: bool) -> None:
    await scene.tell(scene.chatwoot.said(BLAME))
    number = await scene.answer("We have looked into it.")
    (case,) = await scene.stage.cases()
    assert not case.is_open
    call = scene.chatwoot.fate(number, "failed", "131047: Re-engagement message")
    await (scene.look() if looked else scene.tell(call))
    (case,) = await scene.stage.cases()
    assert case.is_open
    sent = (await scene.stage.outbox())[-1]
    assert (sent.state, sent.last_error) == (DeliveryState.PARKED, "bounced 131047: Re-engagement message")


async def test_receipts_stand_in_the_history_and_a_colleagues_own_texts_are_not_kept(scene: Scene) -> None:
    await scene.tell(scene.chatwoot.said(WISH))
    (case,) = await scene.stage.cases()
    number = scene.chatwoot.messages[-1]["id"]
    await scene.tell(scene.chatwoot.fate(number, "delivered"))
    await scene.tell(scene.chatwoot.fate(number, "read", spoken=True))
    chain = await scene.stage.desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert [row.data["state"] for row in chain if row.event == "receipt"] == ["delivered", "read"]
    theirs = scene.chatwoot.said("the colleague's own words, to somebody") | {"message_type": "outgoing"}
    await scene.tell(theirs)
    await scene.tell(theirs | {"event": CHANGED, "status": "read"})
    (kept, *_) = await scene.stage.kept(Disposition.OTHER)
    raw = await scene.stage.desk.store.transact(lambda unit: unit.inbox.raw(kept.id))
    assert b"own words" not in raw


async def test_what_a_person_takes_back_is_a_version_that_a_colleague_sees(scene: Scene) -> None:
    said = scene.chatwoot.said(WISH)
    await scene.tell(said)
    await scene.tell(scene.chatwoot.taken_back(said))
    (case,) = await scene.stage.cases()
    assert case.attention == "an earlier message was changed"
    assert len(scene.chatwoot.sent) == 1
