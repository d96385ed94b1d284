"""Mail that arrives in the mailbox is handed over once, whole, and nobody else notices."""

import asyncio
import hashlib
import logging
import time
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from imapclient import FLAGGED, SEEN, IMAPClient

from bot.channels.imap import Limits
from bot.channels.imap.connection import Connection
from bot.core.records import Cursor
from tests.integration.mail.desk import Bench, until

RAW = b"From: ada@example.com\r\nSubject: Bonjour %d\r\nMessage-ID: <%d@example.com>\r\n\r\nEffacez-moi.\r\n"
NAMELESS = b"From: ada@example.com\r\n\r\nstop\r\n"
LAST_MONTH = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)


def raw(number: int) -> bytes:
    return RAW % (number, number)


def big(size: int) -> bytes:
    line = b"0123456789abcdef" * 4 + b"\r\n"
    return raw(1) + line * (size // len(line))


def flags(client: IMAPClient, folder: str = "INBOX") -> list[set[bytes]]:
    client.select_folder(folder, readonly=True)
    uids = client.search()
    return [set(said) - {b"\\Recent"} for said in client.get_flags(uids).values()] if uids else []


async def test_a_first_start_takes_mail_from_now_on(bench: Bench) -> None:
    bench.cursors.cursors.clear()
    bench.deliver(raw(1), raw(2))
    async with bench.desk.running(bench.source()):
        await until(lambda: bench.cursors.cursors)
        bench.deliver(raw(3))
        await bench.desk.until(1)
    assert bench.desk.raws[0].endswith(raw(3))
    assert len(bench.desk.mails) == 1


async def test_mail_by_lmtp_wakes_idle_at_once(bench: Bench) -> None:
    source = bench.source()  # looks by itself every 30 seconds only
    async with bench.desk.running(source):
        await until(lambda: source.health.last_contact)
        await asyncio.sleep(0.1)
        started = time.monotonic()
        bench.deliver(raw(1))
        await bench.desk.until(1)
        assert time.monotonic() - started < 5
    [inbound] = bench.desk.mails
    validity = bench.inbox.uidvalidity
    assert (inbound.channel, inbound.source, inbound.event) == ("email", "info/INBOX", f"{validity}:1")
    assert inbound.folder == "INBOX"
    assert inbound.raw[0].endswith(raw(1))
    assert not inbound.truncated
    assert abs(inbound.received_at - datetime.now(UTC)) < timedelta(seconds=10)


async def test_mail_that_comes_just_before_idle_is_not_overlooked(bench: Bench) -> None:
    async with bench.desk.running(bench.source()):
        for number in range(60):
            bench.deliver(raw(number))
            await asyncio.sleep(0.0005 * (number % 20))
        await bench.desk.until(60, patience=8)


async def test_a_server_that_cannot_idle_is_polled(
    bench: Bench, colleague: IMAPClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "can_idle", False)
    source = bench.source(poll_seconds=0.1)
    async with bench.desk.running(source):
        await until(lambda: source.health.last_contact)
        colleague.append("INBOX", raw(1))
        await bench.desk.until(1)


@pytest.mark.rule(1)
async def test_appended_mail_keeps_the_date_the_mailbox_got_it(bench: Bench, colleague: IMAPClient) -> None:
    colleague.append("INBOX", raw(1), msg_time=LAST_MONTH)
    colleague.append("INBOX", raw(2), msg_time=datetime.now(UTC) + timedelta(days=400))
    async with bench.desk.running(bench.source()):
        first, second = await bench.desk.until(2)
    assert first.received_at == LAST_MONTH
    assert second.received_at <= datetime.now(UTC), "a date still to come is not to be trusted"


async def test_mails_without_a_message_id_and_without_anything_are_kept(bench: Bench, colleague: IMAPClient) -> None:
    for mail in (NAMELESS, NAMELESS, b"\r\n"):
        colleague.append("INBOX", mail)
    async with bench.desk.running(bench.source()):
        await bench.desk.until(3)
    assert bench.desk.raws == [NAMELESS, NAMELESS, b"\r\n"]


@pytest.mark.rule(1)
async def test_what_a_colleague_has_read_before_us_is_received_all_the_same(
    bench: Bench, colleague: IMAPClient
) -> None:
    for number, seen in enumerate(((), (SEEN,))):
        colleague.append("INBOX", raw(number), seen, msg_time=LAST_MONTH)
    async with bench.desk.running(bench.source()):
        both = await bench.desk.until(2)
    assert [inbound.received_at for inbound in both] == [LAST_MONTH, LAST_MONTH]


@pytest.mark.rule(1)
async def test_the_junk_folder_is_read_too(bench: Bench, colleague: IMAPClient) -> None:
    async with bench.desk.running(bench.source(folders=("INBOX", "Junk"), poll_seconds=0.2)):
        colleague.append("Junk", raw(1))
        colleague.append("INBOX", raw(2))
        await bench.desk.until(2)
    assert {inbound.source for inbound in bench.desk.mails} == {"info/INBOX", "info/Junk"}


async def test_a_folder_that_does_not_exist_is_told_and_keeps_nobody_waiting(
    bench: Bench, colleague: IMAPClient, caplog: pytest.LogCaptureFixture
) -> None:
    source = bench.source(folders=("INBOX", "Post"), poll_seconds=0.1)
    async with bench.desk.running(source):
        colleague.append("INBOX", raw(1))
        await bench.desk.until(1)
        await asyncio.sleep(0.3)
        assert source.health.last_error == "Post: the server refused a command"
        colleague.create_folder("Post")
        colleague.append("Post", raw(2))
        await asyncio.sleep(0.5)
        assert source.health.last_error == ""
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1, "once, not each time"


async def test_other_peoples_mail_stays_as_it_is(bench: Bench, colleague: IMAPClient) -> None:
    colleague.append("INBOX", raw(1))
    colleague.append("INBOX", raw(2), (FLAGGED, b"\\Seen", b"$Label1"))
    before = flags(colleague)
    async with bench.desk.running(bench.source()):
        await bench.desk.until(2)
    assert flags(colleague) == before == [set(), {FLAGGED, b"\\Seen", b"$Label1"}]


async def test_a_deleted_mail_between_search_and_fetch_is_tolerated(bench: Bench, colleague: IMAPClient) -> None:
    for number in range(6):
        colleague.append("INBOX", raw(number))
    bench.desk.slow = 0.3
    async with bench.desk.running(bench.source(limits=Limits(mails=2))):
        await asyncio.sleep(0.15)  # the first batch is being stored, the search is done
        colleague.select_folder("INBOX")
        colleague.delete_messages([4, 5])
        colleague.expunge()
        await until(lambda: bench.inbox.last_uid == 6)
    assert [inbound.event.partition(":")[2] for inbound in bench.desk.mails] == ["1", "2", "3", "6"]


async def test_batches_are_bounded_by_count_and_by_bytes(bench: Bench, colleague: IMAPClient) -> None:
    for size in (100, 100, 100, 40_000, 40_000, 40_000, 200_000, 100):
        colleague.append("INBOX", big(size))
    limits = Limits(mails=3, batch=100_000, piece=65_536)
    async with bench.desk.running(bench.source(limits=limits)):
        await bench.desk.until(8)
    assert [len(batch) for batch in bench.desk.batches] == [3, 2, 1, 1, 1]
    assert [len(piece) for piece in bench.desk.mails[6].raw][:-1] == [65_536] * 3
    assert bench.desk.raws[6] == big(200_000)


async def test_a_mail_of_40_mb_comes_in_pieces(bench: Bench, colleague: IMAPClient) -> None:
    mail = big(40 * 1024 * 1024)
    digest, size = hashlib.sha256(mail).digest(), len(mail)
    colleague.append("INBOX", mail)
    del mail
    tracemalloc.start()
    try:
        async with bench.desk.running(bench.source(limits=Limits(largest=50 * 1024 * 1024))):
            [inbound] = await bench.desk.until(1, patience=60)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert max(len(piece) for piece in inbound.raw) == 1024 * 1024
    assert not inbound.truncated
    together = hashlib.sha256()
    for piece in inbound.raw:
        together.update(piece)
    assert together.digest() == digest
    assert peak < size + 8 * 1024 * 1024, "one copy and a few pieces, no more"


async def test_of_a_mail_over_the_limit_only_the_head_is_kept(bench: Bench, colleague: IMAPClient) -> None:
    mail = big(40 * 1024 * 1024)
    head = mail[: 1024 * 1024]
    colleague.append("INBOX", mail)
    colleague.append("INBOX", raw(2))
    del mail
    tracemalloc.start()
    try:
        async with bench.desk.running(bench.source()):
            await bench.desk.until(2, patience=30)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    giant, other = bench.desk.mails
    assert (giant.raw, giant.truncated) == ((head,), True)
    assert other.raw == (raw(2),)
    assert peak < 12 * 1024 * 1024


async def test_a_new_uidvalidity_means_to_read_again_but_not_what_is_older_than_we_are(
    bench: Bench, colleague: IMAPClient
) -> None:
    bench.inbox = Cursor(17, 4711)
    bench.cursors.first["info/INBOX"] = datetime(2026, 3, 1, 12, tzinfo=UTC)
    colleague.append("INBOX", raw(1), msg_time=LAST_MONTH)
    colleague.append("INBOX", raw(2), msg_time=datetime(2026, 3, 1, 13, tzinfo=UTC))
    colleague.append("INBOX", raw(3), msg_time=datetime(2026, 3, 2, tzinfo=UTC))
    async with bench.desk.running(bench.source()):
        await until(lambda: bench.inbox.uidvalidity != 17)
        assert bench.desk.raws == [raw(2), raw(3)]
        colleague.append("INBOX", raw(4), msg_time=LAST_MONTH)  # a colleague moves an old letter here
        await bench.desk.until(3)


async def test_a_folder_made_anew_while_we_watch_is_read_from_its_start(bench: Bench, colleague: IMAPClient) -> None:
    colleague.create_folder("Anfragen")
    source = bench.source(folders=("Anfragen",), poll_seconds=0.2)
    async with bench.desk.running(source):
        await until(lambda: "info/Anfragen" in bench.cursors.cursors)
        colleague.append("Anfragen", raw(1))
        await bench.desk.until(1)
        await asyncio.sleep(1.1)  # UIDVALIDITY counts seconds
        colleague.delete_folder("Anfragen")
        colleague.create_folder("Anfragen")
        colleague.append("Anfragen", raw(2))
        await bench.desk.until(2)
    first, second = bench.desk.mails
    assert first.event.partition(":")[2] == second.event.partition(":")[2] == "1"
    assert first.event != second.event


async def test_an_interrupted_rescan_leaves_old_mail_alone_when_it_goes_on(bench: Bench, colleague: IMAPClient) -> None:
    bench.inbox = Cursor(17, 4711)
    bench.cursors.first["info/INBOX"] = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for number in range(4):
        colleague.append("INBOX", raw(number), msg_time=datetime(2026, 3, 2 + number, tzinfo=UTC))
    colleague.append("INBOX", raw(9), msg_time=LAST_MONTH)
    bench.desk.slow = 0.1
    async with bench.desk.running(bench.source(limits=Limits(mails=1))):
        await bench.desk.until(2)
    assert bench.inbox == Cursor(17, 4711)
    async with bench.desk.running(bench.source()):
        await until(lambda: bench.inbox.uidvalidity != 17)
    assert bench.desk.raws == [raw(number) for number in range(4)]


async def test_bodies_are_not_formatted_for_a_log(
    bench: Bench, colleague: IMAPClient, caplog: pytest.LogCaptureFixture
) -> None:
    """IMAPClient sets imaplib's debug level, which costs five times the CPU and puts whole mails into the log."""
    colleague.append("INBOX", raw(1) + b"geheim " * 40)
    caplog.set_level(logging.DEBUG)
    connection = Connection.open(bench.mailbox.server)
    try:
        connection.examine("INBOX")
        assert connection.read([1], 0, 10_000)[1].startswith(b"From: ada")
        assert connection._client._imap.debug == 0
    finally:
        connection.close()
    assert not [record for record in caplog.records if record.name == "imapclient.imaplib"]
    assert "geheim" not in caplog.text
    assert bench.mailbox.server.password not in repr(bench.mailbox)
