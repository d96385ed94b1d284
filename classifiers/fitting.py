"""Fitting all models on labelled messages: a linear model and a network, for the rights and for what is around them."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.circumstances import HEADS
from classifiers.corpus import Example
from classifiers.decision import LABELS
from classifiers.features import BLOCKS, Counted, Features, Twice, Vocabularies
from classifiers.learning import Truth, learn_linear
from classifiers.linear import Linear
from classifiers.network import Batch, ClauseNetwork, Weights, batch
from classifiers.network_training import Recipe, train_network

RIGHTS_MEMBERS: Final = ((1, 32), (2, 32), (3, 0), (4, 0))
AROUND_MEMBERS: Final = ((1, 0), (2, 32), (3, 0))
"""A seed a network, and how many numbers it learns for each name: unlike members err unlike."""
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


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Messages cut one way, and what is to be learnt from them where it is asked."""

    vocabularies: Vocabularies
    messages: Sequence[Features]
    laid_out: Batch
    answers: Truth
    asked: Truth

    def network(self, seed: int, units: int, recipe: Recipe) -> Weights:
        truth, mask = self.answers.astype(np.float32), self.asked.astype(np.float32)
        return train_network(self.laid_out, (self.vocabularies.said, units), truth, mask, seed, recipe)

    def linear(self, heads: Sequence[str], blocks: Sequence[str], strength: float) -> Linear:
        widths = {block: self.vocabularies.width(block) for block in blocks}
        return learn_linear(self.messages, heads, self.answers, self.asked, widths, strength)


def fit(counted: Sequence[Twice[Counted]], labels: Labels, recipe: Recipe) -> Models:
    """Fit every model, side by side; a label that is accepted but not meant is left open."""
    vocabularies = Vocabularies.learn([message.by_sentence for message in counted])

    def lesson(messages: Iterable[Counted], answers: Truth, asked: Truth) -> _Lesson:
        weighed = [vocabularies.weigh(message) for message in messages]
        return _Lesson(vocabularies, weighed, batch(weighed), answers, asked)

    rights = lesson((message.by_sentence for message in counted), labels.rights, ~labels.also)
    around = lesson((message.by_clause for message in counted), labels.around, labels.around_asked)
    with ThreadPoolExecutor(WORKERS) as pool:  # numpy and liblinear let go of the interpreter
        rights_members = [pool.submit(rights.network, *member, recipe) for member in RIGHTS_MEMBERS]
        around_members = [pool.submit(around.network, *member, recipe) for member in AROUND_MEMBERS]
        around_linear = pool.submit(around.linear, HEADS, AROUND_BLOCKS, AROUND_STRENGTH)
        rights_linear = pool.submit(rights.linear, LABELS, BLOCKS, RIGHTS_STRENGTH)
        return Models(
            vocabularies=vocabularies,
            rights_linear=rights_linear.result(),
            rights_network=ClauseNetwork(tuple(member.result() for member in rights_members)),
            around_linear=around_linear.result(),
            around_network=ClauseNetwork(tuple(member.result() for member in around_members)),
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
