"""The one builder of every mail that leaves: stored words in, a message no value can break out of.

The same outgoing always becomes the same bytes, so that a second try and the copy in Sent are that very mail.
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, MAY_SEND_ALONE, DraftKind
from bot.core.errors import PermanentFailure

LONGEST_SUBJECT: Final = 200
LONGEST_NAME: Final = 100
MOST_REFERENCES: Final = 20
HIDDEN_CODE: Final = "••••-••••"
"""What stands for the code in the copy colleagues see."""

_LONGEST_ID: Final = 250
_ID: Final = re.compile(r"(?!.*=\?)<[!-;=?-~]+@[!-;=?-~]+>")
_LOCAL_PART: Final = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x20\x7f-\xa0]{1,64}")
_DOMAIN: Final = re.compile(r"(?=.{1,253}$)[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, direction marks, broken halves, line ends
_NO_CONTROLS: Final = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)))


class _Ids(UnstructuredHeader):
    """A header of message ids, folded between them: the default turns a long id into encoded words nobody matches."""

    name: str

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"


_HEADERS: Final = HeaderRegistry()
for _name in ("message-id", "in-reply-to", "references"):
    _HEADERS.map_to_type(_name, _Ids)  # type: ignore[arg-type]  # it mixes BaseHeader in; typeshed wants it there before
_ASCII: Final = SMTP.clone(header_factory=_HEADERS)
_UTF8: Final = _ASCII.clone(utf8=True)


def build_mail(outgoing: Outgoing, sender: Address) -> EmailMessage:
    """Return the mail as it leaves, the code in its place.

    Its Date is when it was approved: "complete and ready to enter the mail delivery system" (RFC 5322 3.6.1).
    Raises PermanentFailure for what no mail can say: a recipient that is no address, a code that is no longer there.
    """
    bodies = [body for body in (outgoing.body, outgoing.html) if body]
    if any((CODE_SLOT in body) is not bool(outgoing.secret) for body in bodies) or CODE_SLOT in outgoing.subject:
        raise PermanentFailure("the letter and its code have come apart: write a new one")
    return _build(outgoing, sender, outgoing.secret)


def build_copy(outgoing: Outgoing, sender: Address) -> EmailMessage:
    """Return the same mail for colleagues to see: the code is only for who must prove themselves with it."""
    return _build(outgoing, sender, HIDDEN_CODE)


def _build(outgoing: Outgoing, sender: Address, code: str) -> EmailMessage:
    recipient = recipient_of(outgoing)
    mail = EmailMessage(policy=_ASCII if recipient.addr_spec.isascii() else _UTF8)
    mail["From"] = Address(one_line(sender.display_name, LONGEST_NAME), sender.username, sender.domain)
    mail["To"] = recipient
    mail["Subject"] = one_line(outgoing.subject, LONGEST_SUBJECT)
    mail["Date"] = outgoing.created_at
    mail["Message-ID"] = outgoing.message_id
    if replied := _ids([outgoing.in_reply_to]):
        mail["In-Reply-To"] = replied
    if references := _ids(_nearest([*outgoing.references, outgoing.in_reply_to])):
        mail["References"] = references
    if outgoing.kind in MAY_SEND_ALONE or outgoing.kind is DraftKind.NOTICE:  # RFC 3834 5; the rest is a person's
        mail["Auto-Submitted"] = "auto-generated" if outgoing.kind is DraftKind.NOTICE else "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    text = _plain(outgoing.body).replace(CODE_SLOT, code)
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    if outgoing.html:
        page = _plain(outgoing.html).replace(CODE_SLOT, html.escape(code))
        mail.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
        # "=_" never occurs in quoted-printable (RFC 2045 6.7), and the same mail gets the same line
        mail.set_boundary(f"=_{hashlib.sha256(outgoing.message_id.encode()).hexdigest()[:32]}")
    if _LANGUAGE.fullmatch(outgoing.language):
        mail["Content-Language"] = outgoing.language
    return mail


def recipient_of(outgoing: Outgoing) -> Address:
    """Return the one recipient. Raises PermanentFailure where the handle can't be written as a single address."""
    local, _, domain = outgoing.recipient.value.rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain) or one_line(local, 64) != local:
        raise PermanentFailure("the recipient is no mail address; correct it in the case")
    return Address(username=local, domain=domain)


def one_line(value: str, longest: int) -> str:
    """Return a value fit for a header: no line ends, controls or direction marks, and not too long."""
    value = value[: longest * 4]  # before any work: ten thousand letters are somebody's try
    seen = "".join(letter for letter in " ".join(value.split()) if unicodedata.category(letter) not in _UNSEEN)
    # `EmailMessage` decodes an encoded word it is given, and a line end inside one becomes a header of its own.
    line = " ".join(seen.replace("=?", "= ?").split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _plain(text: str) -> str:
    """Return a body without controls and broken characters, line ends alike."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_CONTROLS)
    return text.encode("utf-8", "replace").decode()


def _nearest(ids: list[str]) -> list[str]:
    """Keep the first and the last of a long thread (RFC 5322 3.6.4 lets the middle go)."""
    once = list(dict.fromkeys(ids))
    return once if len(once) <= MOST_REFERENCES else [once[0], *once[-MOST_REFERENCES + 1 :]]


def _ids(ids: Iterable[str]) -> str:
    return " ".join(found for found in ids if len(found) <= _LONGEST_ID and _ID.fullmatch(found))
