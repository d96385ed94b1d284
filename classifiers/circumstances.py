"""What stands around a request: its act, its flags, the scope of an opt-out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bot.core.rights import Act, Flag, RequestType, Scope
from classifiers.features import Features, Floats
from classifiers.linear import Linear
from classifiers.network import Batch, ClauseNetwork

HEADS: Final = (
    *(f"act:{act}" for act in Act),
    *(f"flag:{flag}" for flag in Flag),
    *(f"scope:{scope}" for scope in Scope),
)
COSTLY_TO_MISS: Final = frozenset({Flag.BREACH, Flag.AUTHORITY, Flag.MINOR, Flag.UNSAFE})
"""Flags where recall comes before precision."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What was read around the rights."""

    act: Act
    flags: frozenset[Flag]
    scopes: frozenset[Scope]


UNSET: Final = Setting(Act.REQUEST, frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Heads that two models score, each by its own lights; a head speaks up above its threshold."""

    linear: Linear
    network: ClauseNetwork
    thresholds: Mapping[str, float]

    def read(self, features: Features, laid_out: Batch, rights: frozenset[RequestType]) -> Setting:
        """Say what stands around the rights found."""
        both = together(self.linear.scores(features), self.network.scores(laid_out)[0])
        scores = dict(zip(HEADS, map(float, both), strict=True))
        above = {head for head, score in scores.items() if score > self.thresholds[head]}
        scopes = frozenset(scope for scope in Scope if f"scope:{scope}" in above)
        if RequestType.UNSUBSCRIBE not in rights:
            scopes = frozenset()
        elif not scopes:
            scopes = frozenset({max(Scope, key=lambda scope: scores[f"scope:{scope}"])})
        return Setting(
            act=max(Act, key=lambda act: scores[f"act:{act}"]),
            flags=frozenset(flag for flag in Flag if f"flag:{flag}" in above),
            scopes=frozenset({Scope.ALL}) if Scope.ALL in scopes else scopes,
        )

    def to_disk(self, directory: Path) -> None:
        """Write both models and the thresholds."""
        self.linear.to_disk(directory / "linear")
        self.network.to_disk(directory / "network")
        (directory / "thresholds.json").write_text(json.dumps(dict(self.thresholds)), encoding="utf-8")

    @classmethod
    def from_disk(cls, directory: Path) -> "Circumstances":
        """Read what `to_disk` wrote."""
        thresholds = json.loads((directory / "thresholds.json").read_text(encoding="utf-8"))
        linear, network = Linear.from_disk(directory / "linear"), ClauseNetwork.from_disk(directory / "network")
        return cls(linear, network, thresholds)


def together(linear: Floats, network: Floats) -> Floats:
    """Return one logit a head from the two models' logits, which are of one size."""
    return np.asarray((linear + network) / 2, np.float32)
