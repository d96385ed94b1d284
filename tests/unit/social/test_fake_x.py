"""The fake of X keeps X's rules, or the desk's tests would prove nothing."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.channels.x.signing import Keys
from tests.fakes.x import READS, FakeX

KEYS = ("app", "app-secret", "token", "token-secret")
OURS = Keys(*KEYS)
EVENTS = "http://x.test/2/dm_events"


@pytest.fixture
async def x() -> AsyncIterator[tuple[FakeX, httpx.AsyncClient]]:
    fake = FakeX(KEYS)
    fake.clock = lambda: 1_790_000_000.0
    async with httpx.AsyncClient(transport=httpx.ASGITransport(fake.app), base_url="http://x.test") as client:
        yield fake, client


async def ask(client: httpx.AsyncClient, keys: Keys = OURS, nonce: str = "", **params: str) -> httpx.Response:
    header = keys.header("GET", EVENTS, params, nonce=nonce)
    return await client.get("/2/dm_events", params=params, headers={"Authorization": header})


async def test_only_what_is_signed_and_signed_once_is_answered(x: tuple[FakeX, httpx.AsyncClient]) -> None:
    _, client = x
    assert (await client.get("/2/dm_events")).status_code == 401
    assert (await ask(client, Keys("app", "guessed", "token", "guessed"))).status_code == 401
    assert (await ask(client, nonce="n1")).status_code == 200
    assert (await ask(client, nonce="n1")).status_code == 401
    stolen = OURS.header("GET", EVENTS, {"max_results": "1"})
    changed = {"params": {"max_results": "100"}, "headers": {"Authorization": stolen}}
    assert (await client.get("/2/dm_events", **changed)).status_code == 401  # type: ignore[arg-type]


async def test_too_many_calls_wait_for_the_next_quarter(x: tuple[FakeX, httpx.AsyncClient]) -> None:
    fake, client = x
    for _ in range(READS):
        assert (await ask(client)).status_code == 200
    refused = await ask(client)
    assert (refused.status_code, refused.headers["x-rate-limit-reset"]) == (429, "1790000900")
    fake.clock = lambda: 1_790_000_900.0
    assert (await ask(client)).status_code == 200


async def test_pages_begin_with_the_newest_and_each_event_is_billed_once(x: tuple[FakeX, httpx.AsyncClient]) -> None:
    fake, client = x
    idents = [fake.write("1001", str(number)) for number in range(3)]
    first: dict[str, Any] = (await ask(client, max_results="2")).json()
    assert [one["id"] for one in first["data"]] == idents[:0:-1]
    rest = (await ask(client, max_results="2", pagination_token=first["meta"]["next_token"])).json()
    assert [one["id"] for one in rest["data"]] == idents[:1]
    assert "next_token" not in rest["meta"]
    await ask(client)
    assert fake.credit == 100_000 - 30


async def test_nobody_is_written_to_who_never_wrote_or_takes_nothing(x: tuple[FakeX, httpx.AsyncClient]) -> None:
    fake, client = x

    async def send(person: str) -> int:
        path = f"/2/dm_conversations/with/{person}/messages"
        header = OURS.header("POST", f"http://x.test{path}", {})
        return (await client.post(path, json={"text": "hello"}, headers={"Authorization": header})).status_code

    assert await send("1001") == 403
    fake.write("1001", "hello")
    assert await send("1001") == 201
    fake.closed.add("1001")
    assert await send("1001") == 403
    fake.credit = 0
    assert await send("1001") == 402
