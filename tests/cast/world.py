"""The world between the cast and the service: SMTP to its listener, HTTP to the mailbox page and the chat platform."""

import asyncio
import json
import smtplib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final, Self

import httpx

from tests.cast.domains import Domains
from tests.cast.letters import DESK, Received, as_received

_POLL_SECONDS: Final = 0.15
_CALM: Final = 4
_PATIENCE: Final = 30.0


@dataclass(slots=True)
class World:
    """Carries letters both ways and knows what lies on the desk."""

    host: str
    port: int
    domains: Domains
    page: httpx.AsyncClient
    chat: httpx.AsyncClient
    boxes: dict[str, list[Received]] = field(default_factory=lambda: defaultdict(list))
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    rounds: int = 0
    calm_rounds: int = 0
    acting: int = 0

    @classmethod
    def open(cls, doors: Path, domains: Domains) -> Self:
        """Go through the doors the service has announced."""
        addresses = json.loads(doors.read_text(encoding="utf-8"))
        host, port = addresses["mail"]
        page = httpx.AsyncClient(base_url=addresses["page"], timeout=_PATIENCE, trust_env=False)
        chat = httpx.AsyncClient(base_url=addresses["chat"], timeout=_PATIENCE, trust_env=False)
        return cls(host, port, domains, page, chat)

    async def close(self) -> None:
        await self.page.aclose()
        await self.chat.aclose()

    # -- towards the service ---------------------------------------------------------------------------

    async def post(self, mail: EmailMessage | bytes, *, sender: str, signed_by: str) -> None:
        """Hand a mail to the service; `signed_by` is the domain whose server signs it, or nothing."""
        content = mail if isinstance(mail, bytes) else mail.as_bytes()
        if signed_by:
            content = self.domains.sign(signed_by, content)
        await asyncio.to_thread(self._hand_over, sender, content)

    def _hand_over(self, sender: str, content: bytes) -> None:
        with smtplib.SMTP(self.host, self.port, local_hostname="sender.example", timeout=_PATIENCE) as server:
            server.sendmail(sender, [DESK], content)

    async def say(self, user: int, name: str, language: str, text: str) -> None:
        """Write to the bot in a private chat."""
        words = {"chat_id": user, "first_name": name, "language_code": language, "text": text}
        (await self.chat.post("/control/say", json=words)).raise_for_status()

    # -- from the service ------------------------------------------------------------------------------

    async def deliver(self) -> None:
        """Bring what the service sends into the cast's mailboxes and chats, until cancelled."""
        seen = {"mail": 0, "chat": 0}
        while True:
            calm = await self._calm()
            mails = (await self.page.get("/mail.json", params={"after": seen["mail"]})).raise_for_status().json()
            said = (await self.chat.get("/control/sent", params={"after": seen["chat"]})).raise_for_status().json()
            for record in mails:
                self.boxes[record["to"]].append(as_received(record))
                seen["mail"] = max(seen["mail"], record["number"])
            for record in said:
                self.boxes[str(record["chat"])].append(Received(record["number"], record["text"]))
                seen["chat"] = max(seen["chat"], record["number"])
            async with self.news:
                self.rounds += 1
                self.calm_rounds = self.calm_rounds + 1 if calm else 0
                self.news.notify_all()
            await asyncio.sleep(_POLL_SECONDS)

    async def _calm(self) -> bool:
        """Everything that was written is read, and everything that may leave has left."""
        waiting = (await self.chat.get("/control/pending")).raise_for_status().json()
        desk = await self.summary()
        on_its_way = desk["outgoing"].get("queued", 0) + desk["outgoing"].get("sending", 0)
        return not (waiting or on_its_way or desk["messages"].get("received", 0))

    def has_been_calm_since(self, begun: int) -> bool:
        """Whether enough calm rounds have passed since that round: what has not come by now does not come."""
        return self.calm_rounds >= _CALM and self.rounds > begun + _CALM

    async def summary(self) -> Mapping[str, Any]:
        """Look at the desk."""
        return dict((await self.page.get("/summary.json")).raise_for_status().json())

    async def quiet(self) -> Mapping[str, Any]:
        """Wait until nothing is on its way any more; return what then lies on the desk."""
        begun = self.rounds
        async with self.news:
            await self.news.wait_for(lambda: self.has_been_calm_since(begun))
        return await self.summary()

    async def done(self) -> None:
        """Tell the service that the play is over."""
        (await self.page.post("/done")).raise_for_status()
