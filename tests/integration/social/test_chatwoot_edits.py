"""Chatwoot's updates over HTTP: they don't say what changed, so words that are new are an edit and all else nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.chatwoot import ChatwootSource
from bot.console.chat_case import chat_notes
from bot.core.case import Case
from bot.core.rights import RequestType
from bot.flow.case_file import open_file
from tests.fakes.chatwoot import FakeChatwoot
from tests.integration.social.stage import KIM, SECRET, Stage, at_chatwoot, on_stage
from tests.servers.web import served

HELLO, WISH, OTHER = "hello there", "delete my account", "send me a copy of my data"
BLAME = "you lost my data"
QUIET = 60


@dataclass
class Scene:
    stage: Stage
    chatwoot: FakeChatwoot

    async def tell(self, *calls: dict[str, Any]) -> None:
        """Let calls arrive one after the other, and work on them once it has been quiet for a minute."""
        for call in calls:
            assert await self.chatwoot.call(f"{self.stage.url}/webhooks/chatwoot", call) == 200
        await self.pause()

    async def pause(self) -> None:
        self.stage.clock.ahead += timedelta(seconds=QUIET + 1)
        await self.stage.work()

    async def look(self) -> None:
        """Look once for what was not told, and work on it."""
        (source,) = self.stage.desk.sources
        assert isinstance(source, ChatwootSource)
        async with source._platform.line() as line:
            await source.look(line, self.stage.desk.intake.accept)
        await self.pause()

    async def case(self) -> Case:
        (case,) = await self.stage.cases()
        return case

    async def said(self) -> list[tuple[str, str]]:
        """Return what a colleague sees on the page of the case: each text of the person's, and what it said before."""
        case, desk, now = await self.case(), self.stage.desk, self.stage.clock.now()

        def read(unit: Any) -> list[tuple[str, str]]:
            file = open_file(unit, case.reference, KIM, now)
            notes = chat_notes(unit, desk.house, file, now)
            kept = [entry.kept for entry in file.entries if entry.kept]
            return [(one.message.text, notes.earlier.get(one.id, "")) for one in kept if one.message]

        return await desk.store.transact(read)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    chatwoot = FakeChatwoot(SECRET, "agent-token")
    async with (
        served(chatwoot.app) as base,
        on_stage(tmp_path, at_chatwoot(base), quiet=QUIET, token="agent-token") as stage,
    ):
        chatwoot.clock = lambda: stage.clock.now().timestamp()
        for words in (WISH, f"{HELLO}\n{WISH}"):
            stage.reader.tell(words, RequestType.ERASURE)
        for words in (OTHER, f"{HELLO}\n{OTHER}"):
            stage.reader.tell(words, RequestType.ACCESS)
        stage.reader.tell(BLAME, RequestType.COMPLAINT)
        scene = Scene(stage, chatwoot)
        await scene.look()  # the first one only remembers where it begins
        yield scene


async def rights(scene: Scene) -> list[RequestType]:
    return [item.right for item in (await scene.case()).items]


async def test_what_is_changed_within_the_quiet_minute_is_heard_as_it_is_then(scene: Scene) -> None:
    hello, said = scene.chatwoot.said(HELLO), scene.chatwoot.said(OTHER)
    await scene.tell(hello, said, scene.chatwoot.edited(said, WISH))
    assert await scene.said() == [(f"{HELLO}\n{WISH}", "")]
    assert await rights(scene) == [RequestType.ERASURE]
    assert (await scene.case()).attention == ""


async def test_what_is_changed_later_is_shown_beside_what_it_said_and_moves_nothing(scene: Scene) -> None:
    said = scene.chatwoot.said(WISH)
    await scene.tell(said)
    answered = len(scene.chatwoot.sent)
    changed = scene.chatwoot.edited(said, OTHER)
    for _ in range(2):
        await scene.tell(changed)
        await scene.look()
    assert await scene.said() == [(WISH, ""), (OTHER, WISH)]
    assert await rights(scene) == [RequestType.ERASURE]
    assert (await scene.case()).attention == "an earlier message was changed"
    assert len(scene.chatwoot.sent) == answered


@pytest.mark.parametrize("looked", [False, True])
async def test_an_update_that_changes_no_words_leaves_no_trace(scene: Scene, looked: bool) -> None:
    hello, said = scene.chatwoot.said(HELLO), scene.chatwoot.said(WISH)
    await (scene.look() if looked else scene.tell(hello, said))
    case, history = await scene.case(), await scene.stage.history(await scene.case())
    for one in (hello, said):  # read together, so the case's own text is neither's
        await scene.tell(
            scene.chatwoot.touched(one, status="read"),
            scene.chatwoot.touched(one, content_attributes={"translations": {"nl": "hallo"}}),
        )
    assert await scene.case() == case
    assert await scene.stage.history(case) == history
    assert await scene.said() == [(f"{HELLO}\n{WISH}", "")]


async def test_an_update_that_overtakes_the_message_itself_changes_nothing_either(scene: Scene) -> None:
    said = scene.chatwoot.said(WISH)
    await scene.tell(scene.chatwoot.touched(said, status="read"), said)
    assert await scene.said() == [(WISH, "")]
    assert (await scene.case()).attention == ""


async def test_an_edit_of_a_message_we_never_had_is_what_was_said(scene: Scene) -> None:
    await scene.tell(scene.chatwoot.edited(scene.chatwoot.said(HELLO), WISH))
    assert await rights(scene) == [RequestType.ERASURE]
    assert await scene.said() == [(WISH, "")]


async def test_after_an_edit_and_a_deletion_the_answer_still_finds_its_conversation(scene: Scene) -> None:
    said = scene.chatwoot.said(BLAME)
    await scene.tell(said)
    await scene.tell(scene.chatwoot.edited(said, f"{BLAME}!"))
    await scene.tell(scene.chatwoot.taken_back(said))
    assert await scene.said() == [(BLAME, ""), (f"{BLAME}!", BLAME), ("", f"{BLAME}!")]
    desk = scene.stage.desk
    (draft,) = await desk.store.transact(lambda unit: unit.drafts.listed())
    await desk.approval.edit(draft.id, KIM, body="We have looked into it.")
    await desk.approval.approve(draft.id, KIM)
    await scene.stage.let_leave()
    assert scene.chatwoot.sent[-1] == (13098, "We have looked into it.")


async def test_a_tap_below_our_own_text_is_an_answer_and_no_edit(scene: Scene) -> None:
    await scene.tell(scene.chatwoot.said(WISH))
    label, _ = scene.chatwoot.offered[-1][0]
    tapped = scene.chatwoot.tapped(label)
    await scene.tell(tapped, tapped)
    assert [text for text, _ in await scene.said()] == [WISH, label]
    assert (await scene.case()).attention != "an earlier message was changed"
