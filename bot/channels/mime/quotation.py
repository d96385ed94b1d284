"""What was written now, apart from what it answers and from the signature. Linear in the length of the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.channels.mime.header_block import bare, read_header_block
from bot.channels.mime.phrases import (
    ATTRIBUTION_OPENERS,
    ATTRIBUTION_VERBS,
    FIRST_OR_SECOND_PERSON,
    FORWARDED,
    FORWARDED_LINES,
    MOBILE_DEVICES,
    MOBILE_ENDINGS,
    MOBILE_SIGNATURES,
    ORIGINAL,
)

_TIME: Final = re.compile(r"\d{1,2} ?[:.h] ?\d{2}")
_LONGEST_MARK: Final = 400
_LONGEST_MOBILE: Final = 90
_RULE: Final = 10  # underscores in a row that rule off what follows


@dataclass(frozen=True, slots=True)
class Division:
    """The three kinds of text in one mail."""

    text: str
    quoted: str
    signature: str


@dataclass(slots=True)
class _Divider:
    """Goes through the lines once; each lands in one of three heaps."""

    lines: Sequence[str]
    sender: str
    own: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    signature: list[str] = field(default_factory=list)
    signing: bool = False

    def divide(self) -> Division:
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if line.lstrip().startswith(">"):
                self.quoted.append(line)
                self.signing = False
                at += 1
            elif self._rest_is_quoted(at):
                self.quoted.extend(self.lines[at:])
                break
            elif count := self._attribution(at):
                self.quoted.extend(self.lines[at : at + count])
                self.signing = False
                at += count
            else:
                self._take(line)
                at += 1
        return Division(_tidy(self.own), _tidy(self.quoted), _tidy(self.signature))

    def _take(self, line: str) -> None:
        if line.rstrip() == "--" or line.rstrip("\u00a0 ") == "—":
            self.signing = True
        elif self.signing or is_mobile_signature(line):
            self.signature.append(line)
        else:
            self.own.append(line)

    def _rest_is_quoted(self, at: int) -> bool:
        line = self.lines[at]
        if len(line) > _LONGEST_MARK or not line.strip():
            return False
        if separator_kind(line):
            return True
        ruled = is_rule(line)
        block = read_header_block(self.lines, self._next_text(at + 1) if ruled else at)
        if block is not None and (block.is_certain or ruled) and not self._is_own_letterhead(block.values["from"]):
            return True
        count = self._attribution_lines(at, sure=True)
        return bool(count) and not self._quotes_follow(at + count)

    def _is_own_letterhead(self, author: str) -> bool:
        """Say whether a block at the very top only names the writer, as on paper."""
        return not "".join(self.own).strip() and bool(self.sender) and self.sender in author.lower()

    def _attribution(self, at: int) -> int:
        """Count the lines of an attribution whose quotation follows it, marked."""
        count = self._attribution_lines(at, sure=False)
        return count if count and self._quotes_follow(at + count) else 0

    def _attribution_lines(self, at: int, *, sure: bool) -> int:
        joined = ""
        for count in (1, 2, 3):
            if at + count > len(self.lines):
                return 0
            line = bare(self.lines[at + count - 1])
            if not line or len(joined) + len(line) > _LONGEST_MARK:
                return 0
            joined = f"{joined} {line}".strip()
            if line.endswith(":"):
                begun = count == 1 or joined.lower().startswith(ATTRIBUTION_OPENERS)
                return count if begun and is_attribution(joined, sure=sure) else 0
        return 0

    def _quotes_follow(self, at: int) -> bool:
        following = self._next_text(at)
        return following < len(self.lines) and self.lines[following].lstrip().startswith(">")

    def _next_text(self, at: int) -> int:
        for position in range(at, min(at + 4, len(self.lines))):
            if self.lines[position].strip():
                return position
        return len(self.lines)


def divide(text: str, sender: str = "") -> Division:
    """Divide a plain text; `sender` is the address of who wrote it."""
    return _Divider(text.split("\n"), sender).divide()


def is_attribution(line: str, *, sure: bool) -> bool:
    """Say whether a line introduces a quotation: "Op ma 3 feb. 2025 om 10:12 schreef Jan <jan@example.org>:".

    To be `sure` without the marks of a quotation below, it has to name an hour or an address and nobody of the two
    who correspond.
    """
    folded = " " + line.lower().replace("\u00a0", " ").replace("\u202f", " ")
    verb = next((verb for verb in ATTRIBUTION_VERBS if verb in folded), "")
    if not verb:
        return False
    opened = folded.lstrip().startswith(ATTRIBUTION_OPENERS)
    if not sure:
        return opened or "@" in folded or _TIME.search(folded) is not None
    if any(word in folded for word in FIRST_OR_SECOND_PERSON):
        return False
    return ("@" in folded or _TIME.search(folded) is not None) and (opened or "<" in folded)


def separator_kind(line: str) -> str:
    """Return "original" or "forwarded" for a line such as "-----Ursprüngliche Nachricht-----", else nothing."""
    stripped = bare(line)
    if stripped.lower() in FORWARDED_LINES:
        return "forwarded"
    phrase = stripped.strip("-_=* \u00a0").lower()
    if stripped[:2] not in {"--", "__", "=="} or not phrase:
        return ""
    if any(phrase.startswith(known) for known in FORWARDED):
        return "forwarded"
    return "original" if any(phrase.startswith(known) for known in ORIGINAL) else ""


def is_rule(line: str) -> bool:
    """Say whether a line is a rule of underscores or dashes, as Outlook draws above a quotation."""
    stripped = line.strip()
    return len(stripped) >= _RULE and set(stripped) <= {"_", "-"}


def is_mobile_signature(line: str) -> bool:
    """Say whether a line is what a phone or an app adds by itself."""
    folded = line.strip(" \t\u00a0*_").partition("<")[0].strip().rstrip(".!").lower()
    if not folded or len(folded) > _LONGEST_MOBILE or not folded.startswith(MOBILE_SIGNATURES):
        return False
    words = folded.split()
    return words[-1] in MOBILE_ENDINGS or not MOBILE_DEVICES.isdisjoint(words)


def unquote(text: str) -> str:
    """Take one level of quotation marks from every line."""
    return "\n".join(
        line.lstrip().removeprefix(">").removeprefix(" ") if line.lstrip().startswith(">") else line
        for line in text.split("\n")
    )


def _tidy(lines: Sequence[str]) -> str:
    """Join lines, without blanks at their ends, more than two empty ones in a row, or empty ones around them."""
    kept: list[str] = []
    for line in lines:
        stripped = line.rstrip()
        if stripped or kept[-1:] != [""]:
            kept.append(stripped)
    return "\n".join(kept).strip("\n")
