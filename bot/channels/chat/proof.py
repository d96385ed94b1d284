"""Proofs of origin: a keyed hash over the bytes as they came, compared in constant time, under any secret in force."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.core.calls import Call

SIGNATURE: Final = "Nexio-Signature"
TIMESTAMP: Final = "Nexio-Timestamp"
"""What our own webhooks are signed with, both ways (docs/channels.md, docs/webhooks.md)."""

WINDOW: Final = timedelta(minutes=5)
"""How far a signed time may be from ours; inside it, the ledger knows what came before."""

LEAST_SECRET: Final = 16
"""Characters of a secret nobody guesses."""


def sign(secret: str, signed: bytes) -> str:
    """Return `sha256=` and the HMAC in hexadecimal digits, as Meta, Chatwoot and we write it (RFC 2104)."""
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed(secrets: Sequence[str], body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a call of ours: the time, and a signature over it and the body, under the first secret."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: sign(secrets[0], timed(timestamp, body))}


def is_signed(shown: str, signed: bytes, secrets: Sequence[str]) -> bool:
    """Say whether a signature is of one of our secrets: the old and the new while one is replaced."""
    matches = [hmac.compare_digest(shown.encode(errors="replace"), sign(secret, signed).encode()) for secret in secrets]
    return any(matches)


def is_signed_lately(call: Call, timestamp: str, signature: str, secrets: Sequence[str], now: datetime) -> bool:
    """Say whether a call is signed by us over its time and body, in headers of these names, and the time is now."""
    at = call.header(timestamp)
    return is_signed(call.header(signature), timed(at, call.body), secrets) and is_recent(at, now)


def is_known(shown: str, secrets: Sequence[str]) -> bool:
    """Say whether a secret that is shown as it is is one of ours."""
    matches = [hmac.compare_digest(shown.encode(errors="replace"), secret.encode()) for secret in secrets]
    return any(matches)


def timed(timestamp: str, body: bytes) -> bytes:
    """Return what a signature with a time is over: the time, a full stop, the body."""
    return timestamp.encode(errors="replace") + b"." + body


def is_recent(timestamp: str, now: datetime) -> bool:
    """Say whether a time in seconds since 1970 is within the window around now."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):  # noqa: PLR2004 - the year 33658
        return False
    return abs(int(timestamp) - now.timestamp()) <= WINDOW.total_seconds()


def require_secrets(secrets: Sequence[str], what: str) -> None:
    """Raise ValueError unless there is at least one secret and each is long enough."""
    if not secrets or any(len(secret) < LEAST_SECRET for secret in secrets):
        raise ValueError(f"{what} must have at least {LEAST_SECRET} characters; an empty file is none")
