"""Requests go to the done folder once they are known to be some; nothing else moves."""

import asyncio

from imapclient import DELETED, FLAGGED, IMAPClient

from bot.channels.imap.connection import Connection
from bot.core.records import Cursor
from tests.integration.mail.desk import Bench, until

RAW = b"From: ada@example.com\r\nSubject: %d\r\nMessage-ID: <%d@example.com>\r\n\r\nHallo\r\n"


def subjects(client: IMAPClient, folder: str) -> list[bytes]:
    client.select_folder(folder, readonly=True)
    uids = client.search()
    found = client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (SUBJECT)]"]) if uids else {}
    return [said[b"BODY[HEADER.FIELDS (SUBJECT)]"].strip().removeprefix(b"Subject: ") for said in found.values()]


async def test_a_request_is_moved_only_after_it_is_settled(bench: Bench, colleague: IMAPClient) -> None:
    for number in (1, 2, 3):
        colleague.append("INBOX", RAW % (number, number))
    async with bench.desk.running(bench.source(done_folder="Rights désk", poll_seconds=0.1)):
        first, _, third = await bench.desk.until(3)
        asked = bench.settled.asked
        await until(lambda: bench.settled.asked >= asked + 2)
        assert subjects(colleague, "INBOX") == [b"1", b"2", b"3"], "stored, but not read yet"
        bench.settled.waiting = [first.event, third.event]
        await until(lambda: len(bench.settled.done) == 2)
    assert bench.settled.done == [first.event, third.event]
    assert subjects(colleague, "INBOX") == [b"2"]
    assert subjects(colleague, "Rights désk") == [b"1", b"3"]
    assert colleague.get_flags([1]) == {1: (b"\\Recent",)} or colleague.get_flags([1]) == {1: ()}, "still unread"


async def test_what_is_gone_or_of_another_uidvalidity_is_not_asked_for_again(
    bench: Bench, colleague: IMAPClient
) -> None:
    colleague.append("INBOX", RAW % (1, 1))
    validity = bench.inbox.uidvalidity
    bench.settled.waiting = [f"{validity}:77", "17:1"]
    source = bench.source(done_folder="Rights desk", poll_seconds=0.1)
    async with bench.desk.running(source):
        await until(lambda: len(bench.settled.done) == 2)
    assert subjects(colleague, "INBOX") == [b"1"]
    assert source.health.last_error == ""


async def test_hundreds_of_requests_are_moved(bench: Bench, colleague: IMAPClient) -> None:
    for number in range(230):
        colleague.append("INBOX", RAW % (number, number))
    async with bench.desk.running(bench.source(done_folder="Rights desk", poll_seconds=0.1)):
        mails = await bench.desk.until(230)
        bench.settled.waiting = [inbound.event for inbound in mails]
        await until(lambda: len(bench.settled.done) == 230)
    assert subjects(colleague, "INBOX") == []
    assert len(subjects(colleague, "Rights desk")) == 230


async def test_a_done_folder_that_cannot_be_made_does_not_stop_mail(bench: Bench, colleague: IMAPClient) -> None:
    colleague.append("INBOX", RAW % (1, 1))
    source = bench.source(done_folder="a//b", poll_seconds=0.1)
    async with bench.desk.running(source):
        [first] = await bench.desk.until(1)
        bench.settled.waiting = [first.event]
        await until(lambda: source.health.last_error == "a//b: the server refused a command")
        colleague.append("INBOX", RAW % (2, 2))
        await bench.desk.until(2)
    assert bench.settled.done == []
    assert subjects(colleague, "INBOX") == [b"1", b"2"]


async def test_what_colleagues_sent_stays_in_their_sent_folder(bench: Bench, colleague: IMAPClient) -> None:
    bench.settled.source = "info/Sent"
    bench.cursors.cursors["info/Sent"] = Cursor(colleague.folder_status("Sent")[b"UIDVALIDITY"], 0)
    colleague.append("Sent", RAW % (1, 1))
    options = {"folders": ("INBOX", "Sent"), "sent_folder": "Sent", "done_folder": "Rights desk", "poll_seconds": 0.05}
    async with bench.desk.running(bench.source(**options)):
        [sent] = await bench.desk.until(1)
        bench.settled.waiting = [sent.event]
        asked = bench.settled.asked
        await until(lambda: bench.settled.asked >= asked + 3)
    assert subjects(colleague, "Sent") == [b"1"]


async def test_without_a_done_folder_nobody_is_asked(bench: Bench, colleague: IMAPClient) -> None:
    colleague.append("INBOX", RAW % (1, 1))
    async with bench.desk.running(bench.source(poll_seconds=0.05)):
        await bench.desk.until(1)
        await asyncio.sleep(0.2)
    assert bench.settled.asked == 0


def test_without_the_move_command_colleagues_deleted_mail_is_not_expunged(bench: Bench, colleague: IMAPClient) -> None:
    for number in (1, 2, 3):
        colleague.append("INBOX", RAW % (number, number), (FLAGGED,))
    colleague.select_folder("INBOX")
    colleague.delete_messages([2])
    for lacking in ({b"MOVE"}, {b"MOVE", b"UIDPLUS"}):
        connection = Connection.open(bench.mailbox.server)
        try:
            able = connection._client.capabilities()
            connection._client._cached_capabilities = tuple(each for each in able if each not in lacking)
            folder = connection.examine("INBOX")
            connection.move("INBOX", folder.uidvalidity, [1 if len(lacking) == 1 else 3], "Rights desk")
        finally:
            connection.close()
    assert subjects(colleague, "Rights desk") == [b"1", b"3"]
    colleague.select_folder("INBOX", readonly=True)
    left = colleague.get_flags(colleague.search())
    assert set(left) == {2, 3}, "the first was expunged by its UID, the last is for the server to expunge"
    assert all(DELETED in flags for flags in left.values())


def test_a_folder_that_began_anew_is_left_alone(bench: Bench, colleague: IMAPClient) -> None:
    colleague.append("INBOX", RAW % (1, 1))
    connection = Connection.open(bench.mailbox.server)
    try:
        connection.move("INBOX", 17, [1], "Rights desk")
    finally:
        connection.close()
    assert subjects(colleague, "INBOX") == [b"1"]
