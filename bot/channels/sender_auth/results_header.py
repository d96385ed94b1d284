"""Authentication-Results as RFC 8601 2.2 writes it, read without mercy.

Parts of it repeat what a stranger sent (his MAIL FROM, his d=), so anything that is not exactly the grammar makes the
whole field worthless instead of being guessed at.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_WORD: Final = r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+"
_METHOD: Final = re.compile(rf"({_WORD})(?:\s*/\s*\d+)?\s*=\s*([A-Za-z]+)(?:\s+|\Z)")
_PROPERTY: Final = re.compile(r"(reason|[A-Za-z][A-Za-z0-9_-]*\s*\.\s*[A-Za-z][A-Za-z0-9._-]*)\s*=\s*")
_VALUE: Final = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^\s"();])*)(?:\s+|\Z)')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PIECES: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[();]|[^"\\();]+|.', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_SERVER: Final = re.compile(rf'({_WORD}|"(?:[^"\\]|\\.)*")(?:\s+1)?')


class Malformed(ValueError):
    """A field that is not what the grammar allows."""


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result, its properties such as header.from, and the comments beside it."""

    method: str
    result: str
    properties: Mapping[str, str]
    comment: str


def server_of(value: str) -> str:
    """Return the authserv-id a field claims, in lower case; what follows may be anything.

    Raises Malformed when not even that can be read.
    """
    text, _ = next(_statements(value))
    match = _SERVER.match(text.strip())
    if match is None:
        raise Malformed("no authserv-id")
    return _unquoted(match[1]).lower()


def read_results(value: str) -> tuple[Result, ...]:
    """Read the results of a whole field. Raises Malformed for the least irregularity."""
    (head, _), *statements = _statements(value)
    if _SERVER.fullmatch(head.strip()) is None:
        raise Malformed("something else than a server and its version")
    if statements and not statements[-1][0].strip():
        statements.pop()  # a semicolon at the end
    if [text.strip().lower() for text, _ in statements] == ["none"]:
        return ()
    return tuple(_result(text.strip(), comment) for text, comment in statements)


def _result(text: str, comment: str) -> Result:
    match = _METHOD.match(text)
    if match is None:
        raise Malformed("no method and result")
    properties: dict[str, str] = {}
    at = match.end()
    while at < len(text):
        name = _PROPERTY.match(text, at)
        value = _VALUE.match(text, name.end()) if name else None
        if name is None or value is None:
            raise Malformed("something else than a property")
        key = "".join(name[1].split()).lower()
        if key in properties:
            raise Malformed(f"{key} twice")
        properties[key] = _unquoted(value[1])
        at = value.end()
    return Result(match[1].lower(), match[2].lower(), properties, comment)


def _statements(value: str) -> Iterator[tuple[str, str]]:
    """Return the texts between semicolons, each with the comments that stood in it."""
    text: list[str] = []
    comment: list[str] = []
    depth = 0
    for piece in _PIECES.findall(value):
        if piece in "()":
            depth += 1 if piece == "(" else -1
            (comment if depth else text).append(" ")
            if depth < 0:
                raise Malformed("a comment that never began")
        elif depth:
            if piece.startswith('"'):
                raise Malformed("a quotation in a comment: readers differ about where it ends")
            comment.append(piece)
        elif piece == ";":
            yield "".join(text), "".join(comment)
            text, comment = [], []
        elif piece.startswith("\\") or piece == '"':
            raise Malformed("an escape in the open, or a quotation that never ends")
        else:
            text.append(piece)
    if depth:
        raise Malformed("a comment that never ends")
    yield "".join(text), "".join(comment)


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda match: _ESCAPED.sub(r"\1", match[1]), text)
