"""A password travels over verified TLS or not at all."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from imapclient import IMAPClient

from bot.channels.mail_server import MailServer
from tests.integration.mail.certificates import certify, tls_before
from tests.integration.mail.desk import Bench, until
from tests.servers.process import HOST

RAW = b"From: ada@example.com\r\nSubject: Bonjour\r\n\r\nEffacez-moi.\r\n"


async def test_mail_is_fetched_over_tls_and_idle_wakes(
    bench: Bench, colleague: IMAPClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certify(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    async with tls_before(bench.mailbox.server.port, certificate) as port:
        source = bench.source(server=replace(bench.mailbox.server, port=port, tls="tls"))
        async with bench.desk.running(source):
            await until(lambda: source.health.last_contact)
            for number in range(1, 6):
                colleague.append("INBOX", RAW)
                await bench.desk.until(number)
                await asyncio.sleep(0.002 * number)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
async def test_a_certificate_that_is_unknown_or_anothers_is_refused(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    certificate = certify(tmp_path, host)
    if host != HOST:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    async with tls_before(bench.mailbox.server.port, certificate) as port:
        source = bench.source(server=replace(bench.mailbox.server, port=port, tls="tls"))
        async with bench.desk.running(source):
            await until(lambda: source.health.failures)
            assert source.health.last_error == "the server's certificate can't be verified"


@pytest.mark.parametrize(
    ("tls", "words"),
    [
        ("starttls", "the server does not offer what the settings ask for (STARTTLS?)"),
        ("tls", "no TLS with this server: check port and tls"),
    ],
)
async def test_tls_is_never_done_without(bench: Bench, tls: Literal["tls", "starttls"], words: str) -> None:
    user = bench.dovecot.account().user
    source = bench.source(server=replace(bench.mailbox.server, tls=tls, user=user))
    async with bench.desk.running(source):
        await until(lambda: source.health.failures > 1)
        assert source.health.last_error == words
    assert user not in bench.dovecot.log, "no login was tried"


def test_plain_text_is_for_this_machine_only() -> None:
    for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9"):
        MailServer(host, 143, "none")
    for host in ("imap.example.com", "10.0.0.1", "0.0.0.0", "localhost.example.com"):
        with pytest.raises(ValueError, match="loopback only"):
            MailServer(host, 143, "none")
