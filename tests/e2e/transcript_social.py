"""Messenger, Instagram, WhatsApp and a Chatwoot inbox in a transcript: people there, and the platforms over HTTP."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from tests.e2e.transcript import Block, Person
from tests.fakes.chatwoot import FakeChatwoot
from tests.fakes.meta import FakeMeta, buttons_of, words_of
from tests.fakes.ports import TurnedClock
from tests.servers.web import served

SECRET: Final = "0123456789abcdef0123456789abcdef"
TOKEN: Final = "EAAB-not-a-real-token"
VERIFY: Final = "a-word-of-our-own"
CALLED: Final[Mapping[str, str]] = {
    "messenger": "on Messenger",
    "instagram": "on Instagram",
    "whatsapp": "on WhatsApp",
    "chatwoot": "in the site chat",
}
"""The platforms by their channel, and how a story speaks of them."""

_TOPICS: Final = {"messenger": "page", "instagram": "instagram"}


@dataclass
class SocialWorld:
    """The platforms of one story; `pages` is where they call the desk."""

    clock: TurnedClock
    meta: FakeMeta
    chatwoot: FakeChatwoot
    bases: tuple[str, str]
    pages: str = ""
    said: int = 0
    last: dict[str, str] = field(default_factory=dict)
    seen: tuple[int, int] = (0, 0)

    def entries(self, folder: Path) -> list[dict[str, Any]]:
        """Write the secrets down and return the settings of every account."""
        for name, secret in (("social", SECRET), ("token", TOKEN), ("verify", VERIFY), ("agent", TOKEN)):
            (folder / name).write_text(f"{secret}\n")
        meta, chatwoot = self.bases
        common = {
            "secret_files": ["social"],
            "token_file": "token",
            "verify_file": "verify",
            "base_url": f"{meta}/v25.0",
        }
        return [
            {"kind": "messenger", "name": "messenger", "account": self.meta.page, **common},
            {"kind": "instagram", "name": "instagram", "account": self.meta.instagram, **common},
            {"kind": "whatsapp", "name": "whatsapp", "account": self.meta.phone, "template": "rights_news", **common},
            {
                "kind": "chatwoot",
                "name": "chatwoot",
                "url": chatwoot,
                "account": "3",
                "token_file": "agent",
                "secret_files": ["social"],
            },
        ]

    async def say(self, platform: str, person: Person, text: str) -> None:
        """Let somebody write there. Raises ValueError when the desk does not take it."""
        self.said += 1
        account, ident = person.accounts[platform], f"said-{self.said}"
        self.last[platform] = ident
        match platform:
            case "chatwoot":
                at = self.clock.now().timestamp()
                call = self.chatwoot.said(text, contact=int(account), created_at=int(at))
                status = await self.chatwoot.call(self._hook(platform), call, at=at)
            case "whatsapp":
                told = self.meta.whatsapp(self.meta.written(account, text, ident=ident), name=person.name)
                status = await self.meta.call(self._hook(platform), told)
            case _:
                status = await self._page(platform, account, message={"mid": ident, "text": text})
        if status != HTTPStatus.OK:
            raise ValueError(f"the desk answers {status}")

    async def tap(self, platform: str, person: Person, label: str) -> None:
        """Let somebody tap an answer below our last text there."""
        self.said += 1
        account, ident = person.accounts[platform], f"said-{self.said}"
        match platform:
            case "chatwoot":
                call = self.chatwoot.tapped(label)
                await self.chatwoot.call(self._hook(platform), call, at=self.clock.now().timestamp())
            case "whatsapp":
                told = self.meta.whatsapp(self.meta.pressed(account, ident, label), name=person.name)
                await self.meta.call(self._hook(platform), told)
            case _:
                topic = _TOPICS[platform]
                item = self.meta.tapped(account, ident, label, topic=topic)
                await self.meta.call(self._hook(platform), self.meta.batch(item, topic=topic))

    async def take_back(self, platform: str, person: Person) -> None:
        """Let somebody delete what they wrote last, on Messenger or Instagram."""
        gone = {"mid": self.last[platform], "is_deleted": True}
        await self._page(platform, person.accounts[platform], message=gone)

    def news(self, name_of: Any) -> Sequence[Block]:
        """Return what people read there since the last look."""
        meta, chatwoot = self.seen
        self.seen = len(self.meta.sent), len(self.chatwoot.sent)
        told = [(one["person"], _words(one)) for one in self.meta.sent[meta:]]
        told += [
            (str(self.chatwoot.contacts[conversation]), text + _labels(offered))
            for (conversation, text), offered in zip(
                self.chatwoot.sent[chatwoot:], self.chatwoot.offered[chatwoot:], strict=True
            )
        ]
        return [Block(f"NEXIO {name_of(person)}", text) for person, text in told]

    async def _page(self, platform: str, account: str, **happened: Any) -> int:
        topic = _TOPICS[platform]
        item = self.meta.messaging(account, topic=topic, **happened)
        return await self.meta.call(self._hook(platform), self.meta.batch(item, topic=topic))

    def _hook(self, platform: str) -> str:
        return f"{self.pages}/webhooks/{platform}"


def _words(sent: dict[str, Any]) -> str:
    if sent.get("type") == "template":
        return f"(the approved template {sent['template']['name']}, {sent['template']['language']['code']})"
    tag = f"({sent['tag']})\n" if sent.get("tag") else ""
    return tag + words_of(sent) + _labels(buttons_of(sent))


def _labels(offered: Sequence[tuple[str, str]]) -> str:
    """Show what can be tapped, below the text, as in the bot's own chat."""
    return "".join(["\n", *(f"\n[{label}]" for label, _ in offered)]) if offered else ""


async def open_world(stack: AsyncExitStack, clock: TurnedClock) -> SocialWorld:
    """Start the platforms."""
    meta = FakeMeta(SECRET, TOKEN, VERIFY, clock=lambda: float(clock.at.timestamp()))
    chatwoot = FakeChatwoot(SECRET, TOKEN)
    bases = [await stack.enter_async_context(served(one.app)) for one in (meta, chatwoot)]
    return SocialWorld(clock, meta, chatwoot, (bases[0], bases[1]))
