"""The internet as the demo has it: a mail server that takes everything the service sends, for anybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES: Final = 10 << 20


@dataclass(frozen=True, slots=True)
class Posted:
    """One mail in one person's mailbox; numbers grow over all mailboxes."""

    number: int
    to: str
    sender: str
    subject: str
    message_id: str
    in_reply_to: str
    references: str
    auto_submitted: str
    text: str
    html: str
    at: datetime


class PostOffice:
    """Keeps every mail in the order it came."""

    def __init__(self) -> None:
        self.mails: list[Posted] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Deliver one mail to each of its recipients."""
        content = envelope.content
        mail = BytesParser(EmailMessage, policy=default).parsebytes(content if isinstance(content, bytes) else b"")
        for recipient in envelope.rcpt_tos:
            self.mails.append(_posted(len(self.mails) + 1, recipient.lower(), mail))
        return "250 2.0.0 delivered"

    def to(self, recipient: str, after: int = 0) -> list[Posted]:
        """Return a person's mails beyond a number."""
        return [mail for mail in self.mails[after:] if mail.to == recipient.lower()]

    def numbered(self, number: int) -> Posted | None:
        """Return one mail, or None when there is none of that number."""
        return self.mails[number - 1] if 0 < number <= len(self.mails) else None

    @asynccontextmanager
    async def open(self, host: str, port: int) -> AsyncIterator[None]:
        """Take mail on this address as long as the block lasts."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, loop=loop, data_size_limit=MOST_BYTES), host, port)
        async with server:
            yield


def _posted(number: int, recipient: str, mail: EmailMessage) -> Posted:
    return Posted(
        number=number,
        to=recipient,
        sender=str(mail.get("From", "")),
        subject=str(mail.get("Subject", "")),
        message_id=str(mail.get("Message-ID", "")),
        in_reply_to=str(mail.get("In-Reply-To", "")),
        references=str(mail.get("References", "")),
        auto_submitted=str(mail.get("Auto-Submitted", "")),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        at=datetime.now(UTC),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
