"""How the cast's mail programs write and read mail."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, make_msgid
from typing import Any, Final

DESK: Final = "info@nexioprojects.com"

_REFERENCE: Final = re.compile(r"\bNX-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_CODE: Final = re.compile(r"(?<![0-9A-Za-z-])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?![0-9A-Za-z-])")


@dataclass(frozen=True, slots=True)
class Received:
    """What a person got: a mail, or a chat message (then only `text` is filled)."""

    number: int
    text: str
    to: str = ""
    sender: str = ""
    subject: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: str = ""
    auto_submitted: str = ""
    html: str = ""
    at: str = ""

    @property
    def code(self) -> str:
        """The code to be typed back, or nothing."""
        found = _CODE.search(_REFERENCE.sub("", self.text))
        return found[0] if found else ""

    @property
    def reference(self) -> str:
        """The case number the mail names, or nothing."""
        found = _REFERENCE.search(f"{self.subject}\n{self.text}")
        return found[0] if found else ""

    @property
    def without_marks(self) -> str:
        """The words alone, without the code and the case number that make each mail its own."""
        return _CODE.sub("", _REFERENCE.sub("", f"{self.subject}\n{self.text}"))

    @property
    def name(self) -> str:
        """What to call it when something is wrong with it."""
        return self.subject or self.text.strip().splitlines()[0][:60]


def compose(
    name: str,
    address: str,
    subject: str,
    text: str,
    *,
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[tuple[str, str, bytes]] = (),
) -> EmailMessage:
    """Write a mail as an ordinary mail program does; an attachment is a name, a media type and bytes."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(name, addr_spec=address)
    mail["To"] = DESK
    mail["Subject"] = subject
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    for header, value in (headers or {}).items():
        mail[header] = value
    mail.set_content(text)
    for filename, media_type, content in attachments:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=filename)
    return mail


def threading(original: Received) -> dict[str, str]:
    """Return the headers by which a reply names what it answers."""
    earlier = " ".join(filter(None, (original.references, original.message_id)))
    return {"In-Reply-To": original.message_id, "References": earlier}


def quoting(language: str, original: Received) -> str:
    """Quote a mail below a reply, in the words of the person's mail program."""
    introductions: Mapping[str, str] = {
        "fr": "Le lun. 9 nov. 2026 à 10:12, Nexio Projects <{desk}> a écrit :",
        "en": "On Mon, 9 Nov 2026 at 10:12, Nexio Projects <{desk}> wrote:",
        "nl": "Op ma 9 nov 2026 om 10:12 schreef Nexio Projects <{desk}>:",
        "de": "Am Mo., 9. Nov. 2026 um 10:12 Uhr schrieb Nexio Projects <{desk}>:",
    }
    quoted = "\n".join(f"> {line}".rstrip() for line in original.text.splitlines())
    return f"{introductions[language].format(desk=DESK)}\n\n{quoted}"


def as_received(record: Mapping[str, Any]) -> Received:
    """Read one entry of the mailbox page."""
    return Received(**{key: record[key] for key in Received.__slots__ if key in record})


def bounce_of(lost: Received, by: str) -> bytes:
    """Write the report of a mail server that could not deliver a mail of ours (RFC 3464)."""
    lines = [
        f"From: Mail Delivery System <MAILER-DAEMON@{by}>",
        f"To: {DESK}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Date: {format_datetime(localtime())}",
        f"Message-ID: {make_msgid(domain=by)}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="report"',
        "",
        "--report",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Your message to {lost.to} could not be delivered: mailbox full.",
        "",
        "--report",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; mx.{by}",
        "",
        f"Final-Recipient: rfc822; {lost.to}",
        "Action: failed",
        "Status: 5.2.2",
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full",
        "",
        "--report",
        "Content-Type: text/rfc822-headers",
        "",
        f"From: {lost.sender}",
        f"To: {lost.to}",
        f"Message-ID: {lost.message_id}",
        "",
        "--report--",
        "",
    ]
    return "\r\n".join(lines).encode()
