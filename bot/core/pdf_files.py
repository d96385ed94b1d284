"""PDFs (ISO 32000-2) that would run or send something where they are opened. Pure."""

import re
import zlib
from collections.abc import Iterator
from typing import Final

_NAME: Final = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]+)")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_BEGIN: Final = b"stream"
_END: Final = b"endstream"
_ACTIVE: Final = frozenset({b"JavaScript", b"JS", b"Launch", b"SubmitForm", b"ImportData", b"RichMedia", b"XFA"})
"""Scripts, programs that are started, forms that send or fetch, players (12.6.4, 13.7); a file within is none."""

_TOLD: Final = _ACTIVE | {b"Encrypt"}
_PACKED: Final = b"ObjStm"
_MOST_UNPACKED: Final = 1 << 25
"""Of all packed objects of a file together, so that a small one fills no memory and no hour."""


def is_active(data: bytes) -> bool:
    """Say whether a PDF runs or sends something, or is locked or packed so that nobody can see whether it does."""
    return any(objects is None or _TOLD.intersection(_names(objects)) for objects in _objects(data))


def _objects(data: bytes) -> Iterator[bytes | None]:
    """Return what objects say beside their streams, and in streams of packed objects; None is what is hidden."""
    done, left = 0, _MOST_UNPACKED
    while (begin := data.find(_BEGIN, done)) >= 0 and (end := data.find(_END, begin + len(_BEGIN))) >= 0:
        said, done = data[done:begin], end + len(_END)
        yield said
        if _PACKED in _names(said.rpartition(b"obj")[2]):
            objects = _unpacked(data[begin + len(_BEGIN) : end].lstrip(b"\r\n"), left)
            left -= len(objects or b"")
            yield objects
    yield data[done:]


def _unpacked(packed: bytes, most: int) -> bytes | None:
    """Return the objects of a stream (7.5.7), or None for what is not deflated, or is too much."""
    try:
        inflating = zlib.decompressobj()
        objects = inflating.decompress(packed, max(most, 1))
    except zlib.error:
        return None
    return objects if inflating.eof else None


def _names(objects: bytes) -> set[bytes]:
    return {_ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), name) for name in _NAME.findall(objects)}
