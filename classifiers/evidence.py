"""Which words speak for a label: the clause that alone would say it loudest."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from bot.core.rights import Evidence, RequestType
from classifiers.clauses import Clause
from classifiers.decision import LABELS
from classifiers.network import Batch, ClauseNetwork
from classifiers.text import Given

MAX_SHOWN: Final = 300


def find_evidence(
    given: Given, said: Sequence[Clause], rights: Iterable[RequestType], network: ClauseNetwork, laid_out: Batch
) -> tuple[Evidence, ...]:
    r"""Return one span a label, in the order of the law; offsets are into `subject + "\n" + text` as it was given."""
    found = []
    for right in (label for label in LABELS if label in set(rights)):
        loudest = said[int(np.argmax(network.clause_scores(laid_out, LABELS.index(right))))]
        text = given.text[loudest.start : loudest.end]
        start = loudest.start + len(text) - len(text.lstrip())
        end = min(loudest.start + len(text.rstrip()), start + MAX_SHOWN)
        # A clause at the cut between head and tail ends where the head ends.
        first, last = given.origin(start), given.origin(end - 1) + 1
        if last - first == end - start:
            found.append(Evidence(right.value, given.text[start:end], first, last))
    return tuple(found)
