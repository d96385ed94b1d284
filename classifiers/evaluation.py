"""Measuring a reader on labelled messages: scores, calibration, what it decides alone, and where it errs worst."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Any, Final

from bot.core.errors import BadInput
from bot.core.facts import Thresholds
from bot.core.ports import Reader
from bot.core.rights import OUR_LANGUAGES, UNKNOWN_LANGUAGE, DataCategory, Reading, RequestType
from classifiers.reliability import Bin, bins, picture
from classifiers.scoring import Tally, Verdict, judge, tally

LOOK: Final = Thresholds().look
"""Above this probability of any right a person looks, as in the desk."""
WORST: Final = 15
_SHOWN: Final = 160


class Fate(StrEnum):
    """What becomes of a message when its reading is taken at its word."""

    DECIDED = "decided"
    HANDED = "handed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading held against its labels; `categories` is None where nobody said which data are named."""

    id: str
    lang: str
    channel: str
    labels: frozenset[RequestType]
    also: frozenset[RequestType]
    reading: Reading
    verdict: Verdict
    categories: frozenset[DataCategory] | None = None

    @property
    def fate(self) -> Fate:
        """Say what becomes of the message."""
        asks = bool(self.reading.exercised)
        if asks and not self.reading.abstain:
            return Fate.DECIDED
        return Fate.HANDED if asks or self.reading.any_right > LOOK else Fate.OTHER

    @property
    def is_request(self) -> bool:
        """Say whether it exercises a right beyond dispute."""
        return RequestType.OTHER not in self.labels | self.also

    @property
    def is_other(self) -> bool:
        """Say whether it exercises none beyond dispute."""
        return self.labels | self.also == {RequestType.OTHER}


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one evaluation."""

    judged: Sequence[Judged]
    strangers: Sequence[Judged]

    @property
    def total(self) -> Tally:
        """Count all messages in our languages."""
        return tally(item.verdict for item in self.judged)

    def by(self, key: str) -> dict[str, Tally]:
        """Count by `lang` or `channel`."""
        groups: defaultdict[str, list[Verdict]] = defaultdict(list)
        for item in self.judged:
            groups[getattr(item, key)].append(item.verdict)
        return {name: tally(verdicts) for name, verdicts in sorted(groups.items())}

    def bins(self) -> list[Bin]:
        """Hold confidence against what was exactly right."""
        return bins([(item.reading.confidence, item.verdict.exact) for item in self.judged])

    def categories(self) -> dict[str, dict[str, Any]]:
        """Count for each category of data how many that were named were found, and how many found were named."""
        asked = [(item.categories, item.reading.categories) for item in self.judged if item.categories is not None]
        figures = {}
        for category in DataCategory:
            pairs = [(category in labels, category in read) for labels, read in asked]
            if any(map(any, pairs)):
                figures[category.value] = {
                    "found": _share(pairs, itemgetter(0), all),
                    "precise": _share(pairs, itemgetter(1), all),
                    "messages": sum(named for named, _ in pairs),
                }
        return figures

    def coverage(self, precision: float) -> float:
        """Return the largest share of messages, the surest first, of which so many are exactly right."""
        best = right = 0
        ordered = sorted(self.judged, key=lambda item: -item.reading.confidence)
        for number, item in enumerate(ordered, 1):
            right += item.verdict.exact
            if right >= precision * number:
                best = number
        return best / len(ordered) if ordered else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return all figures as plain values."""
        total = self.total
        return {
            **_figures(total),
            "labels": {label.value: round(total.f1(label), 4) for label in total.labels()},
            "languages": {name: _figures(part) for name, part in self.by("lang").items()},
            "channels": {name: _figures(part) for name, part in self.by("channel").items()},
            "coverage": {str(at): round(self.coverage(at), 4) for at in (0.95, 0.99)},
            "requests_lost": _share(self.judged, lambda item: item.is_request, lambda item: item.fate is Fate.OTHER),
            "other_opened": _share(self.judged, lambda item: item.is_other, lambda item: item.fate is Fate.DECIDED),
            "other_handed": _share(self.judged, lambda item: item.is_other, lambda item: item.fate is Fate.HANDED),
            "language_right": _share([*self.judged, *self.strangers], lambda item: bool(item.lang), _language_right),
            "strangers_lost": _share(
                self.strangers, lambda item: item.is_request, lambda item: item.fate is Fate.OTHER
            ),
            "categories": self.categories(),
            "calibration": [part.as_dict() for part in self.bins()],
            "worst": [_explained(item) for item in self.worst()],
        }

    def worst(self) -> list[Judged]:
        """Return the errors the reader was surest of."""
        wrong = [item for item in self.judged if not item.verdict.exact]
        return sorted(wrong, key=lambda item: -item.reading.confidence)[:WORST]

    def as_text(self) -> str:
        """Return the figures for a terminal."""
        said = self.as_dict()
        lines = [_line("all", said)]
        lines += [_line(name, part) for kind in ("languages", "channels") for name, part in said[kind].items()]
        lines += ["", "F1 by label", *(f"  {label:20}{value:.3f}" for label, value in said["labels"].items()), ""]
        lines += [f"at {at} exact precision it decides {share:.1%} alone" for at, share in said["coverage"].items()]
        for name in ("requests_lost", "other_opened", "other_handed", "language_right", "strangers_lost"):
            share = said[name]
            lines.append(f"{name.replace('_', ' '):20}" + ("–" if share is None else f"{share:.1%}"))
        if said["categories"]:
            lines += ["", "categories of data named", *(_named(*part) for part in said["categories"].items())]
        lines += ["", "confidence → exactly right", *(part.as_text() for part in self.bins()), "", "worst errors"]
        for item in said["worst"]:
            lines.append(f"  {item['id']} {item['confidence']:.2f}: {item['said']} for {item['labels']}")
            lines += [f"      {evidence}" for evidence in item["evidence"]]
        return "\n".join(lines)

    def reliability_svg(self) -> str:
        """Draw confidence against what was exactly right."""
        return picture(self.bins())


def evaluate(reader: Reader, rows: Iterable[Mapping[str, Any]]) -> Report:
    """Read labelled rows; those in other languages count for language and for handing over only.

    `data` may name the categories of data a row names; a row without it doesn't count for them.

    `also_ok` may name what is no label of ours: it is left out. Raises BadInput for a row without labels we know.
    """
    judged: list[Judged] = []
    strangers: list[Judged] = []
    for number, row in enumerate(rows, 1):
        labels = _labels(number, row)
        also = frozenset(map(RequestType, set(_words(number, row, "also_ok")) & set(RequestType))) - labels
        channel = str(row.get("channel") or "email")
        reading = reader.read(str(row.get("subject") or ""), str(row.get("text") or ""), channel)
        lang = str(row.get("lang") or "")
        verdict = judge(reading.rights, labels, also)
        named = _categories(number, row)
        item = Judged(str(row.get("id", number)), lang, channel, labels, also, reading, verdict, named)
        (judged if not lang or lang in OUR_LANGUAGES else strangers).append(item)
    return Report(judged, strangers)


def _labels(number: int, row: Mapping[str, Any]) -> frozenset[RequestType]:
    words = _words(number, row, "labels")
    if unknown := [word for word in words if word not in set(RequestType)]:
        raise BadInput(f"row {number}: {unknown[0]} is no label of ours; there are {', '.join(RequestType)}")
    if not words:
        raise BadInput(f"row {number}: has no labels; write at least one of {', '.join(RequestType)}")
    return frozenset(map(RequestType, words))


def _categories(number: int, row: Mapping[str, Any]) -> frozenset[DataCategory] | None:
    words = _words(number, row, "data")
    if unknown := [word for word in words if word not in set(DataCategory)]:
        raise BadInput(f"row {number}: {unknown[0]} is no category of data; there are {', '.join(DataCategory)}")
    return frozenset(map(DataCategory, words)) if "data" in row else None


def _words(number: int, row: Mapping[str, Any], key: str) -> list[str]:
    words = row.get(key) or []
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadInput(f"row {number}: {key} must be a list of words")
    return words


def _figures(part: Tally) -> dict[str, Any]:
    return {
        "messages": part.messages,
        "micro_f1": round(part.micro_f1, 4),
        "macro_f1": round(part.macro_f1, 4),
        "exact": round(part.exact / part.messages, 4) if part.messages else 0.0,
    }


def _share(items: Iterable[Any], among: Any, is_so: Any) -> float | None:
    counted = [item for item in items if among(item)]
    return round(sum(map(bool, map(is_so, counted))) / len(counted), 4) if counted else None


def _language_right(item: Judged) -> bool:
    return item.reading.language == (item.lang if item.lang in OUR_LANGUAGES else UNKNOWN_LANGUAGE)


def _explained(item: Judged) -> dict[str, Any]:
    evidence = [f"{span.label}: {' '.join(span.text.split())[:_SHOWN]}" for span in item.reading.evidence]
    return {
        "id": item.id,
        "confidence": round(item.reading.confidence, 4),
        "said": sorted(label.value for label in item.reading.rights),
        "labels": sorted(label.value for label in item.labels),
        "evidence": evidence,
    }


def _line(name: str, part: Mapping[str, Any]) -> str:
    counts = f"{name:8}{part['messages']:6} messages"
    return f"{counts}   micro F1 {part['micro_f1']:.3f}   macro F1 {part['macro_f1']:.3f}   exact {part['exact']:.3f}"


def _named(category: str, part: Mapping[str, Any]) -> str:
    found, precise = ("–" if part[key] is None else f"{part[key]:.2f}" for key in ("found", "precise"))
    return f"  {category:14}{part['messages']:6} messages   found {found}   precise {precise}"
