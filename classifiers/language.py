"""Which of our four languages a message is in, or none of them; sure on three words, honest on none."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.core.rights import OUR_LANGUAGES, UNKNOWN_LANGUAGE
from classifiers.features import Floats
from classifiers.text import tokens

MAX_READ: Final = 600
_GRAM_SIZES: Final = range(1, 5)
_AT_LEAST: Final = 4
_FAMILIAR: Final = 0.55
"""The share of a message's words our corpus knows, above which a stranger's language is not believed."""
_MARGIN: Final = 0.6
"""How much better a stranger's language must explain a message, per square root of its length."""


@dataclass(frozen=True, slots=True)
class Told:
    """The language, and the nearest of ours when it is none of them."""

    language: str
    nearest: str


UNTOLD: Final = Told(UNKNOWN_LANGUAGE, "en")


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Letter sequences of our languages and their common words, counted in the corpus."""

    grams: Mapping[str, int]
    likely: Floats
    words: Mapping[str, frozenset[str]]

    @classmethod
    def learn(cls, texts: Iterable[tuple[str, str]]) -> "LanguageModel":
        """Count (language, text) pairs."""
        counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        words: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for language, text in texts:
            said = _words(text)
            words[language].update(set(said))
            for word in said:
                counted[language].update(_grams(word))
        total = sum(counted.values(), Counter())
        kept = sorted(gram for gram, times in total.items() if times >= _AT_LEAST)
        table = np.array([[counted[language][gram] for language in OUR_LANGUAGES] for gram in kept], np.float64) + 0.5
        likely = np.log(table / table.sum(axis=0))
        common = {
            language: frozenset(word for word, times in words[language].items() if times > 1)
            for language in OUR_LANGUAGES
        }
        return cls({gram: i for i, gram in enumerate(kept)}, likely.astype(np.float32), common)

    def tell(self, text: str) -> Told:
        """Say which language a text is in."""
        said = _words(text[:MAX_READ])
        rows = [self.grams[gram] for word in said for gram in _grams(word) if gram in self.grams]
        if not rows:
            return UNTOLD
        scores = self.likely[rows].sum(axis=0)
        nearest = OUR_LANGUAGES[int(scores.argmax())]
        known = sum(word in self.words[nearest] for word in said) / len(said)
        if known < _FAMILIAR and self._foreign(text[:MAX_READ]):
            return Told(UNKNOWN_LANGUAGE, nearest)
        return Told(nearest, nearest)

    @staticmethod
    def _foreign(text: str) -> bool:
        """Say whether a language that isn't ours explains the text clearly better than ours do."""
        ranked = _stranger().rank(" ".join(text.split()))
        scores = dict(ranked)
        ours = max(scores[language] for language in OUR_LANGUAGES)
        return bool(ranked[0][1] - ours > _MARGIN * math.sqrt(len(text)))

    def as_json(self) -> dict[str, Any]:
        """Return the words and letter sequences; the numbers go apart."""
        return {"grams": list(self.grams), "words": {language: sorted(self.words[language]) for language in self.words}}

    def to_disk(self, directory: Path) -> None:
        """Write the model as JSON and one array."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "names.json").write_text(json.dumps(self.as_json(), ensure_ascii=False), encoding="utf-8")
        np.save(directory / "likely.npy", self.likely)

    @classmethod
    def from_disk(cls, directory: Path) -> "LanguageModel":
        """Read what `to_disk` wrote."""
        saved = json.loads((directory / "names.json").read_text(encoding="utf-8"))
        words = {language: frozenset(known) for language, known in saved["words"].items()}
        likely = np.load(directory / "likely.npy", allow_pickle=False)
        return cls({gram: i for i, gram in enumerate(saved["grams"])}, likely, words)


@lru_cache(maxsize=1)
def _stranger() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)


def _words(text: str) -> Sequence[str]:
    return [token for token in (found.casefold() for found in tokens(text)) if token.isalpha()]


@lru_cache(maxsize=20_000)
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[i : i + n] for n in _GRAM_SIZES for i in range(len(padded) - n + 1))
