"""What goes between the desk and the child that reads mail: lengths, JSON and bytes, and no pickle to be fooled by."""

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO, Final

from bot.core.messages import Inbound, Message

LENGTH: Final = struct.Struct(">I")
LARGEST_ANSWER: Final = 16 * 1024 * 1024


def pack_inbound(inbound: Inbound) -> Iterator[bytes]:
    """Return the frames of a request: what is known of the mail, then its bytes in their pieces."""
    known = {
        "channel": inbound.channel,
        "source": inbound.source,
        "event": inbound.event,
        "received_at": inbound.received_at.isoformat(),
        "authserv_id": inbound.authserv_id,
        "peer": inbound.peer,
        "helo": inbound.helo,
        "envelope_from": inbound.envelope_from,
        "folder": inbound.folder,
        "truncated": inbound.truncated,
    }
    envelope = json.dumps(known).encode()
    yield LENGTH.pack(len(envelope)) + envelope + LENGTH.pack(len(inbound.raw))
    for piece in inbound.raw:
        yield LENGTH.pack(len(piece))
        yield piece


def unpack_inbound(stream: BinaryIO) -> Inbound | None:
    """Read one request; None when the desk has closed the line."""
    size = stream.read(LENGTH.size)
    if len(size) < LENGTH.size:
        return None
    known: dict[str, Any] = json.loads(stream.read(LENGTH.unpack(size)[0]))
    known["received_at"] = datetime.fromisoformat(known["received_at"])
    (pieces,) = LENGTH.unpack(stream.read(LENGTH.size))
    raw = [stream.read(LENGTH.unpack(stream.read(LENGTH.size))[0]) for _ in range(pieces)]
    return Inbound(raw=raw, **known)


def pack_answer(answer: Message | str) -> bytes:
    """Return a message, or the reason why there is none, as one frame."""
    content = {"unparsable": answer} if isinstance(answer, str) else {"message": asdict(answer)}
    body = json.dumps(content, default=_plain, ensure_ascii=False).encode("utf-8", "replace")
    return LENGTH.pack(len(body)) + body


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not go over the wire")
