"""Files a person names on the command line: read whole or by lines, `-` for standard input, failures told in words."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.core.errors import BadInput

STDIN: Final = Path("-")


def read_bytes(file: Path) -> bytes:
    """Return what a file holds. Raises BadInput when it can't be read."""
    with _named(file):
        return sys.stdin.buffer.read() if file == STDIN else file.read_bytes()


def read_text(file: Path) -> str:
    """Return a file's text, without the mark some editors begin it with. Raises BadInput."""
    return _decoded(read_bytes(file), str(file))


def read_lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line as it is read. Raises BadInput."""
    with _named(file):
        stream = sys.stdin.buffer if file == STDIN else file.open("rb")
    with stream:
        for number, line in enumerate(stream, 1):
            yield number, _decoded(line, f"{file}:{number}")


def must_be_new(out: Path) -> None:
    """Raise BadInput for a file that exists already."""
    if out.exists():
        raise BadInput(f"{out} exists already: name another file")


def write_privately(out: Path, content: bytes) -> None:
    """Write a file that only its owner can read, and never over another. Raises BadInput."""
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as failure:
        raise BadInput(f"{out} can't be written: {failure.strerror}") from None


def write_text(file: Path, text: str) -> None:
    """Write a file. Raises BadInput when it can't be written."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as failure:
        raise BadInput(f"{file} can't be written: {failure.strerror}") from None


@contextmanager
def _named(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BadInput(f"there is no file {file}") from None
    except OSError as failure:
        raise BadInput(f"{file} can't be read: {failure.strerror}") from None


def _decoded(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f'{place} is not UTF-8: save it again as UTF-8 (a spreadsheet: as "CSV UTF-8")') from None
