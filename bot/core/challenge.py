"""A question only the person can answer: codes of 40 bits, five tries, 24 hours, single use.

Figures: at 1,000 codes a day, five tries each, the chance of one lucky guess in a year is
365,000 x 5 / 2**40, under two in a million.
"""

import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from typing import Final

from bot.core.messages import Handle

CODE_BYTES: Final = 5
MAX_ATTEMPTS: Final = 5
LIFETIME: Final = timedelta(hours=24)

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_CONFUSED: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})
_CODE: Final = re.compile(
    r"(?<![0-9A-Za-z-])([0-9A-Za-z]{4})[ \u00a0]?[-\u2010-\u2015][ \u00a0]?([0-9A-Za-z]{4})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z-])([0-9A-Za-z]{8})(?![0-9A-Za-z-])"
)
_MOST_CANDIDATES: Final = 3
_WORD: Final = re.compile(r"\w+")
_SPELLED: Final = r"[0-9A-Za-z]{4}\W{0,3}[0-9A-Za-z]{4}"
_AROUND: Final = 3
"""Words on either side by which a place in a letter is known again."""


class ChallengeOutcome(StrEnum):
    """What came of an answer to a challenge."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    USED = "used"


def elsewhere_on_record(customer_id: str) -> Handle:
    """Return who types a code that proves nothing from the mailbox it lies in: whoever else is on record of them.

    Of somebody who is not on record that is nobody.
    """
    return Handle("elsewhere_on_record", customer_id)


@dataclass(frozen=True, slots=True)
class Challenge:
    """An open question: a code on its way to `destination`, to be typed back by `asked_of`.

    A second proof's is typed by anybody `elsewhere_on_record`. `on_record` says that the destination is an
    address of the matched customer; otherwise the code proves control of that address only (law.md rule 16). Times in
    UTC.
    """

    id: str
    case_id: str
    destination: Handle
    asked_of: Handle
    code_hash: bytes
    expires_at: datetime
    on_record: bool
    customer_id: str | None = None
    attempts: int = 0
    used_at: datetime | None = None


def write_code(entropy: bytes) -> str:
    """Spell five random bytes as a code of eight letters in two groups, easy to type on a phone."""
    number = int.from_bytes(entropy[:CODE_BYTES], "big")
    letters = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def is_mixed(code: str) -> bool:
    """Say whether a code holds a digit and a letter; ours always do, so that words and numbers are none."""
    return any(letter.isdigit() for letter in code) and any(letter.isalpha() for letter in code)


def normalise_code(typed: str) -> str:
    """Fold what people type (case, spaces, O for 0, I or L for 1) into the code's own spelling."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(_CONFUSED)


def find_codes(text: str) -> tuple[str, ...]:
    """Return the first few strings that look like a code, normalised, without repetition.

    Read only what the person wrote now: a code inside a quotation proves nothing.
    A case reference (NX-7F3K-Q2M9) is none.
    """
    found: dict[str, None] = {}
    for match in _CODE.finditer(text):
        if not is_mixed(match[0]):
            continue  # a word, a year, a telephone number
        code = normalise_code(match[0])
        if set(code) <= set(_ALPHABET):
            found.setdefault(code)
    return tuple(found)[:_MOST_CANDIDATES]


def codes_beside(text: str, ours: Iterable[str], slot: str) -> tuple[str, ...]:
    """Return the codes in a text but for those that stand in it as in a letter of ours, whose `slot` held the code.

    Ticket systems and some mail programs send our letter back whole, with no mark that it is quoted.
    """
    for place in {place for letter in ours for place in _places(letter, slot)}:
        text = re.sub(place, " ", text, flags=re.IGNORECASE)
    return find_codes(text)


def _places(letter: str, slot: str) -> Iterator[str]:
    """Yield a pattern of each code of a letter between the words that stand around it."""
    pieces = [_WORD.findall(piece) for piece in letter.split(slot)]
    for before, after in pairwise(pieces):
        around = [*map(re.escape, before[-_AROUND:]), _SPELLED, *map(re.escape, after[:_AROUND])]
        if len(around) > _AROUND:
            yield r"\W+".join(around)


def hash_code(code: str, key: bytes) -> bytes:
    """Hash a code under a secret key, so that a stolen database does not give 40 bits away to brute force."""
    return hmac.new(key, normalise_code(code).encode(), sha256).digest()


def code_matches(candidates: tuple[str, ...], code_hash: bytes, key: bytes) -> bool:
    """Compare every candidate in constant time; one message counts as one attempt."""
    matches = [hmac.compare_digest(hash_code(candidate, key), code_hash) for candidate in candidates]
    return any(matches)
