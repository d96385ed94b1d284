"""Facts to match: a few words only the person knows, compared and never kept (law.md rule 12).

They are asked of somebody who lost the address on record, and of somebody who has it, as a second proof that no mail in
that mailbox gives away.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.core.messages import Handle
from bot.core.saying_more import MOST_WORDS
from bot.core.spoken_dates import spellings

MOST_TRIES: Final = 3
"""Answers to one question, unless the settings say otherwise; no more are compared about one customer in `MEMORY`."""

MEMORY: Final = timedelta(days=30)
LIFETIME: Final = timedelta(days=7)
FEWEST: Final = 2
"""One fact is guessed, or read off an envelope."""

_SHORTEST: Final = 4
_FIGURED: Final = 3
"""More words with figures for each fact asked, of more than twice its figures, are a list of guesses too."""

_WORD: Final = re.compile(r"[^\W_]+")


class Compared(StrEnum):
    """What came of an answer about facts, as colleagues read it."""

    MATCHED = "the facts match"
    WRONG = "the facts do not match"
    LAST = "the facts do not match, and that was the last try"
    NO_MORE = "no more tries at the facts"


SPENT: Final = frozenset({Compared.LAST, Compared.NO_MORE})
"""After these a person goes on; whoever was asked hears so once."""


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """An open question: these fields of one customer's record, put to one address. `matched` once all were right.

    `items` are those it is the second proof for; none where a colleague goes on from the answer (a lost mailbox). It is
    put in the same words about nobody, whose `customer_id` is empty. `answers` counts those that came.
    """

    id: str
    fields: tuple[str, ...]
    customer_id: str
    asked_of: Handle
    at: datetime
    matched: bool = False
    items: tuple[str, ...] = ()
    answers: int = 0

    def is_open(self, now: datetime) -> bool:
        """Say whether an answer is still compared."""
        return not self.matched and now < self.at + LIFETIME


def askable(record: Mapping[str, str], fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the fields that the record holds, long enough not to be hit by chance."""
    return tuple(field for field in fields if len(_bare(record.get(field, ""))) >= _SHORTEST)


def all_match(text: str, expected: tuple[str, ...]) -> bool:
    """Say whether a short answer holds every expected value, however it is spaced, accented or capitalised."""
    words = words_of(text)
    if len(words) > MOST_WORDS:
        return False
    said = _said(words)  # nearly all of the work, and the same where nobody is on record (law.md rule 16)
    found = [not said.isdisjoint(_accepted(value)) for value in expected]
    return bool(expected) and all(found) and not _guesses(words, expected)


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return [_bare(word) for word in _WORD.findall(text)]


def figures_in(text: str) -> int:
    """Count the figures of a text."""
    return sum(letter.isdigit() for letter in text)


def _guesses(words: list[str], expected: tuple[str, ...]) -> bool:
    """Say whether an answer lists more values than were asked; a number may be typed in groups."""
    figured = sum(bool(figures_in(word)) for word in words)
    figures = sum(map(figures_in, words))
    return figured > _FIGURED * len(expected) and figures > 2 * sum(map(figures_in, expected))


def _said(words: list[str]) -> frozenset[str]:
    """Return every value that neighbouring words may make up: 3512JE, 3512 JE and 3512-je are the same."""
    runs = [words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
    return frozenset(between.join(run) for run in runs for between in ("", " "))


def _accepted(value: str) -> frozenset[str]:
    """Return a value as it is compared; a date, which the record holds as 1980-05-12, in whatever way it is written."""
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        return frozenset({_bare(value)})
    return frozenset(" ".join(words_of(way)) for way in spellings(day))


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
