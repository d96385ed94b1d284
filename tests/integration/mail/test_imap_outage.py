"""Servers and disks go away; mail is not lost, and colleagues are told in words without personal data."""

import asyncio
import logging
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, LoginError

from bot.channels.imap import Limits, Pauses
from bot.channels.mail_server import MailServer
from tests.integration.mail.desk import Bench, until
from tests.servers.dovecot import Dovecot
from tests.servers.process import HOST

RAW = b"From: ada@example.com\r\nSubject: %d\r\n\r\nHallo\r\n"


async def test_mail_that_came_during_an_outage_is_caught_up_with(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with Dovecot() as server:
        bench.cursors.cursors.clear()
        source = bench.source(server=replace(bench.mailbox.server, port=server.imap_port), poll_seconds=0.2)
        async with bench.desk.running(source):
            await until(lambda: source.health.last_contact)
            server.kill()
            await until(lambda: source.health.failures > 2)
            assert source.health.last_error == "nobody answers on this host and port"
            await asyncio.to_thread(server.start)
            for number in range(5):
                server.deliver(bench.account.user, RAW % number)
            await bench.desk.until(5)
            await until(lambda: source.health.last_error == "")
            assert source.health.failures == 0
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == len(set(warnings)) <= 2, "each error once"
    assert bench.account.user not in caplog.text


async def test_fetching_stops_while_storage_is_away_and_resumes_alone(bench: Bench, colleague: IMAPClient) -> None:
    before = dict(bench.cursors.cursors)
    for number in range(3):
        colleague.append("INBOX", RAW % number)
    bench.desk.away = True
    source = bench.source()
    async with bench.desk.running(source):
        await until(lambda: source.health.failures > 1)
        assert source.health.last_error == "our storage can't take mail now"
        assert source.health.backlog == 3
        assert bench.cursors.cursors == before
        bench.desk.away = False
        await bench.desk.until(3)
        await until(lambda: source.health.last_error == "")
        assert source.health.backlog == 0


async def test_a_lost_commit_answer_only_means_to_hand_over_again(bench: Bench, colleague: IMAPClient) -> None:
    """Killed after the commit and before the cursor: the ledger knows the mail already."""
    before = dict(bench.cursors.cursors)
    colleague.append("INBOX", RAW % 1)
    async with bench.desk.running(bench.source()):
        await bench.desk.until(1)
    bench.cursors.cursors = before
    async with bench.desk.running(bench.source()):
        await bench.desk.knock()
    assert [len(batch) for batch in bench.desk.batches] == [1, 1]
    assert len(bench.desk.mails) == 1


def make_unreadable(bench: Bench, raw: bytes) -> None:
    """Do what a broken disk does to one mail."""
    maildir = Path(bench.dovecot.folder, "mail", bench.account.user, "Maildir")
    stored = raw.replace(b"\r\n", b"\n")
    [file] = [path for path in (*maildir.glob("cur/*"), *maildir.glob("new/*")) if path.read_bytes() == stored]
    file.chmod(0)


async def test_a_mail_the_server_cannot_show_stops_nobody_elses(bench: Bench, colleague: IMAPClient) -> None:
    for number in range(1, 6):
        colleague.append("INBOX", RAW % number)
    make_unreadable(bench, RAW % 3)
    async with bench.desk.running(bench.source()):
        mails = await bench.desk.until(5)
    assert [(inbound.event.partition(":")[2], inbound.raw, inbound.truncated) for inbound in mails] == [
        ("1", (RAW % 1,), False),
        ("2", (RAW % 2,), False),
        ("3", (), True),
        ("4", (RAW % 4,), False),
        ("5", (RAW % 5,), False),
    ]


async def test_being_stopped_while_watching_takes_no_time(bench: Bench) -> None:
    source = bench.source()
    async with bench.desk.running(source):
        await until(lambda: source.health.last_contact)
        await asyncio.sleep(0.1)
        started = time.monotonic()
    assert time.monotonic() - started < 1


async def test_being_stopped_finishes_the_batch_in_hand(bench: Bench, colleague: IMAPClient) -> None:
    for number in range(4):
        colleague.append("INBOX", RAW % number)
    bench.desk.slow = 0.3
    async with bench.desk.running(bench.source(limits=Limits(mails=2))):
        await asyncio.sleep(0.15)
    assert [len(batch) for batch in bench.desk.batches] == [2]


async def test_a_server_that_says_nothing_neither_blocks_us_nor_our_end(bench: Bench) -> None:
    with socket.create_server((HOST, 0)) as silent:
        server = MailServer(HOST, silent.getsockname()[1], "none", "info", "secret", timeout=0.2)
        source = bench.source(server=server)
        async with bench.desk.running(source):
            await until(lambda: source.health.failures > 1)
            assert source.health.last_error == "the server does not answer in time"
        patient = bench.source(server=replace(server, timeout=60))
        async with bench.desk.running(patient):
            await asyncio.sleep(0.1)
            started = time.monotonic()
        assert time.monotonic() - started < 4


async def test_an_error_of_our_own_is_told_without_its_words(
    bench: Bench, colleague: IMAPClient, caplog: pytest.LogCaptureFixture
) -> None:
    colleague.append("INBOX", RAW % 1)
    bench.desk.broken = True
    source = bench.source()
    async with bench.desk.running(source):
        await until(lambda: source.health.failures > 1)
        assert source.health.last_error == "an error of our own (RuntimeError); the log says where"
        bench.desk.broken = False
        await bench.desk.until(1)
    assert "accept" in caplog.text, "where it happened"
    assert "ada@" not in caplog.text


async def test_a_refused_login_is_told_and_tried_seldom(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    server = replace(bench.mailbox.server, user="ada@example.com", password="falsch")
    pauses = Pauses(first=0.01, longest=0.01, refused=0.4, refused_longest=0.4)
    source = bench.source(server=server, pauses=pauses)
    async with bench.desk.running(source):
        await until(lambda: source.health.failures)
        assert source.health.last_error == "the server refuses our login: check user and password"
        await asyncio.sleep(0.15)
        assert source.health.failures == 1
    assert "falsch" not in caplog.text
    assert "ada@" not in caplog.text


async def test_a_password_may_hold_any_letter(bench: Bench) -> None:
    source = bench.source(server=replace(bench.mailbox.server, password="pässwörd 密"))
    async with bench.desk.running(source):
        await until(lambda: source.health.failures)
        assert source.health.last_error == "the server refuses our login: check user and password"


def test_waits_grow_and_a_refused_login_waits_longest() -> None:
    pauses = Pauses()
    lost, refused = IMAPClientAbortError("EOF"), LoginError("[AUTHENTICATIONFAILED] no")
    assert [0.5 <= pauses.after(lost, 1) <= 1, 4 <= pauses.after(lost, 4) <= 8] == [True, True]
    assert 150 <= pauses.after(lost, 10_000) <= 300
    assert 30 <= pauses.after(refused, 1) <= 60
    assert 900 <= pauses.after(refused, 10_000) <= 1800
    assert pauses.after(LoginError("[UNAVAILABLE] later"), 1) <= 1
