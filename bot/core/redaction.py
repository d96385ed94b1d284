"""What is left out of a copy because somebody else would be shown: marked with a reason, the original stays (rule 22).

The person's own messages are theirs and stay whole (Art. 15(4), recital 63). Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from bot.core.letters import Exchange
from bot.core.packages import PackageFile
from bot.core.records import Customer
from bot.core.withholding import Place, Where, Withheld

LEFT_OUT: Final = "[…]"
"""What stands in the place of words that were left out; it reads the same in every language."""

TEXTS: Final = frozenset({"txt", "csv", "json", "xml"})
"""The files whose words can be left out; of any other the whole file stays away, or goes along."""

_MOST_AROUND: Final = 60


@dataclass(frozen=True, slots=True)
class Redaction:
    """A colleague's mark: these words are left out there, for a reason on file."""

    id: str
    case_id: str
    place: Place
    words: str
    ground: Withheld
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that may name somebody else; `suggested` are the words in it that look so."""

    place: Place
    text: str
    suggested: tuple[str, ...] = ()


class Redactions(Protocol):
    """The marks of all cases."""

    def add(self, redaction: Redaction) -> None:
        """Store a mark."""

    def of_case(self, case_id: str) -> Sequence[Redaction]:
        """Return a case's marks, oldest first."""

    def remove(self, redaction_id: str) -> None:
        """Take a mark away."""


def passages(
    customer: Customer | None, exchanges: Iterable[Exchange], files: Iterable[PackageFile]
) -> tuple[Passage, ...]:
    """Return every text of a copy but the person's own words."""
    held = customer.fields if customer else ()
    fields = [Passage(Place(Where.FIELD, field.name, field.name), field.value) for field in held]
    letters = [
        Passage(Place(Where.LETTER, one.id, one.subject, one.on), one.text) for one in exchanges if one.ours and one.id
    ]
    texts = [
        Passage(Place(Where.FILE, one.name, one.name), one.data.decode("utf-8", "replace"))
        for one in files
        if is_text(one.name)
    ]
    return (*fields, *letters, *texts)


def without(customer: Customer, marks: Sequence[Redaction]) -> Customer:
    """Return a customer's record without the words that are left out of its fields."""
    fields = tuple(
        replace(one, value=leave_out(one.value, _marked(marks, Where.FIELD, one.name))) for one in customer.fields
    )
    return replace(customer, fields=fields)


def letters_without(exchanges: Iterable[Exchange], marks: Sequence[Redaction]) -> tuple[Exchange, ...]:
    """Return a correspondence without the words that are left out of our letters."""
    return tuple(
        replace(one, text=leave_out(one.text, _marked(marks, Where.LETTER, one.id))) if one.ours else one
        for one in exchanges
    )


def files_without(files: Iterable[PackageFile], marks: Sequence[Redaction]) -> tuple[PackageFile, ...]:
    """Return files without the words that are left out of them."""
    return tuple(_file_without(one, _marked(marks, Where.FILE, one.name)) for one in files)


def leave_out(text: str, words: Iterable[str]) -> str:
    """Return a text with a sign in the place of each of these words, longest first, however they are written."""
    for one in sorted(words, key=len, reverse=True):
        text = _pattern(one).sub(LEFT_OUT, text)
    return text


def mentions(text: str, words: str) -> bool:
    """Say whether these words stand in a text."""
    return _pattern(words).search(text) is not None


def around(text: str, words: str) -> str:
    """Return the words where they first stand, with a little of what is beside them, on one line."""
    found = _pattern(words).search(text)
    if found is None:
        return ""
    start, end = max(0, found.start() - _MOST_AROUND), found.end() + _MOST_AROUND
    said = " ".join(text[start:end].split())
    return ("…" if start else "") + said + ("…" if end < len(text) else "")


def split_at(text: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a text in pieces, each with the one of these words that it is, or with nothing."""
    if not words:
        yield text, ""
        return
    longest = sorted(words, key=len, reverse=True)
    at = 0
    for found in re.finditer("|".join(f"({_pattern(one).pattern})" for one in longest), text, re.IGNORECASE):
        yield text[at : found.start()], ""
        yield found[0], longest[(found.lastindex or 1) - 1]
        at = found.end()
    yield text[at:], ""


def is_text(name: str) -> bool:
    """Say whether words can be left out of a file."""
    return name.rpartition(".")[2].lower() in TEXTS


def _file_without(file: PackageFile, words: Sequence[str]) -> PackageFile:
    if not words:
        return file
    return replace(file, data=leave_out(file.data.decode("utf-8", "replace"), words).encode())


def _marked(marks: Sequence[Redaction], where: Where, key: str) -> list[str]:
    return [mark.words for mark in marks if (mark.place.where, mark.place.key) == (where, key)]


def _pattern(words: str) -> re.Pattern[str]:
    """Match words as a whole, whatever their case and the spaces between them."""
    parts = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?<!\w){parts}(?!\w)", re.IGNORECASE)
