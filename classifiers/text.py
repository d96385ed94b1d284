"""Letters and words as the readers compare them; every piece keeps its offsets."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MAX_SUBJECT: Final = 1_000
MAX_HEAD: Final = 14_000
MAX_TAIL: Final = 5_000
"""How much is read of a long message: its beginning and its end."""

_JOINERS: Final = "\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
TOKEN: Final = re.compile(rf"[^\W_][^\W_{_JOINERS}]{{0,39}}(?:[{_JOINERS}]+[^\W_]{{0,39}}){{0,40}}|\s|.", re.DOTALL)
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_WORDLIKE: Final = re.compile(r"[^\W_]")
_MARKS: Final = frozenset("?!€£$")
_PIECES: Final = re.compile(r"[^\W_]+|[?!€£$]")
_LONG_RUN: Final = re.compile(r"(.)\1{2,}")
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
# Cyrillic and Greek letters that pass for Latin ones; applied to words that mix scripts.
_LOOKALIKES: Final = str.maketrans("аеорсухкмтвніјѕԁαεορτυνικ", "aeopcyxkmtbhijsdaeoptyvik")
_UNREADABLE: Final = {0: " ", **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")}


@dataclass(frozen=True, slots=True)
class Given:
    """What is read of a message: the subject as first line, then the text, of very long ones head and tail."""

    text: str
    body: int
    _starts: tuple[int, ...]
    _origins: tuple[int, ...]

    def origin(self, at: int) -> int:
        r"""Return the offset in `subject + "\n" + text` of an offset in what is read."""
        piece = max(0, bisect_right(self._starts, at) - 1)
        return self._origins[piece] + at - self._starts[piece]


def given(subject: str, text: str) -> Given:
    """Lay out one message for reading, in bounded size."""
    pieces: list[tuple[str, int]] = []
    offset = 0
    if subject:
        pieces.append((subject[:MAX_SUBJECT] + "\n", 0))
        offset = len(subject) + 1
    body = sum(len(piece) for piece, _ in pieces)
    if len(text) <= MAX_HEAD + MAX_TAIL:
        pieces.append((text, offset))
    else:
        pieces.append((text[:MAX_HEAD] + "\n", offset))
        pieces.append((text[-MAX_TAIL:], offset + len(text) - MAX_TAIL))
    starts, at = [], 0
    for piece, _ in pieces:
        starts.append(at)
        at += len(piece)
    whole = "".join(piece for piece, _ in pieces).translate(_UNREADABLE)
    return Given(whole, body, tuple(starts), tuple(origin for _, origin in pieces))


def without_invisible(text: str) -> str:
    """Return text without the marks that join or turn letters and show nothing."""
    return _INVISIBLE.sub("", text)


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Return text without case, accents, invisible marks and look-alike letters; umlauts become ae, oe, ue."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_GERMAN)
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if unicodedata.category(c) not in {"Mn", "Cf"})
    return plain if plain.isascii() or not re.search("[a-z]", plain) else plain.translate(_LOOKALIKES)


@lru_cache(maxsize=20_000)
def words_of(token: str) -> tuple[str, ...]:
    """Return the comparable words in one token, mostly one; drawn-out letters are shortened ("stoppp")."""
    return tuple(_LONG_RUN.sub(r"\1", word) for word in _PIECES.findall(fold(token)))


@dataclass(frozen=True, slots=True)
class Word:
    """One comparable word and where it stands."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[str]:
    """Cut text into words, single marks and single white spaces, in linear time; joined they are the text."""
    return TOKEN.findall(text)


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """Return the comparable words of a part of a text."""
    found: list[Word] = []
    for match in TOKEN.finditer(text, start, len(text) if end is None else end):
        token = match.group()
        if _WORDLIKE.match(token) or token in _MARKS:
            found.extend(Word(word, match.start(), match.end()) for word in words_of(token))
    return found
