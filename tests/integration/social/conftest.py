"""One desk with every account of Meta's, and Meta."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core.drafts import Draft
from bot.core.rights import RequestType
from tests.fakes.meta import FakeMeta
from tests.integration.social.stage import KIM, SECRET, Stage, on_stage
from tests.servers.web import served

OLD = "fedcba9876543210fedcba9876543210"
TOKEN = "EAAB-not-a-real-token"
VERIFY = "a-verify-token-of-our-own"
WISH = "delete my account and everything in it"
BLAME = "you sent my data to a stranger"


@dataclass
class Scene:
    """The desk, and the people and apps that call it."""

    stage: Stage
    meta: FakeMeta
    base: str = ""

    def hook(self, name: str) -> str:
        return f"{self.stage.url}/webhooks/{name}"

    async def say(self, person: str, text: str = WISH, mid: str = "m_1") -> int:
        """Write to the page."""
        item = self.meta.messaging(person, message={"mid": mid, "text": text})
        return await self.meta.call(self.hook("facebook"), self.meta.batch(item))

    async def text(self, number: str, text: str = WISH, ident: str = "wamid.1") -> int:
        """Write to the phone number."""
        return await self.meta.call(
            self.hook("whatsapp"), self.meta.whatsapp(self.meta.written(number, text, ident=ident))
        )

    async def waiting(self) -> Draft:
        """Return the one answer that waits for a colleague."""
        (draft,) = await self.stage.desk.store.transact(lambda unit: unit.drafts.listed())
        return draft

    async def approve(self, words: str) -> None:
        """Let a colleague write an answer and send it."""
        draft = await self.waiting()
        await self.stage.desk.approval.edit(draft.id, KIM, body=words)
        await self.stage.desk.approval.approve(draft.id, KIM)
        await self.stage.let_leave()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    meta = FakeMeta(SECRET, TOKEN)
    async with served(meta.app) as base:
        common = {
            "secret_files": ["secret", "old"],
            "token_file": "token",
            "verify_file": "verify",
            "base_url": f"{base}/v25.0",
        }
        entries = [
            {"kind": "messenger", "name": "facebook", "account": meta.page, **common},
            {"kind": "instagram", "name": "instagram", "account": meta.instagram, **common},
            {"kind": "whatsapp", "name": "whatsapp", "account": meta.phone, "template": "rights_news", **common},
        ]
        async with on_stage(tmp_path, *entries, old=OLD, token=TOKEN, verify=VERIFY) as stage:
            meta.clock = lambda: stage.clock.now().timestamp()
            meta.hook = "https://rights.nexioprojects.com/webhooks/whatsapp"
            stage.reader.tell(WISH, RequestType.ERASURE)
            stage.reader.tell(BLAME, RequestType.COMPLAINT)
            yield Scene(stage, meta, base)
