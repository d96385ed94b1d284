"""`text/plain; charset=utf-8; name*0*=…`: a structured field's value and parameters (RFC 2045 5.1, RFC 2231)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote_to_bytes

from bot.channels.mime.charsets import decode
from bot.channels.mime.words import decode_words, unicode_of

_VALUE: Final = re.compile(r'"((?:[^"\\]|\\.)*)"?|([^;]*)', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_COMMENT: Final = re.compile(r"\([^()]*\)")
_MOST: Final = 64


@dataclass(frozen=True, slots=True)
class Parametrised:
    """A lower-case value with its parameters by lower-case name; of a doubled parameter the first counts."""

    value: str = ""
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, name: str) -> str:
        """Return a parameter, empty where there is none."""
        return self.parameters.get(name, "")


def read_parametrised(raw: bytes) -> Parametrised:
    """Read the value of a Content-Type or Content-Disposition field; what makes no sense is left out."""
    text = unicode_of(raw)
    value, _, rest = text.partition(";")
    plain: dict[str, str] = {}
    extended: dict[str, list[tuple[int, str, bool]]] = {}
    for name, content in _pairs(rest):
        base, star, section = name.partition("*")
        if not star:
            plain.setdefault(base, decode_words(content))
            continue
        number = section.rstrip("*")
        encoded = not section or section.endswith("*")
        order = int(number) if number.isdecimal() and len(number) < 4 else 0  # noqa: PLR2004 - RFC 2231 counts pieces
        extended.setdefault(base, []).append((order, content, encoded))
    for base, sections in extended.items():
        plain[base] = _join(sorted(sections, key=lambda section: section[0]))
    return Parametrised(_COMMENT.sub("", value).strip().lower(), MappingProxyType(plain))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    for _ in range(_MOST):
        equals = text.find("=", at)
        if equals < 0:
            return
        name = text[at:equals].rpartition(";")[2].strip().lower()
        start = equals + 1
        while start < len(text) and text[start] in " \t":
            start += 1
        match = _VALUE.match(text, start)
        if match is None:
            return
        quoted, bare = match.groups()
        yield name, bare.strip() if quoted is None else _ESCAPE.sub(r"\1", quoted)
        at = match.end()


def _join(sections: list[tuple[int, str, bool]]) -> str:
    """Put the pieces of one parameter together; the first names the charset: utf-8'en'na%C3%AFve."""
    charset, content = "utf-8", b""
    for position, (_, text, encoded) in enumerate(sections):
        piece = text
        if encoded and position == 0 and piece.count("'") > 1:
            charset, _, piece = piece.split("'", 2)
        content += unquote_to_bytes(piece) if encoded else piece.encode("utf-8", "replace")
    return decode(content, charset)
