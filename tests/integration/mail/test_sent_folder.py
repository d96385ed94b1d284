"""Colleagues find what we sent where they look for it."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default
from typing import NamedTuple

import pytest
from imapclient import IMAPClient

from bot.channels.outgoing_mail import HIDDEN_CODE, build_mail
from bot.channels.sent_folder import SentFolder
from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, DraftKind
from bot.core.messages import MAIL, TELEGRAM, Handle
from tests.integration.mail.desk import Bench
from tests.servers.process import free_ports

SENDER = Address("Nexio Projects", "info", "nexioprojects.com")
ANSWER = Outgoing(
    id="1",
    draft_id="2",
    case_id="3",
    kind=DraftKind.ANSWER,
    recipient=Handle(MAIL, "ada@example.com"),
    subject="Ihre Anfrage",
    body="Guten Tag,\n\nanbei die Auskunft – vollständig.\n",
    html="<p>Guten Tag</p>",
    language="de",
    message_id="<abcdefghijklmnopqrstuvwxyz.0123456789ab@nexioprojects.com>",
    created_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
)


class Kept(NamedTuple):
    """A mail as it stands in a folder."""

    content: bytes
    flags: tuple[bytes, ...]
    dated: datetime


def contents(client: IMAPClient, folder: str) -> list[Kept]:
    client.select_folder(folder, readonly=True)
    found = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
    return [Kept(one[b"BODY[]"], one[b"FLAGS"], one[b"INTERNALDATE"]) for one in found.values()]


async def test_the_very_same_mail_is_kept_as_read(bench: Bench, colleague: IMAPClient) -> None:
    sent = SentFolder(bench.mailbox.server, SENDER)
    await sent.keep(ANSWER)
    [kept] = contents(colleague, "Sent")
    assert kept.content == build_mail(ANSWER, SENDER).as_bytes()
    assert b"\\Seen" in kept.flags
    assert kept.dated == ANSWER.created_at


async def test_a_folder_of_another_name_is_made(bench: Bench, colleague: IMAPClient) -> None:
    await SentFolder(bench.mailbox.server, SENDER, "Envoyés/Données").keep(ANSWER)
    assert len(contents(colleague, "Envoyés/Données")) == 1


async def test_a_code_is_not_for_colleagues_to_read(bench: Bench, colleague: IMAPClient) -> None:
    question = replace(
        ANSWER, kind=DraftKind.IDENTITY_QUESTION, body=f"Code: {CODE_SLOT}\n", html="", secret="K7WM-0XQD"
    )
    await SentFolder(bench.mailbox.server, SENDER).keep(question)
    [kept] = contents(colleague, "Sent")
    text = message_from_bytes(kept.content, policy=default).get_content()
    assert text.strip() == f"Code: {HIDDEN_CODE}"


async def test_chat_messages_are_not_mail(bench: Bench, colleague: IMAPClient) -> None:
    sent = SentFolder(bench.mailbox.server, SENDER)
    await sent.keep(replace(ANSWER, recipient=Handle(TELEGRAM, "4711")))
    assert contents(colleague, "Sent") == []


async def test_a_failure_is_told_in_the_log_and_stops_nothing(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    [port] = free_ports(1)
    sent = SentFolder(replace(bench.mailbox.server, port=port), SENDER)
    await sent.keep(ANSWER)
    await sent.keep(replace(ANSWER, recipient=Handle(MAIL, "no address")))
    assert caplog.text.count("is not in the Sent folder") == 2
    assert "nobody answers on this host and port" in caplog.text
    assert "ada@" not in caplog.text
