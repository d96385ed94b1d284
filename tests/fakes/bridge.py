"""A bridge a company might run: signs what people wrote, takes our texts once, freshly signed, and not too many."""

import hashlib
import hmac
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse


@dataclass
class FakeBridge:
    """Keeps the texts it took; `plan` are answers to give first, one each: a status, and headers.

    `most_a_minute` is how many texts it carries in a minute (0: any), `clock` gives seconds since 1970.
    """

    secret: str
    taken: list[dict[str, Any]] = field(default_factory=list)
    pings: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    plan: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    clock: Callable[[], float] = time.time
    most_a_minute: int = 0
    known: dict[str, str] = field(default_factory=dict)
    carried: list[float] = field(default_factory=list)

    @property
    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/files/{name}")
        async def file(name: str, request: Request) -> Response:
            stamp = request.headers.get("nexio-timestamp", "")
            if request.headers.get("nexio-signature") != self.signature(stamp, b"") or not self._is_fresh(stamp):
                return Response(status_code=401)
            if name in self.moved:
                return RedirectResponse(self.moved[name])
            return Response(self.files[name]) if name in self.files else Response(status_code=410)

        @app.post("/rights")
        async def take(request: Request) -> Response:
            body = await request.body()
            stamp = request.headers.get("nexio-timestamp", "")
            if request.headers.get("nexio-signature") != self.signature(stamp, body) or not self._is_fresh(stamp):
                return JSONResponse({"error": "unsigned"}, 401)
            if self.plan:
                status, headers = self.plan.pop(0)
                return Response(status_code=status, headers=headers)
            said = json.loads(body)
            if said.get("ping"):
                self.pings += 1
                return Response(status_code=204)
            if said["id"] in self.known:  # the same id again is the same text again
                return JSONResponse({"id": self.known[said["id"]]})
            if wait := self._wait():
                return Response(status_code=429, headers={"Retry-After": str(wait)})
            self.taken.append(said)
            self.known[said["id"]] = f"their-{len(self.taken)}"
            return JSONResponse({"id": self.known[said["id"]]})

        return app

    def _wait(self) -> int:
        """Return the seconds until another text is carried; 0 carries it now."""
        now = self.clock()
        self.carried = [at for at in self.carried if at > now - 60]
        if self.most_a_minute and len(self.carried) >= self.most_a_minute:
            return math.ceil(self.carried[0] + 60 - now)
        self.carried.append(now)
        return 0

    def signature(self, stamp: str, body: bytes) -> str:
        return "sha256=" + hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()

    async def call(
        self, url: str, content: Any, changed: Mapping[str, str] | None = None, *, at: float | None = None
    ) -> int:
        """Tell the desk something, signed; `changed` are headers that go out otherwise, in UTF-8."""
        body, headers = self.signed(content, at=at)
        sent = {name.encode(): value.encode() for name, value in (headers | dict(changed or {})).items()}
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            return (await client.post(url, content=body, headers=sent)).status_code

    def signed(self, content: Any, *, at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """Return the body of a call and the headers that prove its origin."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        stamp = str(int(self.clock() if at is None else at))
        return body, {"Nexio-Timestamp": stamp, "Nexio-Signature": self.signature(stamp, body)}

    def _is_fresh(self, stamp: str) -> bool:
        return stamp.isdigit() and abs(self.clock() - int(stamp)) <= 300
