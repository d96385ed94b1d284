"""Files that colleagues add to the copy of somebody's data: of few kinds, of limited size, each what it says it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bot.core import office_files, pdf_files
from bot.core.errors import BadInput

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_FILES: Final = 20

_MAGIC: Final = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "xlsx": (b"PK\x03\x04",),
    "docx": (b"PK\x03\x04",),
}
"""How a file of each kind begins."""

_OFFICE: Final = frozenset({"xlsx", "docx"})

_PLAIN: Final = frozenset({"txt", "csv", "json", "xml"})
KINDS: Final = (*_MAGIC, *sorted(_PLAIN))
_UNSAFE: Final = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file of a case's copy; `name` is its own among those of the case."""

    id: str
    case_id: str
    name: str
    size: int
    sha256: str
    by: str
    at: datetime


class Enclosures(Protocol):
    """The files of all cases, sealed."""

    def add(self, enclosure: Enclosure, data: bytes) -> None:
        """Store a file."""

    def of_case(self, case_id: str) -> Sequence[Enclosure]:
        """Return a case's files, oldest first."""

    def data(self, enclosure_id: str) -> bytes:
        """Return a file's bytes. Raises NotFound."""

    def remove(self, enclosure_id: str) -> None:
        """Destroy a file."""

    def destroy(self, case_id: str) -> int:
        """Destroy all files of a case, and return how many they were."""


def accepted_name(name: str, data: bytes) -> str:
    """Return the safe name under which a file goes along.

    Raises BadInput for a file that is empty, too big, of a kind we hand nobody, not of the kind its name says, or that
    runs or fetches something where it is opened.
    """
    safe = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip("._") or "file"
    kind = safe.rpartition(".")[2].lower()
    if kind not in KINDS:
        raise BadInput(f"{safe}: add one of these kinds: {', '.join(KINDS)}")
    if not data:
        raise BadInput(f"{safe} is empty")
    if len(data) > MOST_BYTES:
        raise BadInput(f"{safe} is larger than {MOST_BYTES // 1024 // 1024} MB: split it")
    try:
        is_so = _is_text(data) if kind in _PLAIN else data.startswith(_MAGIC[kind])
        active = is_so and kind in _OFFICE and office_files.is_active(data)
    except ValueError:
        is_so = active = False
    if not is_so:
        raise BadInput(f"{safe} is no {kind}: its content says otherwise")
    if active:
        raise BadInput(
            f"{safe} holds macros, embedded objects or links to other files: save it without them, or as PDF"
        )
    if kind == "pdf" and pdf_files.is_active(data):
        raise BadInput(
            f"{safe} holds scripts or forms that send, or is locked so that nobody can see: print it as a new PDF"
        )
    return safe[-100:]


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False
