"""The one reading of a header block that parsing and sender authentication share.

Two parsers that disagree about where a header starts are how forged mail gets through, so nobody here splits
header lines a second time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_NAME: Final = re.compile(rb"([!-9;-~]+)[ \t]*:")
_BARE_CR: Final = re.compile(rb"\r(?!\n)")
_BARE_LF: Final = re.compile(rb"(?<!\r)\n")
_MBOX: Final = re.compile(rb">?From (?![ \t]*:)[^\n]*\n")  # but "From : x" is a field


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name in lower case and its bytes as they arrived, folds and line end included."""

    name: str
    raw: bytes

    @property
    def value(self) -> bytes:
        """What follows the colon, unfolded (RFC 5322 2.2.3) and trimmed."""
        _, _, value = self.raw.partition(b":")
        return value.replace(b"\r\n", b"").replace(b"\n", b"").strip(b" \t\r")


@dataclass(frozen=True, slots=True)
class Head:
    """A header block. `body` is where the body starts; `bare_breaks` that a lone CR or LF stands in it.

    A line that is neither a field nor a fold ends the block, as Postfix has it, and begins the body.
    """

    fields: tuple[Field, ...]
    body: int
    bare_breaks: bool = False

    def all(self, name: str) -> Iterator[bytes]:
        """Return the values of every field of a name (in lower case), top first."""
        return (field.value for field in self.fields if field.name == name)

    def first(self, name: str) -> bytes:
        """Return the value of the topmost field of a name, empty where there is none."""
        return next(self.all(name), b"")

    def count(self, name: str) -> int:
        """Count the fields of a name."""
        return sum(1 for field in self.fields if field.name == name)

    def has(self, *names: str) -> bool:
        """Say whether any of these fields is there."""
        return any(field.name in names for field in self.fields)


def split_head(raw: bytes, start: int = 0, end: int | None = None) -> Head:
    """Split the header block that begins at `start`."""
    end = len(raw) if end is None else end
    begin = start
    if start == 0 and (mbox := _MBOX.match(raw, 0, end)):
        begin = start = mbox.end()  # the separator line of an mbox file
    fields: list[Field] = []
    field_start, name = start, ""
    at = start
    while at < end:
        stop = raw.find(b"\n", at, end) + 1 or end
        if raw[at : at + 1] in b" \t" and name:
            at = stop
            continue
        match = _NAME.match(raw, at, stop)
        if name:
            fields.append(Field(name, raw[field_start:at]))
            name = ""
        if match is None:
            at = at if raw[at:stop].strip(b"\r\n") else stop
            break
        name, field_start, at = match[1].decode("ascii").lower(), at, stop
    if name:
        fields.append(Field(name, raw[field_start:at]))
    return Head(tuple(fields), at, bare_breaks=_has_bare_breaks(raw[begin:at]))


def _has_bare_breaks(block: bytes) -> bool:
    """Say whether a lone CR, or a lone LF among CR LF, could hide a header line from another reader."""
    if _BARE_CR.search(block):
        return True
    return b"\r\n" in block and _BARE_LF.search(block) is not None
