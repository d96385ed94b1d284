"""The servers that other tests stand on do what they promise."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from smtplib import SMTP, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from typing import LiteralString

import psycopg
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError
from sqlalchemy import create_engine, text

from tests.servers.dovecot import Account, Dovecot
from tests.servers.loopback import OutsideWorldError
from tests.servers.postgres import Postgres
from tests.servers.process import HOST, free_ports
from tests.servers.smtp_sink import Conduct, Drop, SmtpSink

RAW = b"From: ada@example.test\r\nSubject: Bonjour\r\nMessage-ID: <1@example.test>\r\n\r\nEffacez-moi.\r\n"


def log_in(server: Dovecot, account: Account) -> IMAPClient:
    client = IMAPClient(server.host, server.imap_port, ssl=False)
    try:
        client.login(account.user, account.password)
    except LoginError:
        client.shutdown()
        raise
    return client


def subjects(client: IMAPClient, folder: str = "INBOX") -> list[bytes]:
    client.select_folder(folder)
    found = client.fetch(client.search(), ["ENVELOPE"])
    return [row[b"ENVELOPE"].subject for row in found.values()]


# -- Dovecot ---------------------------------------------------------------------------------------


def test_mail_delivered_by_lmtp_is_read_by_imap(dovecot: Dovecot) -> None:
    account = dovecot.account()
    dovecot.deliver(account.user, RAW, RAW, sender="ada@example.test")
    with log_in(dovecot, account) as client:
        assert subjects(client) == [b"Bonjour", b"Bonjour"]


def test_mail_to_a_plus_address_reaches_its_user(dovecot: Dovecot) -> None:
    account = dovecot.account()
    dovecot.deliver(account.user.replace("@", "+token@"), RAW)
    with log_in(dovecot, account) as client:
        assert subjects(client) == [b"Bonjour"]


def test_each_account_is_new_and_has_junk_and_sent(dovecot: Dovecot) -> None:
    one, other = dovecot.account(), dovecot.account()
    dovecot.deliver(one.user, RAW)
    with log_in(dovecot, other) as client:
        assert {name for _, _, name in client.list_folders()} == {"INBOX", "Junk", "Sent"}
        assert client.find_special_folder(b"\\Junk") == "Junk"
        assert client.find_special_folder(b"\\Sent") == "Sent"
        assert subjects(client) == []


def test_the_mailbox_can_move_idle_and_store(dovecot: Dovecot) -> None:
    """What the mail channel needs of a server: MOVE, UIDPLUS, IDLE and CONDSTORE."""
    account = dovecot.account()
    with log_in(dovecot, account) as client:
        assert client.has_capability("MOVE")
        assert client.has_capability("UIDPLUS")
        assert client.has_capability("CONDSTORE")
        client.select_folder("INBOX")
        client.idle()
        dovecot.deliver(account.user, RAW)
        assert (1, b"EXISTS") in client.idle_check(timeout=10)
        client.idle_done()
        client.move(client.search(), "Junk")
        assert subjects(client, "Junk") == [b"Bonjour"]
        assert subjects(client) == []


def test_a_wrong_password_is_refused_at_once(dovecot: Dovecot) -> None:
    start = time.monotonic()
    with pytest.raises(LoginError):
        log_in(dovecot, Account("info@company.test", "guess"))
    assert time.monotonic() - start < 1


@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot")  # skips where Dovecot is missing
@pytest.mark.parametrize("end", [Dovecot.stop, Dovecot.kill])
def test_dovecot_comes_back_with_its_mail_on_the_same_ports(end: Callable[[Dovecot], None]) -> None:
    with Dovecot(durable=True) as server:
        account, port = server.account(), server.imap_port
        server.deliver(account.user, RAW)
        end(server)
        with pytest.raises(ConnectionRefusedError):
            log_in(server, account)
        server.start()
        assert server.imap_port == port
        with log_in(server, account) as client:
            assert subjects(client) == [b"Bonjour"]


def test_no_server_runs_as_root(dovecot: Dovecot, postgres: Postgres) -> None:
    """PostgreSQL refuses to, and neither has any need for it."""
    for server, written in ((dovecot, "run/master.pid"), (postgres, "data/postmaster.pid")):
        assert (server.folder / written).stat().st_uid == server.owner.pw_uid != 0


# -- PostgreSQL ------------------------------------------------------------------------------------


def test_an_empty_database_of_either_kind(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (word TEXT)"))  # fails when another test was here
        connection.execute(text("INSERT INTO kept VALUES (:word)"), {"word": "là"})
        assert connection.scalar(text("SELECT word FROM kept")) == "là"
    engine.dispose()


test_another_empty_database = test_an_empty_database_of_either_kind


def test_a_cloned_database_has_what_the_template_has_and_shares_nothing(postgres: Postgres) -> None:
    built: list[str] = []

    def build(url: str) -> None:
        built.append(url)
        run_sql(url, "CREATE TABLE kept (word TEXT)")

    one, other = (postgres.clone("test_servers", build) for _ in range(2))
    run_sql(one, "INSERT INTO kept VALUES ('one')")
    assert len(built) == 1
    assert count_kept(one) == 1
    assert count_kept(other) == 0
    postgres.drop_database(one)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        count_kept(one)


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres")  # skips where PostgreSQL is missing
def test_postgres_keeps_what_was_committed_before_a_power_cut() -> None:
    with Postgres(durable=True) as server:
        url = server.create_database()
        run_sql(url, "CREATE TABLE kept (word TEXT)")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            run_sql(url, "INSERT INTO kept VALUES ('never')")
        server.start()
        run_sql(url, "INSERT INTO kept VALUES ('after')")
        assert count_kept(url) == 1


def run_sql(url: str, statement: LiteralString) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def count_kept(url: str) -> int:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row
        return int(row[0])


def test_a_server_takes_another_port_when_its_own_was_taken(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert postgres.port  # skips where PostgreSQL is missing
    with socket.create_server((HOST, 0)) as squatter:
        taken = squatter.getsockname()[1]
        offers = iter([(taken, taken), free_ports(2)])
        monkeypatch.setattr("tests.servers.process.free_ports", lambda _: next(offers))
        with Postgres() as server:
            assert server.port != taken


# -- SMTP ------------------------------------------------------------------------------------------


def send(sink: SmtpSink, *recipients: str, content: bytes = RAW, patience: float = 5) -> None:
    with SMTP(sink.host, sink.port, local_hostname="localhost", timeout=patience) as client:
        client.sendmail("bot@company.test", recipients or ["ada@example.test"], content)


def test_the_sink_keeps_messages_with_their_envelopes(smtp_sink: SmtpSink) -> None:
    send(smtp_sink, "ada@example.test", "bob@example.test")
    send(smtp_sink)
    first, second = smtp_sink.wait_for(2)
    assert first.mail_from == "bot@company.test"
    assert first.rcpt_tos == ("ada@example.test", "bob@example.test")
    assert first.content == RAW
    assert first.message["Subject"] == "Bonjour"
    assert second.rcpt_tos == ("ada@example.test",)


@pytest.mark.parametrize(
    ("conduct", "error"),
    [
        (Conduct(mail="421 4.3.2 busy"), SMTPSenderRefused),
        (Conduct(recipient="550 5.1.1 nobody"), SMTPRecipientsRefused),
        (Conduct(data="451 4.3.0 later"), SMTPDataError),
        (Conduct(data="554 5.7.1 spam"), SMTPDataError),
    ],
    ids=["421", "550", "451", "554"],
)
def test_the_sink_refuses_one_message_as_planned(smtp_sink: SmtpSink, conduct: Conduct, error: type[Exception]) -> None:
    smtp_sink.plan(conduct)
    with pytest.raises(error):
        send(smtp_sink)
    assert smtp_sink.received == ()
    send(smtp_sink)
    assert len(smtp_sink.received) == 1


def test_the_sink_refuses_one_of_many_recipients(smtp_sink: SmtpSink) -> None:
    smtp_sink.plan(Conduct(recipient="550 5.1.1 nobody", refused=frozenset({"bob@example.test"})))
    send(smtp_sink, "ada@example.test", "bob@example.test")
    assert smtp_sink.received[0].rcpt_tos == ("ada@example.test",)


@pytest.mark.parametrize(("drop", "kept"), [(Drop.BEFORE_MESSAGE, 0), (Drop.BEFORE_REPLY, 1), (Drop.AFTER_REPLY, 1)])
def test_the_sink_drops_the_connection_where_planned(smtp_sink: SmtpSink, drop: Drop, kept: int) -> None:
    smtp_sink.plan(Conduct(drop=drop))
    if drop is Drop.AFTER_REPLY:
        send(smtp_sink)  # smtplib forgives a server that doesn't answer QUIT
    else:
        with pytest.raises(SMTPServerDisconnected):
            send(smtp_sink)
    assert len(smtp_sink.received) == kept
    send(smtp_sink)
    assert len(smtp_sink.received) == kept + 1


def test_a_slow_sink_has_the_message_though_the_sender_gave_up(smtp_sink: SmtpSink) -> None:
    smtp_sink.plan(Conduct(delay=60))
    with pytest.raises(SMTPServerDisconnected, match="timed out"):
        send(smtp_sink, patience=0.2)
    assert len(smtp_sink.received) == 1


def test_a_stopped_sink_refuses_and_comes_back_on_its_port(smtp_sink: SmtpSink) -> None:
    with SMTP(smtp_sink.host, smtp_sink.port, local_hostname="localhost") as idle:
        smtp_sink.stop()
        with pytest.raises(SMTPServerDisconnected):
            idle.noop()
    with pytest.raises(ConnectionRefusedError):
        send(smtp_sink)
    smtp_sink.start()
    send(smtp_sink)
    assert len(smtp_sink.received) == 1


def test_waiting_for_mail_that_does_not_come_fails(smtp_sink: SmtpSink) -> None:
    with pytest.raises(TimeoutError, match="0 of 1"):
        smtp_sink.wait_for(1, patience=0.01)


# -- the rules of conftest -------------------------------------------------------------------------


def test_no_test_reaches_another_machine() -> None:
    with pytest.raises(OutsideWorldError, match=r"example\.test"):
        socket.getaddrinfo("example.test", 25)
    with closing(socket.socket()) as tcp, pytest.raises(OutsideWorldError, match=r"192\.0\.2\.1"):
        tcp.connect(("192.0.2.1", 25))
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as udp, pytest.raises(OutsideWorldError):
        udp.sendto(b"", ("192.0.2.1", 53))


async def test_asyncio_does_not_reach_another_machine_either() -> None:
    with pytest.raises(OutsideWorldError):
        await asyncio.open_connection("192.0.2.1", 25)
    with pytest.raises(OutsideWorldError):
        await asyncio.open_connection("example.test", 25)


SKIPS = {
    "a test": "import pytest\n\ndef test_it():\n    pytest.skip('why not')\n",
    "a module": "import pytest\n\npytest.skip('why not', allow_module_level=True)\n",
}


@pytest.mark.parametrize(
    ("ci", "skipping", "workers", "code"),
    [("true", "a test", "0", 1), ("true", "a test", "1", 1), ("true", "a module", "1", 1), ("", "a test", "1", 0)],
)
def test_a_skip_is_a_failure_in_ci_only(tmp_path: Path, ci: str, skipping: str, workers: str, code: int) -> None:
    root = Path(__file__).parents[2]
    (tmp_path / "conftest.py").write_text((root / "tests" / "conftest.py").read_text())
    (tmp_path / "test_skipping.py").write_text(SKIPS[skipping])
    (tmp_path / "test_passing.py").write_text("def test_it():\n    pass\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", workers, "-p", "no:cacheprovider", tmp_path],
        cwd=root,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, run.stdout
    assert ("skipped tests are failures" in run.stdout) == bool(ci)
    assert "1 passed, 1 skipped" in run.stdout
