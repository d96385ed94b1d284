"""Linear models over weighted counts: one weight a name and head, learnt by logistic regression."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.features import Counts, Features, Floats, Vocabulary


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores every head from blocks of counts and the vector of the whole message."""

    heads: tuple[str, ...]
    vocabularies: Mapping[str, Vocabulary]
    weights: Mapping[str, Floats]
    vector_weights: Floats
    bias: Floats

    def scores(self, features: Features) -> Floats:
        """Return one logit a head."""
        total = self.bias + features.whole @ self.vector_weights
        for block, vocabulary in self.vocabularies.items():
            columns, values = vocabulary.weigh(features.counts[block])
            total = total + values @ self.weights[block][columns]
        return np.asarray(total, np.float32)

    def shares(self, document: Counts, block: str, head: int) -> dict[str, float]:
        """Return how much each name of a block adds to one head's logit."""
        vocabulary = self.vocabularies[block]
        columns, values = vocabulary.weigh(document)
        names = [name for name in document if name in vocabulary.columns]
        shares = values * self.weights[block][columns, head]
        return dict(zip(names, (float(share) for share in shares), strict=True))

    def to_disk(self, directory: Path) -> None:
        """Write the model as JSON and plain arrays."""
        directory.mkdir(parents=True, exist_ok=True)
        names = {block: vocabulary.as_json() for block, vocabulary in self.vocabularies.items()}
        saved = json.dumps({"heads": list(self.heads), "blocks": names}, ensure_ascii=False)
        (directory / "names.json").write_text(saved, encoding="utf-8")
        arrays: dict[str, Any] = {f"block_{block}": array for block, array in self.weights.items()}
        np.savez(directory / "weights.npz", vector=self.vector_weights, bias=self.bias, **arrays)

    @classmethod
    def from_disk(cls, directory: Path) -> "Linear":
        """Read what `to_disk` wrote."""
        saved = json.loads((directory / "names.json").read_text(encoding="utf-8"))
        with np.load(directory / "weights.npz", allow_pickle=False) as arrays:
            return cls(
                heads=tuple(saved["heads"]),
                vocabularies={block: Vocabulary.from_json(names) for block, names in saved["blocks"].items()},
                weights={block: arrays[f"block_{block}"] for block in saved["blocks"]},
                vector_weights=arrays["vector"],
                bias=arrays["bias"],
            )


def stack_rows(vocabularies: Mapping[str, Vocabulary], messages: Sequence[Features]) -> tuple[Any, ...]:
    """Return data, column indices and row pointers of all messages side by side, blocks in order."""
    data, indices, pointers = [], [], [0]
    for message in messages:
        offset = 0
        for block, vocabulary in vocabularies.items():
            columns, values = vocabulary.weigh(message.counts[block])
            data.append(values)
            indices.append(columns + offset)
            offset += len(vocabulary.columns)
        pointers.append(pointers[-1] + sum(len(part) for part in data[-len(vocabularies) :]))
    return np.concatenate(data), np.concatenate(indices), np.array(pointers)
