"""What may happen so often, or once."""

from datetime import datetime
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Protocol


class Counters(Protocol):
    """Caps and things that may happen once."""

    def raise_within(self, key: str, limit: int, since: datetime, now: datetime) -> bool:
        """Count one more under `key` and return True, unless `limit` was reached since a moment.

        Keys are hashed at rest.
        """

    def once(self, key: str, now: datetime) -> bool:
        """True the first time only."""


def neighbourhood(address: str) -> str:
    """Return what one household or company is counted by: its IPv4 address, or the /64 it has of IPv6 (RFC 6177 2)."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # a proxy may name the caller by a word
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or IPv6Network((ip.packed[:8] + bytes(8), 64)))
    return address
