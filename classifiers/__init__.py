"""Reads what people write: which rights they exercise, in which language, how sure, by which words."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from classifiers.calibration import Calibration
    from classifiers.evaluation import Report
    from classifiers.pipeline import PipelineReader

MODEL_DIR: Final = Path(__file__).parent / "model"
DATA_DIR: Final = Path(__file__).parent / "data"

__all__ = ["DATA_DIR", "MODEL_DIR", "complaint", "evaluate", "load", "needs_training", "train"]

# Commands import this package to name its folders; spaCy and scikit-learn take a second that only readers should pay.
# ruff: noqa: PLC0415


def load(path: Path | None = None) -> "PipelineReader":
    """Load the trained pipeline; raises ModelError when there is none, or one that is out of date or doesn't fit."""
    from classifiers import pipeline

    return pipeline.load(path or MODEL_DIR, _corpus_of(path))


def complaint(path: Path | None = None) -> str:
    """Say what keeps a pipeline from being loaded, in words; empty when nothing does."""
    from classifiers import fingerprint

    return fingerprint.complaint(path or MODEL_DIR, _corpus_of(path))


def _corpus_of(path: Path | None) -> Path | None:
    """Return what the pipeline must be made from: ours from our corpus, a chosen one from whatever its makers like."""
    return DATA_DIR if path in {None, MODEL_DIR} else None


def needs_training(data_dir: Path = DATA_DIR, out_dir: Path = MODEL_DIR, reviewed: Path | None = None) -> bool:
    """Say whether the folder holds no pipeline, or one made of other data or code. Raises OSError."""
    from classifiers import fingerprint

    return bool(fingerprint.complaint(out_dir, data_dir, reviewed))


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    progress: Callable[[str], None],
    measure: bool = False,
    reviewed: Path | None = None,
) -> "Calibration":
    """Train the pipeline, from `reviewed` corrections as well where there are any.

    To `measure` it on styles it did not see is told even where that was done for this corpus and code. Raises
    CorpusError, OSError.
    """
    from classifiers import training

    return training.train(data_dir, out_dir, progress=progress, measure=measure, reviewed=reviewed)


def evaluate(reader: "PipelineReader", rows: Iterable[Mapping[str, Any]]) -> "Report":
    """Measure a reader on labelled rows it has not learnt from. Raises BadInput, which names the row."""
    from classifiers import evaluation

    return evaluation.evaluate(reader, rows)
