"""Telling one of the company's own systems what happened: a POST signed as our bridge's calls are; docs/webhooks.md."""

import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from bot.channels.chat.line import Line, NotReady, Reply
from bot.channels.chat.proof import require_secrets, signed
from bot.core.announcing import Announcement
from bot.core.errors import PermanentFailure, TransientFailure
from bot.core.ports import Clock

_MENDABLE: Final = frozenset({401, 403, 404, 408})
"""What a setting or a restart on the other side mends."""


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """Where one system listens, and the secrets we share with it: the first signs.

    Raises ValueError for a secret that could be guessed.
    """

    name: str
    url: str
    secrets: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        require_secrets(self.secrets, "each shared secret")


class WebhookHerald:
    """Tells one system. An asynchronous context manager: it holds connections."""

    def __init__(self, options: WebhookOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._line = Line(f"the webhook {options.name}", options.url)

    async def __aenter__(self) -> Self:
        await self._line.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._line.__aexit__(kind, error, trace)

    async def tell(self, announcement: Announcement) -> None:
        """Post one announcement. Raises TransientFailure, PermanentFailure, UncertainDelivery."""
        news = announcement.news
        told = {"id": announcement.id, "event": news.happening.value, "at": news.at.isoformat(), **news.facts}
        reply = await self._post(told)
        if reply.ok:
            return
        if reply.status in _MENDABLE:
            raise TransientFailure(self._advice(reply))
        raise PermanentFailure(self._advice(reply))

    async def check(self) -> str:
        """Send a signed ping. Raises NotReady, or as a line does."""
        reply = await self._post({"ping": True})
        if not reply.ok:
            raise NotReady(self._advice(reply))
        return "answers a signed ping"

    async def _post(self, content: object) -> Reply:
        body = json.dumps(content).encode()
        return await self._line.post("", body, headers=signed(self._options.secrets, body, self._clock.now()))

    def _advice(self, reply: Reply) -> str:
        host = urlsplit(self._options.url).netloc
        return f"{host} answers {reply.status}: it must take POST at `url`, signed with our secret, with a 2xx"
