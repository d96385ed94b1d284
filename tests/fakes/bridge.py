"""A bridge a company might run: signs what people wrote, takes our texts only with a fresh signature of its own."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse


@dataclass
class FakeBridge:
    """Keeps the texts it took; `plan` are answers to give first, one each: a status, and headers."""

    secret: str
    taken: list[dict[str, Any]] = field(default_factory=list)
    pings: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    plan: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    clock: Callable[[], float] = time.time

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
            self.taken.append(said)
            return JSONResponse({"id": f"their-{len(self.taken)}"})

        return app

    def signature(self, stamp: str, body: bytes) -> str:
        return "sha256=" + hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()

    async def call(self, url: str, content: Any, *, at: float | None = None, **changed: str) -> int:
        """Tell the desk something, signed; `changed` are headers that go out otherwise."""
        body, headers = self.signed(content, at=at)
        headers |= changed
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            return (await client.post(url, content=body, headers=headers)).status_code

    def signed(self, content: Any, *, at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """Return the body of a call and the headers that prove its origin."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        stamp = str(int(self.clock() if at is None else at))
        return body, {"Nexio-Timestamp": stamp, "Nexio-Signature": self.signature(stamp, body)}

    def _is_fresh(self, stamp: str) -> bool:
        return stamp.isdigit() and abs(self.clock() - int(stamp)) <= 300
