"""The stand-in for Meta keeps the rules that the desk is tested against."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fakes.meta import DAY, FakeMeta, GraphError
from tests.servers.web import served

ANN = "24681012141618"
TOKEN = "token"


@pytest.fixture
async def meta() -> AsyncIterator[tuple[FakeMeta, httpx.AsyncClient]]:
    fake = FakeMeta("0123456789abcdef", TOKEN)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        served(fake.app) as base,
        httpx.AsyncClient(base_url=f"{base}/v25.0", headers=headers, trust_env=False, verify=False) as client,
    ):
        yield fake, client


def page_text(text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"recipient": {"id": ANN}, "messaging_type": "RESPONSE", "message": {"text": text}, **more}


def phone_text(text: str = "hello") -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": ANN, "type": "text", "text": {"body": text}}


TAG = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


@pytest.mark.parametrize(
    ("days", "wish", "code"),
    [
        (0.9, page_text(), None),
        (1.1, page_text(), 10),
        (1.1, page_text(**TAG), None),
        (6.9, page_text(**TAG), None),
        (7.1, page_text(**TAG), 10),
        (1.1, page_text(tag="HUMAN_AGENT"), 10),
        (0, page_text("x" * 2001), 100),
    ],
)
async def test_a_page_may_write_within_its_windows_only(
    meta: tuple[FakeMeta, httpx.AsyncClient], days: float, wish: dict[str, Any], code: int | None
) -> None:
    fake, client = meta
    fake.heard[ANN] = time.time() - days * DAY
    answer = await client.post("/me/messages", json=wish)
    assert answer.json().get("error", {}).get("code") == code
    assert (answer.status_code == 200, len(fake.sent)) == (code is None, int(code is None))


async def test_nobody_is_written_to_who_never_wrote(meta: tuple[FakeMeta, httpx.AsyncClient]) -> None:
    _, client = meta
    assert (await client.post("/me/messages", json=page_text())).json()["error"]["error_subcode"] == 2018001


async def test_a_number_takes_free_text_in_the_window_and_approved_templates_always(
    meta: tuple[FakeMeta, httpx.AsyncClient],
) -> None:
    fake, client = meta
    path = f"/{fake.phone}/messages"
    assert (await client.post(path, json=phone_text())).json()["error"]["code"] == 131047
    template = phone_text() | {"type": "template", "template": {"name": "rights_news", "language": {"code": "fr"}}}
    assert (await client.post(path, json=template)).status_code == 200
    template["template"] = {"name": "unknown", "language": {"code": "fr"}}
    assert (await client.post(path, json=template)).json()["error"]["code"] == 132001
    fake.heard[ANN] = time.time()
    assert (await client.post(path, json=phone_text())).status_code == 200


async def test_two_texts_in_a_row_are_too_many(meta: tuple[FakeMeta, httpx.AsyncClient]) -> None:
    fake, client = meta
    fake.seconds_apart, fake.heard[ANN] = 60, time.time()
    assert (await client.post("/me/messages", json=page_text())).status_code == 200
    refused = await client.post("/me/messages", json=page_text())
    assert refused.json()["error"]["code"] == 613
    assert "estimated_time_to_regain_access" in refused.headers["x-business-use-case-usage"]


async def test_a_wrong_token_or_proof_is_refused(meta: tuple[FakeMeta, httpx.AsyncClient]) -> None:
    _, client = meta
    assert (await client.get("/me", params={"appsecret_proof": "x"})).json()["error"]["code"] == 100
    client.headers["Authorization"] = "Bearer another"
    assert (await client.post("/me/messages", json=page_text())).json()["error"]["code"] == 190


async def test_what_is_planned_comes_first(meta: tuple[FakeMeta, httpx.AsyncClient]) -> None:
    fake, client = meta
    fake.heard[ANN] = time.time()
    fake.plan.append(GraphError(2, "later", status=503))
    assert (await client.post("/me/messages", json=page_text())).status_code == 503
    assert (await client.post("/me/messages", json=page_text())).status_code == 200


def quick(count: int = 1, title: str = "By post", payload: str = "by_post") -> dict[str, Any]:
    replies = [{"content_type": "text", "title": title, "payload": payload} for _ in range(count)]
    return page_text() | {"message": {"text": "Which?", "quick_replies": replies}}


@pytest.mark.parametrize(
    ("wish", "taken"),
    [
        (quick(13), True),
        (quick(14), False),
        (quick(0), False),
        (quick(title="x" * 21), False),
        (quick(title=""), False),
        (quick(payload="x" * 1001), False),
    ],
)
async def test_a_page_offers_thirteen_short_answers_at_most(
    meta: tuple[FakeMeta, httpx.AsyncClient], wish: dict[str, Any], taken: bool
) -> None:
    fake, client = meta
    fake.heard[ANN] = time.time()
    assert ((await client.post("/me/messages", json=wish)).status_code == 200) is taken


def offered(*titles: str, body: str = "Which?", kind: str = "button", opener: str = "Choose") -> dict[str, Any]:
    answers = [{"id": f"word-{number}", "title": title} for number, title in enumerate(titles)]
    buttons = {"buttons": [{"type": "reply", "reply": one} for one in answers]}
    rows = {"button": opener, "sections": [{"rows": answers}]}
    inside = {"type": kind, "body": {"text": body}, "action": buttons if kind == "button" else rows}
    return {"messaging_product": "whatsapp", "to": ANN, "type": "interactive", "interactive": inside}


@pytest.mark.parametrize(
    ("wish", "taken"),
    [
        (offered("a", "b", "c"), True),
        (offered("a", "b", "c", "d"), False),
        (offered("a", "a"), False),
        (offered("x" * 21), False),
        (offered("a", body="x" * 1025), False),
        (offered(*"abcdefghij", kind="list"), True),
        (offered(*"abcdefghijk", kind="list"), False),
        (offered("x" * 24, kind="list", body="x" * 4096), True),
        (offered("x" * 25, kind="list"), False),
        (offered("a", kind="list", opener="x" * 21), False),
        (offered("a", kind="list", body=""), False),
    ],
)
async def test_a_number_offers_three_buttons_or_a_list_of_ten(
    meta: tuple[FakeMeta, httpx.AsyncClient], wish: dict[str, Any], taken: bool
) -> None:
    fake, client = meta
    fake.heard[ANN] = time.time()
    assert ((await client.post(f"/{fake.phone}/messages", json=wish)).status_code == 200) is taken
