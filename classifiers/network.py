"""The clause network: each clause is read in the light of its message, and the strongest trace of each kind decides.

A clause is heard three ways: by its vector, by its cues, and by its own letters, words and pairs of cues, whose vectors
the network learns (as fastText does: Joulin et al., arXiv:1607.01759). "Please take it out" means one thing in a mail
about an account and another in one about a parcel, so what the message is about weighs in each clause. The maximum over
clauses is what finds one request in a long letter, and the second right of two. Run with numpy alone.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.features import Features, Floats, Halves, Rows

Bytes = NDArray[np.int8]

VECTOR_GAIN: Final = np.float32(8)
"""Vectors of length one in 512 dimensions are brought to the size of cue marks."""


@dataclass(slots=True)
class Weights:
    """All that one network has learnt; `said` has a row a name of the vocabularies, in whole steps of its `said_step`.

    A byte a number is enough: the names are many, and what was learnt of each is coarse.
    """

    said: Bytes
    said_step: Halves
    clause: Floats
    clause_context: Floats
    clause_bias: Floats
    message: Floats
    message_bias: Floats
    label: Floats
    label_bias: Floats

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages side by side: the rows of all clauses, and where each message's rows begin."""

    rows: Floats
    said: Rows
    starts: NDArray[np.intp]
    context: Floats

    @property
    def owners(self) -> NDArray[np.intp]:
        """Return for each clause's row the message it stands in."""
        return np.repeat(np.arange(len(self.starts)), np.diff(np.append(self.starts, len(self.rows))))

    def take(self, chosen: NDArray[np.intp]) -> "Batch":
        """Return some of the messages."""
        ends = np.append(self.starts[1:], len(self.rows))
        lengths = ends[chosen] - self.starts[chosen]
        rows = np.concatenate([np.arange(self.starts[i], ends[i]) for i in chosen])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return Batch(self.rows[rows], self.said.take(rows), starts, self.context[chosen])


def batch(messages: Sequence[Features]) -> Batch:
    """Lay messages out for the network."""
    rows = [np.hstack([message.vectors * VECTOR_GAIN, message.cues]) for message in messages]
    lengths = [len(part) for part in rows]
    context = [message.context for message in messages]
    width = messages[0].vectors.shape[1]
    wide = np.stack(context)
    wide[:, :width] *= VECTOR_GAIN
    said = Rows.of([row for message in messages for row in message.clauses])
    return Batch(np.concatenate(rows), said, np.concatenate([[0], np.cumsum(lengths)[:-1]]), wide)


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
        alone = Batch(messages.rows, messages.said, np.arange(count), np.repeat(messages.context, count, axis=0))
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
    rows = np.hstack([messages.rows, _heard(messages.said, weights)])
    light = (messages.context @ weights.clause_context)[messages.owners]
    hidden = np.maximum(rows @ weights.clause + light + weights.clause_bias, 0)
    strongest = np.maximum.reduceat(hidden, messages.starts, axis=0)
    gist = np.maximum(np.hstack([strongest, messages.context]) @ weights.message + weights.message_bias, 0)
    return np.asarray(gist @ weights.label + weights.label_bias, np.float32)


def _heard(said: Rows, weights: Weights) -> Floats:
    """Return the sum of the vectors of what stands in each clause."""
    values = said.values * weights.said_step[said.columns].astype(np.float32)
    between = itertools.pairwise(said.ends)
    sums = [values[at:end] @ weights.said[said.columns[at:end]].astype(np.float32) for at, end in between]
    return np.asarray(sums, np.float32)
