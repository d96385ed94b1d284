"""Fitting of linear models, calibration and thresholds; the only module beside `training` that needs scikit-learn."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]  # comes with scikit-learn, untyped
from sklearn.linear_model import LogisticRegression

from bot.core.rights import Flag
from classifiers.circumstances import COSTLY_TO_MISS
from classifiers.decision import Judge, certainty, choose, rightness
from classifiers.features import Features, Floats, Rows
from classifiers.linear import Linear

Truth = NDArray[np.bool_]
Scores = NDArray[np.float64]

SURE: Final = 0.97
FALSE_FLAGS: Final = 0.03
"""The share of messages that may carry a flag that is not so."""
_SILENT: Final = 1e6
_ONE_DRAWS: Final = threading.Lock()
"""liblinear draws from one generator a process: two fits at a time would not repeat."""
_EVEN: Final = -30.0
"""A head nothing was learnt about stays silent."""


def learn_linear(
    messages: Sequence[Features],
    heads: Sequence[str],
    truth: Truth,
    mask: Truth,
    widths: Mapping[str, int],
    strength: float,
) -> Linear:
    """Fit one head after another over the blocks with so many names (`widths`).

    Messages whose label is open (`mask`) don't count for that head.
    """
    rows = _matrix(widths, messages)
    weights = np.zeros((rows.shape[1], len(heads)), np.float32)
    bias = np.full(len(heads), _EVEN, np.float32)
    for head in range(len(heads)):
        used = mask[:, head]
        answers = truth[used, head]
        if not answers.any() or answers.all():
            continue
        # The dual is solved fifteen times faster here than the primal, and ranks the same.
        fitted = LogisticRegression(
            C=strength, solver="liblinear", dual=True, tol=0.01, max_iter=1_000, class_weight="balanced", random_state=0
        )
        with _ONE_DRAWS:
            fitted.fit(rows[used], answers)
        weights[:, head] = fitted.coef_[0]
        bias[head] = fitted.intercept_[0]
    *parts, of_vector = np.split(weights, np.cumsum(list(widths.values())))
    blocks = {block: part.astype(np.float16) for block, part in zip(widths, parts, strict=True)}
    return Linear(tuple(heads), blocks, of_vector, bias)


def score_linear(model: Linear, messages: Sequence[Features]) -> Floats:
    """Score many messages at once."""
    rows = _matrix({block: len(weights) for block, weights in model.weights.items()}, messages)
    weights = np.vstack([*model.weights.values(), model.vector_weights])
    return np.asarray(rows @ weights + model.bias, np.float32)


def _matrix(widths: Mapping[str, int], messages: Sequence[Features]) -> Any:
    """Lay messages out as rows: the blocks in order, then the vector of the whole."""
    blocks = []
    for block, width in widths.items():
        rows = Rows.of([message.message[block] for message in messages])
        blocks.append(csr_matrix((rows.values, rows.columns, rows.ends), shape=(len(messages), width)))
    return hstack([*blocks, csr_matrix(np.stack([message.whole for message in messages]))]).tocsr()


def learn_judge(linear: Floats, network: Floats, truth: Truth, also: Truth) -> Judge:
    """Calibrate on scores of messages the models had not seen."""
    blank = Judge(1.0, 1.0, (0.0,) * truth.shape[1], 0.5, (0.0,) * 6, (0.0,) * 4, 1.0)
    judge = _with_probabilities(blank, linear, network, truth, also)
    probability = judge.probabilities(linear, network)
    thresholds = [round(0.2 + step * 0.02, 2) for step in range(16)]
    judge = replace(judge, threshold=max(thresholds, key=lambda at: micro_f1(choose(probability, at), truth, also)))

    chosen = choose(probability, judge.threshold)
    exact = exactly(chosen, truth, also)
    measures = certainty(probability, chosen)
    judge = replace(judge, exact=_fit(measures, exact))
    any_right: Truth = np.asarray(truth[:, :-1].any(axis=1))
    settled = np.where(any_right, ~also[:, -1], ~also[:, :-1].any(axis=1))
    judge = replace(judge, right=_fit(rightness(probability)[settled], any_right[settled]))
    confidence = measures @ np.array(judge.exact[:-1]) + judge.exact[-1]
    return replace(judge, sure=_sure(1 / (1 + np.exp(-confidence)), exact))


def _with_probabilities(judge: Judge, linear: Floats, network: Floats, truth: Truth, also: Truth) -> Judge:
    """Weigh the two models' opinions: the same weights for all labels, a constant each."""
    labels = truth.shape[1]
    which = np.tile(np.eye(labels), (len(truth), 1))
    measures = np.column_stack([linear.ravel(), network.ravel(), which])
    used = ~also.ravel()
    fitted = LogisticRegression(C=10.0, fit_intercept=False, max_iter=500)
    fitted.fit(measures[used], truth.ravel()[used])
    first, second, *bias = (float(weight) for weight in fitted.coef_[0])
    return replace(judge, linear=first, network=second, bias=tuple(bias))


def _fit(measures: Scores, answers: Truth) -> tuple[float, ...]:
    if answers.all() or not answers.any():
        return (*(0.0 for _ in range(measures.shape[1])), 3.0 if answers.all() else -3.0)
    fitted = LogisticRegression(C=1.0, max_iter=500).fit(measures, answers)
    return (*(float(weight) for weight in fitted.coef_[0]), float(fitted.intercept_[0]))


def _sure(confidence: Scores, exact: Truth) -> float:
    """Return the confidence from which on `SURE` of the readings are exactly right."""
    order = np.argsort(-confidence)
    precision = np.cumsum(exact[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= SURE)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


def micro_f1(chosen: Truth, truth: Truth, also: Truth) -> float:
    """F1 over all labels; accepted seconds stand in for missed labels."""
    stand_ins, extra, missed = _stand_ins(chosen, truth, also)
    hits = (chosen & truth).sum() + stand_ins.sum()
    return float(2 * hits / max(1, 2 * hits + extra.sum() + missed.sum() - stand_ins.sum()))


def exactly(chosen: Truth, truth: Truth, also: Truth) -> Truth:
    """Say of each message whether nothing was too much and nothing missing."""
    stand_ins, extra, missed = _stand_ins(chosen, truth, also)
    return np.asarray((extra == 0) & (missed <= stand_ins), np.bool_)


def _stand_ins(chosen: Truth, truth: Truth, also: Truth) -> tuple[Any, Any, Any]:
    missed = (truth & ~chosen).sum(axis=1)
    extra = (chosen & ~truth & ~also).sum(axis=1)
    return np.minimum((chosen & also & ~truth).sum(axis=1), missed), extra, missed


def learn_threshold(scores: Floats, truth: Truth) -> float:
    """Choose where a head speaks up: where what it finds and what it says wrongly balance best (F1)."""
    if not truth.any():
        return 0.0
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    balance = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    return _below(scores[order], int(balance.argmax()))


def learn_flag_thresholds(scores: Floats, truth: Truth, flags: Sequence[Flag]) -> tuple[float, ...]:
    """Choose where each flag speaks up: find as much as can be found with `FALSE_FLAGS` of the messages wronged.

    All flags pay the same price for a false word, so that each is heard where it is best at telling; a miss of one that
    is `COSTLY_TO_MISS` counts double. A wrong flag silences the desk for somebody.
    """
    worth = [2.0 if flag in COSTLY_TO_MISS else 1.0 for flag in flags]
    cheap, dear = 0.01, 100.0
    for _ in range(40):
        price = float(np.sqrt(cheap * dear))
        at = [_worthwhile(scores[:, i], truth[:, i], worth[i], price) for i in range(len(flags))]
        wronged = float(((scores > np.array(at)) & ~truth).any(axis=1).mean())
        cheap, dear = (price, dear) if wronged > FALSE_FLAGS else (cheap, price)
    return tuple(_worthwhile(scores[:, i], truth[:, i], worth[i], dear) for i in range(len(flags)))


def _worthwhile(scores: Floats, truth: Truth, worth: float, price: float) -> float:
    order = np.argsort(-scores, kind="stable")
    gain = np.cumsum(np.where(truth[order], worth, -price))
    best = int(gain.argmax())
    return _below(scores[order], best) if gain[best] > 0 else _SILENT


def _below(descending: Floats, last: int) -> float:
    """Return a threshold between the last score that speaks and the next."""
    following = descending[min(last + 1, len(descending) - 1)]
    return float(descending[last] + following) / 2
