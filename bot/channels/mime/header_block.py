"""A header block inside a text, as Outlook and its kin put above what they quote or forward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.channels.mime.phrases import HEADER_LABELS

_LONGEST_LABEL: Final = 20
_MOST_LINES: Final = 24


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """Its values by role (from, sent, to, cc, subject), and the line that follows it."""

    values: Mapping[str, str]
    after: int

    @property
    def is_certain(self) -> bool:
        """True when it can hardly be the letterhead of the writer: it names an author, a time, and a third thing."""
        return {"from", "sent"} <= self.values.keys() and bool(self.values.keys() & {"to", "subject"})


def bare(line: str) -> str:
    """Return a line without quotation marks, bold asterisks and blanks around it."""
    return line.lstrip("> \t\u00a0*").rstrip()


def read_header_block(lines: Sequence[str], start: int) -> HeaderBlock | None:
    """Read the block that starts at a line; None unless the line is labelled and two more roles follow."""
    values: dict[str, str] = {}
    at, role = start, ""
    end = min(len(lines), start + _MOST_LINES)
    while at < end:
        line = bare(lines[at])
        found, value = _labelled(line)
        if found and found not in values:
            role = found
            values[role] = value
        elif not line and values and at + 1 < end and _labelled(bare(lines[at + 1]))[0]:
            pass  # a paragraph for each line
        elif not found and role in {"to", "cc"} and ("@" in line or ";" in line):
            pass  # a long list of recipients
        else:
            break
        at += 1
    named = values.keys() - {"more", "cc"}
    return HeaderBlock(values, at) if "from" in values and len(named) > 2 else None  # noqa: PLR2004 - from and two more


def _labelled(line: str) -> tuple[str, str]:
    label, colon, value = line[:400].partition(":")
    if not colon or len(label) > _LONGEST_LABEL:
        return "", ""
    role = HEADER_LABELS.get(label.strip(" *\u00a0\u202f\t").lower(), "")
    return role, value.strip(" *\u00a0\t")
