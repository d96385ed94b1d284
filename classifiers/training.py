"""Training: the corpus in, one pipeline folder out, measured on styles of writing the models had not seen."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn, untyped

from bot.core.rights import DataCategory
from classifiers.calibration import Calibration, keep, kept
from classifiers.circumstances import Circumstances
from classifiers.components import STEPS, Around, Looks, Rights, Tongue, document, heard, notes_of
from classifiers.corpus import Example, load_corpus
from classifiers.cross_validation import cross_validate
from classifiers.encoder import Foreknown
from classifiers.features import Counted, Twice
from classifiers.fingerprint import ENCODER, META, code_hash, data_hash
from classifiers.fitting import Labels, Models, fit
from classifiers.language import LanguageModel
from classifiers.network_training import Recipe
from classifiers.pipeline import blank, step
from classifiers.reviewed import load_reviewed
from classifiers.text import given

Progress = Callable[[str], None]

IN_SMALL_LETTERS: Final = 5
"""One message in so many is learnt in small letters too, as people type in a chat: the encoder hears a difference."""


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    progress: Progress,
    recipe: Recipe | None = None,
    measure: bool = False,
    reviewed: Path | None = None,
) -> Calibration:
    """Train the pipeline; the same data and code on the same machine give the same bytes.

    The calibration that lies beside the corpus is used while corpus and code are those it was taken on, which spares
    five fits of six; else, or told to `measure`, it is taken anew and put there. With `reviewed` corrections beside the
    corpus it is always taken anew, and travels with the pipeline alone. Raises CorpusError, OSError.
    """
    chosen = recipe or Recipe()
    examples = [*load_corpus(data_dir), *(load_reviewed(reviewed) if reviewed else ())]
    with threadpool_limits(1):
        progress(f"reading {len(examples)} messages")
        language = LanguageModel.learn((example.lang, f"{example.subject}\n{example.text}") for example in examples)
        messages, named = _look(examples, language)
        small, _ = _look([_in_small_letters(example) for example in examples[::IN_SMALL_LETTERS]], language)
        labels = Labels.of(examples)

        def fit_on(known: NDArray[np.intp]) -> Models:
            twice = known[known % IN_SMALL_LETTERS == 0]
            learnt = [messages[i] for i in known] + [small[i // IN_SMALL_LETTERS] for i in twice]
            return fit(learnt, labels.take(np.concatenate([known, twice])), chosen)

        calibration = None if measure or reviewed else kept(data_dir)
        if calibration is None:
            calibration = cross_validate(examples, messages, named, fit_on, progress)
            if reviewed is None:
                keep(calibration, data_dir)
        progress("fitting on everything")
        models = fit_on(np.arange(len(examples)))
    progress("writing the pipeline")
    _write(out_dir, language, models, calibration, data_hash(data_dir, reviewed))
    return calibration


def _in_small_letters(example: Example) -> Example:
    return replace(example, subject=example.subject.lower(), text=example.text.lower())


def _look(
    examples: Sequence[Example], language: LanguageModel
) -> tuple[list[Twice[Counted]], list[frozenset[DataCategory]]]:
    """Run the pipeline's first steps over the corpus; return what the models weigh, and the categories named."""
    nlp = blank(("nexio_own_words", "nexio_language", "nexio_cues", "nexio_naming", "nexio_clauses"))
    step(nlp, "nexio_language", Tongue).model = language
    docs = [nlp(document(nlp.vocab, given(example.subject, example.text), example.channel)) for example in examples]
    looks = Looks(Foreknown(said for doc in docs for said in heard(notes_of(doc))))
    return [looks.count(notes_of(doc)) for doc in docs], [notes_of(doc).categories for doc in docs]


def _write(out_dir: Path, language: LanguageModel, models: Models, calibration: Calibration, made_from: str) -> None:
    """Write the folder beside its place and move it there whole."""
    nlp = blank(STEPS)
    step(nlp, "nexio_language", Tongue).model = language
    step(nlp, "nexio_looks", Looks).vocabularies = models.vocabularies
    rights = step(nlp, "nexio_rights", Rights)
    rights.linear, rights.network, rights.judge = models.rights_linear, models.rights_network, calibration.judge
    around = Circumstances(models.around_linear, models.around_network, dict(calibration.thresholds))
    step(nlp, "nexio_around", Around).model = around
    nlp.meta[META] = {
        "data_hash": made_from,
        "code_hash": code_hash(),
        "model": f"{made_from[:8]}-{code_hash()[:8]}",
        "sure": calibration.judge.sure,
        "versions": {name: version(name) for name in ("spacy", "numpy", ENCODER)},
        "metrics": dict(calibration.figures),
    }
    fresh = out_dir.with_name(out_dir.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(fresh, exclude=["vocab"])
    shutil.rmtree(out_dir, ignore_errors=True)
    fresh.rename(out_dir)
