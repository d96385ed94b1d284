"""The stand-in for a company's bridge keeps what docs/channels.md asks of one."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from tests.fakes.bridge import FakeBridge
from tests.servers.web import served

SECRET = "0123456789abcdef"
NOW = 1_790_000_000.0
TEXT = {"id": "<1@nexio.example>", "to": "316", "text": "hello"}


class Desk:
    """We, as the bridge knows us."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def post(self, content: Any, secret: str = SECRET, at: float = NOW, body: bytes | None = None) -> Any:
        said = json.dumps(content).encode()
        headers = {"Nexio-Timestamp": str(int(at)), "Nexio-Signature": signed(said, secret, at)}
        return await self.client.post("/rights", content=said if body is None else body, headers=headers)


def signed(body: bytes, secret: str = SECRET, at: float = NOW) -> str:
    """Sign as docs/channels.md says, written apart from the bridge's own."""
    digest = hmac.digest(secret.encode(), f"{int(at)}.".encode() + body, hashlib.sha256)
    return f"sha256={digest.hex()}"


@pytest.fixture
async def met() -> AsyncIterator[tuple[FakeBridge, Desk]]:
    bridge = FakeBridge(SECRET, clock=lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(bridge.app), base_url="http://bridge.test") as client:
        yield bridge, Desk(client)


async def test_only_what_is_signed_now_is_taken(met: tuple[FakeBridge, Desk]) -> None:
    bridge, desk = met
    assert (await desk.post(TEXT)).json() == {"id": "their-1"}
    assert (await desk.post(TEXT, secret="guessed")).status_code == 401
    assert (await desk.post(TEXT, body=b'{"id": "2", "to": "316", "text": "changed"}')).status_code == 401
    assert (await desk.client.post("/rights", json=TEXT)).status_code == 401
    for age, status in ((300, 200), (301, 401), (-300, 200), (-301, 401)):
        assert (await desk.post(TEXT, at=NOW - age)).status_code == status
    assert [text["text"] for text in bridge.taken] == ["hello"]


async def test_the_same_id_again_is_the_same_text_again(met: tuple[FakeBridge, Desk]) -> None:
    bridge, desk = met
    assert [(await desk.post(TEXT)).json() for _ in range(2)] == [{"id": "their-1"}] * 2
    assert (await desk.post(TEXT | {"id": "2"})).json() == {"id": "their-2"}
    assert len(bridge.taken) == 2


async def test_too_many_texts_wait_for_the_minute_to_end(met: tuple[FakeBridge, Desk]) -> None:
    bridge, desk = met
    bridge.most_a_minute = 2
    for number in range(2):
        assert (await desk.post(TEXT | {"id": str(number)})).status_code == 200
    refused = await desk.post(TEXT)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    bridge.clock = lambda: NOW + 60
    assert (await desk.post(TEXT, at=NOW + 60)).status_code == 200


async def test_a_ping_is_answered_and_carried_to_nobody(met: tuple[FakeBridge, Desk]) -> None:
    bridge, desk = met
    assert (await desk.post({"ping": True})).status_code == 204
    assert (bridge.pings, bridge.taken) == (1, [])


async def test_what_is_planned_comes_first_and_once(met: tuple[FakeBridge, Desk]) -> None:
    bridge, desk = met
    bridge.plan.append((503, {"Retry-After": "5"}))
    assert [(await desk.post(TEXT)).status_code for _ in range(2)] == [503, 200]


async def test_a_file_is_given_to_who_signs_for_it(met: tuple[FakeBridge, Desk]) -> None:
    bridge, desk = met
    bridge.files["a.jpg"] = b"a picture"
    headers = {"Nexio-Timestamp": str(int(NOW)), "Nexio-Signature": signed(b"")}
    assert (await desk.client.get("/files/a.jpg")).status_code == 401
    assert (await desk.client.get("/files/a.jpg", headers=headers)).content == b"a picture"
    assert (await desk.client.get("/files/b.jpg", headers=headers)).status_code == 410


async def test_its_calls_are_signed_over_their_time_and_their_bytes() -> None:
    bridge, heard = FakeBridge(SECRET, clock=lambda: NOW), list[tuple[str, str, bytes]]()
    app = FastAPI()

    @app.post("/")
    async def hear(request: Request) -> None:
        shown = request.headers
        heard.append((shown["nexio-timestamp"], shown["nexio-signature"], await request.body()))

    async with served(app) as url:
        assert await bridge.call(url, {"messages": []}) == 200
        assert await bridge.call(url, b"{", at=5.5) == 200
        assert await bridge.call(url, b"", {"Nexio-Signature": "forged"}) == 200
    assert heard == [
        (str(int(NOW)), signed(b'{"messages": []}'), b'{"messages": []}'),
        ("5", signed(b"{", at=5), b"{"),
        (str(int(NOW)), "forged", b""),
    ]
