"""What was changed in a letter: word by word, with a little of what stayed around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from markupsafe import Markup

from bot.core.drafts import Draft, Version

_WORD: Final = re.compile(r"\s+|[^\s]+")
_AROUND: Final = 1
_MOST: Final = 3000
"""More lines, or words in one place, are told apart as a whole: comparing takes the square of their number."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the template's wording, and from the version before; empty where nothing does."""

    from_template: Markup
    from_before: Markup


def changes_of(draft: Draft) -> Changes:
    """Compare a draft with what it was made from."""
    worded = Version(draft.subject, draft.worded) if draft.worded else None
    return Changes(_between(worded, draft.version), _between(draft.before, draft.version))


def difference(old: str, new: str) -> Markup:
    """Return what became of a text, as HTML: `del` is gone, `ins` is new, an ellipsis stands for what stayed."""
    was, now = old.split("\n"), new.split("\n")
    pieces: list[Markup] = []
    for tag, a, b, c, d in _steps(was, now):
        if tag == "equal":
            pieces.append(_around(now[c:d], first=a == c == 0, last=(b, d) == (len(was), len(now))))
        else:
            pieces.append(_in_words("\n".join(was[a:b]), "\n".join(now[c:d])))
    return Markup("\n").join(pieces)


def _between(before: Version | None, after: Version) -> Markup:
    if before is None or before == after:
        return Markup()
    return difference(f"{before.subject}\n\n{before.body}", f"{after.subject}\n\n{after.body}")


def _around(lines: Sequence[str], *, first: bool, last: bool) -> Markup:
    """Shorten what stayed to the lines next to a change."""
    head = [] if first else lines[:_AROUND]
    tail = [] if last else lines[max(len(head), len(lines) - _AROUND) :]
    left_out = ["…"] if len(head) + len(tail) < len(lines) else []
    return Markup("\n").join(map(Markup.escape, [*head, *left_out, *tail]))


def _in_words(old: str, new: str) -> Markup:
    was, now = _WORD.findall(old), _WORD.findall(new)
    return Markup().join(_told(was, now))


def _told(was: Sequence[str], now: Sequence[str]) -> Iterator[Markup]:
    for tag, a, b, c, d in _steps(was, now):
        if tag == "equal":
            yield Markup.escape("".join(now[c:d]))
            continue
        if b > a:
            yield Markup("<del>{}</del>").format("".join(was[a:b]))
        if d > c:
            yield Markup("<ins>{}</ins>").format("".join(now[c:d]))


def _steps(was: Sequence[str], now: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(was), len(now)) > _MOST:
        return [("replace", 0, len(was), 0, len(now))]
    return SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
