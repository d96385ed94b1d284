"""The stand-in for Chatwoot keeps Chatwoot's rules, or the desk's tests would prove nothing."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from tests.fakes.chatwoot import FakeChatwoot
from tests.servers.web import served

SECRET, TOKEN = "0123456789abcdef", "agent-token"
NOW = 1_790_000_000.0
ACCOUNT = "/api/v1/accounts/3"
MESSAGES = f"{ACCOUNT}/conversations/13098/messages"
REPLY = {"content": "hello", "message_type": "outgoing", "private": False}

Met = tuple[FakeChatwoot, httpx.AsyncClient]


@pytest.fixture
async def met() -> AsyncIterator[Met]:
    fake = FakeChatwoot(SECRET, TOKEN, clock=lambda: NOW)
    headers = {"api_access_token": TOKEN}
    transport = httpx.ASGITransport(fake.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://chatwoot.test", headers=headers) as client:
        yield fake, client


async def test_only_an_agent_of_the_account_is_answered(met: Met) -> None:
    fake, client = met
    assert (await client.post(MESSAGES, json=REPLY)).status_code == 200
    assert (await client.get("/api/v1/accounts/4/webhooks")).status_code == 401
    client.headers["api_access_token"] = "guessed"
    assert (await client.post(MESSAGES, json=REPLY)).status_code == 401
    assert (await client.get(f"{ACCOUNT}/webhooks")).status_code == 401
    assert fake.sent == [(13098, "hello")]


async def test_an_agent_writes_in_the_conversations_of_the_account_alone(met: Met) -> None:
    fake, client = met
    for path in (MESSAGES.replace("13098", "13099"), MESSAGES.replace("/3/", "/4/")):
        assert (await client.post(path, json=REPLY)).status_code == 404
    fake.open.clear()
    assert (await client.post(MESSAGES, json=REPLY)).status_code == 404
    assert fake.sent == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"message_type": "incoming"}, 422),
        ({"private": True}, 422),
        ({"content_attributes": {"items": [{"title": "By post", "value": "by_post"}]}}, 422),
        ({"content_type": "input_select"}, 422),
        ({"content_type": "input_select", "content_attributes": {"items": [{"title": "By post"}]}}, 422),
        (
            {"content_type": "input_select", "content_attributes": {"items": [{"title": "a", "value": "b", "c": "d"}]}},
            422,
        ),
        ({"content_type": "input_select", "content_attributes": {"items": [{"title": "a", "value": "b"}]}}, 200),
    ],
)
async def test_a_reply_is_for_the_person_and_only_a_select_offers_answers(
    met: Met, changed: dict[str, Any], status: int
) -> None:
    fake, client = met
    assert (await client.post(MESSAGES, json=REPLY | changed)).status_code == status
    assert len(fake.sent) == (1 if status == 200 else 0)


async def test_too_many_calls_in_a_minute_are_told_to_come_later(met: Met) -> None:
    fake, client = met
    fake.most_a_minute = 2
    statuses = [(await client.post(MESSAGES, json=REPLY)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    fake.clock = lambda: NOW + 61
    assert (await client.post(MESSAGES, json=REPLY)).status_code == 200


async def test_what_is_planned_comes_first_and_once(met: Met) -> None:
    fake, client = met
    fake.plan.append(502)
    assert [(await client.post(MESSAGES, json=REPLY)).status_code for _ in range(2)] == [502, 200]


async def test_a_file_is_behind_a_redirect_and_needs_no_token(met: Met) -> None:
    fake, client = met
    fake.files["a.jpg"] = b"a picture"
    del client.headers["api_access_token"]
    first = await client.get("/rails/active_storage/blobs/redirect/a.jpg")
    assert first.status_code == 302
    assert (await client.get(first.headers["location"])).content == b"a picture"
    assert (await client.get("/rails/active_storage/disk/b.jpg")).status_code == 404


async def test_its_calls_are_signed_over_their_time_and_their_bytes() -> None:
    fake, heard = FakeChatwoot(SECRET, TOKEN, clock=lambda: NOW), list[tuple[str, str, bytes]]()
    app = FastAPI()

    @app.post("/")
    async def hear(request: Request) -> None:
        shown = request.headers
        heard.append(
            (
                shown.get("x-chatwoot-timestamp", ""),
                shown.get("x-chatwoot-signature", ""),
                await request.body(),
            )
        )

    async with served(app) as url:
        assert await fake.call(url, {"event": "x"}) == 200
        assert await fake.call(url, b"{", at=5.5) == 200
        assert await fake.call(url, b"", signed=False) == 200
    assert heard == [
        (str(int(NOW)), signed(b'{"event": "x"}', NOW), b'{"event": "x"}'),
        ("5", signed(b"{", 5), b"{"),
        ("", "", b""),
    ]


def signed(body: bytes, at: float) -> str:
    """Sign as Chatwoot 4 does, written apart from the fake's own."""
    return "sha256=" + hmac.digest(SECRET.encode(), f"{int(at)}.".encode() + body, hashlib.sha256).hex()


async def test_each_message_it_tells_of_has_a_number_of_its_own(met: Met) -> None:
    fake, client = met
    first, second = fake.said("hello"), fake.said("hello")
    sent = (await client.post(MESSAGES, json=REPLY)).json()["id"]
    assert first["id"] < second["id"] < sent


async def test_conversations_are_listed_by_their_last_message_in_pages_and_the_closed_only_when_asked(met: Met) -> None:
    fake, client = met
    for person in range(30):
        fake.said("hello", 100 + person, 200 + person)
    fake.said("again", 100, 200)
    fake.resolved.add(229)

    async def listed(**params: str) -> list[int]:
        answer = (await client.get(f"{ACCOUNT}/conversations", params=params)).json()
        return [one["id"] for one in answer["data"]["payload"]]

    assert await listed(status="all") == [200, *range(229, 205, -1)]
    assert await listed(status="all", page="2") == [205, 204, 203, 202, 201]
    assert await listed(status="all", page="3") == []
    assert 229 not in await listed()
    assert (await client.get("/api/v1/accounts/4/conversations")).status_code == 401


async def test_messages_come_after_a_number_a_hundred_at_once_or_the_latest_twenty(met: Met) -> None:
    fake, client = met
    numbers = [fake.said(str(number))["id"] for number in range(130)]

    async def told(**params: int) -> list[int]:
        return [one["id"] for one in (await client.get(MESSAGES, params=params)).json()["payload"]]

    assert await told(after=numbers[9]) == numbers[10:110]
    assert await told(after=numbers[109]) == numbers[110:]
    assert await told() == numbers[-20:]


async def test_what_happens_to_a_message_is_told_and_kept(met: Met) -> None:
    fake, client = met
    said = fake.said("delete me")
    ours = (await client.post(MESSAGES, json=REPLY)).json()["id"]
    gone, failed = fake.taken_back(said), fake.fate(ours, "failed", "131047")
    assert (gone["id"], gone["content_attributes"]) == (said["id"], {"deleted": True})
    assert (failed["id"], failed["content_attributes"]) == (ours, {"external_error": "131047"})
    assert "status" not in failed
    assert fake.fate(ours, "read", spoken=True)["status"] == "read"
    kept = (await client.get(MESSAGES)).json()["payload"]
    assert [one["content"] for one in kept] == ["This message was deleted", "hello"]
    assert [one["message_type"] for one in kept] == [0, 1]
