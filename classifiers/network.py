"""The clause network: each clause is read by itself, the strongest trace of each kind decides for the message.

Two layers of a few dozen thousand weights, trained and run with numpy alone. The maximum over clauses is what finds
one request in a long letter, and the second right of two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.features import Features, Floats

VECTOR_GAIN: Final = np.float32(8)
"""Vectors of length one in 512 dimensions are brought to the size of cue marks."""


@dataclass(slots=True)
class Weights:
    """All that one network has learnt."""

    clause: Floats
    clause_bias: Floats
    message: Floats
    message_bias: Floats
    label: Floats
    label_bias: Floats

    def arrays(self) -> dict[str, Floats]:
        """Return the arrays by name."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages side by side: the rows of all clauses, and where each message's rows begin."""

    rows: Floats
    starts: NDArray[np.intp]
    context: Floats

    def take(self, chosen: NDArray[np.intp]) -> "Batch":
        """Return some of the messages."""
        ends = np.append(self.starts[1:], len(self.rows))
        lengths = ends[chosen] - self.starts[chosen]
        rows = np.concatenate([np.arange(self.starts[i], ends[i]) for i in chosen])
        return Batch(self.rows[rows], np.concatenate([[0], np.cumsum(lengths)[:-1]]), self.context[chosen])


def batch(messages: Sequence[Features]) -> Batch:
    """Lay messages out for the network."""
    rows = [np.hstack([message.vectors * VECTOR_GAIN, message.cues]) for message in messages]
    lengths = [len(part) for part in rows]
    context = [message.context for message in messages]
    width = messages[0].whole.shape[0]
    wide = np.stack(context)
    wide[:, :width] *= VECTOR_GAIN
    return Batch(np.concatenate(rows), np.concatenate([[0], np.cumsum(lengths)[:-1]]), wide)


@dataclass(frozen=True, slots=True)
class ClauseNetwork:
    """A few networks that started from different seeds; their mean is steadier than any of them."""

    members: tuple[Weights, ...] = field(default=())

    def scores(self, messages: Batch) -> Floats:
        """Return one logit a message and label."""
        return np.asarray(np.mean([_forward(member, messages) for member in self.members], axis=0), np.float32)

    def clause_scores(self, messages: Batch, label: int) -> Floats:
        """Return one message's logit for a label as each of its clauses alone would make it."""
        count = len(messages.rows)
        alone = Batch(messages.rows, np.arange(count), np.repeat(messages.context, count, axis=0))
        return np.asarray(self.scores(alone)[:, label], np.float32)

    def to_disk(self, directory: Path) -> None:
        """Write the weights as plain arrays."""
        directory.mkdir(parents=True, exist_ok=True)
        for number, member in enumerate(self.members):
            arrays: dict[str, Any] = dict(member.arrays())
            np.savez(directory / f"member{number}.npz", **arrays)

    @classmethod
    def from_disk(cls, directory: Path) -> "ClauseNetwork":
        """Read what `to_disk` wrote."""
        members = []
        for path in sorted(directory.glob("member*.npz")):
            with np.load(path, allow_pickle=False) as arrays:
                members.append(Weights(**{item.name: arrays[item.name] for item in fields(Weights)}))
        return cls(tuple(members))


def _forward(weights: Weights, messages: Batch) -> Floats:
    hidden = np.maximum(messages.rows @ weights.clause + weights.clause_bias, 0)
    strongest = np.maximum.reduceat(hidden, messages.starts, axis=0)
    gist = np.maximum(np.hstack([strongest, messages.context]) @ weights.message + weights.message_bias, 0)
    return np.asarray(gist @ weights.label + weights.label_bias, np.float32)
