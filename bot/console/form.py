"""What a page was sent: one small form, read within limits, without any library that could do more."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote

from fastapi import HTTPException, Request

from bot.console.body import body_of
from bot.core.enclosures import MOST_BYTES as MOST_ENCLOSED

MOST_BYTES: Final = 2 * 1024 * 1024
"""Of a colleague's form."""

STRANGERS_BYTES: Final = 16 * 1024
"""Of a form that anybody may send: a code, a few ticks."""

LETTER_BYTES: Final = 128 * 1024
"""Of a form whose session has ended meanwhile: a letter is shown again, so that it is not lost."""

MOST_FIELDS: Final = 200
URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
MOST_FILE_BYTES: Final = MOST_ENCLOSED + 64 * 1024
"""A file and the fields beside it."""

_FILE_PATIENCE: Final = 300.0
"""Seconds a colleague may take to send a file, perhaps from a slow line."""

_BOUNDARY: Final = re.compile(r'boundary="?([^\s";]{1,70})"?')
_NAME: Final = re.compile(r'[; ]name="([^"]*)"')
_FILE_NAME: Final = re.compile(r'[; ]filename="([^"]*)"')


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a form, under the name the browser gave it."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        """The file as UTF-8 with plain line breaks; what is none becomes U+FFFD."""
        return _plain_breaks(self.data.decode("utf-8-sig", "replace"))


class Unread(HTTPException):
    """A form that was not read to its end; `form` is what had come whole by then."""

    def __init__(self, status: HTTPStatus, form: "Form") -> None:
        super().__init__(status)
        self.form = form


class Form:
    """The fields of a form; one that was not sent is empty. `file` came along where the page takes one."""

    def __init__(self, pairs: list[tuple[str, str]], file: SentFile | None = None) -> None:
        self._pairs = pairs
        self.file = file
        self._first: Mapping[str, str] = dict(reversed(pairs))

    def __getitem__(self, name: str) -> str:
        return self._first.get(name, "")

    def all(self, name: str) -> list[str]:
        """Return every value of a field that may be sent several times."""
        return [value for field, value in self._pairs if field == name]

    def text(self, name: str) -> str:
        """Return a field of several lines with plain line breaks: browsers send CR LF."""
        return _plain_breaks(self[name])


def _plain_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


async def read_form(request: Request, most: int = STRANGERS_BYTES, *, most_file: int = 0) -> Form:
    """Read what was posted, `most` bytes of it, or `most_file` of a form with a file where the page takes one.

    Raises Unread 413 for what is too large and 408 for what does not come, HTTPException 415 or 400 for what no page of
    ours sends.
    """
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip() == URLENCODED:
        body = await body_of(request, most)
        if isinstance(body, HTTPStatus):
            raise Unread(body, Form([]))
        return _fields(body)
    boundary = _BOUNDARY.search(parameters) if most_file and kind.strip() == MULTIPART else None
    if boundary is None:
        raise HTTPException(415)
    patience = _FILE_PATIENCE if most_file > LETTER_BYTES else None
    came, mark = bytearray(), boundary[1].encode("ascii", "replace")
    body = await body_of(request, most_file, patience, came)
    if isinstance(body, HTTPStatus):
        raise Unread(body, _parts(_pieces(came, mark)[1:-1]))
    return _with_file(body, mark)


def _fields(body: bytes) -> Form:
    try:
        return Form(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(400) from None


def _with_file(body: bytes, boundary: bytes) -> Form:
    """Take a form with a file apart (RFC 7578). Raises HTTPException 400 for what is none."""
    pieces = _pieces(body, boundary)
    if not pieces[-1].startswith(b"--") or not 2 < len(pieces) <= MOST_FIELDS:  # noqa: PLR2004 - what is before, one field, the end
        raise HTTPException(400)
    return _parts(pieces[1:-1])


def _pieces(body: bytes | bytearray, boundary: bytes) -> list[bytes]:
    return (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_FIELDS)


def _parts(pieces: list[bytes]) -> Form:
    """Return the fields and the file of a form's pieces. Raises HTTPException 400 for what is none."""
    pairs: list[tuple[str, str]] = []
    file = None
    for piece in pieces:
        head, parted, content = piece.partition(b"\r\n\r\n")
        told = head.decode("utf-8", "replace")
        name, file_name = _NAME.search(told), _FILE_NAME.search(told)
        if not parted or name is None:
            raise HTTPException(400)
        if file_name is not None:
            file = SentFile(unquote(file_name[1]), content)
        else:
            pairs.append((name[1], content.decode("utf-8", "replace")))
    return Form(pairs, file)
