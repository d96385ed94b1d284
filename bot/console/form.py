"""What a page was sent: one small form, read within limits, without any library that could do more."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_FIELDS: Final = 200
URLENCODED: Final = "application/x-www-form-urlencoded"


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


async def read_form(request: Request) -> Form:
    """Read what was posted. Raises HTTPException 413, 415 or 400 for what no page of ours sends."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != URLENCODED:
        raise HTTPException(415)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    try:
        return Form(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(400) from None
