"""What others wrote, made harmless for a letter: nothing hides, reorders words, or opens a slot."""

import re
import unicodedata
from typing import Final

_LONGEST_NAME: Final = 80
_LONGEST_SUBJECT: Final = 120
_NO_NAME: Final = re.compile(r"[@<>\[\]{}]|://|www\.|\d{3}", re.IGNORECASE)
_LINE_ENDS: Final = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_BRACKETS: Final = str.maketrans("⟦⟧", "[]")  # nobody but we may open a slot, least of all the code's
_JOINERS: Final = "\u200c\u200d"  # invisible, and letters of Persian and Indic names
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_REPLY_MARK: Final = re.compile(r"^\s*(?:(?:re|aw|antw|sv|tr|fwd?|wg|doorst)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def clean(text: str) -> str:
    """Return a text of anybody's without what could open a slot, hide, or reorder words; line breaks stay."""
    plain = _LINE_ENDS.sub("\n", text).translate(_BRACKETS).replace("\t", " ")
    return "\n".join(line if line.isprintable() else _visible(line) for line in plain.split("\n"))


def one_line(text: str) -> str:
    """Return a text cleaned, on one line, without doubled spaces."""
    return " ".join(clean(text).split())


def greeting_name(name: str) -> str:
    """Return a name one can greet, as the person writes it; an address, a link or a whole text is none.

    "Dupont, Marie" is how address books turn names round; any other comma says that this is more than a name.
    """
    plain = one_line(name).strip(" ,;.\"'")
    family, comma, given = (piece.strip() for piece in plain.partition(","))
    if comma:
        plain = f"{given} {family}" if " " not in family and "," not in given else ""
    return "" if len(plain) > _LONGEST_NAME or _NO_NAME.search(plain) else plain


def reply_subject(subject: str) -> str:
    """Return the person's subject as a reply repeats it, without a pile of reply marks, and not too long."""
    plain = _REPLY_MARK.sub("", one_line(subject))
    return plain if len(plain) <= _LONGEST_SUBJECT else plain[:_LONGEST_SUBJECT].rsplit(" ", 1)[0] + " …"


def _visible(line: str) -> str:
    return "".join(char for char in line if char in _JOINERS or unicodedata.category(char) not in _HIDDEN)
