"""What a message looks like to the models: letters, words and cues as weighted counts, sentences as vectors."""

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.core.rights import OUR_LANGUAGES
from classifiers.lexicon import Cue
from classifiers.text import Clause

Counts = Mapping[str, int]
Floats = NDArray[np.float32]
BLOCKS: Final = ("letters", "words", "cues")

_GRAMS: Final = range(2, 6)
_NUMBER: Final = "0"


@dataclass(frozen=True, slots=True)
class Features:
    """One message as the models see it; the arrays have a row a clause."""

    counts: Mapping[str, Counts]
    cues: Floats
    vectors: Floats
    whole: Floats
    language: str
    chat: bool

    @property
    def context(self) -> Floats:
        """What holds for the message as a whole, beside its clauses."""
        setting = [*(self.language == language for language in OUR_LANGUAGES), self.chat]
        return np.concatenate([self.whole, self.cues.max(axis=0), np.array(setting, np.float32)])


def counts(clauses: Sequence[Clause], cues: Sequence[Sequence[Cue]]) -> dict[str, Counts]:
    """Count what stands in a message, a block for letters, one for words, one for cues."""
    letters: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for clause in clauses:
        said = [_NUMBER if word.text.isdigit() else word.text for word in clause.words]
        for word in said:
            letters.update(_grams(word))
        for size in (1, 2, 3):
            words.update(" ".join(said[i : i + size]) for i in range(len(said) - size + 1))
    return {"letters": letters, "words": words, "cues": _cue_pairs(cues)}


@lru_cache(maxsize=20_000)
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[i : i + n] for n in _GRAMS for i in range(max(1, len(padded) - n + 1)))


def _cue_pairs(cues: Sequence[Sequence[Cue]]) -> Counts:
    """Name every concept met and every two met in one clause: who, does, what, in which mood."""
    met: set[str] = set()
    for found in cues:
        concepts = sorted({cue.concept for cue in found})
        met.update(concepts)
        met.update(f"{one}+{other}" for one, other in itertools.combinations(concepts, 2))
    return dict.fromkeys(sorted(met), 1)


def cue_rows(cues: Sequence[Sequence[Cue]], concepts: Sequence[str]) -> Floats:
    """Mark the concepts of each clause; a message without clauses has one empty row."""
    column = {concept: i for i, concept in enumerate(concepts)}
    rows = np.zeros((max(1, len(cues)), len(concepts)), np.float32)
    for row, found in enumerate(cues):
        rows[row, [column[cue.concept] for cue in found]] = 1
    return rows


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of one block that are worth a weight, with their inverse document frequencies."""

    columns: Mapping[str, int]
    rarity: Floats

    @classmethod
    def learn(cls, documents: Sequence[Counts], at_least: int) -> "Vocabulary":
        """Keep what stands in at least so many messages."""
        seen = Counter(itertools.chain.from_iterable(documents))
        kept = sorted(name for name, times in seen.items() if times >= at_least)
        rarity = [math.log((1 + len(documents)) / (1 + seen[name])) + 1 for name in kept]
        return cls({name: i for i, name in enumerate(kept)}, np.array(rarity, np.float32))

    def weigh(self, document: Counts) -> tuple[NDArray[np.int32], Floats]:
        """Return the columns a message fills and their values, together of length one."""
        known = [(self.columns[name], times) for name, times in document.items() if name in self.columns]
        index = np.array([column for column, _ in known], np.int32)
        values = (1 + np.log(np.array([times for _, times in known], np.float32))) * self.rarity[index]
        length = float(np.linalg.norm(values))
        return index, (values / length if length else values).astype(np.float32)

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {"names": list(self.columns), "rarity": [round(float(value), 5) for value in self.rarity]}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Vocabulary":
        """Read what `as_json` wrote."""
        return cls({name: i for i, name in enumerate(saved["names"])}, np.array(saved["rarity"], np.float32))
