"""How a reading is held against its labels when a second reading is accepted."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from bot.core.rights import RequestType

Labels = AbstractSet[RequestType]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of one reading was right; an accepted second stands in for one missed label."""

    hits: frozenset[RequestType]
    extra: frozenset[RequestType]
    missed: frozenset[RequestType]
    stand_ins: int

    @property
    def exact(self) -> bool:
        """Say whether nothing was too much and nothing missing."""
        return not self.extra and len(self.missed) <= self.stand_ins


def judge(said: Labels, labels: Labels, also: Labels) -> Verdict:
    """Hold one reading against its labels."""
    missed = frozenset(labels - said)
    stand_ins = min(len(missed), len((said & also) - labels))
    return Verdict(frozenset(said & labels), frozenset(said - labels - also), missed, stand_ins)


@dataclass(slots=True)
class Tally:
    """Counts over many readings."""

    messages: int = 0
    exact: int = 0
    hits: Counter[RequestType] = field(default_factory=Counter)
    extra: Counter[RequestType] = field(default_factory=Counter)
    missed: Counter[RequestType] = field(default_factory=Counter)
    stand_ins: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count one reading."""
        self.messages += 1
        self.exact += verdict.exact
        self.hits.update(verdict.hits)
        self.extra.update(verdict.extra)
        if not verdict.stand_ins:
            self.missed.update(verdict.missed)
        else:
            self.stand_ins += verdict.stand_ins

    @property
    def micro_f1(self) -> float:
        """F1 over all labels, `other` included."""
        hits = self.hits.total() + self.stand_ins
        return _f1(hits, self.extra.total(), self.missed.total())

    @property
    def macro_f1(self) -> float:
        """The mean of the labels' F1, of those that occur."""
        labels = self.labels()
        return sum(self.f1(label) for label in labels) / len(labels) if labels else 0.0

    def labels(self) -> list[RequestType]:
        """Return the labels that occur."""
        return [label for label in RequestType if self.hits[label] + self.missed[label] > 0]

    def f1(self, label: RequestType) -> float:
        """F1 of one label."""
        return _f1(self.hits[label], self.extra[label], self.missed[label])


def tally(verdicts: Iterable[Verdict]) -> Tally:
    """Count readings."""
    total = Tally()
    for verdict in verdicts:
        total.add(verdict)
    return total


def _f1(hits: int, extra: int, missed: int) -> float:
    return 2 * hits / (2 * hits + extra + missed) if hits else 0.0
