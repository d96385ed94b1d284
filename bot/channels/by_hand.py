"""What colleagues enter, as a mail of our own making: its words and papers are read like any other's, nobody proven."""

from dataclasses import replace
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from bot.core.entering import Entry
from bot.core.messages import MAIL, Authentication, EnteredBy, Handle, Inbound, Message, Way
from bot.core.ports import Parser

_WAY: Final = "X-Entered-As"
_REACHED: Final = "X-Entered-Reached-At"
_BY: Final = "X-Entered-By"
_REASON: Final = "X-Entered-Because"
_NOBODY: Final = "nobody@entered-by-hand.invalid"
"""Stands in From where the person gave no address; RFC 2606 reserves the domain."""


def write_entry(entry: Entry) -> bytes:
    """Return an entry as the raw message that is kept."""
    mail = EmailMessage(policy.SMTP)
    by_mail = entry.sender.channel == MAIL
    mail["From"] = Address(_one_line(entry.name), addr_spec=entry.sender.value if by_mail else _NOBODY)
    mail["Date"] = format_datetime(entry.received_at)
    mail["Subject"] = _one_line(entry.subject)
    mail[_WAY] = entry.way.value
    mail[_REACHED] = "" if by_mail else _one_line(entry.sender.value)
    mail[_BY] = entry.by
    mail[_REASON] = _one_line(entry.reason)
    mail.set_content(entry.text)
    for paper in entry.papers:
        main, _, sub = paper.media_type.partition("/")
        mail.add_attachment(paper.content, maintype=main, subtype=sub, filename=paper.name)
    if entry.papers:
        digest = sha256(b"\0".join([entry.text.encode(), *(paper.content for paper in entry.papers)]))
        mail.set_boundary(digest.hexdigest())  # the same entry twice is the same bytes, and taken in once
    return mail.as_bytes()


class EntryParser:
    """Implements the core's `Parser` for entries: the mail parser reads them, who sent them stands in our own head."""

    def __init__(self, mail: Parser) -> None:
        self._mail = mail

    async def parse(self, inbound: Inbound) -> Message:
        """Return what was entered. Raises Unparsable for papers that no parser could read."""
        head = BytesHeaderParser(policy=policy.SMTP).parsebytes(b"".join(inbound.raw))
        way, reached = Way(str(head[_WAY])), str(head[_REACHED])
        read = await self._mail.parse(replace(inbound, channel=MAIL, authserv_id="", peer="", envelope_from=None))
        return Message(
            channel=way.value if reached else MAIL,
            sender=Handle(way.value, reached) if reached else read.sender,
            name=read.name,
            subject=read.subject,
            text=read.text,
            quoted=read.quoted,
            signature=read.signature,
            attachments=read.attachments,
            authentication=Authentication(),
            entered=EnteredBy(str(head[_BY]), way, str(head[_REASON])),
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())
