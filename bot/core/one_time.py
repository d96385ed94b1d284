"""Time-based one-time passwords (RFC 6238): the second thing a colleague shows when coming in."""

import base64
import hmac
import struct
from datetime import datetime
from hashlib import sha1
from typing import Final
from urllib.parse import quote

SECRET_BYTES: Final = 20
"""RFC 4226 4, R6: the length of the hash."""

STEP_SECONDS: Final = 30
DIGITS: Final = 6
DRIFT: Final = (0, -1, 1)
"""Steps a phone's clock may be off (RFC 6238 5.2)."""


def step_of(moment: datetime) -> int:
    """Return the time step a moment lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def password_at(secret: bytes, step: int) -> str:
    """Return the password of one step (RFC 4226 5.3)."""
    digest = hmac.new(secret, struct.pack(">Q", step), sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, typed: str, moment: datetime, *, after: int) -> int | None:
    """Return the step whose password was typed, later than `after` (none is taken twice), or None."""
    word = "".join(typed.split())
    now = step_of(moment)
    fits = [now + off for off in DRIFT if hmac.compare_digest(password_at(secret, now + off).encode(), word.encode())]
    return next((step for step in fits if step > after), None)


def spell(secret: bytes) -> str:
    """Return the secret as people type it into an app: base 32 in groups of four."""
    letters = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def app_address(secret: bytes, account: str, issuer: str) -> str:
    """Return the otpauth address that an authenticator reads from a picture."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?secret={spell(secret).replace(' ', '')}&issuer={quote(issuer)}"
