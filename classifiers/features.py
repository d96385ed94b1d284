"""What a message looks like to the models: letters, words and cues as weighted counts, sentences as vectors."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id

from bot.core.rights import OUR_LANGUAGES
from classifiers.clauses import Clause
from classifiers.lexicon import Cue

Keys = NDArray[np.uint64]
Counts = Mapping[int, int]
"""How often which name stands somewhere. A name is known by its hash, as in spaCy's string store: the names themselves
would fill a tenth of the memory."""
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
"""Half precision, for what is learnt of each name: the names are many, and what is learnt is coarse."""
BLOCKS: Final = ("letters", "words", "cues")
_AT_LEAST: Final[Mapping[str, int]] = {"letters": 3, "words": 3, "cues": 2}
"""In how many messages a name must stand to be worth a weight."""
_GRAMS: Final = range(2, 6)
_NUMBER: Final = "0"
_LAST: Final = np.iinfo(np.uint64).max


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


Form = TypeVar("Form")


@dataclass(frozen=True, slots=True)
class Twice(Generic[Form]):
    """A message seen twice: sentence by sentence, for its rights; clause by clause, for what stands around them.

    A right is often told only by all of a sentence; a threat beside it hides in one.
    """

    by_sentence: Form
    by_clause: Form


@dataclass(frozen=True, slots=True)
class Counted:
    """One message cut one way, with what stands in it counted; the arrays have a row a part, as `clauses` has."""

    clauses: tuple[Mapping[str, Counts], ...]
    cues: Floats
    vectors: Floats
    language: str
    chat: bool

    def counts(self, block: str) -> Counts:
        """Return what stands in the message as a whole."""
        total: Counter[int] = Counter()
        for clause in self.clauses:
            total.update(clause[block])
        return total


@dataclass(frozen=True, slots=True)
class Features:
    """One message cut one way, as the models see it; the arrays have a row a part, as `clauses` has."""

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


def said_in(clause: Clause) -> dict[str, Counts]:
    """Count letters, words and cues of one clause, a block each."""
    letters: Counter[int] = Counter()
    words: Counter[int] = Counter()
    said = [_NUMBER if word.text.isdigit() else word.text for word in clause.words]
    for word in said:
        letters.update(_grams(word))
    for size in (1, 2, 3):
        words.update(get_string_id(" ".join(said[i : i + size])) for i in range(len(said) - size + 1))
    return {"letters": letters, "words": words, "cues": _pairs(clause.cues)}


@lru_cache(maxsize=20_000)
def _grams(word: str) -> tuple[int, ...]:
    padded = f" {word} "
    return tuple(get_string_id(padded[i : i + n]) for n in _GRAMS for i in range(max(1, len(padded) - n + 1)))


def _pairs(cues: Sequence[Cue]) -> Counts:
    """Name every concept met in a clause and every two of them: who, does, what, in which mood."""
    met = sorted({cue.concept for cue in cues})
    names = [*met, *(f"{one}+{other}" for one, other in itertools.combinations(met, 2))]
    return dict.fromkeys(map(get_string_id, names), 1)


def cue_rows(clauses: Sequence[Clause], concepts: Sequence[str]) -> Floats:
    """Mark the concepts of each clause; a message without clauses has one empty row."""
    column = {concept: i for i, concept in enumerate(concepts)}
    rows = np.zeros((max(1, len(clauses)), len(concepts)), np.float32)
    for row, clause in enumerate(clauses):
        rows[row, [column[cue.concept] for cue in clause.cues]] = 1
    return rows


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of one block that are worth a weight, sorted by hash, with their inverse document frequencies.

    A last key that is no name's closes the row, so that whatever is looked for has a place.
    """

    keys: Keys
    rarity: Floats

    @classmethod
    def learn(cls, documents: Sequence[Counts], at_least: int) -> "Vocabulary":
        """Keep what stands in at least so many messages."""
        seen = Counter(itertools.chain.from_iterable(documents))
        kept = sorted(name for name, times in seen.items() if times >= at_least)
        times = np.array([seen[name] for name in kept], np.float64)
        rarity = np.log((1 + len(documents)) / (1 + times)) + 1
        return cls(np.array([*kept, _LAST], np.uint64), rarity.astype(np.float32))

    def weigh(self, document: Counts) -> Row:
        """Return the columns that a message or clause fills."""
        names = np.fromiter(document.keys(), np.uint64, len(document))
        times = np.fromiter(document.values(), np.float32, len(document))
        columns = np.searchsorted(self.keys, names)
        known = self.keys[columns] == names
        index = columns[known].astype(np.int32)
        values = (1 + np.log(times[known])) * self.rarity[index]
        length = float(np.linalg.norm(values))
        return Row(index, (values / length if length else values).astype(np.float32))


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
        return len(self.blocks[block].rarity)

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
        """Write the names as arrays, two a block."""
        directory.mkdir(parents=True, exist_ok=True)
        for block, names in self.blocks.items():
            np.savez(directory / f"{block}.npz", keys=names.keys, rarity=names.rarity)

    @classmethod
    def from_disk(cls, directory: Path) -> "Vocabularies":
        """Read what `to_disk` wrote."""
        blocks = {}
        for block in BLOCKS:
            with np.load(directory / f"{block}.npz", allow_pickle=False) as arrays:
                blocks[block] = Vocabulary(arrays["keys"], arrays["rarity"])
        return cls(blocks)
