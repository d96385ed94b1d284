"""When a stored mail reached the company: the topmost Received line, which our own server wrote (RFC 5321 4.4)."""

from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import Final

_MOST_HEADER_BYTES: Final = 256 * 1024


def topmost_received(raw: bytes) -> datetime | None:
    """Return the time of the topmost Received line in UTC, or None where there is none that can be read.

    Never the sender's `Date`: anybody can write that.
    """
    head = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0][:_MOST_HEADER_BYTES]
    line = BytesHeaderParser().parsebytes(head).get("Received")
    if line is None:
        return None
    try:
        moment = parsedate_to_datetime(str(line).rpartition(";")[2].strip())
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
