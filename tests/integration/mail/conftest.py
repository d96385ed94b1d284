"""A mailbox of our own on a real Dovecot, and a colleague who looks into it."""

from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

from bot.channels.imap import Mailbox, Pauses
from bot.channels.mail_server import MailServer
from bot.core.records import Cursor
from tests.integration.mail.desk import Bench
from tests.servers.dovecot import Account, Dovecot


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    return dovecot.account()


@pytest.fixture
def colleague(dovecot: Dovecot, account: Account) -> Iterator[IMAPClient]:
    """A colleague's own mail program, logged in to the same mailbox."""
    with IMAPClient(dovecot.host, dovecot.imap_port, ssl=False) as client:
        client.normalise_times = False
        client.login(account.user, account.password)
        yield client


@pytest.fixture
def bench(dovecot: Dovecot, account: Account, colleague: IMAPClient) -> Bench:
    server = MailServer(dovecot.host, dovecot.imap_port, "none", account.user, account.password, timeout=10)
    pauses = Pauses(first=0.05, longest=0.2, refused=0.05)
    bench = Bench(dovecot, account, Mailbox("info", server, poll_seconds=30, pauses=pauses))
    for folder in ("INBOX", "Junk"):
        said = colleague.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
        bench.cursors.cursors[f"info/{folder}"] = Cursor(said[b"UIDVALIDITY"], said[b"UIDNEXT"] - 1)
    return bench
