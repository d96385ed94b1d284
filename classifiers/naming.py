"""Which categories of the policy's data a person names: by words, listed in `categories/<lang>.txt`, never by guess.

A category's `record` is data whatever is said of it ("order history"). Its `thing` may be everyday business ("orders",
"survey"): it names the category only near words that speak of data, or say what becomes of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.core.rights import DataCategory
from classifiers.lexicon import Cue

CATEGORIES: Final = Path(__file__).parent / "categories"
USED: Final = frozenset({"use", "share", "profiling", "consent", "object"})
HELD: Final = frozenset(
    {"data", "hold", "keep", "what_about_me", "about_me", "see", "copy", "port", "format", "correct", "freeze"}
    | {"erase", "remove", "leak", "my"}
)
RECEIVED: Final = frozenset({DataCategory.MARKETING, DataCategory.POST, DataCategory.SURVEYS})
"""What people rather want to receive, or no longer: only its use makes it data."""
BEFORE: Final = 10
AFTER: Final = 5
"""How many words before a thing a cue may stand, and after it: lists follow their verb."""
OWNED: Final = 2
"""How many words before a thing "my" may stand: somebody's own purchases are data, the shop's are not."""
_THING: Final = "/thing"


def named_in(words: Sequence[Cue], cues: Sequence[Cue]) -> list[tuple[DataCategory, Cue]]:
    """Return the categories one clause names, each with its words, from both lexicons' findings in the clause."""
    return [
        (category, word)
        for word in words
        if (category := _category(word)) is not None
        and (not word.concept.endswith(_THING) or any(_near(word, cue) for cue in cues if _makes_data(cue, category)))
    ]


def _category(word: Cue) -> DataCategory | None:
    name = word.concept.partition("/")[0]
    return DataCategory(name) if name in set(DataCategory) else None


def _makes_data(cue: Cue, category: DataCategory) -> bool:
    return cue.concept in USED or (cue.concept in HELD and category not in RECEIVED)


def _near(word: Cue, cue: Cue) -> bool:
    if cue.concept == "my":
        return cue.last < word.last and word.first <= cue.last + OWNED
    return cue.first - AFTER <= word.last and word.first <= cue.last + BEFORE
