"""The Bot API server of our own keeps the rules of the real one; the other tests lean on that."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.demo.bot_api import BotApi, open_bot_api
from bot.demo.chats import Chats

TOKEN = "123456:not-a-real-token"
ANNA = 5_112_233_445


class Caller:
    """Calls the server as a bot and, through the controls, as the world around it."""

    def __init__(self, client: httpx.AsyncClient, address: str, chats: Chats) -> None:
        self._client = client
        self._chats = chats
        self._bot = f"{address}{TOKEN}"
        self._world = address.removesuffix("/bot") + "/control"

    async def call(self, method: str, **wish: Any) -> httpx.Response:
        return await self._client.post(f"{self._bot}/{method}", json=wish)

    async def result(self, method: str, **wish: Any) -> Any:
        return (await self.call(method, **wish)).raise_for_status().json()["result"]

    async def happen(self, what: str, **body: Any) -> Any:
        return (await self._client.post(f"{self._world}/{what}", json=body)).raise_for_status().json()

    async def long_poll(self) -> asyncio.Task[httpx.Response]:
        """Begin to wait for updates, and return once the server knows."""
        readers = self._chats._reader
        polling = asyncio.create_task(self.call("getUpdates", timeout=5))
        async with asyncio.timeout(5):
            while self._chats._reader == readers:  # noqa: ASYNC110 - the server sends no event for it
                await asyncio.sleep(0.01)
        return polling

    async def look(self, what: str, **query: Any) -> Any:
        return (await self._client.get(f"{self._world}/{what}", params=query)).raise_for_status().json()


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    chats = Chats(TOKEN)
    async with BotApi(chats).open() as address, httpx.AsyncClient(trust_env=False, verify=False) as client:
        yield Caller(client, address, chats)


def said(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert (body["ok"], body["error_code"]) == (False, answer.status_code)
    return answer.status_code, body["description"]


async def test_it_says_who_the_bot_is(caller: Caller) -> None:
    assert await caller.result("getMe") == {
        "id": 123456,
        "is_bot": True,
        "first_name": "Rights desk",
        "username": "rights_desk_bot",
    }


async def test_a_wrong_token_or_method_is_refused() -> None:
    async with BotApi(Chats(TOKEN)).open() as address, httpx.AsyncClient(trust_env=False, verify=False) as client:
        assert said(await client.get(f"{address}123456:wrong/getMe")) == (401, "Unauthorized")
        assert said(await client.get(f"{address}{TOKEN}/getMoney")) == (404, "Not Found")


async def test_without_a_token_the_first_that_calls_is_the_bots() -> None:
    async with open_bot_api() as api, api.open() as address, httpx.AsyncClient(trust_env=False, verify=False) as client:
        assert said(await client.get(f"{address}no-number/getMe"))[0] == 401
        assert (await client.get(f"{address}77:abc/getMe")).json()["result"]["id"] == 77
        assert said(await client.get(f"{address}78:abc/getMe"))[0] == 401


async def test_it_serves_loopback_only() -> None:
    with pytest.raises(ValueError, match="this machine"):
        async with open_bot_api("0.0.0.0"):
            pass


async def test_what_people_write_waits_until_an_offset_confirms_it(caller: Caller) -> None:
    await caller.happen("say", chat_id=ANNA, first_name="Anna", language_code="nl", text="hallo")
    await caller.happen("say", chat_id=ANNA, text="nog iets")
    first, second = await caller.result("getUpdates")
    assert first["message"]["from"]["first_name"] == second["message"]["from"]["first_name"] == "Anna"
    assert first["message"]["chat"] == {"id": ANNA, "first_name": "Anna", "type": "private"}
    assert second["update_id"] == first["update_id"] + 1
    assert await caller.result("getUpdates") == [first, second]
    assert await caller.result("getUpdates", offset=second["update_id"]) == [second]
    assert await caller.result("getUpdates") == [second]
    assert await caller.result("getUpdates", offset=second["update_id"] + 1) == []
    assert await caller.look("pending") == []


async def test_a_negative_offset_forgets_all_but_the_last(caller: Caller) -> None:
    for number in range(4):
        await caller.happen("say", chat_id=ANNA, text=str(number))
    assert [update["message"]["text"] for update in await caller.result("getUpdates", offset=-1)] == ["3"]
    assert len(await caller.look("pending")) == 1


async def test_a_limit_is_kept(caller: Caller) -> None:
    for number in range(3):
        await caller.happen("say", chat_id=ANNA, text=str(number))
    assert len(await caller.result("getUpdates", limit=2)) == 2


async def test_a_long_poll_ends_with_the_first_message(caller: Caller) -> None:
    polling = await caller.long_poll()
    assert not polling.done()
    await caller.happen("say", chat_id=ANNA, text="hallo")
    async with asyncio.timeout(2):
        (update,) = (await polling).json()["result"]
    assert update["message"]["text"] == "hallo"


async def test_a_second_reader_sends_the_first_away(caller: Caller) -> None:
    first = await caller.long_poll()
    assert await caller.result("getUpdates") == []
    status, words = said(await first)
    assert status == 409
    assert "only one bot instance" in words


async def test_only_the_kinds_asked_for_are_kept(caller: Caller) -> None:
    assert await caller.result("getUpdates", allowed_updates=["message"]) == []
    message = (await caller.happen("say", chat_id=ANNA, text="hallo"))["message"]
    await caller.happen("edit", chat_id=ANNA, message_id=message["message_id"], text="hoi")
    await caller.happen("block", chat_id=ANNA)
    assert [list(update)[1] for update in await caller.result("getUpdates")] == ["message"]


async def test_edits_buttons_and_blocks_have_the_shapes_of_the_original(caller: Caller) -> None:
    message = (await caller.happen("say", chat_id=ANNA, text="hallo"))["message"]
    await caller.result("sendMessage", chat_id=ANNA, text="Which?")
    edited = (await caller.happen("edit", chat_id=ANNA, message_id=message["message_id"], text="hoi"))["edited_message"]
    assert (edited["message_id"], edited["text"]) == (message["message_id"], "hoi")
    assert edited["edit_date"] >= edited["date"]
    tap = (await caller.happen("tap", chat_id=ANNA, data="right:access"))["callback_query"]
    assert (tap["data"], tap["message"]["text"], tap["from"]["id"]) == ("right:access", "Which?", ANNA)
    assert await caller.result("answerCallbackQuery", callback_query_id=tap["id"]) is True
    change = (await caller.happen("block", chat_id=ANNA))["my_chat_member"]
    assert change["new_chat_member"]["status"] == "kicked"


async def test_the_bot_never_writes_first(caller: Caller) -> None:
    assert said(await caller.call("sendMessage", chat_id=ANNA, text="hello")) == (400, "Bad Request: chat not found")
    await caller.happen("say", chat_id=ANNA, text="hallo")
    assert (await caller.result("sendMessage", chat_id=ANNA, text="hello"))["chat"]["id"] == ANNA
    (sent,) = await caller.look("sent", chat_id=ANNA)
    assert sent["text"] == "hello"
    assert await caller.look("sent", chat_id=1) == []
    assert await caller.look("sent", after=sent["number"]) == []


async def test_the_bot_never_writes_to_who_blocked_it(caller: Caller) -> None:
    await caller.happen("say", chat_id=ANNA, text="hallo")
    await caller.happen("block", chat_id=ANNA)
    assert said(await caller.call("sendMessage", chat_id=ANNA, text="x")) == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    await caller.happen("block", chat_id=ANNA, blocked=False)
    assert (await caller.call("sendMessage", chat_id=ANNA, text="x")).is_success


@pytest.mark.parametrize(
    ("text", "words"), [(" ", "message text is empty"), ("x" * 4097, "message is too long"), ("👋" * 2049, "too long")]
)
async def test_a_text_that_telegram_would_not_take_is_refused(caller: Caller, text: str, words: str) -> None:
    await caller.happen("say", chat_id=ANNA, text="hallo")
    status, description = said(await caller.call("sendMessage", chat_id=ANNA, text=text))
    assert status == 400
    assert words in description


async def test_a_flood_is_braked(caller: Caller) -> None:
    await caller.happen("say", chat_id=ANNA, text="hallo")
    answers = [await caller.call("sendMessage", chat_id=ANNA, text="x") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["parameters"] == {"retry_after": 1}


async def test_faults_can_be_planned(caller: Caller) -> None:
    await caller.happen("say", chat_id=ANNA, text="hallo")
    for kind in ("flood", "forbidden", "error", "garble", "drop"):
        await caller.happen("fail", kind=kind, retry_after=7)
    flood = await caller.call("sendMessage", chat_id=ANNA, text="1")
    assert flood.json()["parameters"]["retry_after"] == 7
    assert (await caller.call("sendMessage", chat_id=ANNA, text="2")).status_code == 403
    assert (await caller.call("sendMessage", chat_id=ANNA, text="3")).status_code == 500
    assert "html" in (await caller.call("sendMessage", chat_id=ANNA, text="4")).text
    with pytest.raises(httpx.RemoteProtocolError):
        await caller.call("sendMessage", chat_id=ANNA, text="5")
    await caller.result("sendMessage", chat_id=ANNA, text="6")
    assert [message["text"] for message in await caller.look("sent")] == ["4", "5", "6"]


async def test_polling_is_refused_while_a_webhook_is_set(caller: Caller) -> None:
    polling = await caller.long_poll()
    await caller.result("setWebhook", url="http://127.0.0.1:9/hook", secret_token="s")
    for answer in (await polling, await caller.call("getUpdates")):
        status, words = said(answer)
        assert status == 409
        assert "webhook is active" in words
    await caller.happen("say", chat_id=ANNA, text="hallo")
    await caller.result("deleteWebhook", drop_pending_updates=False)
    assert len(await caller.result("getUpdates")) == 1


async def test_pending_updates_are_dropped_only_when_asked(caller: Caller) -> None:
    await caller.happen("say", chat_id=ANNA, text="hallo")
    await caller.result("deleteWebhook", drop_pending_updates=True)
    assert await caller.result("getUpdates") == []


async def test_it_calls_no_other_machine(caller: Caller) -> None:
    assert said(await caller.call("setWebhook", url="https://example.com/hook"))[0] == 400


async def test_a_webhook_that_fails_is_called_again_and_told(caller: Caller) -> None:
    await caller.result("setWebhook", url="http://127.0.0.1:9/hook")
    await caller.happen("say", chat_id=ANNA, text="hallo")
    async with asyncio.timeout(5):
        while "last_error_message" not in (info := await caller.result("getWebhookInfo")):  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.05)
    assert info["pending_update_count"] == 1
    assert "Connection failed" in info["last_error_message"]


async def test_parameters_may_come_as_form_address_or_json() -> None:
    async with BotApi(Chats(TOKEN)).open() as address, httpx.AsyncClient(trust_env=False, verify=False) as client:
        await client.post(f"{address.removesuffix('/bot')}/control/say", json={"chat_id": 7, "text": "hi"})
        url = f"{address}{TOKEN}/sendmessage"
        for answer in (
            await client.get(url, params={"chat_id": 7, "text": "a"}),
            await client.post(url, data={"chat_id": "7", "text": "b"}),
            await client.post(url, json={"chat_id": 7, "text": "c"}),
        ):
            assert answer.json()["ok"] is True
        assert said(await client.post(url, data={"chat_id": "Anna", "text": "d"}))[0] == 400


async def test_the_controls_are_deaf_to_pages_of_other_names() -> None:
    async with BotApi(Chats(TOKEN)).open() as address, httpx.AsyncClient(trust_env=False, verify=False) as client:
        control = address.removesuffix("/bot") + "/control/sent"
        assert (await client.get(control, headers={"Host": "evil.example"})).status_code == 400
