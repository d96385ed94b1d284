"""What the mail server's answer, or its silence, means for a letter."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from bot.channels.mail_server import MailServer
from bot.channels.outgoing_mail import build_mail
from bot.channels.smtp_out import SmtpCourier
from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, DraftKind
from bot.core.errors import PermanentFailure, TransientFailure, UncertainDelivery
from bot.core.messages import MAIL, Handle
from tests.integration.mail.certificates import Certificate, certify
from tests.servers.process import HOST, free_ports
from tests.servers.smtp_sink import Conduct, Drop, SmtpSink

SENDER = Address("Nexio Projects", "info", "nexioprojects.com")
LETTER = Outgoing(
    id="1",
    draft_id="2",
    case_id="3",
    kind=DraftKind.IDENTITY_QUESTION,
    recipient=Handle(MAIL, "ada@example.com"),
    subject="Votre demande",
    body=f"Bonjour,\n\n.\n..\nCode : {CODE_SLOT}\n",
    html=f"<p>Code : {CODE_SLOT}</p>",
    language="fr",
    message_id="<abcdefghijklmnopqrstuvwxyz.0123456789ab@nexioprojects.com>",
    created_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    secret="7F3K-Q2M9",
)


def courier(sink: SmtpSink, tls: Literal["tls", "starttls", "none"] = "none") -> SmtpCourier:
    return SmtpCourier(MailServer(sink.host, sink.port, tls, timeout=5), SENDER, patience=5)


async def test_a_letter_arrives_as_it_was_built(smtp_sink: SmtpSink) -> None:
    receipt = await courier(smtp_sink).send(LETTER)
    [received] = smtp_sink.received
    assert receipt == "250 2.0.0 OK"
    assert received.mail_from == "info@nexioprojects.com", "bounces come back: they reopen a clock"
    assert received.rcpt_tos == ("ada@example.com",)
    assert received.content == build_mail(LETTER, SENDER).as_bytes()
    text = received.message.get_body(("plain",))
    assert text is not None
    assert "Code : 7F3K-Q2M9" in text.get_content()
    assert received.message["Message-ID"] == LETTER.message_id


async def test_letters_beyond_ascii_go_to_servers_that_take_them(smtp_sink: SmtpSink) -> None:
    await courier(smtp_sink).send(replace(LETTER, recipient=Handle(MAIL, "jörg@example.com")))
    [received] = smtp_sink.received
    assert received.rcpt_tos == ("jörg@example.com",)
    assert "To: jörg@example.com\r\n".encode() in received.content


@pytest.mark.parametrize(
    "conduct",
    [
        Conduct(mail="451 4.7.1 greylisted"),
        Conduct(recipient="450 4.2.1 mailbox busy"),
        Conduct(data="452 4.3.1 disk full"),
        Conduct(mail="421 4.3.2 closing down"),
        Conduct(mail="530 5.7.0 authentication required"),
        Conduct(drop=Drop.BEFORE_MESSAGE),
    ],
)
async def test_what_may_go_better_later_is_tried_again(smtp_sink: SmtpSink, conduct: Conduct) -> None:
    smtp_sink.plan(conduct)
    with pytest.raises(TransientFailure):
        await courier(smtp_sink).send(LETTER)
    assert not smtp_sink.received
    await courier(smtp_sink).send(LETTER)
    assert len(smtp_sink.received) == 1


@pytest.mark.parametrize(
    "conduct",
    [
        Conduct(mail="550 5.7.1 sender rejected"),
        Conduct(recipient="550 5.1.1 no such user"),
        Conduct(data="554 5.6.0 message refused"),
    ],
)
async def test_what_will_not_go_better_is_told(smtp_sink: SmtpSink, conduct: Conduct) -> None:
    smtp_sink.plan(conduct)
    with pytest.raises(PermanentFailure, match=r"^55[04] 5\.\d\.\d \w+"):
        await courier(smtp_sink).send(LETTER)
    assert not smtp_sink.received


async def test_a_connection_lost_before_the_answer_leaves_it_uncertain(smtp_sink: SmtpSink) -> None:
    smtp_sink.plan(Conduct(drop=Drop.BEFORE_REPLY))
    with pytest.raises(UncertainDelivery, match="no answer to the whole message"):
        await courier(smtp_sink).send(LETTER)
    assert len(smtp_sink.received) == 1


async def test_a_connection_lost_after_the_answer_changes_nothing(smtp_sink: SmtpSink) -> None:
    smtp_sink.plan(Conduct(drop=Drop.AFTER_REPLY))
    assert await courier(smtp_sink).send(LETTER) == "250 2.0.0 OK"


async def test_a_slow_answer_is_waited_for_only_so_long(smtp_sink: SmtpSink) -> None:
    smtp_sink.plan(Conduct(delay=0.3), Conduct(delay=30))
    server = MailServer(smtp_sink.host, smtp_sink.port, "none", timeout=5)
    hasty = SmtpCourier(server, SENDER, patience=1)
    assert await hasty.send(LETTER)
    started = time.monotonic()
    with pytest.raises(UncertainDelivery):
        await hasty.send(LETTER)
    assert time.monotonic() - started < 4


async def test_nobody_there_is_no_drama() -> None:
    [port] = free_ports(1)
    with pytest.raises(TransientFailure):
        await SmtpCourier(MailServer(HOST, port, "none", timeout=1), SENDER).send(LETTER)
    with socket.create_server((HOST, 0)) as mute:
        silent = MailServer(HOST, mute.getsockname()[1], "none", timeout=0.2)
        with pytest.raises(TransientFailure, match="Timed out"):
            await SmtpCourier(silent, SENDER).send(LETTER)


async def test_receipts_and_errors_name_nobody(smtp_sink: SmtpSink) -> None:
    smtp_sink.plan(
        Conduct(data="250 2.0.0 <ada@example.com> aB3dEf Saved"),
        Conduct(recipient="550 5.1.1 <ada@example.com>: unknown; ask postmaster@example.com " + "x" * 400),
    )
    assert await courier(smtp_sink).send(LETTER) == "250 2.0.0 <(address)> aB3dEf Saved"
    with pytest.raises(PermanentFailure) as failure:
        await courier(smtp_sink).send(LETTER)
    assert "ada" not in str(failure.value)
    assert len(str(failure.value)) <= 200


async def test_a_letter_that_cannot_be_built_opens_no_connection() -> None:
    with pytest.raises(PermanentFailure):
        await SmtpCourier(MailServer(HOST, 1, "none"), SENDER).send(replace(LETTER, secret=""))


class Submission:
    """A mail server of the company: STARTTLS, then a login, then mail."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = str(certificate.certificate)
        self.port = 0
        self.taken: list[tuple[str, bool]] = []
        self._tls = certificate.server_context()

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append((envelope.rcpt_tos[0], session.ssl is not None))
        return "250 2.0.0 queued as 4711"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"info", b"secret"), handled=False)

    def connection(self) -> SMTP:
        return SMTP(
            self,
            hostname="mx.test",
            tls_context=self._tls,
            require_starttls=True,
            auth_required=True,
            authenticator=self.authenticate,
            loop=asyncio.get_running_loop(),
        )


@pytest.fixture
async def submission(tmp_path: Path) -> AsyncIterator[Submission]:
    handler = Submission(certify(tmp_path))
    server = await asyncio.get_running_loop().create_server(handler.connection, HOST, 0)
    handler.port = server.sockets[0].getsockname()[1]
    yield handler
    server.close()


async def test_the_password_is_given_over_verified_tls(submission: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", submission.certificate)
    server = MailServer(HOST, submission.port, "starttls", "info", "secret", timeout=5)
    assert await SmtpCourier(server, SENDER).send(LETTER) == "250 2.0.0 queued as 4711"
    assert submission.taken == [("ada@example.com", True)]
    with pytest.raises(TransientFailure, match="535"):
        await SmtpCourier(replace(server, password="falsch"), SENDER).send(LETTER)
    await SmtpCourier(server, SENDER).reach()
    with pytest.raises(TransientFailure, match="535"):
        await SmtpCourier(replace(server, password="falsch"), SENDER).reach()
    assert len(submission.taken) == 1, "reaching is not sending"


async def test_an_unknown_certificate_gets_no_password_and_no_mail(submission: Submission) -> None:
    with pytest.raises(TransientFailure, match="certificate"):
        await SmtpCourier(MailServer(HOST, submission.port, "starttls", "info", "secret", timeout=5), SENDER).send(
            LETTER
        )
    assert submission.taken == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_tls_is_never_done_without(smtp_sink: SmtpSink, tls: Literal["tls", "starttls"]) -> None:
    with pytest.raises(TransientFailure):
        await courier(smtp_sink, tls).send(LETTER)
    assert not smtp_sink.received
