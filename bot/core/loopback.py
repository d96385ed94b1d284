"""This machine's own names: what goes there never leaves it (RFC 1122 3.2.1.3, RFC 4291 2.5.3)."""

from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def is_outside(url: str) -> bool:
    """Say whether an address leads off this machine."""
    return urlsplit(url).hostname not in LOOPBACK
