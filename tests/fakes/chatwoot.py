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
    """One account; `open` are conversations our agent may write in, `closed` what is answered for those it can't read.

    `resolved` are those only shown to who asks for all, `public` those of tweets; `meanwhile` is what happens after a
    page of them was listed. `most_a_minute` is how many calls of one address it answers, 3,000 as it comes; `clock`
    gives seconds since 1970.
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
    messages: list[dict[str, Any]] = field(default_factory=list)
    closed: dict[int, int] = field(default_factory=dict)
    resolved: set[int] = field(default_factory=set)
    public: set[int] = field(default_factory=set)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def said(self, content: str | None, contact: int = 52870, conversation: int = 13098, **more: Any) -> dict[str, Any]:
        """Let a person write; return the call about it, in the shape of Chatwoot 4."""
        self.contacts[conversation] = contact
        call = self._about(content, contact, conversation) | more
        self._keep(conversation, call["id"], call["content"], 0, attachments=more.get("attachments", []))
        return call

    def taken_back(self, said: dict[str, Any]) -> dict[str, Any]:
        """Let a person delete what they wrote; return the call about it."""
        gone = {"content": "This message was deleted", "content_attributes": {"deleted": True}}
        (message,) = [one for one in self.messages if one["id"] == said["id"]]
        message |= gone
        return said | gone | {"event": "message_updated"}

    def edited(self, said: dict[str, Any], content: str) -> dict[str, Any]:
        """Let a person change what they wrote; return the call about it, which does not say what changed."""
        (message,) = [one for one in self.messages if one["id"] == said["id"]]
        message |= {"content": content}
        return said | {"event": "message_updated", "content": content}

    def touched(self, said: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Let something beside the words of a message change: its status, or what an agent had translated."""
        (message,) = [one for one in self.messages if one["id"] == said["id"]]
        message |= more
        return said | {"event": "message_updated", "content": message["content"]} | more

    def fate(self, number: int, state: str, reason: str = "", *, spoken: bool = False) -> dict[str, Any]:
        """Let a platform behind say what became of a text; return the call, which newer versions say the state in."""
        (message,) = [one for one in self.messages if one["id"] == number]
        message |= {"status": state, "content_attributes": {"external_error": reason} if reason else {}}
        conversation = message["conversation_id"]
        call = self._about(message["content"], self.contacts[conversation], conversation, number)
        of_ours = {"event": "message_updated", "message_type": "outgoing", "sender": {"id": 1, "type": "user"}}
        last = {"messages": [{"id": self.messages[-1]["id"], "status": self.messages[-1]["status"]}]}
        call |= of_ours | {"content_attributes": message["content_attributes"]} | ({"status": state} if spoken else {})
        return call | {"conversation": call["conversation"] | last}

    def _keep(self, conversation: int, number: int, content: str | None, kind: int, **more: Any) -> None:
        """Keep a message as the API tells it, which numbers its kinds and counts the seconds."""
        sender = {"id": self.contacts.get(conversation, 0), "name": "Ann", "type": "contact"}
        told: dict[str, object] = {
            "id": number,
            "content": content,
            "conversation_id": conversation,
            "message_type": kind,
        }
        told |= {"created_at": int(self.clock()), "private": False, "status": "sent", "content_attributes": {}}
        self.messages.append(told | {"sender": {"id": 1, "type": "user"} if kind else sender} | more)

    def _about(self, content: str | None, contact: int, conversation: int, number: int | None = None) -> dict[str, Any]:
        return {
            "event": "message_created",
            "account": {"id": self.account, "name": "Nexio"},
            "id": next(self.numbers) if number is None else number,
            "content": content,
            "content_type": "text",
            "content_attributes": {},
            "message_type": "incoming",
            "private": False,
            "created_at": f"{datetime.fromtimestamp(self.clock(), UTC):%Y-%m-%dT%H:%M:%S}.262Z",
            "inbox": {"id": 58, "name": "Facebook"},
            "sender": {"id": contact, "name": "Ann", "type": "contact", "email": None},
            "conversation": {
                "id": conversation,
                "inbox_id": 58,
                "channel": "Channel::FacebookPage",
                "contact_inbox": {"contact_id": contact, "source_id": "24681012141618"},
            },
        }

    def tapped(self, label: str, **more: Any) -> dict[str, Any]:
        """Return the call about an answer that was tapped in the site chat: our own message, changed."""
        (conversation, content), offered = self.sent[-1], dict(self.offered[-1])
        chosen = {"submitted_values": [{"title": label, "value": offered[label]}]}
        call = self._about(content, self.contacts[conversation], conversation)
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
            number = next(self.numbers)
            self._keep(conversation, number, said["content"], 1)
            return JSONResponse({"id": number, "content": said["content"]})

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

        @app.get("/api/v1/accounts/{account}/conversations")
        async def conversations(account: int, page: int = 1, status: str = "open") -> JSONResponse:
            if account != self.account:
                return JSONResponse({"error": "You are not authorized"}, 401)
            last = {one["conversation_id"]: one for one in self.messages}
            shown = [one for one in last.values() if status == "all" or one["conversation_id"] not in self.resolved]
            shown.sort(key=lambda one: one["id"], reverse=True)
            listed = [
                {
                    "id": one["conversation_id"],
                    "additional_attributes": {"type": "tweet"} if one["conversation_id"] in self.public else {},
                    "meta": {"sender": {"id": self.contacts[one["conversation_id"]], "name": "Ann"}},
                    "messages": [one],
                }
                for one in shown[25 * (page - 1) : 25 * page]
            ]
            if self.meanwhile:
                self.meanwhile.pop(0)()
            return JSONResponse({"data": {"meta": {"all_count": len(shown)}, "payload": listed}})

        @app.get("/api/v1/accounts/{account}/conversations/{conversation}/messages")
        async def written(account: int, conversation: int, after: int = 0) -> JSONResponse:
            refused = 401 if account != self.account else self.closed.get(conversation)
            if refused:
                return JSONResponse({"error": "You are not authorized"}, refused)
            told = [one for one in self.messages if one["conversation_id"] == conversation and one["id"] > after]
            return JSONResponse({"meta": {}, "payload": told[:100] if after else told[-20:]})

        @app.get("/rails/active_storage/blobs/redirect/{name}")
        async def redirect(name: str, request: Request) -> RedirectResponse:
            return RedirectResponse(f"{request.base_url}rails/active_storage/disk/{name}", 302)

        @app.get("/rails/active_storage/disk/{name}")
        async def disk(name: str) -> Response:
            return Response(self.files[name]) if name in self.files else Response(status_code=404)


def _is_valid(kind: str, items: list[dict[str, str]]) -> bool:
    """Whether Chatwoot takes these answers: only a select has any, each with a title and a value and nothing else."""
    return (kind == "input_select") == bool(items) and all(item.keys() == {"title", "value"} for item in items)
