"""Header text made readable and harmless: encoded words (RFC 2047), controls, bidirectional marks, length."""

import binascii
import re
from typing import Final

from bot.channels.mime.charsets import decode

_WORD: Final = re.compile(r"=\?([!->@-~]{1,80})\?([bBqQ])\?([^?\r\n]*)\?=")
_BREAKS: Final = re.compile(r"[\s\u0085\u2028\u2029]+")
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Controls, bidirectional marks, and what nobody sees; the joiners that Persian and Indic names need may stay."""
_BASE64: Final = re.compile(r"[^A-Za-z0-9+/]")


def unicode_of(value: bytes) -> str:
    """Decode raw header bytes; what is not UTF-8 (RFC 6532) is what old clients write."""
    return decode(value, "utf-8")


def decode_words(text: str) -> str:
    """Replace the encoded words of a header text.

    Neighbours in one charset are joined before decoding, because clients split them inside a character.
    """
    pieces: list[str] = []
    run, charset, at = b"", "", 0
    for match in _WORD.finditer(text):
        between = text[at : match.start()]
        label = match[1].partition("*")[0].lower()  # RFC 2231 5: a language may follow
        adjacent = bool(charset) and not between.strip()
        if not adjacent or label != charset:
            pieces.append(decode(run, charset))
            run, charset = b"", label
            if not adjacent:
                pieces.append(between)
        run += _word_bytes(match[2], match[3])
        at = match.end()
    return "".join([*pieces, decode(run, charset), text[at:]])


def one_line(text: str, limit: int) -> str:
    """Return a text without controls, line breaks or bidirectional marks, its blanks single, at most `limit` long."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text[: limit * 4])).strip()[:limit].rstrip()


def many_lines(text: str, limit: int) -> str:
    """Return a text with plain line ends and without controls and bidirectional marks, at most `limit` long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNSEEN.sub("", text[:limit])


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return binascii.a2b_qp(text.replace(" ", "_").encode("utf-8"), header=True)
    return base64_bytes(text)


def base64_bytes(text: str) -> bytes:
    """Decode base64 as mail has it: stray characters, missing padding and a torn end are passed over."""
    letters = _BASE64.sub("", text)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
