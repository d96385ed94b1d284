"""Training: the corpus in, one pipeline folder out, measured on styles of writing the models had not seen."""

import gc
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn, untyped

from bot.core.rights import OUR_LANGUAGES
from classifiers.circumstances import HEADS, Circumstances
from classifiers.components import STEPS, Around, Rights, Tongue, document, notes_of
from classifiers.corpus import Example, load_corpus
from classifiers.decision import LABELS, Judge, certainty, choose, logistic
from classifiers.encoder import installed
from classifiers.features import BLOCKS, Features, Floats
from classifiers.fingerprint import META, code_hash, data_hash
from classifiers.language import LanguageModel
from classifiers.learning import (
    Truth,
    exactly,
    learn_judge,
    learn_linear,
    learn_threshold,
    micro_f1,
    score_linear,
)
from classifiers.linear import Linear
from classifiers.network import ClauseNetwork, Weights, batch
from classifiers.network_training import Recipe, train_network
from classifiers.pipeline import blank, step
from classifiers.scoring import judge as verdict_on
from classifiers.scoring import tally
from classifiers.text import given

FOLDS: Final = 5
SEEDS: Final = (1, 2)
RIGHTS_STRENGTH: Final = 3.0
AROUND_STRENGTH: Final = 1.0
AROUND_BLOCKS: Final = ("words", "cues")
WORKERS: Final = 2

Progress = Callable[[str], None]
Folds = list[NDArray[np.intp]]


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
        truth = _Truth.of(examples)
        folds = _folds([example.style for example in examples])
        every = np.arange(len(examples))

        def fit(known: NDArray[np.intp]) -> _Fitted:
            return _fit([messages[i] for i in known], truth.take(known), recipe)

        jobs = [pool.submit(fit, np.setdiff1d(every, fold)) for fold in folds]
        final = pool.submit(fit, every)
        unseen = _Unseen.empty(len(examples))
        for number, (fold, job) in enumerate(zip(folds, jobs, strict=True), 1):
            unseen.fill(fold, job.result(), [messages[i] for i in fold])
            progress(f"measured on unseen styles, part {number} of {len(folds)}")
        progress("fitting on everything")
        fitted = final.result()
    judge = learn_judge(unseen.linear, unseen.network, truth.labels, truth.also)
    thresholds = _thresholds(unseen, truth)
    metrics = Metrics(_measure(examples, truth, unseen, folds, thresholds))
    progress("writing the pipeline")
    _write(out_dir, language, fitted, judge, thresholds, {**metrics.figures, "data_hash": data_hash(data_dir)})
    return metrics


def _look(examples: Sequence[Example], language: LanguageModel) -> list[Features]:
    """Run the pipeline's first steps over the corpus."""
    nlp = blank(("nexio_own_words", "nexio_language", "nexio_cues", "nexio_looks"))
    step(nlp, "nexio_language", Tongue).model = language
    seen = []
    for example in examples:
        features = notes_of(nlp(document(nlp.vocab, given(example.subject, example.text), example.channel))).features
        if features is None:
            raise RuntimeError(f"{example.id} was not looked at")
        seen.append(features)
    gc.collect()
    return seen


@dataclass(frozen=True, slots=True)
class _Truth:
    """What the labels say, a row a message."""

    labels: Truth
    also: Truth
    around: Truth
    around_mask: Truth

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "_Truth":
        labels = np.array([[label in example.labels for label in LABELS] for example in examples])
        also = np.array([[label in example.also for label in LABELS] for example in examples])
        around = np.array([[head in named for head in HEADS] for named in map(_named, examples)])
        # The scope is asked only of those who want to stop receiving.
        mask = np.array(
            [[not head.startswith("scope:") or bool(example.scope) for head in HEADS] for example in examples]
        )
        return cls(labels, also, around, mask)

    def take(self, chosen: NDArray[np.intp]) -> "_Truth":
        return _Truth(self.labels[chosen], self.also[chosen], self.around[chosen], self.around_mask[chosen])


def _named(example: Example) -> set[str]:
    return {
        f"act:{example.act}",
        *(f"flag:{flag}" for flag in example.flags),
        *(f"scope:{scope}" for scope in example.scope),
        *(f"data:{category}" for category in example.data),
    }


@dataclass(frozen=True, slots=True)
class _Fitted:
    """The models fitted on some of the messages."""

    linear: Linear
    network: ClauseNetwork
    around: Linear


def _fit(messages: Sequence[Features], truth: _Truth, recipe: Recipe) -> _Fitted:
    labels = [label.value for label in LABELS]
    linear = learn_linear(messages, labels, truth.labels, ~truth.also, BLOCKS, RIGHTS_STRENGTH)
    around = learn_linear(messages, HEADS, truth.around, truth.around_mask, AROUND_BLOCKS, AROUND_STRENGTH)
    laid_out = batch(messages)
    answers, mask = truth.labels.astype(np.float32), (~truth.also).astype(np.float32)
    members: list[Weights] = [train_network(laid_out, answers, mask, seed, recipe) for seed in SEEDS]
    return _Fitted(linear, ClauseNetwork(tuple(members)), around)


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Scores of every message by models that had not seen its style."""

    linear: Floats
    network: Floats
    around: Floats

    @classmethod
    def empty(cls, count: int) -> "_Unseen":
        labels = np.zeros((count, len(LABELS)), np.float32)
        return cls(labels, labels.copy(), np.zeros((count, len(HEADS)), np.float32))

    def fill(self, fold: NDArray[np.intp], fitted: _Fitted, messages: Sequence[Features]) -> None:
        self.linear[fold] = score_linear(fitted.linear, messages)
        self.network[fold] = fitted.network.scores(batch(messages))
        self.around[fold] = score_linear(fitted.around, messages)


def _folds(styles: Sequence[str]) -> Folds:
    """Share the styles out evenly, largest first; a style is never on both sides."""
    sizes = Counter(styles)
    load = [0] * min(FOLDS, len(sizes))
    place = {}
    for style in sorted(sizes, key=lambda style: (-sizes[style], style)):
        place[style] = load.index(min(load))
        load[place[style]] += sizes[style]
    return [np.flatnonzero([place[style] == fold for style in styles]) for fold in range(len(load))]


def _thresholds(unseen: _Unseen, truth: _Truth) -> dict[str, float]:
    found = {}
    for column, head in enumerate(HEADS):
        used = truth.around_mask[:, column]
        found[head] = learn_threshold(head, unseen.around[used, column], truth.around[used, column])
    return found


def _measure(
    examples: Sequence[Example], truth: _Truth, unseen: _Unseen, folds: Folds, thresholds: Mapping[str, float]
) -> dict[str, Any]:
    """Measure with a judge that, like the models, had not seen the style it judges."""
    chosen = np.zeros_like(truth.labels)
    confidence = np.zeros(len(examples))
    sure = np.zeros(len(examples), np.bool_)
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(examples)), fold)
        judge = learn_judge(unseen.linear[rest], unseen.network[rest], truth.labels[rest], truth.also[rest])
        probability = judge.probabilities(unseen.linear[fold], unseen.network[fold])
        chosen[fold] = choose(probability, judge.threshold)
        confidence[fold] = logistic(certainty(probability, chosen[fold]), judge.exact)
        sure[fold] = confidence[fold] >= judge.sure
    exact = exactly(chosen, truth.labels, truth.also)
    verdicts = list(_verdicts(examples, chosen))
    total = tally(verdicts)
    languages = {}
    for language in OUR_LANGUAGES:
        some = [i for i, example in enumerate(examples) if example.lang == language]
        languages[language] = round(micro_f1(chosen[some], truth.labels[some], truth.also[some]), 4)
    return {
        "messages": len(examples),
        "styles": len({example.style for example in examples}),
        "micro_f1": round(total.micro_f1, 4),
        "macro_f1": round(total.macro_f1, 4),
        "exact": round(float(exact.mean()), 4),
        "labels": {label.value: round(total.f1(label), 4) for label in total.labels()},
        "languages": languages,
        "decided_alone": round(float(sure.mean()), 4),
        "decided_alone_exact": round(float(exact[sure].mean()), 4) if sure.any() else None,
        "around": _measure_around(truth, unseen, thresholds),
    }


def _verdicts(examples: Sequence[Example], chosen: Truth) -> Iterator[Any]:
    for example, row in zip(examples, chosen, strict=True):
        said = {label for label, is_it in zip(LABELS, row, strict=True) if is_it}
        yield verdict_on(said, example.labels, example.also)


def _measure_around(truth: _Truth, unseen: _Unseen, thresholds: Mapping[str, float]) -> dict[str, Any]:
    acts = [i for i, head in enumerate(HEADS) if head.startswith("act:")]
    right = unseen.around[:, acts].argmax(axis=1) == truth.around[:, acts].argmax(axis=1)
    heads = {}
    for column, head in enumerate(HEADS):
        used = truth.around_mask[:, column]
        said, is_so = unseen.around[used, column] > thresholds[head], truth.around[used, column]
        hits = float((said & is_so).sum())
        heads[head] = {
            "found": round(hits / max(1.0, float(is_so.sum())), 3),
            "precise": round(hits / max(1.0, float(said.sum())), 3),
            "messages": int(is_so.sum()),
        }
    return {"acts_right": round(float(right.mean()), 4), "heads": heads}


def _write(
    out_dir: Path,
    language: LanguageModel,
    fitted: _Fitted,
    judge: Judge,
    thresholds: Mapping[str, float],
    figures: Mapping[str, Any],
) -> None:
    """Write the folder beside its place and move it there whole."""
    nlp = blank(STEPS)
    step(nlp, "nexio_language", Tongue).model = language
    rights = step(nlp, "nexio_rights", Rights)
    rights.linear, rights.network, rights.judge = fitted.linear, fitted.network, judge
    step(nlp, "nexio_around", Around).model = Circumstances(fitted.around, dict(thresholds))
    nlp.meta[META] = {
        **{key: figures[key] for key in ("data_hash",)},
        "code_hash": code_hash(),
        "model": f"{figures['data_hash'][:8]}-{code_hash()[:8]}",
        "sure": judge.sure,
        "encoder": installed(),
        "versions": {"spacy": version("spacy"), "numpy": np.__version__},
        "metrics": {key: value for key, value in figures.items() if key != "data_hash"},
    }
    fresh = out_dir.with_name(out_dir.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(fresh, exclude=["vocab"])
    shutil.rmtree(out_dir, ignore_errors=True)
    fresh.rename(out_dir)
