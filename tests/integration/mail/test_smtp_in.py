"""Mail offered to our own port is stored before we say yes, and refused in words the client can act on."""

import asyncio
import socket
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final, Protocol

import pytest

from bot.channels.smtp_in import ListenerOptions, SmtpSource
from bot.core.errors import CannotListen
from tests.integration.mail.desk import Desk, WallClock, until
from tests.servers.process import HOST

RAW = b"From: ada@example.com\r\nSubject: Bonjour\r\nMessage-ID: <1@example.com>\r\n\r\nEffacez-moi.\r\n"
TO = "RCPT TO:<info@nexioprojects.com>"
MIB = 1024 * 1024
OPTIONS = ListenerOptions(HOST, 0, frozenset({"nexioprojects.com"}))
"""A free port, and what it takes unless told otherwise."""


@dataclass
class Client:
    """A mail client, word by word."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def hear(self) -> str:
        """Read one reply, all its lines."""
        async with asyncio.timeout(10):
            lines = [await self.reader.readline()]
            while lines[-1][3:4] == b"-":
                lines.append(await self.reader.readline())
        return b"".join(lines).decode().rstrip()

    async def say(self, *lines: str) -> str:
        """Say lines one after the other, and return the reply to the last."""
        for line in lines:
            self.writer.write(line.encode() + b"\r\n")
            reply = await self.hear()
        return reply

    async def send(self, raw: bytes) -> str:
        assert (await self.say("DATA")).startswith("354")
        self.writer.write(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        await self.writer.drain()
        return await self.hear()


class Listen(Protocol):
    """Listens for the length of an `async with` block."""

    def __call__(self, options: ListenerOptions = OPTIONS) -> AbstractAsyncContextManager[SmtpSource]: ...


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def listen(desk: Desk) -> Listen:
    @asynccontextmanager
    async def start(options: ListenerOptions = OPTIONS) -> AsyncIterator[SmtpSource]:
        source = SmtpSource(options, WallClock())
        async with desk.running(source):
            await asyncio.wait_for(source.listening.wait(), 5)
            yield source

    return start


CLIENTS: Final[list[Client]] = []


@pytest.fixture(autouse=True)
async def hang_up() -> AsyncIterator[None]:
    yield
    for client in CLIENTS:
        client.writer.close()
        with suppress(ConnectionError):
            await client.writer.wait_closed()
    CLIENTS.clear()


async def call(source: SmtpSource) -> Client:
    CLIENTS.append(Client(*await asyncio.open_connection(HOST, source.port, limit=MIB)))
    return CLIENTS[-1]


async def connect(source: SmtpSource, *lines: str) -> Client:
    client = await call(source)
    assert (await client.hear()).startswith("220 localhost")
    if lines:
        assert (await client.say(*lines)).startswith("250")
    return client


async def test_a_mail_is_stored_as_it_came_with_who_brought_it(listen: Listen, desk: Desk) -> None:
    raw = RAW + b".\r\n..\r\n.dots\r\nlatin1 \xe9 and utf-8 \xc3\xa9\r\n" + b"long " * 50_000 + b"\r\n.long"
    raw += b"x" * 70_000 + b"\r\nbare \n.\n and \r.\r line ends\r\n"
    async with listen() as source:
        client = await connect(source, "EHLO mail.example.com", "MAIL FROM:<ada@example.com> SIZE=400000", TO)
        assert await client.send(raw) == "250 2.0.0 stored"
        assert await client.say("QUIT") == "221 Bye"
    [inbound] = desk.mails
    assert b"".join(inbound.raw) == raw
    assert (inbound.channel, inbound.source) == ("email", "smtp/127.0.0.1:0")
    assert (inbound.peer, inbound.helo, inbound.envelope_from) == (HOST, "mail.example.com", "ada@example.com")


@pytest.mark.parametrize("raw", [b"", b"\r\n", b".\r\n", b"\r\n.\r\n", b"..\r\n"])
async def test_small_mails_are_mails(listen: Listen, desk: Desk, raw: bytes) -> None:
    async with listen() as source:
        client = await connect(source, "EHLO x", "MAIL FROM:<>", TO)
        assert (await client.say("DATA")).startswith("354")
        client.writer.write(b"".join(b"." + line if line[:1] == b"." else line for line in raw.splitlines(True)))
        assert await client.say(".") == "250 2.0.0 stored"
    assert desk.raws == [raw]


async def test_bounces_and_letters_beyond_ascii_are_taken(listen: Listen, desk: Desk) -> None:
    async with listen() as source:
        client = await connect(source, "EHLO x", "MAIL FROM:<>", TO)
        await client.send(RAW)
        assert (await client.say("MAIL FROM:<jörg@straße.example> SMTPUTF8", TO)).startswith("250")
        await client.send(RAW)
    assert [inbound.envelope_from for inbound in desk.mails] == ["", "jörg@straße.example"]


async def test_a_retry_after_a_lost_yes_is_a_second_event_of_the_same_bytes(listen: Listen, desk: Desk) -> None:
    async with listen() as source:
        for _ in range(2):
            client = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO)
            await client.send(RAW)
    first, second = desk.mails
    assert first.event != second.event
    assert first.raw == second.raw


@pytest.mark.parametrize(
    "recipient",
    [
        "eve@example.org",
        "info@nexioprojects.com.example.org",
        "info@sub.nexioprojects.com",
        "info%nexioprojects.com@example.org",
        "@nexioprojects.com:eve@example.org",
        "nexioprojects.com",
    ],
)
async def test_there_is_no_relay(listen: Listen, desk: Desk, recipient: str) -> None:
    async with listen() as source:
        client = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>")
        assert (await client.say(f"RCPT TO:<{recipient}>")).startswith("5")
        assert (await client.say("DATA")).startswith("503")
        assert (await client.say("RCPT TO:<Info@NexioProjects.com>")) == "250 2.1.5 OK"
    assert desk.mails == []


async def test_nobody_logs_in_here(listen: Listen) -> None:
    async with listen() as source:
        client = await connect(source)
        assert "AUTH" not in await client.say("EHLO x")
        assert (await client.say("AUTH PLAIN AGFkYQBzZWNyZXQ=")).startswith("500")


async def test_recipients_are_counted(listen: Listen, desk: Desk) -> None:
    async with listen(replace(OPTIONS, recipients=3)) as source:
        client = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO, TO, TO)
        assert await client.say(TO) == "452 4.5.3 too many recipients"
        assert await client.send(RAW) == "250 2.0.0 stored"
    assert len(desk.mails) == 1


@pytest.mark.rule(41, refused=True)
async def test_what_we_cannot_store_stays_the_clients(
    listen: Listen, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async with listen() as source:
        client = await connect(source, "EHLO x")
        for trouble in ("away", "broken"):
            setattr(desk, trouble, True)
            await client.say("MAIL FROM:<ada@example.com>", TO)
            assert await client.send(RAW) == "451 4.3.0 we can't take this now, try again later"
            setattr(desk, trouble, False)
        await client.say("MAIL FROM:<ada@example.com>", TO)
        assert await client.send(RAW) == "250 2.0.0 stored"
    assert len(desk.mails) == 1
    assert "ada@" not in caplog.text


@pytest.mark.rule(41)
async def test_yes_is_said_only_after_storing(listen: Listen, desk: Desk) -> None:
    desk.slow = 0.3
    async with listen() as source:
        client = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO)
        sending = asyncio.create_task(client.send(RAW))
        await asyncio.sleep(0.15)
        assert not sending.done()
        assert await sending == "250 2.0.0 stored"
        assert len(desk.mails) == 1


async def test_a_client_who_hangs_up_too_early_loses_nothing(listen: Listen, desk: Desk) -> None:
    desk.slow = 0.2
    async with listen() as source:
        client = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO, "NOOP")
        await client.say("DATA")
        client.writer.write(RAW + b".\r\n")
        await client.writer.drain()
        client.writer.close()
        await desk.until(1)
    assert desk.raws == [RAW]


async def test_half_a_mail_is_no_mail(listen: Listen, desk: Desk) -> None:
    async with listen() as source:
        client = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO)
        await client.say("DATA")
        client.writer.write(RAW)
        await client.writer.drain()
        client.writer.close()
        other = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO)
        await other.send(RAW)
        assert source.budget.held == 0
    assert len(desk.mails) == 1


async def test_what_is_too_big_is_refused_early_and_never_held(listen: Listen, desk: Desk) -> None:
    async with listen() as source:
        client = await connect(source, "EHLO x")
        assert (await client.say(f"MAIL FROM:<ada@example.com> SIZE={100 * MIB}")).startswith("552")
        await client.say("MAIL FROM:<ada@example.com>", TO)
        assert (await client.say("DATA")).startswith("354")
        line = b"0123456789abcdef" * 512 + b"\r\n"
        tracemalloc.start()
        try:
            for _ in range(100 * MIB // (64 * len(line))):
                client.writer.write(line * 64)
                await client.writer.drain()
            client.writer.write(b".\r\n")
            assert await client.hear() == "552 5.3.4 message too big"
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 40 * MIB
        assert source.budget.held == 0
        await client.say("MAIL FROM:<ada@example.com>", TO)
        assert await client.send(RAW) == "250 2.0.0 stored"
    assert len(desk.mails) == 1


async def test_all_connections_together_hold_only_so_much(listen: Listen) -> None:
    async with listen(replace(OPTIONS, held=3 * MIB)) as source:
        clients = [await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO) for _ in range(3)]
        for client in clients:
            await client.say("DATA")
            client.writer.write((b"x" * 998 + b"\r\n") * 1500)
            await client.writer.drain()
        await until(lambda: source.budget.held == 3_000_000)
        replies = [await client.say(".") for client in clients]
        assert sorted(reply[:3] for reply in replies) == ["250", "250", "452"]
        assert source.budget.held == 0


async def test_one_client_too_many_is_sent_away(listen: Listen) -> None:
    async with listen(replace(OPTIONS, connections=2)) as source:
        first, _second = await connect(source), await connect(source)
        third = await call(source)
        assert (await third.hear()).startswith("421 4.3.2")
        assert await third.reader.read() == b""
        await first.say("QUIT")
        await until(lambda: len(source._open) == 1)
        await connect(source, "EHLO x")


async def test_silent_and_endless_clients_are_cut_off(listen: Listen) -> None:
    async with listen(replace(OPTIONS, timeout=0.3, commands=50)) as source:
        silent = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO)
        await silent.say("DATA")
        async with asyncio.timeout(5):
            assert await silent.reader.read() == b""
        endless = await connect(source, "EHLO x")
        replies = [await endless.say("NOOP") for _ in range(51)]
        assert replies[-1].startswith("421")


@pytest.mark.parametrize(
    "nonsense",
    ["MAIL FROM:<" + "a" * 600 + "@b>", "MAIL FROM:<a@b> X\x00=1", "RCPT", "MAIL FROM:<[>", "\x00\xff", "VRFY \udcff"],
)
async def test_nonsense_is_answered(listen: Listen, nonsense: str) -> None:
    async with listen() as source:
        client = await connect(source, "EHLO x")
        client.writer.write(nonsense.encode("utf-8", "surrogateescape") + b"\r\n")
        reply = await client.hear()
        assert reply[:3].isdigit()
        assert (await client.say("NOOP")).startswith("250")


async def test_a_failure_of_our_own_is_never_permanent(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listen() as source:
        client = await connect(source, "EHLO x")
        dialogue = next(iter(source._open))
        monkeypatch.setattr(dialogue, "_getaddr", lambda _: 1 / 0)
        assert await client.say("MAIL FROM:<ada@example.com>") == "451 4.3.0 we can't take this now, try again later"


async def test_closing_down_finishes_what_is_being_stored(listen: Listen, desk: Desk) -> None:
    desk.slow = 0.3
    async with listen() as source:
        idle = await connect(source, "EHLO x")
        client = await connect(source, "EHLO x", "MAIL FROM:<ada@example.com>", TO)
        sending = asyncio.create_task(client.send(RAW))
        await asyncio.sleep(0.1)
        started = time.monotonic()
    assert time.monotonic() - started < 2
    assert await sending == "250 2.0.0 stored"
    assert (await idle.hear()).startswith("421 4.3.2")
    assert len(desk.mails) == 1
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, source.port)


async def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server((HOST, 0)) as other:
        options = replace(OPTIONS, port=other.getsockname()[1])
        with pytest.raises(CannotListen, match=r"in use.*choose another"):
            await SmtpSource(options, WallClock()).run(Desk().accept)


async def test_lmtp_answers_for_each_recipient(listen: Listen, desk: Desk) -> None:
    async with listen(replace(OPTIONS, protocol="lmtp")) as source:
        client = await connect(source, "LHLO mx.nexioprojects.com", "MAIL FROM:<ada@example.com>", TO)
        assert (await client.say("RCPT TO:<eve@example.org>")).startswith("550")
        await client.say("RCPT TO:<privacy@nexioprojects.com>", "RCPT TO:<dpo@nexioprojects.com>")
        assert await client.send(RAW) == "250 2.0.0 stored"
        assert [await client.hear() for _ in range(2)] == ["250 2.0.0 stored"] * 2
        desk.away = True
        await client.say("MAIL FROM:<ada@example.com>", TO, "RCPT TO:<dpo@nexioprojects.com>")
        assert (await client.send(RAW)).startswith("451")
        assert (await client.hear()).startswith("451")
        assert (await client.say("NOOP")).startswith("250"), "and not one reply more"
    [inbound] = desk.mails
    assert inbound.raw == (RAW,), "one mail, whoever of us it is for"
    assert (inbound.peer, inbound.helo, inbound.envelope_from) == ("", "", "ada@example.com")


async def test_lmtp_does_not_speak_smtp(listen: Listen) -> None:
    async with listen(replace(OPTIONS, protocol="lmtp")) as source:
        client = await connect(source)
        assert (await client.say("EHLO x")).startswith("500")
        assert (await client.say("HELO x")).startswith("500")


async def test_behind_our_own_server_its_verdict_counts(listen: Listen, desk: Desk) -> None:
    async with listen(replace(OPTIONS, authserv_id="mx.nexioprojects.com")) as source:
        client = await connect(source, "EHLO mx.nexioprojects.com", "MAIL FROM:<ada@example.com>", TO)
        await client.send(RAW)
    [inbound] = desk.mails
    assert (inbound.authserv_id, inbound.peer, inbound.helo) == ("mx.nexioprojects.com", "", "")
