"""What is kept of an update before anybody reads it, and who may call the webhook."""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.telegram import TelegramOptions, TelegramSource
from bot.channels.telegram.parser import read_update
from bot.channels.telegram.shapes import Update
from bot.channels.telegram.updates import arrival
from bot.core.calls import Call
from bot.core.errors import StorageUnavailable
from bot.core.messages import Inbound
from tests.unit.telegram.samples import ANNA, GROUP, NOON, message, update

SECRET = "a-long-random-word-of-ours"
NOW = NOON + timedelta(hours=2)
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


class Hands:
    """An `accept` that keeps what it is given, unless the storage is away."""

    def __init__(self) -> None:
        self.kept: list[Inbound] = []
        self.away = False

    async def accept(self, batch: Sequence[Inbound]) -> None:
        if self.away:
            raise StorageUnavailable("locked")
        self.kept += batch


class Afternoon:
    def now(self) -> datetime:
        return NOW


def webhook(hands: Hands) -> Callable[[dict[str, str], bytes], Awaitable[int]]:
    options = TelegramOptions("123456:not-a-real-token", mode="webhook", secret=SECRET)
    (handler,) = TelegramSource(options, Afternoon()).webhooks(hands.accept).values()

    async def post(headers: dict[str, str], body: bytes) -> int:
        return (await handler(Call("POST", {name.lower(): value for name, value in headers.items()}, body=body))).status

    return post


@pytest.mark.rule(1)
def test_an_update_is_kept_raw_named_by_its_id_and_dated_by_the_platform() -> None:
    raw = update(content=message("hello"))
    kept = arrival(raw, "telegram/123456", NOW)
    assert kept == Inbound("telegram", "telegram/123456", "700000001", NOON, [raw], conversation="5112233445")


def test_an_edit_came_when_it_was_edited() -> None:
    later = NOON + timedelta(hours=1)
    kept = arrival(update("edited_message", message("x", edit_date=int(later.timestamp()))), "t", NOW)
    assert kept is not None
    assert kept.received_at == later


def test_a_button_came_now_and_not_when_its_message_was_sent() -> None:
    tap = {"id": "1", "from": ANNA, "message": message("Which?"), "data": "x"}
    kept = arrival(update("callback_query", tap), "t", NOW)
    assert kept is not None
    assert kept.received_at == NOW


@pytest.mark.rule(1, refused=True)
def test_a_time_to_come_is_not_believed() -> None:
    ahead = message("x") | {"date": int((NOW + timedelta(days=400)).timestamp())}
    kept = arrival(update(content=ahead), "t", NOW)
    assert kept is not None
    assert kept.received_at == NOW
    assert kept.received_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("message", message("hello everybody", chat=GROUP)),
        ("edited_message", message("hello everybody", chat=GROUP)),
        ("message", message("news", chat={"id": -5, "type": "channel"})),
        ("callback_query", {"id": "1", "from": ANNA, "message": message("x", chat=GROUP), "data": "x"}),
        ("callback_query", {"id": "1", "from": ANNA, "inline_message_id": "9", "data": "x"}),
        ("my_chat_member", {"chat": GROUP, "from": ANNA, "date": 5, "new_chat_member": {"status": "left"}}),
        ("channel_post", message("news")),
        ("poll", {}),
    ],
)
def test_what_was_not_said_in_private_is_not_ours(kind: str, content: Any) -> None:
    assert arrival(update(kind, content), "t", NOW) is None


def test_whoever_puts_the_bot_into_a_group_is_heard_of_for_a_word_in_private() -> None:
    change = {"chat": GROUP, "from": ANNA, "date": 5, "new_chat_member": {"status": "member"}}
    kept = arrival(update("my_chat_member", change), "t", NOW)
    assert kept is not None
    message = read_update(Update.model_validate_json(kept.raw[0]))
    assert (message.command, message.sender.value, message.text) == ("invited", str(ANNA["id"]), "")


@pytest.mark.parametrize(
    ("raw", "event"),
    [
        (b'{"update_id": 5, "message": "odd"}', "5"),
        (b'{"update_id": true}', "sha256:"),
        (b'{"update_id": ' + b"9" * 300 + b"}", "sha256:"),
        (b"no json", "sha256:"),
        (b"\xff", "sha256:"),
        (b"[1]", "sha256:"),
    ],
)
def test_what_nobody_can_read_is_kept_once(raw: bytes, event: str) -> None:
    kept, again = arrival(raw, "t", NOW), arrival(raw, "t", NOW + timedelta(minutes=1))
    assert kept is not None
    assert again is not None
    assert kept.event.startswith(event)
    assert kept.event == again.event
    assert (kept.raw, kept.received_at) == ([raw], NOW)


async def test_the_webhook_answers_200_once_the_update_is_kept() -> None:
    hands = Hands()
    assert await webhook(hands)(HEADERS, update()) == 200
    assert [kept.event for kept in hands.kept] == ["700000001"]
    assert hands.kept[0].raw == [update()]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Telegram-Bot-Api-Secret-Token": ""},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET + " "},
        {"X-Telegram-Bot-Api-Secret-Token": "é\udc80"},
        {"Authorization": SECRET},
    ],
)
async def test_a_call_without_the_secret_is_refused_and_leaves_nothing(headers: dict[str, str]) -> None:
    hands = Hands()
    assert await webhook(hands)(headers, update()) == 403
    assert await webhook(hands)(headers, b"x" * (2 << 20)) == 403
    assert hands.kept == []


async def test_the_name_of_the_header_may_be_written_in_any_case() -> None:
    assert await webhook(Hands())({"x-telegram-bot-api-secret-token": SECRET}, update()) == 200


async def test_an_oversized_call_is_refused() -> None:
    hands = Hands()
    assert await webhook(hands)(HEADERS, b" " * (1 << 20) + b"{}") == 413
    assert hands.kept == []


async def test_without_storage_the_webhook_says_503_and_takes_the_update_later() -> None:
    hands = Hands()
    hands.away = True
    assert await webhook(hands)(HEADERS, update()) == 503
    assert hands.kept == []
    hands.away = False
    assert await webhook(hands)(HEADERS, update()) == 200


async def test_poison_is_kept_raw_and_acknowledged() -> None:
    hands = Hands()
    assert await webhook(hands)(HEADERS, b'{"update_id": 9, "message": [') == 200
    assert hands.kept[0].raw == [b'{"update_id": 9, "message": [']


async def test_a_group_is_acknowledged_and_forgotten() -> None:
    hands = Hands()
    assert await webhook(hands)(HEADERS, update(content=message("hi", chat=GROUP))) == 200
    assert hands.kept == []


@pytest.mark.parametrize("token", ["", "token", "123456", "123456:", "x:abcdefgh", "123456:abc def", "12:abc\n"])
def test_what_is_no_token_is_refused_with_what_to_write(token: str) -> None:
    with pytest.raises(ValueError, match="BotFather"):
        TelegramOptions(token)


@pytest.mark.parametrize("secret", ["", "short", "spaces are not allowed", "ümlaut-ümlaut-ümlaut"])
def test_a_webhook_needs_a_secret_nobody_guesses(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        TelegramOptions("123456:abcdef", mode="webhook", secret=secret)


def test_options_never_show_their_secrets(caplog: pytest.LogCaptureFixture) -> None:
    options = TelegramOptions("123456:abcdef", mode="webhook", secret=SECRET)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").info("%r", options)
    assert "abcdef" not in caplog.text
    assert SECRET not in caplog.text


def test_the_raw_update_stays_json() -> None:
    kept = arrival(update(content=message("é 👋")), "t", NOW)
    assert kept is not None
    assert json.loads(kept.raw[0])["message"]["text"] == "é 👋"
