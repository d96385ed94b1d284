"""Fitting all models on labelled messages: a linear model and a network, for the rights and for what is around them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.circumstances import HEADS
from classifiers.corpus import Example
from classifiers.decision import LABELS
from classifiers.features import BLOCKS, Counted, Vocabularies
from classifiers.learning import Truth, learn_linear
from classifiers.linear import Linear
from classifiers.network import ClauseNetwork, Weights, batch
from classifiers.network_training import Recipe, train_network

RIGHTS_MEMBERS: Final = ((1, 32), (2, 32), (3, 0), (4, 0))
AROUND_MEMBERS: Final = ((1, 0), (2, 0))
"""A seed a network, and how many numbers it learns for each letter group and word: unlike members err unlike."""
WORKERS: Final = 2
RIGHTS_STRENGTH: Final = 3.0
AROUND_STRENGTH: Final = 1.0
AROUND_BLOCKS: Final = ("words", "cues")


@dataclass(frozen=True, slots=True)
class Labels:
    """What the corpus says, a row a message: rights, accepted seconds, what stands around and where that is asked."""

    rights: Truth
    also: Truth
    around: Truth
    around_asked: Truth

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "Labels":
        """Read the labels of a corpus."""
        return cls(
            rights=np.array([[label in example.labels for label in LABELS] for example in examples]),
            also=np.array([[label in example.also for label in LABELS] for example in examples]),
            around=np.array([[head in named for head in HEADS] for named in map(_named, examples)]),
            around_asked=np.array([[_is_settled(head, example) for head in HEADS] for example in examples]),
        )

    def take(self, chosen: NDArray[np.intp]) -> "Labels":
        """Return those of some messages."""
        return Labels(self.rights[chosen], self.also[chosen], self.around[chosen], self.around_asked[chosen])


@dataclass(frozen=True, slots=True)
class Models:
    """What was fitted on some of the messages."""

    vocabularies: Vocabularies
    rights_linear: Linear
    rights_network: ClauseNetwork
    around_linear: Linear
    around_network: ClauseNetwork


def fit(counted: Sequence[Counted], labels: Labels, recipe: Recipe) -> Models:
    """Fit every model, side by side; a label that is accepted but not meant is left open."""
    vocabularies = Vocabularies.learn(counted)
    messages = [vocabularies.weigh(message) for message in counted]
    laid_out = batch(messages)

    def network(answers: Truth, asked: Truth, seed: int, units: int) -> Weights:
        truth, mask = answers.astype(np.float32), asked.astype(np.float32)
        return train_network(laid_out, (vocabularies.said, units), truth, mask, seed, recipe)

    def linear(heads: Sequence[str], answers: Truth, asked: Truth, blocks: Sequence[str], strength: float) -> Linear:
        widths = {block: vocabularies.width(block) for block in blocks}
        return learn_linear(messages, heads, answers, asked, widths, strength)

    with ThreadPoolExecutor(WORKERS) as pool:  # numpy and liblinear let go of the interpreter
        about_rights = [pool.submit(network, labels.rights, ~labels.also, *member) for member in RIGHTS_MEMBERS]
        about_around = [pool.submit(network, labels.around, labels.around_asked, *member) for member in AROUND_MEMBERS]
        around = pool.submit(linear, HEADS, labels.around, labels.around_asked, AROUND_BLOCKS, AROUND_STRENGTH)
        rights = pool.submit(linear, LABELS, labels.rights, ~labels.also, BLOCKS, RIGHTS_STRENGTH)
        return Models(
            vocabularies=vocabularies,
            rights_linear=rights.result(),
            rights_network=ClauseNetwork(tuple(weights.result() for weights in about_rights)),
            around_linear=around.result(),
            around_network=ClauseNetwork(tuple(weights.result() for weights in about_around)),
        )


def _is_settled(head: str, example: Example) -> bool:
    """Say whether a message tells of a head; of the scope do only those who want to stop receiving."""
    return example.act is not None and (not head.startswith("scope:") or bool(example.scope))


def _named(example: Example) -> set[str]:
    return {
        f"act:{example.act}",
        *(f"flag:{flag}" for flag in example.flags),
        *(f"scope:{scope}" for scope in example.scope),
    }
