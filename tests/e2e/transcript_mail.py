"""What people's mail programs and servers write in a transcript."""

import re
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final

from bot.channels.sender_auth.resolver import StaticResolver
from tests.e2e.transcript import Person
from tests.servers.smtp_sink import Received
from tests.unit.mail.signing import ed25519_record, ed25519_sign

DESK: Final = "info@nexioprojects.com"
_QUOTING: Final[Mapping[str, str]] = {
    "fr": "Le lun. 2 mars 2026 à 10:00, Nexio Projects <{desk}> a écrit :",
    "en": "On Mon, 2 Mar 2026 at 10:00, Nexio Projects <{desk}> wrote:",
    "nl": "Op ma 2 mrt 2026 om 10:00 schreef Nexio Projects <{desk}>:",
    "de": "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Nexio Projects <{desk}>:",
}


def publish(domains: Sequence[str]) -> StaticResolver:
    """Return the DNS in which these domains say how their mail is signed, and that what is not shall be rejected."""
    zone: dict[str, dict[str, list[Any]]] = {}
    for domain in domains:
        zone[domain] = {"TXT": ["v=spf1 -all"]}
        zone[f"_dmarc.{domain}"] = {"TXT": ["v=DMARC1; p=reject"]}
        zone[f"ed._domainkey.{domain}"] = {"TXT": [ed25519_record(domain)]}
    return StaticResolver(zone)


def text_of(mail: Received) -> str:
    """Return the plain words of a mail of ours."""
    body = mail.message.get_body(("plain",))
    if body is None:
        raise ValueError("a mail of ours has no plain text")
    return str(body.get_content()).replace("\r\n", "\n").strip("\n")


def hide_tickets(text: str) -> str:
    """Return a text of ours without what differs from letter to letter in its links."""
    return re.sub(r"(https://[\w.]+/[a-z-]+/)[a-z2-7]{26,}", r"\1…", text)


def compose(
    sender: Person, subject: str, text: str, number: int, now: Any, *, headers: Mapping[str, str] | None = None
) -> EmailMessage:
    """Write a mail as an ordinary program does."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = DESK
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{number}@{sender.domain}>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text + "\n")
    return mail


def reply_to(original: Received, text: str, language: str) -> tuple[str, str, dict[str, str]]:
    """Return subject, text and headers of a reply that quotes below, as mail programs do."""
    quoted = "\n".join(f"> {line}".rstrip() for line in text_of(original).split("\n"))
    mail_id = str(original.message["Message-ID"])
    return (
        f"Re: {original.message['Subject']}",
        f"{text}\n\n{_QUOTING[language].format(desk=DESK)}\n\n{quoted}",
        {"In-Reply-To": mail_id, "References": mail_id},
    )


def sign(mail: EmailMessage, domain: str) -> bytes:
    """Return a mail with the signature its domain's own server puts on it; without a time, for the clock stands."""
    return ed25519_sign(mail.as_bytes(), domain)


def returned(original: Received, person: Person) -> bytes:
    """Write the report of a server that could not deliver a mail of ours (RFC 3464)."""
    host = person.domain
    lines = [
        f"From: Mail Delivery System <MAILER-DAEMON@{host}>",
        f"To: {DESK}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Message-ID: <returned.{original.message['Message-ID'].strip('<>')}>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="report"',
        "",
        "--report",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Your message to {person.address} could not be delivered: mailbox full.",
        "",
        "--report",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; mx.{host}",
        "",
        f"Final-Recipient: rfc822; {person.address}",
        "Action: failed",
        "Status: 5.2.2",
        "",
        "--report",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {original.message['Message-ID']}",
        "",
        "--report--",
        "",
    ]
    return "\r\n".join(lines).encode()
