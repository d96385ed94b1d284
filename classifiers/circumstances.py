"""What stands around a request: its act, its flags, the scope of an opt-out, the categories of data it names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.core.rights import Act, DataCategory, Flag, RequestType, Scope
from classifiers.features import Features
from classifiers.linear import Linear

HEADS: Final = (
    *(f"act:{act}" for act in Act),
    *(f"flag:{flag}" for flag in Flag),
    *(f"scope:{scope}" for scope in Scope),
    *(f"data:{category}" for category in DataCategory),
)
COSTLY_TO_MISS: Final = frozenset({Flag.BREACH, Flag.AUTHORITY, Flag.MINOR, Flag.UNSAFE})
"""Flags where recall comes before precision."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What was read around the rights."""

    act: Act
    flags: frozenset[Flag]
    scopes: frozenset[Scope]
    categories: frozenset[DataCategory]


UNSET: Final = Setting(Act.REQUEST, frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Linear heads with a threshold each."""

    model: Linear
    thresholds: Mapping[str, float]

    def read(self, features: Features, rights: frozenset[RequestType]) -> Setting:
        """Say what stands around the rights found."""
        scores = dict(zip(self.model.heads, (float(score) for score in self.model.scores(features)), strict=True))
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
            categories=frozenset(category for category in DataCategory if f"data:{category}" in above),
        )

    def to_disk(self, directory: Path) -> None:
        """Write heads and thresholds."""
        self.model.to_disk(directory)
        (directory / "thresholds.json").write_text(json.dumps(dict(self.thresholds)), encoding="utf-8")

    @classmethod
    def from_disk(cls, directory: Path) -> "Circumstances":
        """Read what `to_disk` wrote."""
        thresholds = json.loads((directory / "thresholds.json").read_text(encoding="utf-8"))
        return cls(Linear.from_disk(directory), thresholds)
