"""On no platform does anybody see the desk type or read: what leaves are texts, and nothing else."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.core.rights import Entity, RequestType
from tests.fakes.bridge import FakeBridge
from tests.fakes.chatwoot import FakeChatwoot
from tests.fakes.meta import FakeMeta, words_of
from tests.integration.social.stage import SECRET, Stage, on_stage
from tests.servers.overheard import Overheard
from tests.servers.web import served

WISH, MAILBOX, TOKEN = "delete my account", "ann@example.org", "EAAB-not-a-real-token"
ANN, BOB, CEM, DOT = "24681012141618", "24681012141619", "24681012141620", 52870


@dataclass
class Platforms:
    """Every platform of ours that calls the desk, each with somebody at its wire."""

    stage: Stage
    meta: FakeMeta
    chatwoot: FakeChatwoot
    bridge: FakeBridge
    wires: dict[str, Overheard]

    async def say(self, text: str, mid: str) -> None:
        """Let one person on each platform write the same."""
        meta, hook = self.meta, f"{self.stage.url}/webhooks"
        for name, topic, person in (("facebook", "page", ANN), ("instagram", "instagram", BOB)):
            said = meta.messaging(person, topic=topic, message={"mid": mid, "text": text})
            assert await meta.call(f"{hook}/{name}", meta.batch(said, topic=topic)) == 200
        assert await meta.call(f"{hook}/whatsapp", meta.whatsapp(meta.written(CEM, text, ident=mid))) == 200
        assert await self.chatwoot.call(f"{hook}/chatwoot", self.chatwoot.said(text, DOT)) == 200
        assert await self.bridge.call(f"{hook}/sms", {"messages": [{"id": mid, "from": "316", "text": text}]}) == 200

    def asked(self, name: str) -> list[dict[str, Any]]:
        """Return what was posted to a platform; nothing else may have been asked."""
        heard = self.wires[name].heard
        assert {method for method, _, _ in heard} == {"POST"}
        return [json.loads(body) for _, _, body in heard]


@pytest.fixture
async def platforms(tmp_path: Path) -> AsyncIterator[Platforms]:
    meta, chatwoot, bridge = FakeMeta(SECRET, TOKEN), FakeChatwoot(SECRET, TOKEN), FakeBridge(SECRET)
    wires = {"meta": Overheard(meta.app), "chatwoot": Overheard(chatwoot.app), "sms": Overheard(bridge.app)}
    async with served(wires["meta"]) as graph, served(wires["chatwoot"]) as desk, served(wires["sms"]) as base:
        common = {"secret_files": ["secret"], "token_file": "token"}
        app = common | {"verify_file": "secret", "base_url": f"{graph}/v25.0"}
        entries: list[dict[str, Any]] = [
            {"kind": "messenger", "name": "facebook", "account": meta.page, **app},
            {"kind": "instagram", "name": "instagram", "account": meta.instagram, **app},
            {"kind": "whatsapp", "name": "whatsapp", "account": meta.phone, **app},
            {"kind": "chatwoot", "name": "chatwoot", "account": "3", "url": desk, **common},
            {"kind": "webhook", "name": "sms", "url": f"{base}/rights", "secret_files": ["secret"]},
        ]
        async with on_stage(tmp_path, *entries, token=TOKEN) as stage:
            stage.reader.tell(WISH, RequestType.ERASURE)
            named = (Entity("email", MAILBOX, 0, len(MAILBOX)),)
            stage.reader.tell(MAILBOX, RequestType.OTHER, any_right=0.01, entities=named)
            yield Platforms(stage, meta, chatwoot, bridge, wires)


async def test_a_chat_is_texts_and_nothing_that_shows_us_at_it(platforms: Platforms) -> None:
    for number, text in enumerate((WISH, MAILBOX)):
        await platforms.say(text, f"m_{number}")
        await platforms.stage.work()
    of_meta, of_chatwoot, of_bridge = map(platforms.asked, ("meta", "chatwoot", "sms"))
    assert len(of_meta) == len(platforms.meta.sent) >= 6
    assert len(of_chatwoot) == len(platforms.chatwoot.sent) >= 2
    assert len(of_bridge) == len(platforms.bridge.taken) >= 2
    assert all(words_of(one) for one in of_meta)
    assert all(one["content"] for one in of_chatwoot)
    assert all(one["text"] for one in of_bridge)
    shown = {"sender_action", "typing_indicator", "typing_status", "typing", "status"}
    assert not [one for one in (*of_meta, *of_chatwoot, *of_bridge) if shown & one.keys()]
