"""Training of the clause network: binary cross-entropy, Adam with decay, dropout; seeded, so that it repeats.

The vectors of names (letters, words, pairs of cues) learn by Adagrad (Duchi et al., JMLR 12, 2011), a rate a name: most
names are rare.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # comes with scikit-learn, untyped
from scipy.special import expit  # type: ignore[import-untyped]

from classifiers.features import Floats, Rows
from classifiers.network import Batch, Weights

CLAUSE_UNITS: Final = 128
MESSAGE_UNITS: Final = 128
_MOST_STEPS: Final = np.iinfo(np.int8).max
_DIM: Final = np.float32(0.3)
"""The message's light on its clauses starts low: first a clause is what it says itself."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how gently the network learns."""

    epochs: int = 20
    messages_a_step: int = 64
    rate: float = 2e-3
    decay: float = 2e-2
    input_dropout: float = 0.3
    hidden_dropout: float = 0.5
    said_dropout: float = 0.5
    said_rate: float = 0.28
    warm_up: int = 50


def train_network(
    messages: Batch, names: tuple[int, int], labels: Floats, mask: Floats, seed: int, recipe: Recipe
) -> Weights:
    """Learn from labelled messages; where `mask` is zero, a label is left open (either reading is accepted).

    `names` is how many names the vocabularies have, and how many numbers are learnt for each; with none, the network
    goes by vectors and cues.
    """
    draw = np.random.default_rng(seed)
    said = _Said(names, recipe)
    weights = _start(messages, said.vectors, labels.shape[1], draw)
    adam = _Adam(weights, recipe)
    count = len(messages.starts)
    steps = max(1, count // recipe.messages_a_step)
    for epoch in range(recipe.epochs):
        for number, chosen in enumerate(np.array_split(draw.permutation(count), steps)):
            part = messages.take(chosen)
            heard = said.hear(part.said, draw)
            slopes = _slopes(weights, part, heard, labels[chosen], mask[chosen], draw, recipe)
            left = 1 - (epoch * steps + number) / (recipe.epochs * steps)
            said.step(slopes.pop("said"), left=left)
            adam.step(weights, slopes, left=left)
    steps = np.abs(said.vectors).max(axis=1, initial=0) / _MOST_STEPS
    in_steps = said.vectors / np.where(steps > 0, steps, 1)[:, None]
    return replace(weights, said=np.rint(in_steps).astype(np.int8), said_step=steps.astype(np.float16))


def _start(messages: Batch, said: Floats, labels: int, draw: np.random.Generator) -> Weights:
    def spread(rows: int, columns: int) -> Floats:
        return np.asarray(draw.standard_normal((rows, columns)) * np.sqrt(2 / rows), np.float32)

    width = messages.context.shape[1]
    return Weights(
        said=said.astype(np.int8),
        said_step=np.zeros(len(said), np.float16),
        clause=spread(messages.rows.shape[1] + said.shape[1], CLAUSE_UNITS),
        clause_context=spread(width, CLAUSE_UNITS) * _DIM,
        clause_bias=np.zeros(CLAUSE_UNITS, np.float32),
        message=spread(CLAUSE_UNITS + width, MESSAGE_UNITS),
        message_bias=np.zeros(MESSAGE_UNITS, np.float32),
        label=spread(MESSAGE_UNITS, labels) / np.float32(2),
        label_bias=np.full(labels, -2, np.float32),
    )


def _kept(shape: tuple[int, ...], dropout: float, draw: np.random.Generator) -> Floats:
    return np.asarray(draw.random(shape, dtype=np.float32) > dropout, np.float32) / np.float32(1 - dropout)


def _slopes(
    weights: Weights,
    part: Batch,
    heard: Floats,
    labels: Floats,
    mask: Floats,
    draw: np.random.Generator,
    recipe: Recipe,
) -> dict[str, Floats]:
    """Return the gradient of the loss over one step's messages."""
    owners = part.owners
    rows = np.hstack([part.rows * _kept(part.rows.shape, recipe.input_dropout, draw), heard])
    context = part.context * _kept(part.context.shape, recipe.input_dropout, draw)
    before = rows @ weights.clause + (context @ weights.clause_context)[owners] + weights.clause_bias
    hidden = np.maximum(before, 0)
    strongest = np.maximum.reduceat(hidden, part.starts, axis=0)
    inner = np.hstack([strongest, context])
    gist = inner @ weights.message + weights.message_bias
    kept = _kept(gist.shape, recipe.hidden_dropout, draw)
    shown = np.maximum(gist, 0) * kept
    logits = shown @ weights.label + weights.label_bias

    at_logits = ((expit(logits) - labels) * mask / len(labels)).astype(np.float32)
    at_gist = (at_logits @ weights.label.T) * kept * (gist > 0)
    at_strongest = (at_gist @ weights.message.T)[:, : hidden.shape[1]]
    # Only the clause that was the strongest learns, and only where it said anything at all.
    at_hidden = np.where((hidden == strongest[owners]) & (before > 0), at_strongest[owners], 0).astype(np.float32)
    return {
        "said": at_hidden @ weights.clause[part.rows.shape[1] :].T,
        "clause": rows.T @ at_hidden,
        "clause_context": context.T @ np.add.reduceat(at_hidden, part.starts, axis=0),
        "clause_bias": at_hidden.sum(axis=0),
        "message": inner.T @ at_gist,
        "message_bias": at_gist.sum(axis=0),
        "label": shown.T @ at_logits,
        "label_bias": at_logits.sum(axis=0),
    }


class _Said:
    """The vectors of names while they are learnt; only those that stand in a step's messages move."""

    def __init__(self, names: tuple[int, int], recipe: Recipe) -> None:
        self.vectors = np.zeros(names, np.float32)
        self._is_met = np.zeros(names[0], np.bool_)
        self._place = np.zeros(names[0], np.int32)
        self._square = np.full(names[0], 1e-8, np.float32)
        self._recipe = recipe

    def hear(self, said: Rows, draw: np.random.Generator) -> Floats:
        """Return what each clause sounds like, some of its names left out."""
        self._is_met[said.columns] = True
        self._met = np.flatnonzero(self._is_met)
        self._is_met[self._met] = False
        self._place[self._met] = np.arange(len(self._met))
        values = said.values * _kept(said.values.shape, self._recipe.said_dropout, draw)
        in_place = (values, self._place[said.columns], said.ends)
        self._rows = csr_matrix(in_place, shape=(len(said.ends) - 1, len(self._met)))
        return np.asarray(self._rows @ self.vectors[self._met], np.float32)

    def step(self, slopes: Floats, *, left: float) -> None:
        """Move what was heard last."""
        moved = np.asarray(self._rows.T @ slopes, np.float32)
        self._square[self._met] += (moved**2).sum(axis=1)
        pace = np.float32(self._recipe.said_rate * left) / np.sqrt(self._square[self._met])
        self.vectors[self._met] -= pace[:, None] * moved


class _Adam:
    """Adam with decoupled weight decay, a warm-up and a linear descent of the rate."""

    def __init__(self, weights: Weights, recipe: Recipe) -> None:
        self._recipe = recipe
        arrays = {name: array for name, array in weights.arrays().items() if not name.startswith("said")}
        self._mean = {name: np.zeros_like(array) for name, array in arrays.items()}
        self._square = {name: np.zeros_like(array) for name, array in arrays.items()}
        self._steps = 0

    def step(self, weights: Weights, slopes: dict[str, Floats], *, left: float) -> None:
        self._steps += 1
        rate = self._recipe.rate * min(1.0, self._steps / self._recipe.warm_up) * left
        for name, slope in slopes.items():
            array, mean, square = getattr(weights, name), self._mean[name], self._square[name]
            mean += np.float32(0.1) * (slope - mean)
            square += np.float32(0.001) * (slope * slope - square)
            bold = mean / np.float32(1 - 0.9**self._steps)
            calm = np.sqrt(square / np.float32(1 - 0.999**self._steps)) + np.float32(1e-8)
            decay = self._recipe.decay if array.ndim > 1 else 0.0
            np.subtract(array, np.float32(rate) * (bold / calm + np.float32(decay) * array), out=array)
