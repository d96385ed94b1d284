"""Linear models over weighted counts: one weight a name and head, learnt by logistic regression."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.features import Features, Floats, Halves


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores every head from blocks of weighted counts and the vector of the whole message."""

    heads: tuple[str, ...]
    weights: Mapping[str, Halves]
    vector_weights: Floats
    bias: Floats

    def scores(self, features: Features) -> Floats:
        """Return one logit a head."""
        total = self.bias + features.whole @ self.vector_weights
        for block, weights in self.weights.items():
            row = features.message[block]
            total = total + row.values @ weights[row.columns].astype(np.float32)
        return np.asarray(total, np.float32)

    def to_disk(self, directory: Path) -> None:
        """Write the model as JSON and plain arrays."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "heads.json").write_text(json.dumps(self.heads), encoding="utf-8")
        arrays: dict[str, Any] = {f"block_{block}": array for block, array in self.weights.items()}
        np.savez(directory / "weights.npz", vector=self.vector_weights, bias=self.bias, **arrays)

    @classmethod
    def from_disk(cls, directory: Path) -> "Linear":
        """Read what `to_disk` wrote."""
        heads = json.loads((directory / "heads.json").read_text(encoding="utf-8"))
        with np.load(directory / "weights.npz", allow_pickle=False) as arrays:
            blocks = [name.removeprefix("block_") for name in arrays.files if name.startswith("block_")]
            weights = {block: arrays[f"block_{block}"] for block in blocks}
            return cls(tuple(heads), weights, arrays["vector"], arrays["bias"])
