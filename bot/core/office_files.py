"""Office files (OPC, ECMA-376 part 2) that would run or fetch something where they are opened. Pure."""

import re
import zlib
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

_ACTIVE: Final = re.compile(
    r"vbaProject|macrosheets/|activeX/|embeddings/|externalLinks/|customUI|connections\.xml$|queryTables/",
    re.IGNORECASE,
)
"""In the names of parts: macros, controls, embedded objects, other workbooks (DDE too), and what fetches data."""

_RELATION: Final = re.compile(rb"<Relationship\b[^>]*>")
_MOST_RELATIONS: Final = 1 << 20


def is_active(data: bytes) -> bool:
    """Say whether a document holds macros, embedded objects, or links to other files; one that is clicked is none.

    A formula counts as none: unlike in a CSV, a cell of a stranger's words is typed as text there. Raises ValueError
    for what is no such document.
    """
    try:
        with ZipFile(BytesIO(data)) as document:
            names = document.namelist()
            if "[Content_Types].xml" not in names:
                raise ValueError("no office file")
            return any(map(_ACTIVE.search, names)) or any(
                _fetches(document, name) for name in names if name.endswith(".rels")
            )
    except (BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError) as broken:
        raise ValueError("no office file") from broken


def _fetches(document: ZipFile, name: str) -> bool:
    """Say whether a part names something outside that is loaded unasked, as a template is; a huge part counts so."""
    with document.open(name) as part:
        relations = part.read(_MOST_RELATIONS + 1)
    outside = (one for one in _RELATION.findall(relations) if b"External" in one)
    return len(relations) > _MOST_RELATIONS or any(b"/hyperlink" not in one for one in outside)
