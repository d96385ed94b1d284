"""Where one thing said ends: the sentences of a message, and the clauses that commas and conjunctions part them into.

"Delete my data or you will hear from my lawyer" wants one thing and threatens another: read apart, neither colours the
other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from classifiers.lexicon import Cue
from classifiers.text import Word, words

MAX_SENTENCES: Final = 80
MAX_CLAUSES: Final = 120
"""A right stands at the beginning or at the end of a long message; what lies between isn't read."""
AT_LEAST: Final = 3
"""Words on either side of a cut, at the least: "name, address, phone" is one list, "delete it, please" one wish."""
CONJUNCTIONS: Final[Mapping[str, frozenset[str]]] = {
    "fr": frozenset({"et", "ou", "mais", "sinon"}),
    "en": frozenset({"and", "or", "but", "otherwise"}),
    "nl": frozenset({"en", "of", "maar", "anders"}),
    "de": frozenset({"und", "oder", "aber", "sonst", "sondern"}),
}

_SHORTENED: Final = "".join(
    rf"(?<!\b{word})" for word in ("[Aa]rt", "[Aa]bs", "[Nn]r", "Dr", "Mr", "Hr", "Fr", "[A-Z]")
)
"""What a full stop only shortens: "Art. 17", "K. Meier"."""
_BREAK: Final = re.compile(rf"{_SHORTENED}\.(?=\s)|[!?…;:](?=\s)|\n|\s[-–—•]\s|[()\"«»“”„]")


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing said, a whole sentence or a part of it: its words, and the cues by the positions of these words."""

    start: int
    end: int
    words: tuple[Word, ...]
    cues: tuple[Cue, ...] = ()

    @property
    def said(self) -> list[str]:
        """The words as they are compared."""
        return [word.text for word in self.words]


def sentences(text: str, spans: Sequence[tuple[int, int]]) -> list[Clause]:
    """Cut the given parts of a text where a sentence, a line or a bracket ends; the first and the last are kept."""
    found: list[Clause] = []
    for start, end in spans:
        at = start
        for stop in [*(match.end() for match in _BREAK.finditer(text, start, end)), end]:
            said = words(text, at, stop)
            if said:
                found.append(Clause(at, stop, tuple(said)))
            at = stop
    return _first_and_last(found, MAX_SENTENCES)


def clauses(text: str, said: Sequence[Clause], language: str) -> list[Clause]:
    """Part sentences of a language; the first and the last clauses are kept."""
    parted = [clause for sentence in said for clause in _parted(text, sentence, CONJUNCTIONS[language])]
    return _first_and_last(parted, MAX_CLAUSES)


def _first_and_last(found: list[Clause], at_most: int) -> list[Clause]:
    """Keep three at the beginning for one at the end."""
    if len(found) <= at_most:
        return found
    return found[: at_most * 3 // 4] + found[-(at_most // 4) :]


def _parted(text: str, sentence: Clause, conjunctions: frozenset[str]) -> Iterator[Clause]:
    """Cut where a comma or conjunction stands; a cue that reaches over a cut is lost."""
    said, first = sentence.words, 0
    cuts = []
    for at in range(AT_LEAST, len(said) - AT_LEAST + 1):
        between = text[said[at - 1].end : said[at].start]
        if at - first >= AT_LEAST and ("," in between or said[at].text in conjunctions):
            cuts.append(at)
            first = at
    start, first = sentence.start, 0
    for last in [*cuts, len(said)]:
        end = said[last].start if last < len(said) else sentence.end
        yield Clause(start, end, said[first:last], tuple(_within(sentence.cues, first, last)))
        start, first = end, last


def _within(cues: Sequence[Cue], first: int, last: int) -> Iterator[Cue]:
    for cue in cues:
        if first <= cue.first and cue.last < last:
            yield replace(cue, first=cue.first - first, last=cue.last - first)
