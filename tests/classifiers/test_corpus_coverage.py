"""The corpus covers what its matrix asks for, and says nothing twice."""

import itertools
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import ceil
from typing import Any, Final

import pytest

import classifiers
from bot.core.rights import OUR_LANGUAGES, Act, Flag, RequestType, Scope
from classifiers.corpus import CHANNELS, FIELDS, REGISTERS, TRAPS, Example, load_corpus

RULES: Final[Sequence[Mapping[str, Any]]] = tomllib.loads((classifiers.DATA_DIR / "matrix.toml").read_text())["rule"]
LENGTHS: Final = {"up-to-3": 3, "up-to-15": 15, "up-to-60": 60, "up-to-250": 250, "longer": 10**9}
RIGHTS: Final = {0: "none", 1: "one"}
ALIKE: Final = 0.5
"""Two messages that share more than half of their five-letter pieces (Jaccard) are one message said twice."""

VALUES: Final[Mapping[str, Collection[str]]] = {
    "language": OUR_LANGUAGES,
    "label": [*RequestType],
    "act": [*Act],
    "flag": [*Flag],
    "scope": [*Scope],
    "fix": FIELDS,
    "register": REGISTERS,
    "channel": CHANNELS,
    "trap": TRAPS,
    "length": LENGTHS,
    "rights": ["none", "one", "several"],
}


def aspects(example: Example) -> dict[str, frozenset[str]]:
    words = len(f"{example.subject} {example.text}".split())
    asked = len(example.labels - {RequestType.OTHER})
    return {
        "language": frozenset({example.lang}),
        "label": frozenset(example.labels),
        "act": frozenset({example.act} if example.act else ()),
        "flag": frozenset(example.flags),
        "scope": frozenset(example.scope),
        "fix": frozenset({example.fix.field} if example.fix else ()),
        "register": frozenset({example.register}),
        "channel": frozenset({example.channel}),
        "trap": example.traps,
        "length": frozenset({next(name for name, most in LENGTHS.items() if words <= most)}),
        "rights": frozenset({RIGHTS.get(asked, "several")}),
    }


@pytest.fixture(scope="module")
def corpus() -> list[Example]:
    return load_corpus(classifiers.DATA_DIR)


def in_words(rule: Mapping[str, Any]) -> str:
    return " x ".join(rule["each"]) + " " + str(rule.get("where", ""))


@pytest.mark.parametrize("rule", RULES, ids=in_words)
def test_every_cell_of_the_matrix_is_covered(corpus: list[Example], rule: Mapping[str, Any]) -> None:
    where: Mapping[str, Any] = rule.get("where", {})
    found: Counter[tuple[str, ...]] = Counter()
    for has in map(aspects, corpus):
        if all(has[name] & set(wanted) if wanted != "any" else has[name] for name, wanted in where.items()):
            found.update(itertools.product(*(has[name] for name in rule["each"])))
    cells = itertools.product(*(where.get(name, VALUES[name]) for name in rule["each"]))
    thin = {" x ".join(cell): found[cell] for cell in cells if found[cell] < rule["at_least"]}
    assert not thin, f"fewer than {rule['at_least']} messages"


def pieces(example: Example) -> frozenset[str]:
    text = " ".join(f"{example.subject} {example.text}".lower().split())
    return frozenset(text[i : i + 5] for i in range(max(1, len(text) - 4)))


def test_no_message_is_said_twice(corpus: list[Example]) -> None:
    """Two that are alike share more than a third of their pieces together, so the rarest of each meet."""
    every = [(pieces(example), example.id) for example in corpus]
    seen = Counter(itertools.chain.from_iterable(piece for piece, _ in every))
    holders: dict[str, list[int]] = defaultdict(list)
    twice = []
    every.sort(key=lambda one: (len(one[0]), one[1]))
    for number, (here, name) in enumerate(every):
        rarest = sorted(here, key=lambda piece: (seen[piece], piece))
        near = {one for piece in rarest[: _enough(len(here), ALIKE)] for one in holders[piece]}
        for there, other in (every[one] for one in near if len(every[one][0]) > ALIKE * len(here)):
            if len(here & there) > ALIKE * len(here | there):
                twice.append(f"{other} and {name}")
        for piece in rarest[: _enough(len(here), 2 / 3)]:  # what it shares with any longer one that is like it
            holders[piece].append(number)
    assert not twice


def _enough(pieces_of_it: int, shared: float) -> int:
    """Return how many of a message's rarest pieces must hold one that another shares, which shares so much of it."""
    return pieces_of_it - ceil(shared * pieces_of_it) + 1
