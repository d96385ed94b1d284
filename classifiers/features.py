"""What a message looks like to the models: letters, words and cues as weighted counts, sentences as vectors."""

import itertools
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.core.rights import OUR_LANGUAGES
from classifiers.lexicon import Cue
from classifiers.text import Clause

Counts = Mapping[str, int]
Floats = NDArray[np.float32]
BLOCKS: Final = ("letters", "words", "cues")
_AT_LEAST: Final[Mapping[str, int]] = {"letters": 3, "words": 3, "cues": 2}
"""In how many messages a name must stand to be worth a weight."""
_GRAMS: Final = range(2, 6)
_NUMBER: Final = "0"


@dataclass(frozen=True, slots=True)
class Row:
    """The names that stand somewhere, by their columns, with their weights; together of length one."""

    columns: NDArray[np.int32]
    values: Floats


@dataclass(frozen=True, slots=True)
class Rows:
    """Many rows side by side: row i lies from `ends[i]` to `ends[i + 1]`."""

    columns: NDArray[np.int32]
    values: Floats
    ends: NDArray[np.intp]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Rows":
        """Lay rows side by side."""
        ends = np.cumsum([0, *(len(row.columns) for row in rows)])
        return cls(np.concatenate([row.columns for row in rows]), np.concatenate([row.values for row in rows]), ends)

    def take(self, chosen: NDArray[np.intp]) -> "Rows":
        """Return some of the rows."""
        lengths = np.diff(self.ends)[chosen]
        ends = np.concatenate([[0], np.cumsum(lengths)])
        at = np.arange(ends[-1]) + np.repeat(self.ends[chosen] - ends[:-1], lengths)
        return Rows(self.columns[at], self.values[at], ends)


@dataclass(frozen=True, slots=True)
class Counted:
    """One message with what stands in it counted, before anything is weighed; the arrays have a row a clause."""

    clauses: tuple[Mapping[str, Counts], ...]
    cues: Floats
    vectors: Floats
    language: str
    chat: bool

    def counts(self, block: str) -> Counts:
        """Return what stands in the message as a whole."""
        total: Counter[str] = Counter()
        for clause in self.clauses:
            total.update(clause[block])
        return total


@dataclass(frozen=True, slots=True)
class Features:
    """One message as the models see it; the arrays and `clauses` have a row a clause."""

    message: Mapping[str, Row]
    clauses: tuple[Row, ...]
    cues: Floats
    vectors: Floats
    language: str
    chat: bool

    @property
    def whole(self) -> Floats:
        """The direction of the message: the mean of its clauses' vectors, brought to length one."""
        together = self.vectors.sum(axis=0)
        length = float(np.linalg.norm(together))
        return np.asarray(together / length if length else together, np.float32)

    @property
    def context(self) -> Floats:
        """What holds for the message as a whole, beside its clauses."""
        setting = [*(self.language == language for language in OUR_LANGUAGES), self.chat]
        return np.concatenate([self.whole, self.cues.max(axis=0), np.array(setting, np.float32)])


def said_in(clause: Clause, cues: Sequence[Cue]) -> dict[str, Counts]:
    """Count letters, words and cues of one clause, a block each."""
    letters: Counter[str] = Counter()
    words: Counter[str] = Counter()
    said = [_NUMBER if word.text.isdigit() else word.text for word in clause.words]
    for word in said:
        letters.update(_grams(word))
    for size in (1, 2, 3):
        words.update(" ".join(said[i : i + size]) for i in range(len(said) - size + 1))
    return {"letters": letters, "words": words, "cues": _pairs(cues)}


@lru_cache(maxsize=20_000)
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[i : i + n] for n in _GRAMS for i in range(max(1, len(padded) - n + 1)))


def _pairs(cues: Sequence[Cue]) -> Counts:
    """Name every concept met in a clause and every two of them: who, does, what, in which mood."""
    met = sorted({cue.concept for cue in cues})
    return dict.fromkeys([*met, *(f"{one}+{other}" for one, other in itertools.combinations(met, 2))], 1)


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

    def weigh(self, document: Counts) -> Row:
        """Return the columns that a message or clause fills."""
        known = [(self.columns[name], times) for name, times in document.items() if name in self.columns]
        index = np.array([column for column, _ in known], np.int32)
        values = (1 + np.log(np.array([times for _, times in known], np.float32))) * self.rarity[index]
        length = float(np.linalg.norm(values))
        return Row(index, (values / length if length else values).astype(np.float32))

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {"names": list(self.columns), "rarity": [round(float(value), 5) for value in self.rarity]}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Vocabulary":
        """Read what `as_json` wrote."""
        return cls({name: i for i, name in enumerate(saved["names"])}, np.array(saved["rarity"], np.float32))


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """The names of all blocks that are worth a weight: one set for every model."""

    blocks: Mapping[str, Vocabulary]

    @classmethod
    def learn(cls, messages: Sequence[Counted]) -> "Vocabularies":
        """Choose the names that several messages share."""
        return cls(
            {
                block: Vocabulary.learn([message.counts(block) for message in messages], _AT_LEAST[block])
                for block in BLOCKS
            }
        )

    def width(self, block: str) -> int:
        """How many names a block has."""
        return len(self.blocks[block].columns)

    @property
    def said(self) -> int:
        """How many columns a clause's row has."""
        return sum(map(self.width, BLOCKS))

    def weigh(self, message: Counted) -> Features:
        """Weigh what was counted."""
        return Features(
            message={block: vocabulary.weigh(message.counts(block)) for block, vocabulary in self.blocks.items()},
            clauses=tuple(map(self._clause, message.clauses)),
            cues=message.cues,
            vectors=message.vectors,
            language=message.language,
            chat=message.chat,
        )

    def _clause(self, clause: Mapping[str, Counts]) -> Row:
        """Return one row for all that is said in a clause, block after block."""
        rows = [vocabulary.weigh(clause[block]) for block, vocabulary in self.blocks.items()]
        before = itertools.accumulate((self.width(block) for block in self.blocks), initial=0)
        columns = [row.columns + np.int32(shift) for row, shift in zip(rows, before, strict=False)]
        return Row(np.concatenate(columns), np.concatenate([row.values for row in rows]))

    def to_disk(self, directory: Path) -> None:
        """Write the names as JSON."""
        directory.mkdir(parents=True, exist_ok=True)
        saved = {block: vocabulary.as_json() for block, vocabulary in self.blocks.items()}
        (directory / "names.json").write_text(json.dumps(saved, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def from_disk(cls, directory: Path) -> "Vocabularies":
        """Read what `to_disk` wrote."""
        saved = json.loads((directory / "names.json").read_text(encoding="utf-8"))
        return cls({block: Vocabulary.from_json(names) for block, names in saved.items()})
