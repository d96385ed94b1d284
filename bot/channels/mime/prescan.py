"""The look at the bytes before any parser: what exceeds a limit is parked raw, for a person."""

import re
from collections.abc import Sequence
from typing import Final

from bot.channels.mime.charsets import is_plain_label
from bot.channels.mime.fields import Head, split_head
from bot.channels.mime.limits import DEFAULT_LIMITS, Limits
from bot.channels.mime.structure import Part, read_structure
from bot.core.errors import Unparsable

_WORD: Final = re.compile(rb"=\?([^?\s]*)\?[bBqQ]\?([^?]*)")
_PUNYCODE: Final = re.compile(rb"xn--[^\s@.,;:<>()\"]*", re.IGNORECASE)
_CONTINUATION: Final = re.compile(rb";[ \t]*[^\s;=*]*\*\d*\*?[ \t]*=")


def prescan(raw: Sequence[bytes], limits: Limits = DEFAULT_LIMITS) -> None:
    """Raises Unparsable with the reason for bytes that no parser should see."""
    size = sum(len(piece) for piece in raw)
    if size > limits.total:
        raise Unparsable(f"{size} bytes, over the limit of {limits.total}")
    whole = raw[0] if len(raw) == 1 else b"".join(raw)
    head = split_head(whole)
    _check_head(head, limits)
    _check_parts(read_structure(whole, limits, head), limits)


def _check_head(head: Head, limits: Limits) -> None:
    if head.body > limits.head:
        raise Unparsable(f"a header of {head.body} bytes, over the limit of {limits.head}")
    if len(head.fields) > limits.fields:
        raise Unparsable(f"{len(head.fields)} header fields, over the limit of {limits.fields}")
    for field in head.fields:
        longest = limits.subject if field.name == "subject" else limits.field
        if len(field.raw) > longest:
            raise Unparsable(f"a {field.name[:40]} field of {len(field.raw)} bytes, over the limit of {longest}")
        _check_field(field.value, limits)


def _check_field(value: bytes, limits: Limits) -> None:
    for charset, content in _WORD.findall(value):
        if len(content) > limits.encoded_word:
            raise Unparsable(f"an encoded word of {len(content)} bytes, over the limit of {limits.encoded_word}")
        _check_charset(charset.partition(b"*")[0].decode("latin-1"), limits)
    for label in _PUNYCODE.findall(value):
        if len(label) > limits.label:
            raise Unparsable(f"a punycode label of {len(label)} bytes, over the limit of {limits.label}")


def _check_parts(part: Part, limits: Limits) -> None:
    for name in ("content-type", "content-disposition"):
        value = part.head.first(name)
        pieces = sum(1 for _ in _CONTINUATION.finditer(value))
        if pieces > limits.continuations:
            raise Unparsable(f"a parameter in {pieces} pieces, over the limit of {limits.continuations}")
    if label := part.content_type.get("charset"):
        _check_charset(label.strip(), limits)
    for inner in part.parts:
        _check_parts(inner, limits)


def _check_charset(label: str, limits: Limits) -> None:
    if label and (len(label) > limits.charset or not is_plain_label(label)):
        raise Unparsable(f"a charset label nobody writes: {label[: limits.charset]!a}")
