"""Raw mail to the core's `Message`: a pure function, the same bytes the same message."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from bot.channels.mime.addresses import addresses
from bot.channels.mime.automatic import automatic_reason
from bot.channels.mime.body import Body, read_body
from bot.channels.mime.bounces import read_bounce
from bot.channels.mime.fields import Head
from bot.channels.mime.forwarding import is_forward_subject, read_forwarded
from bot.channels.mime.identifiers import message_ids
from bot.channels.mime.limits import DEFAULT_LIMITS, Limits
from bot.channels.mime.phrases import REPLY_PREFIXES
from bot.channels.mime.quotation import Division, divide, unquote
from bot.channels.mime.sender import read_sender
from bot.channels.mime.structure import Part, read_structure
from bot.channels.mime.words import decode_words, one_line, unicode_of
from bot.core.messages import MAIL, Forwarded, Handle, Inbound, Message

_LONGEST_SUBJECT: Final = 500
_MOST_RECIPIENTS: Final = 50
_DELIVERED: Final = ("to", "cc", "delivered-to", "x-original-to")


def parse(inbound: Inbound, limits: Limits = DEFAULT_LIMITS) -> Message:
    """Read a mail that passed `prescan`; of a truncated one, what is there.

    Raises Unparsable where its structure exceeds the limits. Its authentication is another's business.
    """
    raw = inbound.raw[0] if len(inbound.raw) == 1 else b"".join(inbound.raw)
    root = read_structure(raw, limits)
    head = root.head
    sender = read_sender(head)
    subject = _subject(head)
    body = read_body(root)
    division, forwarded = _divided(body, head, sender.address, subject)
    if forwarded is None:
        forwarded = _attached_mail(root, limits)
    return Message(
        channel=MAIL,
        sender=Handle(MAIL, sender.address),
        name=sender.name,
        subject=subject,
        text=division.text,
        quoted=division.quoted,
        signature=division.signature,
        html=body.html,
        recipients=addresses((value for name in _DELIVERED for value in head.all(name)), _MOST_RECIPIENTS),
        message_id=next(iter(message_ids(head.all("message-id"))), ""),
        references=message_ids([*head.all("references"), *head.all("in-reply-to")]),
        automatic=automatic_reason(head, sender.address, subject, root.media_type, inbound.envelope_from),
        bounce=read_bounce(root, raw, sender.address, subject, inbound.envelope_from),
        oddities=sender.oddities,
        attachments=body.attachments,
        forwarded=forwarded,
        sent_at=_date(head),
    )


def _subject(head: Head) -> str:
    return one_line(decode_words(unicode_of(head.first("subject"))), _LONGEST_SUBJECT)


def _divided(body: Body, head: Head, sender: str, subject: str) -> tuple[Division, Forwarded | None]:
    division = divide(body.text, sender)
    forwarded = read_forwarded(body.text, subject)
    answers = head.has("in-reply-to", "references") or subject.lower().startswith(REPLY_PREFIXES)
    if not division.text and division.quoted and forwarded is None and not answers:
        # Nothing came before, so this is no quotation: some clients wrap all they send in one
        division = Division(unquote(division.quoted), "", division.signature)
    return division, forwarded


def _attached_mail(root: Part, limits: Limits) -> Forwarded | None:
    """Return the mail that was forwarded as an attachment; a report's returned mail is none."""
    if root.media_type in {"multipart/report", "multipart/digest"}:
        return None
    attached = next((leaf for leaf in root.walk() if leaf.media_type == "message/rfc822"), None)
    if attached is None or not (is_forward_subject(_subject(root.head)) or root.media_type == "multipart/mixed"):
        return None
    inner = read_structure(attached.content.lstrip(b"\r\n"), limits)
    sender = read_sender(inner.head)
    return Forwarded(
        sender=Handle(MAIL, sender.address) if sender.address else None,
        name=sender.name,
        subject=_subject(inner.head),
        text=divide(read_body(inner).text, sender.address).text,
    )


def _date(head: Head) -> datetime | None:
    """Return what the sender claims as the time; clocks never start from it (law.md rule 1)."""
    value = head.first("date")
    try:
        moment = parsedate_to_datetime(value.decode("latin-1")) if value else None
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # no date at all, or none a calendar knows
