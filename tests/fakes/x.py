"""X as the desk meets it: calls signed by OAuth 1.0a and counted, pages with the newest first, and a bill."""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

QUARTER: Final = 900
READS: Final = 300
"""Calls of one account within a quarter of an hour."""

WRITES: Final = 200


class XError(Exception):
    """What X refuses with."""

    def __init__(self, status: int, title: str, **headers: str) -> None:
        super().__init__(title)
        self.status = status
        self.headers = headers


@dataclass
class FakeX:
    """One account with its app; `bill` counts in thousandths of a dollar, `closed` are people who take no messages."""

    keys: tuple[str, str, str, str]
    account: str = "2244994945"
    credit: int = 100_000
    clock: Callable[[], float] = time.time
    events: list[dict[str, Any]] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    plan: list[XError] = field(default_factory=list)
    calls: list[tuple[str, float]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    billed: set[str] = field(default_factory=set)
    number: int = 1_580_705_921_830_000_000

    def write(self, sender: str, text: str, *, media: str = "", group: bool = False, **more: Any) -> str:
        """Let somebody write to the account, or the account to somebody; return the event's id."""
        self.number += 1
        between = sorted([sender, self.account], key=int)
        told: dict[str, object] = {
            "id": str(self.number),
            "event_type": "MessageCreate",
            "text": text,
            "sender_id": sender,
            "dm_conversation_id": "1512210732774948865" if group else "-".join(between),
            "created_at": f"{datetime.fromtimestamp(self.clock(), UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        }
        told |= {"attachments": {"media_keys": [media]}} if media else {}
        self.events.append(told | more)
        return str(self.number)

    @property
    def app(self) -> FastAPI:
        app = FastAPI()

        @app.exception_handler(XError)
        async def refuse(_request: Request, error: XError) -> JSONResponse:
            return JSONResponse({"title": str(error), "status": error.status}, error.status, headers=error.headers)

        @app.get("/2/users/me")
        async def me(request: Request) -> dict[str, Any]:
            self._admit(request, "me", READS)
            return {"data": {"id": self.account, "name": "Nexio", "username": "nexio"}}

        @app.get("/2/dm_events")
        async def dm_events(request: Request) -> dict[str, Any]:
            self._admit(request, "read", READS)
            return self._page(request)

        @app.post("/2/dm_conversations/with/{person}/messages", status_code=201)
        async def send(person: str, request: Request) -> dict[str, Any]:
            self._admit(request, "write", WRITES)
            text = (await request.json())["text"]
            if person in self.closed or not any(one["sender_id"] == person for one in self.events):
                raise XError(403, "You cannot send messages to this user.")
            self.credit -= 15
            self.sent.append((person, text))
            return {"data": {"dm_conversation_id": f"{person}-{self.account}", "dm_event_id": f"9{len(self.sent)}"}}

        @app.get("/media/{name}")
        async def media(name: str, request: Request) -> Response:
            self._admit(request, "media", READS)
            return Response(self.files[name]) if name in self.files else Response(status_code=404)

        return app

    def _page(self, request: Request) -> dict[str, Any]:
        asked = request.query_params
        count, start = int(asked.get("max_results", 100)), int(asked.get("pagination_token") or 0)
        if not 1 <= count <= 100:
            raise XError(400, "Invalid Request")
        newest_first = self.events[::-1]
        shown = newest_first[start : start + count]
        fresh = {one.get("id", "") for one in shown} - self.billed
        self.billed |= fresh
        self.credit -= 10 * len(fresh)
        more = {"next_token": str(start + count)} if start + count < len(newest_first) else {}
        keys = [key for one in shown for key in one.get("attachments", {}).get("media_keys", ())]
        found = [{"media_key": key, "type": "photo", "url": f"{request.base_url}media/{key}"} for key in keys]
        told: dict[str, Any] = {"meta": {"result_count": len(shown), **more}}
        return told | ({"data": shown} if shown else {}) | ({"includes": {"media": found}} if found else {})

    def _admit(self, request: Request, kind: str, most: int) -> None:
        """Refuse what is not signed, comes twice, comes too often, or is not paid for; then whatever was planned."""
        said = {k: unquote(v) for k, v in re.findall(r'(\w+)="([^"]*)"', request.headers.get("authorization", ""))}
        shown = said.pop("oauth_signature", "")
        url = str(request.url).partition("?")[0]
        due = self._signature(request.method, url, {**dict(request.query_params), **said})
        stale = abs(int(said.get("oauth_timestamp", "0")) - time.time()) > 300
        if said.get("oauth_token") != self.keys[2] or shown != due or stale or said["oauth_nonce"] in self.nonces:
            raise XError(401, "Unauthorized")
        self.nonces.add(said["oauth_nonce"])
        now = self.clock()
        self.calls = [(what, at) for what, at in self.calls if at > now - QUARTER]
        mine = [at for what, at in self.calls if what == kind]
        if len(mine) >= most:
            raise XError(429, "Too Many Requests", **{"x-rate-limit-reset": str(int(mine[0] + QUARTER))})
        self.calls.append((kind, now))
        if self.credit <= 0:
            raise XError(402, "CreditsDepleted")
        if self.plan:
            raise self.plan.pop(0)

    def _signature(self, method: str, url: str, said: Mapping[str, str]) -> str:
        """Sign as RFC 5849 3.4 says, written apart from the desk's own."""
        pairs = sorted(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in said.items())
        base = "&".join([method, quote(url, safe="~"), quote("&".join(pairs), safe="~")])
        key = f"{quote(self.keys[1], safe='~')}&{quote(self.keys[3], safe='~')}".encode()
        return base64.b64encode(hmac.digest(key, base.encode(), hashlib.sha1)).decode()
