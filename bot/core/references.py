"""The words that tie a message to its case: the reference people read and the token our Message-IDs carry.

A token finds a case only for a sender the case knows: threading is no authority.
"""

import base64
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

TOKEN_BYTES: Final = 16
REFERENCE_BYTES: Final = 5

ID_BYTES: Final = 10

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MESSAGE_ID: Final = re.compile(r"<?([a-z2-7]{26})\.[0-9a-z]{1,32}@[^<>@\s]+>?")
_REFERENCE: Final = re.compile(r"\bNX-([0-9A-HJKMNP-TV-Z]{4})-([0-9A-HJKMNP-TV-Z]{4})\b", re.IGNORECASE)


def write_token(entropy: bytes) -> str:
    """Spell 16 random bytes as 26 lower-case letters and digits."""
    return base64.b32encode(entropy[:TOKEN_BYTES]).decode().rstrip("=").lower()


def write_reference(entropy: bytes) -> str:
    """Spell five random bytes as the reference people are told, such as NX-7F3K-Q2M9."""
    number = int.from_bytes(entropy[:REFERENCE_BYTES], "big")
    letters = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"NX-{letters[:4]}-{letters[4:]}"


def write_id(now: datetime, entropy: bytes) -> str:
    """Return a 128-bit id that sorts by time: 48 bits of milliseconds, 80 of chance (as RFC 9562 version 7 does)."""
    return f"{int(now.timestamp() * 1000):012x}{entropy[:ID_BYTES].hex()}"


def first_id(moment: datetime) -> str:
    """Return what sorts before every id written from a moment on."""
    return write_id(moment, bytes(ID_BYTES))


def message_id(token: str, serial: str, domain: str) -> str:
    """Return a Message-ID of ours (RFC 5322 3.6.4) that carries a case's token."""
    return f"<{token}.{serial}@{domain}>"


def tokens_in(message_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the tokens among Message-IDs of any origin."""
    return tuple(match[1] for text in message_ids if (match := _MESSAGE_ID.fullmatch(text.strip())))


def references_in(text: str) -> tuple[str, ...]:
    """Return the case references written in a text, in their own spelling."""
    return tuple(f"NX-{match[1]}-{match[2]}".upper() for match in _REFERENCE.finditer(text))
