"""The two canonical forms of RFC 6376 3.4, in linear time."""

import re
from typing import Final

_BLANKS: Final = re.compile(rb"[ \t]+")
_CRLF: Final = b"\r\n"


def header_form(raw: bytes, form: str) -> bytes:
    """Return a field as it is hashed, its line end included."""
    raw = _ended(raw)
    if form == "simple":
        return raw
    name, _, value = raw.partition(b":")
    unfolded = _BLANKS.sub(b" ", value.replace(_CRLF, b""))
    return name.rstrip(b" \t").lower() + b":" + unfolded.strip(b" ") + _CRLF


def body_form(body: bytes, form: str) -> bytes:
    """Return a body, its lines ended by CR LF, as it is hashed."""
    if form == "relaxed":
        body = _BLANKS.sub(b" ", body).replace(b" \r\n", _CRLF)
        body = body.removesuffix(b" ")
    end = len(body)
    while body.endswith(_CRLF, 0, end):
        end -= 2
    if not end and form == "relaxed":
        return b""
    return body[:end] + _CRLF


def without_signature(raw: bytes) -> bytes:
    """Return a DKIM-Signature field with the value of its b= tag taken out (RFC 6376 3.7)."""
    name, colon, value = _ended(raw).partition(b":")
    specs = value.split(b";")
    for at, spec in enumerate(specs):
        tag, equals, _ = spec.partition(b"=")
        if equals and tag.strip() == b"b":
            specs[at] = tag + equals
            if at == len(specs) - 1:
                specs[at] += _CRLF
    return name + colon + b";".join(specs)


def _ended(raw: bytes) -> bytes:
    """Return a field with every line ended by CR LF, as it was on the wire."""
    if not raw.endswith(b"\n"):
        raw += _CRLF  # the last line of a mail without a body
    return raw if _CRLF in raw else raw.replace(b"\n", _CRLF)
