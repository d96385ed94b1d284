"""Cues: the words by which people of each language say who does what to which thing, listed in `cues/<lang>.txt`.

Languages share the names of the concepts, so that what is learnt about a concept in one language holds in all.
A line is `concept: pattern, pattern`; a pattern is words, each optionally open at an end (`supprim*`, `*daten`), and
`..` between words stands for up to four others (`ne .. plus`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.core.errors import RightsDeskError
from bot.core.rights import OUR_LANGUAGES
from classifiers.text import words_of

CUES: Final = Path(__file__).parent / "cues"
QUESTION: Final = "question"
_GAP: Final = ".."
_REACH: Final = 5
_DROPPED_UMLAUTS: Final = str.maketrans("äöüÄÖÜ", "aouAOU")


class CueError(RightsDeskError):
    """A cue file doesn't follow the format."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A concept met in a clause, by the positions of its words."""

    concept: str
    first: int
    last: int


class Lexicon:
    """The patterns of one language, matched in one pass over a clause's words."""

    def __init__(self, patterns: Mapping[str, Sequence[str]]) -> None:
        self._starting: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self._atoms: set[str] = set()
        self._known: dict[str, tuple[str, ...]] = {}
        for concept, forms in patterns.items():
            for form in sorted({form for pattern in forms for form in (pattern, pattern.translate(_DROPPED_UMLAUTS))}):
                atoms = _atoms(form)
                if not atoms or atoms[0] == _GAP or atoms[-1] == _GAP:
                    raise CueError(f"{concept}: {form!r} says nothing")
                self._starting[atoms[0]].append((concept, atoms[1:]))
                self._atoms.update(atoms)
        self.concepts = tuple(sorted({*patterns, QUESTION}))

    def find(self, words: Sequence[str]) -> list[Cue]:
        """Return every cue in a clause; cues may overlap."""
        fits = [self._fitting(word) for word in words]
        found = []
        for at, atoms in enumerate(fits):
            for atom in atoms:
                for concept, rest in self._starting.get(atom, ()):
                    last = _follow(rest, fits, at)
                    if last is not None:
                        found.append(Cue(concept, at, last))
            if words[at] == "?":
                found.append(Cue(QUESTION, at, at))
        return found

    def _fitting(self, word: str) -> tuple[str, ...]:
        """Return the atoms one word fits: itself, its beginnings, its ends."""
        known = self._known.get(word)
        if known is None:
            cuts = range(1, len(word) + 1)
            forms = [word, *(word[:cut] + "*" for cut in cuts), *("*" + word[cut - 1 :] for cut in cuts)]
            known = tuple(form for form in forms if form in self._atoms)
            if len(self._known) < 50_000:  # noqa: PLR2004 - strangers' words must not fill the memory
                self._known[word] = known
        return known


def _follow(rest: tuple[str, ...], fits: Sequence[tuple[str, ...]], at: int) -> int | None:
    """Return where a pattern ends whose first word stands at `at`; None when it doesn't go on."""
    place, reach = at + 1, 1
    for atom in rest:
        if atom == _GAP:
            reach = _REACH
            continue
        place = next((i + 1 for i in range(place, min(len(fits), place + reach)) if atom in fits[i]), 0)
        if not place:
            return None
        reach = 1
    return place - 1


def _atoms(pattern: str) -> tuple[str, ...]:
    atoms: list[str] = []
    for word in pattern.split():
        if word == _GAP:
            atoms.append(_GAP)
            continue
        pieces = [piece for part in word.strip("*").replace("'", " ").split() for piece in words_of(part)]
        if pieces and word.startswith("*"):
            pieces[0] = "*" + pieces[0]
        if pieces and word.endswith("*"):
            pieces[-1] += "*"
        atoms += pieces
    return tuple(atoms)


def load_lexicons(directory: Path = CUES) -> dict[str, Lexicon]:
    """Read the cues of every language; all languages name the same concepts."""
    read = {language: _read(directory / f"{language}.txt") for language in OUR_LANGUAGES}
    concepts = set(read[OUR_LANGUAGES[0]])
    for language, patterns in read.items():
        if set(patterns) != concepts:
            raise CueError(f"{language}.txt: concepts differ: {', '.join(sorted(concepts ^ set(patterns)))}")
    return {language: Lexicon(patterns) for language, patterns in read.items()}


def _read(path: Path) -> dict[str, list[str]]:
    patterns: dict[str, list[str]] = {}
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        concept, colon, listed = line.partition(":")
        if not colon or concept in patterns:
            raise CueError(f"{path}:{at}: a line is `concept: pattern, pattern`, each concept once")
        patterns[concept] = [pattern.strip() for pattern in listed.split(",") if pattern.strip()]
    return patterns
