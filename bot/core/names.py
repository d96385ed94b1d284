"""The words of a name as they are searched: without accents, case, or order."""

import re
import unicodedata
from typing import Final

MOST_WORDS: Final = 8
_SHORTEST: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")


def words_of_name(name: str) -> frozenset[str]:
    """Return what a name is found by: "Peeters, Zoë" and "zoe peeters" are the same; a single letter finds nobody."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = [word for word in _WORD.findall(plain.casefold()) if len(word) >= _SHORTEST]
    return frozenset(words[:MOST_WORDS])
