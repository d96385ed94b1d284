"""Pages to read as accessible PDF: tagged, titled, in a language, with their fonts inside (PDF/UA-1)."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Final

import typst

from replies.markup import Block, Bullets, Heading, Paragraph, Quote

UNSHOWN: Final = "□"
"""Stands for a sign that our fonts don't have."""

# Latin, Greek, Cyrillic and Hebrew letters, their marks, and the signs of letters and offers; a test shows them all.
_SIGNS: Final = re.compile(
    "[^\n -~\u00a0-\u02e4\u0300-\u036f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u0477\u048c-\u04c4"
    "\u04d0-\u04f9\u05d0-\u05ea\u1e00-\u1f15\u2010-\u2037\u2039-\u203e\u2044\u20ab\u20ac\u20b9\u20bf\u2116\u2122"
    "\u2190-\u2199\u2212\u2260\u2264\u2265\u25a0\u25a1\u2713]"
)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; `widths` are the columns' shares of the line."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


def to_pdf(blocks: Iterable[Block | Table], *, title: str, author: str, language: str, made_on: date) -> bytes:
    """Return a page as PDF; the same page makes the same bytes.

    What a block says is text, whatever it looks like. A sign that no font of ours has is shown as `UNSHOWN`.
    """
    page = {
        "title": title,
        "author": author,
        "language": language,
        "year": made_on.year,
        "month": made_on.month,
        "day": made_on.day,
        "blocks": [{"kind": _KINDS[type(block)]} | asdict(block) for block in blocks],
    }
    source = (files("replies") / "page.typ").read_bytes()
    inputs = {"page": json.dumps(_shown(page))}
    # Without the machine's own fonts a page looks the same everywhere: the library brings its own.
    made = typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards="ua-1", ignore_system_fonts=True)
    return bytes(made)


_KINDS: Final[dict[type, str]] = {
    Heading: "heading",
    Paragraph: "paragraph",
    Bullets: "bullets",
    Quote: "quote",
    Table: "table",
}


def _shown(value: Any) -> Any:
    """Return a value with every text in it as our fonts can show it."""
    if isinstance(value, str):
        plain = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
        return _SIGNS.sub(UNSHOWN, plain)
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    return value
