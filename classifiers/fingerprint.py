"""Whether a trained pipeline is still the one that this data and this code would make; imports nothing heavy."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from classifiers.corpus import corpus_files
from classifiers.encoder import installed
from classifiers.lexicon import CUES

META: Final = "nexio"
_SAYS_NOTHING_OF_WEIGHTS: Final = frozenset(
    {"__init__.py", "corrections.py", "entities.py", "evaluation.py", "evidence.py", "reliability.py"}
)
"""Modules that may change without a new training."""


def data_hash(data_dir: Path) -> str:
    """Hash the corpus: names and contents."""
    return _hash(data_dir, corpus_files(data_dir))


def code_hash() -> str:
    """Hash all else that shapes the weights: modules, cues, the encoder's version."""
    here = Path(__file__).parent
    modules = [path for path in sorted(here.glob("*.py")) if path.name not in _SAYS_NOTHING_OF_WEIGHTS]
    return _hash(here, [*modules, *sorted(CUES.glob("*.txt"))], installed())


def needs_training(data_dir: Path, out_dir: Path) -> bool:
    """Say whether the folder holds no pipeline, or one made of other data or code."""
    meta = out_dir / "meta.json"
    if not meta.is_file():
        return True
    made = json.loads(meta.read_text(encoding="utf-8")).get(META, {})
    return bool(made.get("data_hash") != data_hash(data_dir) or made.get("code_hash") != code_hash())


def _hash(root: Path, files: Iterable[Path], beside: str = "") -> str:
    digest = hashlib.sha256(beside.encode())
    for path in files:
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
