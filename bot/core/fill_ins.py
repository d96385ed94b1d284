"""What a colleague filled into a draft, carried over into the letter that takes its place. Pure.

A fact is found again by the words around it and by what was asked for; whatever is not surely the same stays open.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.drafts import CODE_SLOT

SLOT: Final = re.compile("⟦[^⟦⟧\n]*⟧")
_UNDERLINE: Final = re.compile("[=-]{3,}")
_TRAILING: Final = re.compile("[ \t]+(?=\n)")
_EMPTY_LINES: Final = re.compile("\n{3,}")


@dataclass(frozen=True, slots=True)
class _Place:
    """One open slot: where it stands (offsets), what it asks for, under which title, and as the how-manieth there."""

    start: int
    end: int
    asks: str
    title: str
    turn: int


def carry_over(worded: str, edited: str, fresh: str) -> str:
    """Return a fresh letter with the facts that turned `worded`, the letter as it was drafted, into `edited`.

    A fact goes where the same thing is asked for under the same title, or where both letters ask for it only once.
    """
    worded, edited = _tidy(worded), _tidy(edited)
    known = dict(_filled_in(worded, edited))
    asked_once = _asked_once(_places(worded)) & _asked_once(_places(fresh))
    by_name = {place.asks: fact for place, fact in known.items() if place.asks in asked_once}
    by_place = {(place.title, place.asks, place.turn): fact for place, fact in known.items()}
    pieces, done = [], 0
    for place in _places(fresh):
        fact = by_name.get(place.asks) or by_place.get((place.title, place.asks, place.turn))
        pieces += [fresh[done : place.start], fact or fresh[place.start : place.end]]
        done = place.end
    return "".join([*pieces, fresh[done:]])


def _filled_in(worded: str, edited: str) -> Iterator[tuple[_Place, str]]:
    """Yield each slot of a letter with what now stands between the words around it."""
    places, seen = _places(worded), 0
    bounds = [0, *(place.end for place in places)], [*(place.start for place in places), len(worded)]
    texts = [worded[start:end] for start, end in zip(*bounds, strict=True)]
    for place, before, after in zip(places, texts[:-1], texts[1:], strict=True):
        lead, follow = _lead(before), _follow(after)
        found = edited.find(lead, seen) if lead else -1
        if found < 0:
            continue
        start = found + len(lead)
        end = edited.find(follow, start) if follow else len(edited)
        fact = edited[start:end].strip() if end >= 0 else ""
        if fact and not SLOT.search(fact):
            seen = end
            yield place, fact


def _lead(text: str) -> str:
    """Return the words just before a slot: its line as far as it goes, and the line above it."""
    lines = text.split("\n")
    first = max((at for at, line in enumerate(lines[:-1]) if line.strip()), default=0)
    lead = "\n".join(lines[first:])
    return lead if lead.strip() else ""


def _follow(text: str) -> str:
    """Return the words just after a slot: the rest of its line, and the next line that has any."""
    lines = text.split("\n")
    last = next((at for at, line in enumerate(lines) if at and line.strip()), 0)
    follow = "\n".join(lines[: last + 1])
    return follow if follow.strip() else ""


def _places(text: str) -> list[_Place]:
    places: list[_Place] = []
    turns: Counter[tuple[str, str]] = Counter()
    for found in SLOT.finditer(text):
        asks = found.group()
        if asks == CODE_SLOT:
            continue
        title = _title_above(text[: found.start()])
        turns[title, asks] += 1
        places.append(_Place(found.start(), found.end(), asks, title, turns[title, asks]))
    return places


def _title_above(text: str) -> str:
    """Return the nearest underlined line."""
    lines = text.split("\n")
    titles = (
        above for above, line in zip(reversed(lines[:-1]), reversed(lines), strict=False) if _UNDERLINE.fullmatch(line)
    )
    return next(titles, "")


def _asked_once(places: list[_Place]) -> frozenset[str]:
    counted: Mapping[str, int] = Counter(place.asks for place in places)
    return frozenset(asks for asks, times in counted.items() if times == 1)


def _tidy(text: str) -> str:
    """Return a text without what editors change unseen: spaces at line ends, further empty lines."""
    return _EMPTY_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()
