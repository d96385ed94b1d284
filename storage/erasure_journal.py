"""The journal of erasures: a file beside the keys that no restored database takes back (law.md rule 45)."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.core.errors import RightsDeskError
from bot.core.records import Erasure


class JournalUnusable(RightsDeskError):
    """A journal that can't be read or written; the text says what to do."""


@dataclass(frozen=True, slots=True)
class FileJournal:
    """One erasure a line: a keyed hash and a date. It is replaced whole, so that a crash leaves no half of a line."""

    path: Path

    def read(self) -> Sequence[Erasure]:
        """Return what was written, oldest first. Raises JournalUnusable."""
        try:
            lines = self.path.read_text("ascii").splitlines()
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError):
            raise JournalUnusable(f"{self.path} can't be read: restore it from its backup") from None
        return [self._erasure(number, line) for number, line in enumerate(lines, 1)]

    def add(self, erasures: Sequence[Erasure]) -> None:
        """Write some down; they are on the disk when this returns. Raises JournalUnusable."""
        everything = [*self.read(), *erasures]
        lines = "".join(json.dumps({"mark": one.mark, "at": one.at.isoformat()}) + "\n" for one in everything)
        try:
            with NamedTemporaryFile("w", dir=self.path.parent, prefix=self.path.name, delete=False) as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self.path)
        except OSError as failure:
            why = failure.strerror
            raise JournalUnusable(f"{self.path} can't be written ({why}): `retention run` tries again") from None

    def _erasure(self, number: int, line: str) -> Erasure:
        try:
            written = json.loads(line)
            bytes.fromhex(written["mark"])
            return Erasure(written["mark"], datetime.fromisoformat(written["at"]))
        except (ValueError, KeyError, TypeError):
            raise JournalUnusable(f"{self.path}:{number} is no erasure: restore the file from its backup") from None
