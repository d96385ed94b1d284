"""Telegram in both directions over HTTP, against a Bot API server of our own that keeps the platform's rules."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest
import uvicorn

from bot.channels.chat.pace import Pace
from bot.channels.telegram import TelegramCourier, TelegramOptions, TelegramParser, TelegramSource
from bot.channels.telegram.options import Pauses
from bot.console.app import build_app
from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, Choice, DraftKind
from bot.core.errors import PermanentFailure, StorageUnavailable, TransientFailure, UncertainDelivery
from bot.core.messages import Handle, Inbound, Message
from bot.demo.bot_api import BotApi, Fault
from bot.demo.chats import Chats
from tests.servers.overheard import Overheard

TOKEN: Final = "123456:not-a-real-token"
SECRET: Final = "a-long-random-word-of-ours"
HOOK_PATH: Final = "/webhooks/telegram"
ANNA: Final = 5_112_233_445
GROUP: Final = {"id": -100123, "type": "supergroup", "title": "Everybody"}
PATIENCE: Final = 10.0


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Ledger:
    """Keeps each event once, as the inbox does; it can be away, slow, or broken."""

    kept: dict[tuple[str, str], Inbound] = field(default_factory=dict)
    offers: int = 0
    away: bool = False
    broken: bool = False
    gate: asyncio.Event | None = None

    async def accept(self, batch: Sequence[Inbound]) -> None:
        self.offers += 1
        if self.away:
            raise StorageUnavailable("locked")
        if self.broken:
            raise RuntimeError("a bug of ours")
        if self.gate is not None:
            await self.gate.wait()
        for inbound in batch:
            self.kept.setdefault((inbound.source, inbound.event), inbound)

    async def read(self) -> list[Message]:
        return [await TelegramParser().parse(inbound) for inbound in self.kept.values()]

    async def texts(self) -> list[str]:
        return [message.text for message in await self.read()]


@dataclass
class World:
    """The platform, and a way to talk about our bot there."""

    api: BotApi
    options: TelegramOptions
    port: int

    @property
    def chats(self) -> Chats:
        return self.api.chats

    def fail(self, kind: str, method: str = "sendMessage", retry_after: int = 1) -> None:
        self.api.faults.append(Fault.model_validate({"kind": kind, "method": method, "retry_after": retry_after}))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    api = BotApi(Chats(TOKEN))
    async with api.open() as base_url:
        options = TelegramOptions(
            TOKEN, base_url, poll_seconds=2, check_seconds=0.1, pauses=Pauses(first=0.05, longest=0.2)
        )
        yield World(api, options, httpx.URL(base_url).port or 0)


@asynccontextmanager
async def running(source: TelegramSource, ledger: Ledger) -> AsyncIterator[TelegramSource]:
    task = asyncio.create_task(source.run(ledger.accept))
    try:
        yield source
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def polling(world: World, ledger: Ledger) -> AbstractAsyncContextManager[TelegramSource]:
    return running(TelegramSource(world.options, WallClock()), ledger)


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - looks at a world that sends no events
            await asyncio.sleep(0.01)


# -- in, by polling ----------------------------------------------------------------------------------


async def test_what_people_write_is_kept_and_then_confirmed(world: World) -> None:
    ledger = Ledger()
    async with polling(world, ledger) as source:
        written = world.chats.say(
            ANNA, "Supprimez mes données.", first_name="Anna", language_code="fr", date=1_772_712_000
        )
        await until(lambda: ledger.kept and not world.chats.pending)
    ((name, event), inbound) = next(iter(ledger.kept.items()))
    assert (name, event) == ("telegram/123456", str(written["update_id"]))
    assert inbound.received_at == datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert json.loads(inbound.raw[0]) == written
    (message,) = await ledger.read()
    assert (message.sender, message.name, message.language) == (Handle("telegram", str(ANNA)), "Anna", "fr")
    assert (source.health.last_error, source.health.backlog) == ("", None)
    assert source.health.last_contact is not None


async def test_the_word_after_start_is_not_lost(world: World) -> None:
    ledger = Ledger()
    token = "A-b_9" * 12 + "wxyz"
    world.chats.say(ANNA, f"/start {token}")  # written before we ever looked
    async with polling(world, ledger):
        await until(lambda: ledger.kept)
    (message,) = await ledger.read()
    assert (message.command, message.payload) == ("start", token)


async def test_edits_are_versions_in_the_order_they_came(world: World) -> None:
    ledger = Ledger()
    async with polling(world, ledger):
        first = world.chats.say(ANNA, "delete my account")
        await until(lambda: ledger.kept)
        world.chats.edit(ANNA, first["message"]["message_id"], "delete nothing")
        await until(lambda: len(ledger.kept) == 2)
    said, edited = await ledger.read()
    assert (said.version_of, edited.version_of) == ("", said.message_id)
    assert edited.text == "delete nothing"


async def test_buttons_and_blocks_are_kept_too(world: World) -> None:
    ledger = Ledger()
    async with polling(world, ledger):
        world.chats.say(ANNA, "hello")
        world.chats.send({"chat_id": ANNA, "text": "Which of these?"})
        world.chats.tap(ANNA, "right:access")
        world.chats.block(ANNA)
        await until(lambda: len(ledger.kept) == 3)
    _, tap, block = await ledger.read()
    assert (tap.command, tap.payload) == ("choice", "right:access")
    assert block.automatic == "my_chat_member"


async def test_nothing_is_confirmed_before_it_is_stored(world: World) -> None:
    ledger = Ledger(gate=asyncio.Event())
    world.chats.say(ANNA, "hello")
    async with polling(world, ledger):
        await until(lambda: ledger.offers)
        await asyncio.sleep(0.1)
        assert len(world.chats.pending) == 1
        assert ledger.gate is not None
        ledger.gate.set()
        await until(lambda: not world.chats.pending)
    assert await ledger.texts() == ["hello"]


async def test_while_the_storage_is_away_telegram_keeps_everything(world: World) -> None:
    ledger = Ledger(away=True)
    world.chats.say(ANNA, "one")
    async with polling(world, ledger) as source:
        await until(lambda: ledger.offers >= 3)
        world.chats.say(ANNA, "two")
        assert len(world.chats.pending) == 2
        assert source.health.last_error == "our storage can't take messages now"
        ledger.away = False
        await until(lambda: len(ledger.kept) == 2 and not world.chats.pending)
        await until(lambda: not source.health.last_error)
    assert await ledger.texts() == ["one", "two"]


async def test_a_bug_of_ours_loses_nothing_and_is_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    ledger = Ledger(broken=True)
    world.chats.say(ANNA, "one")
    async with polling(world, ledger) as source:
        await until(lambda: ledger.offers >= 2)
        assert "RuntimeError" in source.health.last_error
        ledger.broken = False
        await until(lambda: ledger.kept)
    assert caplog.text.count("Traceback") == 1


async def test_a_reader_cut_off_before_confirming_gets_it_again_and_keeps_it_once(world: World) -> None:
    ledger = Ledger()
    world.fail("drop", "getUpdates")  # read there, never heard here
    world.chats.say(ANNA, "hello")
    async with polling(world, ledger):
        await until(lambda: ledger.kept)
    async with polling(world, ledger):  # stopped before or after the confirmation, it makes no difference
        await until(lambda: not world.chats.pending)
    assert await ledger.texts() == ["hello"]


async def test_an_outage_is_told_and_caught_up() -> None:
    ledger, chats = Ledger(), Chats(TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = TelegramOptions(TOKEN, f"http://127.0.0.1:{port}/bot", poll_seconds=2, pauses=Pauses(0.05, 0.1))
    async with running(TelegramSource(options, WallClock()), ledger) as source:
        await until(lambda: source.health.last_error)
        assert source.health.last_error == "Telegram can't be reached (ConnectError)"
        async with BotApi(chats).open(port=port):
            chats.say(ANNA, "one")
            await until(lambda: len(ledger.kept) == 1)
            assert source.health.last_error == ""
        for number in range(150):  # more than one answer of getUpdates holds
            chats.say(ANNA, f"night {number}")
        await until(lambda: source.health.failures)
        async with BotApi(chats).open(port=port):
            await until(lambda: len(ledger.kept) == 151 and not chats.pending)
    assert (await ledger.texts())[-1] == "night 149"


async def test_after_a_quiet_week_the_numbers_may_begin_anew(world: World) -> None:
    ledger = Ledger()
    async with polling(replace_options(world, poll_seconds=1), ledger):
        world.chats.say(ANNA, "before")
        await until(lambda: ledger.kept and not world.chats.pending)
        readers = world.chats._reader
        await until(lambda: world.chats._reader > readers)  # the confirmation was heard, and asked once only
        world.chats.next_update_id = 42
        world.chats.say(ANNA, "after")
        await until(lambda: len(ledger.kept) == 2 and not world.chats.pending)
    assert await ledger.texts() == ["before", "after"]


def replace_options(world: World, **changes: Any) -> World:
    return replace(world, options=replace(world.options, **changes))


async def test_an_update_nobody_understands_does_not_hold_up_the_next(world: World) -> None:
    ledger = Ledger()
    world.chats.say(ANNA, "one")
    odd = world.chats.arrive("message", {"message_id": "twelve", "chat": None})
    world.chats.say(ANNA, "two")
    async with polling(world, ledger):
        await until(lambda: len(ledger.kept) == 3 and not world.chats.pending)
    poison = ledger.kept.pop(("telegram/123456", str(odd["update_id"])))
    assert json.loads(poison.raw[0]) == odd
    assert await ledger.texts() == ["one", "two"]


async def test_groups_and_channels_are_confirmed_and_not_kept(world: World) -> None:
    ledger = Ledger()
    world.chats.say(ANNA, "/stop", chat=GROUP)
    world.chats.say(ANNA, "in private")
    async with polling(world, ledger):
        await until(lambda: not world.chats.pending)
    assert await ledger.texts() == ["in private"]
    assert world.chats.sent == []


@pytest.mark.parametrize("kind", ["message", "my_chat_member", "edited_message"])
async def test_a_group_is_left_and_told_nothing(world: World, kind: str) -> None:
    member = {"user": world.chats.me(), "status": "member"}
    happened = {"message_id": 1, "chat": GROUP, "from": {"id": ANNA}, "date": 5, "new_chat_member": member}
    world.chats.arrive(kind, happened)
    ledger = Ledger()
    async with polling(world, ledger):
        await until(lambda: world.chats.left)
    assert world.chats.left == [GROUP["id"]]
    assert world.chats.sent == []
    assert await ledger.texts() == ([""] if kind == "my_chat_member" else [])


async def test_a_group_that_put_the_bot_out_is_not_left_again(world: World) -> None:
    change = {"chat": GROUP, "from": {"id": ANNA}, "date": 5, "new_chat_member": {"status": "kicked"}}
    world.chats.arrive("my_chat_member", change)
    async with polling(world, Ledger()):
        await until(lambda: not world.chats.pending)
    assert world.chats.left == []


async def test_a_tapped_button_is_let_go_and_one_too_old_holds_nothing_up(world: World) -> None:
    ledger = Ledger()
    world.chats.say(ANNA, "hello")
    async with TelegramCourier(world.options) as courier:
        await courier.send(replace(letter("Which?"), choices=(Choice("Delete my data", "erasure"),)))
    world.chats.tap(ANNA, "erasure")
    world.chats.tap(ANNA, "erasure")
    world.chats.tapped.pop()
    async with polling(world, ledger):
        await until(lambda: not world.chats.pending)
    assert world.chats.tapped == []
    taps = [(message.command, message.payload, message.text) for message in await ledger.read() if message.command]
    assert taps == [("choice", "erasure", "Delete my data")] * 2


async def test_the_menu_tells_the_commands_in_four_languages_and_its_refusal_stops_nothing(world: World) -> None:
    menu = dict.fromkeys(("", "fr", "en", "nl", "de"), (("stop", "all marketing"), ("help", "what to do")))
    world.fail("flood", "setMyCommands")
    world.chats.say(ANNA, "hello")
    ledger = Ledger()
    source = TelegramSource(replace(world.options, menu=menu), WallClock())
    async with running(source, ledger):
        await until(lambda: ledger.kept)
        assert world.chats.menu == {}
        world.fail("error", "getUpdates")
        await until(lambda: len(world.chats.menu) == 5)
    assert set(map(tuple, world.chats.menu.values())) == {("stop", "help")}


async def test_polling_takes_a_forgotten_webhook_away_and_loses_nothing(world: World) -> None:
    ledger = Ledger()
    world.chats.set_hook({"url": "http://127.0.0.1:9/gone"})
    world.chats.say(ANNA, "hello")
    async with polling(world, ledger):
        await until(lambda: ledger.kept)
    assert world.chats.hook.url == ""


async def test_a_second_poller_is_told_apart(world: World) -> None:
    ledger = Ledger()
    async with polling(world, ledger) as first, polling(world, ledger) as second:
        await until(lambda: "one place only" in first.health.last_error + second.health.last_error)


async def test_a_refused_token_is_told_in_words(world: World, caplog: pytest.LogCaptureFixture) -> None:
    wrong = replace_options(world, token="123456:another-token")
    with caplog.at_level(logging.INFO, "httpx"):
        async with polling(wrong, Ledger()) as source:
            await until(lambda: source.health.failures >= 2)
    assert "token_file" in source.health.last_error
    assert caplog.text.count("token_file") == 1
    assert "123456:…" in caplog.text
    assert "another-token" not in caplog.text


async def test_telegram_may_ask_for_patience(world: World) -> None:
    ledger = Ledger()
    world.fail("flood", "getUpdates", retry_after=1)
    world.chats.say(ANNA, "hello")
    async with polling(world, ledger) as source:
        await until(lambda: source.health.last_error)
        assert source.health.last_error == "Telegram asks to wait 1 s"
        before = asyncio.get_running_loop().time()
        await until(lambda: ledger.kept)
        assert asyncio.get_running_loop().time() - before > 0.8


async def test_an_answer_that_is_no_json_is_never_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    ledger = Ledger()
    world.fail("garble", "getUpdates")
    world.chats.say(ANNA, "hello")
    with caplog.at_level(logging.INFO):
        async with polling(world, ledger):
            await until(lambda: ledger.kept)
    assert "can't be read" in caplog.text
    assert "<html>" not in caplog.text
    assert "hello" not in caplog.text


# -- in, by webhook ----------------------------------------------------------------------------------


@pytest.fixture
async def hook_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}{HOOK_PATH}"


@asynccontextmanager
async def hooked(world: World, ledger: Ledger, url: str, secret: str = SECRET) -> AsyncIterator[TelegramSource]:
    """Run a source in webhook mode, mounted on our real web application."""
    options = replace(world.options, mode="webhook", secret=secret, webhook_url=url)
    source = TelegramSource(options, WallClock())
    assert source.by_webhook

    async def healthy() -> Mapping[str, object]:
        return {"ok": True}

    app = build_app(healthy, source.webhooks(ledger.accept))
    address = httpx.URL(url)
    server = uvicorn.Server(
        uvicorn.Config(app, host=address.host, port=address.port or 0, ws="none", lifespan="off", log_config=None)
    )
    pages = asyncio.create_task(server.serve())
    try:
        async with running(source, ledger):
            yield source
    finally:
        server.should_exit = True
        await pages


async def test_telegram_calls_us_and_is_answered_once_the_message_is_kept(world: World, hook_url: str) -> None:
    ledger = Ledger()
    world.chats.say(ANNA, "before the hook was set")
    async with hooked(world, ledger, hook_url) as source:
        await until(lambda: len(ledger.kept) == 1)
        written = world.chats.say(ANNA, "/start abc")
        await until(lambda: len(ledger.kept) == 2 and not world.chats.pending)
        await until(lambda: source.health.backlog == 0)
    kept = list(ledger.kept.values())[-1]
    assert (kept.source, kept.event) == ("telegram/123456", str(written["update_id"]))
    assert json.loads(kept.raw[0]) == written
    assert (await ledger.read())[-1].payload == "abc"


async def test_by_webhook_the_answer_lets_a_button_go_and_leaves_a_group(world: World, hook_url: str) -> None:
    ledger = Ledger()
    world.chats.say(ANNA, "hello")
    world.chats.sent.append({"message_id": 5, "chat": {"id": ANNA, "type": "private"}, "text": "Which?"})
    async with hooked(world, ledger, hook_url):
        world.chats.tap(ANNA, "erasure")
        world.chats.say(ANNA, "hello all", chat=GROUP)
        await until(lambda: world.chats.left and not world.chats.tapped)
    assert world.chats.left == [GROUP["id"]]
    assert [message.command for message in await ledger.read()] == ["", "choice"]


async def test_a_webhook_without_storage_makes_telegram_wait_and_says_so(world: World, hook_url: str) -> None:
    ledger = Ledger(away=True)
    async with hooked(world, ledger, hook_url) as source:
        world.chats.say(ANNA, "hello")
        await until(lambda: "503" in source.health.last_error)
        assert source.health.backlog == 1
        assert len(world.chats.pending) == 1
        ledger.away = False
        await until(lambda: ledger.kept and not world.chats.pending)
        await until(lambda: not source.health.last_error)


async def test_a_forged_call_leaves_nothing(world: World, hook_url: str) -> None:
    ledger = Ledger()
    async with hooked(world, ledger, hook_url) as source:
        await until(lambda: source.health.last_contact)
        world.chats.say(ANNA, "genuine")
        await until(lambda: ledger.kept)
        forged = {"update_id": 1, "message": {"message_id": 1, "chat": {"id": ANNA, "type": "private"}, "text": "x"}}
        async with httpx.AsyncClient(trust_env=False, verify=False) as forger:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "a-long-random-word-of-theirs"}):
                assert (await forger.post(hook_url, json=forged, headers=headers)).status_code == 403
            assert (await forger.get(hook_url)).status_code == 403
            replayed = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            body = next(iter(ledger.kept.values())).raw[0]
            assert (await forger.post(hook_url, content=body, headers=replayed)).status_code == 200
    assert await ledger.texts() == ["genuine"]


async def test_the_webhooks_secret_is_replaced_without_losing_a_message(world: World, hook_url: str) -> None:
    """Telegram repeats what a new secret refuses until it was told the new one."""
    ledger = Ledger()
    async with hooked(world, ledger, hook_url):
        world.chats.say(ANNA, "under the old secret")
        await until(lambda: ledger.kept)
    world.chats.say(ANNA, "in between")
    async with hooked(world, ledger, hook_url, "another-long-random-word"):
        await until(lambda: len(ledger.kept) == 2)
    assert await ledger.texts() == ["under the old secret", "in between"]
    assert world.chats.hook.secret == "another-long-random-word"


async def test_a_webhook_that_somebody_took_away_is_set_again(world: World, hook_url: str) -> None:
    async with hooked(world, Ledger(), hook_url):
        await until(lambda: world.chats.hook.url == hook_url)
        world.chats.delete_hook({})
        await until(lambda: world.chats.hook.url == hook_url)
    assert world.chats.hook.secret == SECRET


async def test_a_file_is_fetched_while_telegram_has_it(world: World, courier: TelegramCourier) -> None:
    world.chats.files["v1"] = b"OggS a voice"
    assert await courier.fetch("v1") == b"OggS a voice"
    with pytest.raises(PermanentFailure, match="Wrong file_id"):
        await courier.fetch("gone")
    world.fail("error", "getFile")
    with pytest.raises(TransientFailure):
        await courier.fetch("v1")


# -- out ---------------------------------------------------------------------------------------------


def letter(body: str, recipient: str = str(ANNA), secret: str = "") -> Outgoing:
    return Outgoing(
        id="1",
        draft_id="2",
        case_id="3",
        kind=DraftKind.ACKNOWLEDGEMENT,
        recipient=Handle("telegram", recipient),
        subject="never shown in a chat",
        body=body,
        html="",
        language="en",
        message_id="<x@example.com>",
        created_at=datetime.now(UTC),
        secret=secret,
    )


@pytest.fixture
async def courier(world: World) -> AsyncIterator[TelegramCourier]:
    world.chats.say(ANNA, "hello")
    async with TelegramCourier(world.options, Pace(per_chat=0.01)) as courier:
        yield courier


async def test_a_text_arrives_plain_and_without_preview(world: World, courier: TelegramCourier) -> None:
    receipt = await courier.send(letter("Read <b>this</b> & *that*: https://example.com/x_y_z"))
    (sent,) = world.chats.sent
    assert receipt == str(sent["message_id"])
    assert sent["chat"]["id"] == ANNA
    assert sent["text"] == "Read <b>this</b> & *that*: https://example.com/x_y_z"
    assert "parse_mode" not in sent
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}


async def test_answers_to_tap_hang_on_the_last_piece(world: World, courier: TelegramCourier) -> None:
    choices = (Choice("Delete my data", "erasure"), Choice("Stop all marketing", "unsubscribe"))
    await courier.send(replace(letter("word " * 1000), choices=choices))
    first, last = world.chats.sent
    assert "reply_markup" not in first
    rows = last["reply_markup"]["inline_keyboard"]
    assert [(button["text"], button["callback_data"]) for (button,) in rows] == [
        (choice.label, choice.word) for choice in choices
    ]


async def test_the_secret_fills_its_slot_on_the_way_and_its_absence_stops_it(
    world: World, courier: TelegramCourier
) -> None:
    await courier.send(letter(f"Your code: {CODE_SLOT}", secret="7F3K-Q2M9"))
    assert world.chats.sent[0]["text"] == "Your code: 7F3K-Q2M9"
    with pytest.raises(PermanentFailure, match="code"):
        await courier.send(letter(f"Your code: {CODE_SLOT}"))
    assert len(world.chats.sent) == 1


async def test_a_long_letter_comes_in_order_in_several_messages(world: World, courier: TelegramCourier) -> None:
    paragraphs = [f"Paragraph {number}. " + "Words 👋 " * 60 for number in range(20)]
    receipt = await courier.send(letter("\n\n".join(paragraphs)))
    assert len(world.chats.sent) == 3
    assert receipt == " ".join(str(sent["message_id"]) for sent in world.chats.sent)
    arrived = "\n\n".join(sent["text"] for sent in world.chats.sent)
    assert [line.strip() for line in arrived.split("\n\n")] == [line.strip() for line in paragraphs]


async def test_two_messages_to_one_chat_are_a_second_apart(world: World) -> None:
    world.chats.say(ANNA, "hello")
    async with TelegramCourier(world.options) as courier:
        before = asyncio.get_running_loop().time()
        await courier.send(letter("one"))
        await courier.send(letter("two"))
        assert asyncio.get_running_loop().time() - before >= 1


@pytest.mark.parametrize("recipient", ["-100123", "@anna", "anna@example.com", "", "٣٤", "12 34"])
async def test_only_a_persons_number_is_written_to(world: World, courier: TelegramCourier, recipient: str) -> None:
    with pytest.raises(PermanentFailure, match="numeric id"):
        await courier.send(letter("hello", recipient))
    assert world.chats.sent == []


async def test_an_empty_text_is_not_sent(courier: TelegramCourier) -> None:
    with pytest.raises(PermanentFailure, match="empty"):
        await courier.send(letter(" \n"))


async def test_a_flood_limit_is_told_with_its_wait_and_kept_to(world: World, courier: TelegramCourier) -> None:
    world.fail("flood", retry_after=120)
    for _ in range(2):  # the second time nobody even asks
        with pytest.raises(TransientFailure) as flood:
            await courier.send(letter("hello"))
        assert flood.value.retry_after == pytest.approx(120, abs=2)
    assert world.chats.sent == []
    assert not world.api.faults


async def test_in_the_middle_of_a_letter_a_short_flood_is_waited_for(world: World, courier: TelegramCourier) -> None:
    first = asyncio.create_task(courier.send(letter("x" * 5000)))
    await until(lambda: world.chats.sent)
    world.fail("flood", retry_after=1)
    await first
    assert [len(sent["text"]) for sent in world.chats.sent] == [4096, 904]


async def test_a_letter_that_arrived_in_part_is_uncertain(world: World) -> None:
    world.chats.say(ANNA, "hello")
    async with TelegramCourier(world.options, Pace(per_chat=0.3)) as courier:
        sending = asyncio.create_task(courier.send(letter("x" * 5000)))
        await until(lambda: world.chats.sent)
        world.chats.block(ANNA)
        with pytest.raises(UncertainDelivery, match="1 of 2 parts arrived"):
            await sending


async def test_who_blocked_the_bot_or_never_wrote_is_not_tried_again(world: World, courier: TelegramCourier) -> None:
    with pytest.raises(PermanentFailure, match="Chat not found"):
        await courier.send(letter("hello", "77"))
    world.chats.block(ANNA)
    with pytest.raises(PermanentFailure, match="can't be written to"):
        await courier.send(letter("hello"))


async def test_trouble_at_telegram_passes(world: World, courier: TelegramCourier) -> None:
    world.fail("error")
    with pytest.raises(TransientFailure, match="trouble of its own"):
        await courier.send(letter("hello"))
    await courier.send(letter("hello"))


async def test_a_refused_token_is_ours_to_repair_and_the_letter_waits(world: World) -> None:
    async with TelegramCourier(replace(world.options, token="123456:another-token")) as courier:
        with pytest.raises(TransientFailure, match="token_file"):
            await courier.send(letter("hello"))


@pytest.mark.parametrize("kind", ["drop", "garble"])
async def test_a_line_that_breaks_after_the_hand_over_leaves_it_uncertain(
    world: World, courier: TelegramCourier, kind: str
) -> None:
    world.fail(kind)
    with pytest.raises(UncertainDelivery):
        await courier.send(letter("hello"))
    assert len(world.chats.sent) == 1


async def test_where_nobody_answers_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with TelegramCourier(TelegramOptions(TOKEN, f"http://127.0.0.1:{port}/bot")) as courier:
        with pytest.raises(TransientFailure, match="can't be reached"):
            await courier.send(letter("hello"))


async def test_nobody_sees_the_bot_type() -> None:
    """What leaves in a chat are texts, and the answer that a tapped button waits for."""
    api = BotApi(Chats(TOKEN))
    api.app = wire = Overheard(api.app)  # type: ignore[assignment]
    async with api.open() as base_url:
        world = World(api, TelegramOptions(TOKEN, base_url, poll_seconds=2), httpx.URL(base_url).port or 0)
        ledger = Ledger()
        async with polling(world, ledger), TelegramCourier(world.options) as courier:
            api.chats.say(ANNA, "Wat weten jullie van mij?")
            await until(lambda: ledger.kept)
            await courier.send(letter("Wij hebben uw verzoek ontvangen."))
            api.chats.tap(ANNA, "erasure")
            await until(lambda: len(ledger.kept) == 2)
            await until(lambda: "answerCallbackQuery" in methods(wire))
    assert methods(wire) <= {"deleteWebhook", "getUpdates", "sendMessage", "answerCallbackQuery"}


def methods(wire: Overheard) -> set[str]:
    return {path.rpartition("/")[2] for _, path, _ in wire.heard}


async def test_an_answer_comes_back_to_who_wrote(world: World) -> None:
    """Both ways at once: what is read gives the handle that is written to."""
    ledger = Ledger()
    async with polling(world, ledger), TelegramCourier(world.options) as courier:
        world.chats.say(ANNA, "Wat weten jullie van mij?")
        await until(lambda: ledger.kept)
        (message,) = await ledger.read()
        await courier.send(letter("Wij hebben uw verzoek ontvangen.", message.sender.value))
    assert [(sent["chat"]["id"], sent["text"]) for sent in world.chats.sent] == [
        (ANNA, "Wij hebben uw verzoek ontvangen.")
    ]
