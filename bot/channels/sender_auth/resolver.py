"""The DNS as sender authentication needs it, so that tests and the demo may bring their own."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import dns.exception
import dns.name
import dns.resolver

from bot.core.errors import RightsDeskError

_LIFETIME: Final = 4.0
_MOST_ANSWERS: Final = 100


class DnsUnavailable(RightsDeskError):
    """The DNS gave no answer in time or a broken one: nothing may be concluded, least of all a pass."""


class Resolver(Protocol):
    """Looks names up. No such name and no such record are both an empty answer.

    Every method raises DnsUnavailable when the answer can't be had now.
    """

    def txt(self, name: str) -> Sequence[bytes]:
        """Return TXT records, the strings of each joined."""

    def a(self, name: str) -> Sequence[str]:
        """Return IPv4 addresses."""

    def aaaa(self, name: str) -> Sequence[str]:
        """Return IPv6 addresses."""

    def mx(self, name: str) -> Sequence[tuple[int, str]]:
        """Return mail exchanges with their preference."""

    def ptr(self, name: str) -> Sequence[str]:
        """Return host names of a reversed address."""


class DnsResolver:
    """The real DNS, through the machine's own resolver."""

    def __init__(self, nameservers: Sequence[str] = (), port: int = 53, lifetime: float = _LIFETIME) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not nameservers)
        except dns.resolver.NoResolverConfiguration:  # a machine without a DNS: every question goes unanswered
            self._resolver = dns.resolver.Resolver(configure=False)
        self._resolver.lifetime = lifetime
        self._resolver.port = port
        if nameservers:
            self._resolver.nameservers = list(nameservers)

    def txt(self, name: str) -> Sequence[bytes]:
        """Return TXT records, the strings of each joined."""
        return [b"".join(record.strings) for record in self._answers(name, "TXT")]

    def a(self, name: str) -> Sequence[str]:
        """Return IPv4 addresses."""
        return [record.address for record in self._answers(name, "A")]

    def aaaa(self, name: str) -> Sequence[str]:
        """Return IPv6 addresses."""
        return [record.address for record in self._answers(name, "AAAA")]

    def mx(self, name: str) -> Sequence[tuple[int, str]]:
        """Return mail exchanges with their preference."""
        return [(record.preference, record.exchange.to_text(True)) for record in self._answers(name, "MX")]

    def ptr(self, name: str) -> Sequence[str]:
        """Return host names of a reversed address."""
        return [record.target.to_text(True) for record in self._answers(name, "PTR")]

    def _answers(self, name: str, kind: str) -> Sequence[Any]:
        try:
            return list(self._resolver.resolve(name, kind, search=False))[:_MOST_ANSWERS]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel, UnicodeError):
            return []  # nobody can have registered it
        except dns.exception.DNSException as failure:
            raise DnsUnavailable(f"no answer for {kind} {name}: {type(failure).__name__}") from failure


class StaticResolver:
    """A DNS in a dictionary: name → kind → records; what is listed in `broken` gives no answer."""

    def __init__(self, zone: Mapping[str, Mapping[str, Sequence[Any]]], broken: Sequence[str] = ()) -> None:
        self._zone = {name.lower(): records for name, records in zone.items()}
        self._broken = {name.lower() for name in broken}

    def txt(self, name: str) -> Sequence[bytes]:
        """Return TXT records, given as text."""
        return [str(record).encode() for record in self._answers(name, "TXT")]

    def a(self, name: str) -> Sequence[str]:
        """Return IPv4 addresses."""
        return self._answers(name, "A")

    def aaaa(self, name: str) -> Sequence[str]:
        """Return IPv6 addresses."""
        return self._answers(name, "AAAA")

    def mx(self, name: str) -> Sequence[tuple[int, str]]:
        """Return mail exchanges with their preference."""
        return self._answers(name, "MX")

    def ptr(self, name: str) -> Sequence[str]:
        """Return host names of a reversed address."""
        return self._answers(name, "PTR")

    def _answers(self, name: str, kind: str) -> Sequence[Any]:
        key = name.rstrip(".").lower()
        if key in self._broken:
            raise DnsUnavailable(f"no answer for {kind} {key}")
        return self._zone.get(key, {}).get(kind, ())


class HurriedResolver:
    """Another resolver with a time limit for all that one mail makes us look up (RFC 7208 4.6.4)."""

    def __init__(self, resolver: Resolver, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._resolver = resolver
        self._clock = clock
        self._until = clock() + seconds

    def txt(self, name: str) -> Sequence[bytes]:
        """Return TXT records while there is time."""
        return self._in_time().txt(name)

    def a(self, name: str) -> Sequence[str]:
        """Return IPv4 addresses while there is time."""
        return self._in_time().a(name)

    def aaaa(self, name: str) -> Sequence[str]:
        """Return IPv6 addresses while there is time."""
        return self._in_time().aaaa(name)

    def mx(self, name: str) -> Sequence[tuple[int, str]]:
        """Return mail exchanges while there is time."""
        return self._in_time().mx(name)

    def ptr(self, name: str) -> Sequence[str]:
        """Return host names while there is time."""
        return self._in_time().ptr(name)

    def _in_time(self) -> Resolver:
        if self._clock() > self._until:
            raise DnsUnavailable("the time for looking names up is over")
        return self._resolver
