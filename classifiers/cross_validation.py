"""Measuring on styles of writing the models had not seen: what calibration, thresholds and honest figures come from."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.core.rights import UNKNOWN_LANGUAGE, DataCategory, Flag, Reading
from classifiers.calibration import Calibration
from classifiers.circumstances import HEADS, together
from classifiers.corpus import Example
from classifiers.decision import LABELS, Decision
from classifiers.evaluation import Judged, Report
from classifiers.features import Counted, Floats, Twice
from classifiers.fitting import Labels, Models
from classifiers.learning import learn_flag_thresholds, learn_judge, learn_threshold, score_linear
from classifiers.network import batch
from classifiers.scoring import judge as verdict_on

FOLDS: Final = 5

Fold = NDArray[np.intp]
Fit = Callable[[Fold], Models]
_SAID_ELSEWHERE: Final = frozenset({"worst", "language_right", "strangers_lost"})
"""Figures that a cross-validation can't give: the language model knows every style."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Scores of every message by models that had not seen its style."""

    linear: Floats
    network: Floats
    around: Floats

    def judged_by_others(self, labels: Labels, folds: Sequence[Fold]) -> Iterator[tuple[int, Decision, float]]:
        """Yield each message with its decision, and from which confidence on the judge is sure.

        The judge, like the models, had not seen the style.
        """
        for fold in folds:
            rest = np.setdiff1d(np.arange(len(self.linear)), fold)
            judge = learn_judge(self.linear[rest], self.network[rest], labels.rights[rest], labels.also[rest])
            for i in fold:
                yield int(i), judge.decide(self.linear[i], self.network[i]), judge.sure


def share_out(kins: Sequence[str]) -> list[Fold]:
    """Share the styles out evenly, largest kin first; a kin is never on both sides."""
    sizes = Counter(kins)
    load = [0] * min(FOLDS, len(sizes))
    place = {}
    for kin in sorted(sizes, key=lambda kin: (-sizes[kin], kin)):
        place[kin] = load.index(min(load))
        load[place[kin]] += sizes[kin]
    return [np.flatnonzero([place[kin] == fold for kin in kins]) for fold in range(len(load))]


def cross_validate(
    examples: Sequence[Example],
    messages: Sequence[Twice[Counted]],
    named: Sequence[frozenset[DataCategory]],
    fit_on: Fit,
    progress: Callable[[str], None],
) -> Calibration:
    """Fit without each fold in turn and learn from what the models then make of it.

    `named` is the categories of data read in each message: by word lists, which learn from no fold.
    """
    labels = Labels.of(examples)
    folds = share_out([example.kin for example in examples])
    unseen = score_unseen(messages, folds, fit_on, progress)
    at = thresholds(unseen, labels)
    figures = measure(examples, named, labels, unseen, folds, at)
    return Calibration(learn_judge(unseen.linear, unseen.network, labels.rights, labels.also), at, figures)


def score_unseen(
    messages: Sequence[Twice[Counted]], folds: Sequence[Fold], fit_on: Fit, progress: Callable[[str], None]
) -> Unseen:
    """Score each fold by the models that were fitted on the others."""
    rights = np.zeros((len(messages), len(LABELS)), np.float32)
    unseen = Unseen(rights, rights.copy(), np.zeros((len(messages), len(HEADS)), np.float32))
    for number, fold in enumerate(folds, 1):
        progress(f"measuring on unseen styles, part {number} of {len(folds)}")
        models = fit_on(np.setdiff1d(np.arange(len(messages)), fold))
        whole = [models.vocabularies.weigh(messages[i].by_sentence) for i in fold]
        parted = [models.vocabularies.weigh(messages[i].by_clause) for i in fold]
        unseen.linear[fold] = score_linear(models.rights_linear, whole)
        unseen.network[fold] = models.rights_network.scores(batch(whole))
        around = score_linear(models.around_linear, parted), models.around_network.scores(batch(parted))
        unseen.around[fold] = together(*around)
    return unseen


def thresholds(unseen: Unseen, labels: Labels) -> dict[str, float]:
    """Choose for each head around the rights where it speaks up."""
    found = {}
    for column, head in enumerate(HEADS):
        asked = labels.around_asked[:, column]
        found[head] = learn_threshold(unseen.around[asked, column], labels.around[asked, column])
    columns = [HEADS.index(f"flag:{flag}") for flag in Flag]
    flags = learn_flag_thresholds(unseen.around[:, columns], labels.around[:, columns], list(Flag))
    return found | {HEADS[column]: at for column, at in zip(columns, flags, strict=True)}


def measure(
    examples: Sequence[Example],
    named: Sequence[frozenset[DataCategory]],
    labels: Labels,
    unseen: Unseen,
    folds: Sequence[Fold],
    at: Mapping[str, float],
) -> dict[str, Any]:
    """Return the figures of `evaluate`, taken on unseen styles, and those of what stands around the rights."""
    judged = [
        _judged(examples[i], named[i], decision, sure) for i, decision, sure in unseen.judged_by_others(labels, folds)
    ]
    figures = {name: value for name, value in Report(judged, []).as_dict().items() if name not in _SAID_ELSEWHERE}
    return {**figures, "styles": len({example.style for example in examples}), "around": _around(labels, unseen, at)}


def _judged(example: Example, named: frozenset[DataCategory], decision: Decision, sure: float) -> Judged:
    reading = Reading(
        rights=decision.rights,
        confidence=decision.confidence,
        abstain=decision.confidence < sure,
        any_right=decision.any_right,
        language=UNKNOWN_LANGUAGE,
        categories=named,
    )
    labels, also = frozenset(example.labels), frozenset(example.also)
    verdict = verdict_on(reading.rights, labels, also)
    categories = None if example.act is None else example.data
    return Judged(example.id, example.lang, example.channel, labels, also, reading, verdict, categories)


def _around(labels: Labels, unseen: Unseen, at: Mapping[str, float]) -> dict[str, Any]:
    acts = [i for i, head in enumerate(HEADS) if head.startswith("act:")]
    settled = labels.around[:, acts].any(axis=1)
    right = unseen.around[settled][:, acts].argmax(axis=1) == labels.around[settled][:, acts].argmax(axis=1)
    said = unseen.around > np.array([at[head] for head in HEADS])
    flags = [i for i, head in enumerate(HEADS) if head.startswith("flag:")]
    true_flags = said[:, flags] & labels.around[:, flags]
    false_flags = said[:, flags] & ~labels.around[:, flags]
    return {
        "acts_right": round(float(right.mean()), 4),
        "flags_found": _share(true_flags, labels.around[:, flags]),
        "false_flag": round(float(false_flags.any(axis=1).mean()), 4),
        "heads": {
            head: _head(said[asked, i], labels.around[asked, i])
            for i, (head, asked) in enumerate(zip(HEADS, labels.around_asked.T, strict=True))
        },
    }


def _head(said: NDArray[np.bool_], is_so: NDArray[np.bool_]) -> dict[str, Any]:
    return {"found": _share(said & is_so, is_so), "precise": _share(said & is_so, said), "messages": int(is_so.sum())}


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    return round(float(part.sum() / max(1, whole.sum())), 4)
