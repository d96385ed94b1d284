"""One decision from two opinions: which rights, how sure of exactly these, how sure of any at all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.core.rights import RIGHTS, RequestType
from classifiers.features import Floats

LABELS: Final = (*RIGHTS, RequestType.OTHER)
_OTHER: Final = len(RIGHTS)
_TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Decision:
    """What the models make of one message."""

    rights: frozenset[RequestType]
    confidence: float
    any_right: float
    scores: Mapping[RequestType, float]


@dataclass(frozen=True, slots=True)
class Judge:
    """Calibration and thresholds, all learnt on messages the models had not seen."""

    linear: float
    network: float
    bias: tuple[float, ...]
    threshold: float
    exact: tuple[float, ...]
    right: tuple[float, ...]
    sure: float

    def probabilities(self, linear: Floats, network: Floats) -> NDArray[np.float64]:
        """Return the calibrated probability of each label, a row a message."""
        logits = self.linear * linear + self.network * network + np.array(self.bias)
        return np.asarray(1 / (1 + np.exp(-logits)), np.float64)

    def decide(self, linear: Floats, network: Floats) -> Decision:
        """Judge one message."""
        probability = self.probabilities(linear[None, :], network[None, :])
        chosen = choose(probability, self.threshold)
        confidence = logistic(certainty(probability, chosen), self.exact)[0]
        any_right = logistic(rightness(probability), self.right)[0]
        return Decision(
            rights=frozenset(label for label, is_it in zip(LABELS, chosen[0], strict=True) if is_it),
            confidence=float(confidence),
            any_right=float(any_right),
            scores={right: float(score) for right, score in zip(RIGHTS, probability[0], strict=False)},
        )

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Judge":
        """Read what `as_json` wrote."""
        lists = {name: tuple(saved[name]) for name in ("bias", "exact", "right")}
        return cls(**{**saved, **lists})


def choose(probability: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    """Return the best set of labels of each message: every right above the threshold, else the likeliest label."""
    chosen = probability > threshold
    chosen[:, _OTHER] = False
    none = ~chosen.any(axis=1)
    chosen[none, probability[none].argmax(axis=1)] = True
    return chosen


def certainty(probability: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what tells whether exactly the chosen set is right: how near any label came to falling otherwise."""
    agreeing = np.where(chosen, probability, 1 - probability)
    weakest = np.sort(_logit(agreeing), axis=1)
    whole = np.log(np.clip(agreeing, _TINY, 1)).sum(axis=1)
    other = chosen[:, _OTHER]
    return np.column_stack([weakest[:, 0], weakest[:, 1], whole, chosen.sum(axis=1) - 1, other])


def rightness(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what tells whether a message exercises any right."""
    rights = probability[:, :_OTHER]
    none = np.log(np.clip(1 - rights, _TINY, 1)).sum(axis=1)
    return np.column_stack([_logit(rights.max(axis=1)), _logit(probability[:, _OTHER]), none])


def logistic(measures: NDArray[np.float64], weights: tuple[float, ...]) -> NDArray[np.float64]:
    """Return probabilities; the last weight is the constant."""
    return np.asarray(1 / (1 + np.exp(-(measures @ np.array(weights[:-1]) + weights[-1]))), np.float64)


def _logit(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(probability, _TINY, 1 - _TINY)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float64)
