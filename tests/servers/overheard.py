"""A web application with somebody at the wire who writes down what it is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]


@dataclass
class Overheard:
    """Hands every call on; `heard` is the method, the path and the body of each."""

    app: Any
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        body = bytearray()

        async def listen() -> Message:
            told = await receive()
            body.extend(told.get("body", b""))
            return told

        await self.app(scope, listen, send)
        self.heard.append((scope["method"], scope["path"], bytes(body)))
