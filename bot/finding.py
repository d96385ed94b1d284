"""What the doctor says of one thing it looked at."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is right, and what to do when it is not.

    A grave finding keeps the service from its work; any other is a choice the company should confirm.
    """

    about: str
    ok: bool
    text: str
    grave: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as programs read it."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the finding as one line."""
        mark = "ok  " if self.ok else "MEND" if self.grave else "look"
        return f"{mark}  {self.about}: {self.text}"


def mend(about: str, text: str) -> Finding:
    """Return what keeps the service from its work."""
    return Finding(about, ok=False, text=text, grave=True)
