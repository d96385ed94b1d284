"""Reading a mail in a test as the child does."""

from datetime import UTC, datetime
from typing import Any

from bot.channels.mime.message import parse
from bot.channels.mime.prescan import prescan
from bot.core.messages import MAIL, Inbound, Message


def inbound(raw: bytes, **known: Any) -> Inbound:
    return Inbound(MAIL, "mail/INBOX", "1:1", datetime.now(UTC), [raw], **known)


def read(raw: bytes, **known: Any) -> Message:
    prescan([raw])
    return parse(inbound(raw, **known))
