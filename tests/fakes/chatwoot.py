"""A Chatwoot installation: calls signed over time and body, and the API an agent has there."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse


@dataclass
class FakeChatwoot:
    """One account; `open` are the conversations our agent may write in.

    `most_a_minute` is how many calls of one address it answers, 3,000 as it comes; `clock` gives seconds since 1970.
    """

    secret: str
    token: str
    account: int = 3
    hooks: list[dict[str, Any]] = field(default_factory=list)
    open: set[int] = field(default_factory=lambda: {13098})
    sent: list[tuple[int, str]] = field(default_factory=list)
    offered: list[list[tuple[str, str]]] = field(default_factory=list)
    plan: list[int] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    contacts: dict[int, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(77287))
    most_a_minute: int = 3000
    clock: Callable[[], float] = time.time
    called: list[float] = field(default_factory=list)

    def said(self, content: str | None, contact: int = 52870, conversation: int = 13098, **more: Any) -> dict[str, Any]:
        """Return the call about one message of a person's, in the shape of Chatwoot 4."""
        self.contacts[conversation] = contact
        return {
            "event": "message_created",
            "account": {"id": self.account, "name": "Nexio"},
            "id": next(self.numbers),
            "content": content,
            "content_type": "text",
            "content_attributes": {},
            "message_type": "incoming",
            "private": False,
            "created_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.262Z",
            "inbox": {"id": 58, "name": "Facebook"},
            "sender": {"id": contact, "name": "Ann", "type": "contact", "email": None},
            "conversation": {
                "id": conversation,
                "inbox_id": 58,
                "channel": "Channel::FacebookPage",
                "contact_inbox": {"contact_id": contact, "source_id": "24681012141618"},
            },
            **more,
        }

    def tapped(self, label: str, **more: Any) -> dict[str, Any]:
        """Return the call about an answer that was tapped in the site chat: our own message, changed."""
        (conversation, content), offered = self.sent[-1], dict(self.offered[-1])
        chosen = {"submitted_values": [{"title": label, "value": offered[label]}]}
        call = self.said(content, self.contacts[conversation], conversation)
        ours = {"event": "message_updated", "message_type": "outgoing", "content_type": "input_select"}
        return call | ours | {"sender": {"id": 1, "name": "Desk", "type": "user"}, "content_attributes": chosen} | more

    async def call(self, url: str, content: Any, *, at: float | None = None, signed: bool = True) -> int:
        """Post one call and return the status."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        stamp = str(int(self.clock() if at is None else at))
        digest = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": f"sha256={digest}"} if signed else {}
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            return (await client.post(url, content=body, headers=headers)).status_code

    @property
    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def admit(request: Request, call_next: Any) -> Any:
            if not self._is_spared():
                return Response("Retry later\n", 429)
            if request.url.path.startswith("/rails/"):  # whoever has the address has the file, for a while
                return await call_next(request)
            if request.headers.get("api_access_token") != self.token:
                return JSONResponse({"error": "Invalid Access Token"}, 401)
            if self.plan:
                return JSONResponse({"error": "planned"}, self.plan.pop(0))
            return await call_next(request)

        @app.post("/api/v1/accounts/{account}/conversations/{conversation}/messages")
        async def take(account: int, conversation: int, request: Request) -> JSONResponse:
            if account != self.account or conversation not in self.open:
                return JSONResponse({"error": "Resource could not be found"}, 404)
            said = await request.json()
            if said["message_type"] != "outgoing" or said["private"]:
                return JSONResponse({"error": "not a reply"}, 422)
            items = said.get("content_attributes", {}).get("items", [])
            if not _is_valid(said.get("content_type", "text"), items):
                return JSONResponse({"error": "Validation failed: Content attributes Invalid"}, 422)
            self.sent.append((conversation, said["content"]))
            self.offered.append([(item["title"], item["value"]) for item in items])
            return JSONResponse({"id": next(self.numbers), "content": said["content"]})

        self._add_lookups(app)
        return app

    def _is_spared(self) -> bool:
        """Count one call, and say whether it is still one that is answered in this minute."""
        now = self.clock()
        self.called = [*(at for at in self.called if at > now - 60), now]
        return len(self.called) <= self.most_a_minute

    def _add_lookups(self, app: FastAPI) -> None:
        @app.get("/api/v1/accounts/{account}/webhooks")
        async def hooks(account: int) -> JSONResponse:
            if account != self.account:
                return JSONResponse({"error": "You are not authorized"}, 401)
            return JSONResponse({"payload": {"webhooks": self.hooks}})

        @app.get("/rails/active_storage/blobs/redirect/{name}")
        async def redirect(name: str, request: Request) -> RedirectResponse:
            return RedirectResponse(f"{request.base_url}rails/active_storage/disk/{name}", 302)

        @app.get("/rails/active_storage/disk/{name}")
        async def disk(name: str) -> Response:
            return Response(self.files[name]) if name in self.files else Response(status_code=404)


def _is_valid(kind: str, items: list[dict[str, str]]) -> bool:
    """Whether Chatwoot takes these answers: only a select has any, each with a title and a value and nothing else."""
    return (kind == "input_select") == bool(items) and all(item.keys() == {"title", "value"} for item in items)
