"""What a page was sent: one small form, read within limits, without any library that could do more."""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Final
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_FIELDS: Final = 200
MOST_FILE: Final = 4 * 1024 * 1024
URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"


class Form:
    """The fields of a form; one that was not sent is empty."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._first: Mapping[str, str] = dict(reversed(pairs))

    def __getitem__(self, name: str) -> str:
        return self._first.get(name, "")

    def all(self, name: str) -> list[str]:
        """Return every value of a field that may be sent several times."""
        return [value for field, value in self._pairs if field == name]

    def text(self, name: str) -> str:
        """Return a field of several lines with plain line breaks: browsers send CR LF."""
        return self[name].replace("\r\n", "\n").replace("\r", "\n")


async def read_form(request: Request, *, with_file: bool = False) -> Form:
    """Read what was posted; a file only where the page takes one, as UTF-8, what is none becoming U+FFFD.

    Raises HTTPException 413, 415 or 400 for what no page of ours sends.
    """
    sent = request.headers.get("content-type", "")
    kind = sent.partition(";")[0].strip()
    if kind != URLENCODED and not (with_file and kind == MULTIPART):
        raise HTTPException(415)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > (MOST_FILE if with_file else MOST_BYTES):
            raise HTTPException(413)
    try:
        return Form(_parts(sent, bytes(body)) if kind == MULTIPART else _pairs(body))
    except ValueError:
        raise HTTPException(400) from None


def _pairs(body: bytearray) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)


def _parts(sent: str, body: bytes) -> list[tuple[str, str]]:
    """Read the parts of a form with a file (RFC 7578). Raises ValueError."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + sent.encode("latin-1") + b"\r\n\r\n" + body)
    parts = list(message.iter_parts()) if message.is_multipart() else []
    if not 0 < len(parts) <= MOST_FIELDS:
        raise ValueError("no form")
    pairs = []
    for part in parts:
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        if not isinstance(content, bytes) or not isinstance(name, str):
            raise ValueError("no field")  # noqa: TRY004 - what was sent is wrong, not what we wrote
        pairs.append((name, content.decode("utf-8-sig", "replace")))
    return pairs
