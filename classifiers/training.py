"""Training: the corpus in, one pipeline folder out, measured on styles of writing the models had not seen."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn, untyped

from classifiers.circumstances import Circumstances
from classifiers.components import STEPS, Around, Looks, Rights, Tongue, document, features_of, notes_of, sentences
from classifiers.corpus import Example, load_corpus
from classifiers.cross_validation import measure, score_unseen, share_out, thresholds
from classifiers.decision import Judge
from classifiers.encoder import Foreknown
from classifiers.features import Features
from classifiers.fingerprint import ENCODER, META, code_hash, data_hash
from classifiers.fitting import Labels, Models, fit
from classifiers.language import LanguageModel
from classifiers.learning import learn_judge
from classifiers.network_training import Recipe
from classifiers.pipeline import blank, step
from classifiers.text import given

WORKERS: Final = 2

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the cross-validation by style measured."""

    figures: Mapping[str, Any]

    def summary(self) -> str:
        """Say it in one line."""
        figures = self.figures
        return (
            f"{figures['messages']} messages in {figures['styles']} styles, micro F1 {figures['micro_f1']:.3f}, "
            f"macro F1 {figures['macro_f1']:.3f} on unseen styles"
        )


def train(data_dir: Path, out_dir: Path, *, progress: Progress, recipe: Recipe | None = None) -> Metrics:
    """Train the pipeline; the same data and code on the same machine give the same bytes."""
    recipe = recipe or Recipe()
    examples = load_corpus(data_dir)
    with threadpool_limits(1), ThreadPoolExecutor(WORKERS) as pool:
        progress(f"reading {len(examples)} messages")
        language = LanguageModel.learn((example.lang, f"{example.subject}\n{example.text}") for example in examples)
        messages = _look(examples, language)
        labels = Labels.of(examples)
        folds = share_out([example.style for example in examples])
        every = np.arange(len(examples))

        def fit_on(known: NDArray[np.intp]) -> Models:
            return fit([messages[i] for i in known], labels.take(known), recipe)

        jobs = [pool.submit(fit_on, np.setdiff1d(every, fold)) for fold in folds]
        final = pool.submit(fit_on, every)
        unseen = score_unseen(messages, folds, jobs, progress)
        progress("fitting on everything")
        models = final.result()
    judge = learn_judge(unseen.linear, unseen.network, labels.rights, labels.also)
    at = thresholds(unseen, labels)
    metrics = Metrics(measure(examples, labels, unseen, folds, at))
    progress("writing the pipeline")
    _write(out_dir, language, models, judge, at, {**metrics.figures, "data_hash": data_hash(data_dir)})
    return metrics


def _look(examples: Sequence[Example], language: LanguageModel) -> list[Features]:
    """Run the pipeline's first steps over the corpus."""
    nlp = blank(("nexio_own_words", "nexio_language", "nexio_cues"))
    step(nlp, "nexio_language", Tongue).model = language
    docs = [nlp(document(nlp.vocab, given(example.subject, example.text), example.channel)) for example in examples]
    looks = Looks(Foreknown(said for doc in docs for said in sentences(notes_of(doc))))
    return [features_of(looks(doc)) for doc in docs]


def _write(
    out_dir: Path,
    language: LanguageModel,
    models: Models,
    judge: Judge,
    at: Mapping[str, float],
    figures: Mapping[str, Any],
) -> None:
    """Write the folder beside its place and move it there whole."""
    nlp = blank(STEPS)
    step(nlp, "nexio_language", Tongue).model = language
    rights = step(nlp, "nexio_rights", Rights)
    rights.linear, rights.network, rights.judge = models.rights_linear, models.rights_network, judge
    around = Circumstances(models.around_linear, models.around_network, dict(at))
    step(nlp, "nexio_around", Around).model = around
    nlp.meta[META] = {
        **{key: figures[key] for key in ("data_hash",)},
        "code_hash": code_hash(),
        "model": f"{figures['data_hash'][:8]}-{code_hash()[:8]}",
        "sure": judge.sure,
        "versions": {name: version(name) for name in ("spacy", "numpy", ENCODER)},
        "metrics": {key: value for key, value in figures.items() if key != "data_hash"},
    }
    fresh = out_dir.with_name(out_dir.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(fresh, exclude=["vocab"])
    shutil.rmtree(out_dir, ignore_errors=True)
    fresh.rename(out_dir)
