"""The tree of a mail's parts, found in its bytes without recursion into what is attached (RFC 2046).

Attached mails stay leaves; whoever wants to look inside reads their bytes as a mail of their own.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bot.channels.mime.charsets import decode
from bot.channels.mime.fields import Head, split_head
from bot.channels.mime.limits import DEFAULT_LIMITS, Limits
from bot.channels.mime.parameters import Parametrised, read_parametrised
from bot.core.errors import Unparsable

_MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_LONGEST_BOUNDARY: Final = 200  # RFC 2046 5.1.1 says 70; some clients write more
_PLAIN: Final = "text/plain"
_ATTACHED_MAIL: Final = "message/rfc822"


@dataclass(frozen=True, eq=False)
class Part:
    """One part: its header block, its media type, and either parts of its own or content."""

    raw: bytes
    head: Head
    end: int
    content_type: Parametrised
    media_type: str
    parts: tuple["Part", ...] = ()

    @cached_property
    def disposition(self) -> Parametrised:
        """Its Content-Disposition (RFC 2183)."""
        return read_parametrised(self.head.first("content-disposition"))

    @property
    def filename(self) -> str:
        """The name it was given, uncleaned."""
        return self.disposition.get("filename") or self.content_type.get("name")

    @cached_property
    def content(self) -> bytes:
        """Its bytes with the transfer encoding undone (RFC 2045 6)."""
        body = self.raw[self.head.body : self.end]
        encoding = self.head.first("content-transfer-encoding").lower().partition(b";")[0].strip()
        if encoding == b"quoted-printable":
            return binascii.a2b_qp(body)
        if encoding == b"base64":
            letters = body.translate(None, _NOT_BASE64)
            letters = letters[: len(letters) - (len(letters) % 4 == 1)]
            return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
        return body

    @property
    def text(self) -> str:
        """Its content as text, by its charset."""
        label, *_ = (self.content_type.get("charset") or "utf-8").split()
        return decode(self.content, label)

    def walk(self) -> Iterator["Part"]:
        """Return the leaves in the order they stand; attachments are numbered by it."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.walk()


def read_structure(raw: bytes, limits: Limits = DEFAULT_LIMITS, head: Head | None = None) -> Part:
    """Find the parts of a mail. Raises Unparsable where there are too many, or one in another too often."""
    return _Reading(raw, limits).part(head or split_head(raw), len(raw), _PLAIN, depth=0)


class _Reading:
    """One pass over one mail, counting."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self._raw = raw
        self._limits = limits
        self._count = 0

    def part(self, head: Head, end: int, default: str, depth: int) -> Part:
        self._count += 1
        if self._count > self._limits.parts:
            raise Unparsable(f"more than {self._limits.parts} parts")
        content_type = read_parametrised(head.first("content-type"))
        media_type = content_type.value if _MEDIA_TYPE.fullmatch(content_type.value) else default
        boundary = content_type.get("boundary").rstrip()
        parts: tuple[Part, ...] = ()
        if media_type.startswith("multipart/") and boundary and len(boundary) <= _LONGEST_BOUNDARY:
            if depth >= self._limits.depth:
                raise Unparsable(f"parts nested more than {self._limits.depth} deep")
            inner = _ATTACHED_MAIL if media_type == "multipart/digest" else _PLAIN
            parts = tuple(
                self.part(self._head(start, stop), stop, inner, depth + 1)
                for start, stop in self._between(boundary, head.body, end)
            )
        if media_type.startswith("multipart/") and not parts:
            media_type = _PLAIN  # nothing to split: what is there may still be read
        return Part(self._raw, head, end, content_type, media_type, parts)

    def _head(self, start: int, stop: int) -> Head:
        head = split_head(self._raw, start, stop)
        if head.body - start > self._limits.part_head:
            raise Unparsable(f"a part's header over {self._limits.part_head} bytes")
        return head

    def _between(self, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Return where each part starts and stops: the line end before a delimiter belongs to it."""
        marker = re.escape(b"--" + boundary.encode("utf-8", "replace"))
        delimiter = re.compile(rb"(?:\A|(?<=\n))" + marker + rb"(--)?[ \t]{0,80}(?:\r?\n|\Z)")
        opened = -1
        for match in delimiter.finditer(self._raw, start, end):
            if opened >= 0:
                yield opened, max(opened, self._before_line_end(match.start()))
            opened = -1 if match[1] else match.end()
            if match[1]:
                return
        if opened >= 0:
            yield opened, end

    def _before_line_end(self, at: int) -> int:
        if self._raw[at - 2 : at] == b"\r\n":
            return at - 2
        return at - 1
