"""Failed deliveries of ours, from delivery status notifications (RFC 3464) and from older servers' prose."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.channels.mime.addresses import address_in
from bot.channels.mime.automatic import has_null_path, is_daemon
from bot.channels.mime.fields import Head, split_head
from bot.channels.mime.identifiers import message_ids
from bot.channels.mime.phrases import BOUNCE_SUBJECTS
from bot.channels.mime.structure import Part
from bot.core.messages import Bounce

_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_FAILED: Final = ("fail", "error")  # opensmtpd says error
_RETURNED: Final = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_STATUS_TYPES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_QUOTED_ID: Final = re.compile(r"^[> \t]*message-id:[ \t]*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_MOST_RECIPIENTS: Final = 50

log = logging.getLogger(__name__)
logging.getLogger("flufl.bounce").disabled = True  # its tracebacks could quote the mail


def read_bounce(root: Part, raw: bytes, sender: str, subject: str, envelope_from: str | None) -> Bounce | None:
    """Return the failed delivery a mail reports; None for good news and for any other mail."""
    leaves = list(root.walk())
    notices = [leaf for leaf in leaves if leaf.media_type in _STATUS_TYPES]
    if notices:
        return _from_notice(leaves, notices)
    if _may_be_prose(root.head, sender, subject, envelope_from):
        # Detectors trip over headers that are not ASCII
        plain_head = raw[: root.head.body].decode("ascii", "replace").encode("ascii", "replace")
        return _from_prose(leaves, plain_head + raw[root.head.body :])
    return None


def _from_notice(leaves: Iterable[Part], notices: Iterable[Part]) -> Bounce | None:
    failed: list[Mapping[str, str]] = []
    delayed: list[Mapping[str, str]] = []
    for block in _blocks(notices):
        action = block.get("action", "").lower()
        if action.startswith(_FAILED):
            failed.append(block)
        elif action.startswith("delay"):
            delayed.append(block)
    concerned = failed or delayed
    if not concerned:
        return None  # delivered, relayed, expanded
    status = next((match[0] for block in concerned if (match := _STATUS.search(block.get("status", "")))), "")
    recipients = dict.fromkeys(filter(None, map(_recipient, concerned)))
    return Bounce(bool(failed), tuple(recipients)[:_MOST_RECIPIENTS], _returned_id(leaves), status)


def _blocks(notices: Iterable[Part]) -> Iterator[Mapping[str, str]]:
    """Return the per-message and per-recipient groups of fields (RFC 3464 2.1)."""
    for notice in notices:
        content = notice.content
        at = 0
        while at < len(content):
            head = split_head(content, at)
            if head.fields:
                yield {field.name: field.value.decode("utf-8", "replace") for field in reversed(head.fields)}
            at = head.body if head.body > at else content.find(b"\n", at) + 1 or len(content)


def _recipient(block: Mapping[str, str]) -> str:
    for name in ("original-recipient", "final-recipient"):
        if address := address_in(block.get(name, "").rpartition(";")[2]):
            return address
    return ""


def _returned_id(leaves: Iterable[Part]) -> str:
    """Return the Message-ID in the mail, or its headers, that came back."""
    for leaf in leaves:
        if leaf.media_type in _RETURNED:
            found = message_ids(split_head(leaf.content.lstrip(b"\r\n")).all("message-id"))
            if found:
                return found[0]
    return ""


def _may_be_prose(head: Head, sender: str, subject: str, envelope_from: str | None) -> bool:
    from_server = is_daemon(sender) or has_null_path(head, envelope_from)
    replied = head.first("auto-submitted").lower().startswith(b"auto-replied")
    sounds = any(phrase in subject.lower() for phrase in BOUNCE_SUBJECTS)
    return from_server and not replied and (sounds or is_daemon(sender) or head.has("x-failed-recipients"))


def _from_prose(leaves: Iterable[Part], raw: bytes) -> Bounce | None:
    # Seventeen detectors and the standard parser: needed for a mail in a thousand
    from email import message_from_bytes  # noqa: PLC0415
    from email.policy import compat32  # noqa: PLC0415

    from flufl.bounce import all_failures  # noqa: PLC0415

    try:
        temporary, permanent = all_failures(message_from_bytes(raw, policy=compat32))
    except Exception as failure:  # noqa: BLE001 - a detector that trips over a strange bounce finds none; it stays machine mail
        log.info("a bounce detector failed: %s", type(failure).__name__)
        return None
    recipients = tuple(sorted(filter(None, (address_in(a.decode("latin-1")) for a in permanent or temporary))))
    if not recipients:
        return None
    return Bounce(bool(permanent), recipients[:_MOST_RECIPIENTS], _returned_id(leaves) or _quoted_id(leaves))


def _quoted_id(leaves: Iterable[Part]) -> str:
    for leaf in leaves:
        if leaf.media_type == "text/plain" and (match := _QUOTED_ID.search(leaf.text[:200_000])):
            return match[1]
    return ""
