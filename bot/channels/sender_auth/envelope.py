"""SPF (RFC 7208) for the envelope of a mail that our own listener received."""

import ipaddress
import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.channels.mime.addresses import canonical_domain
from bot.channels.sender_auth.resolver import DnsUnavailable, Resolver
from bot.core.messages import Inbound, Verdict

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore"
    )  # pyspf's docstrings hold "\d", which Python 3.12 complains about when it compiles them
    import spf

_ADDRESS: Final = re.compile(r"([^\s\"(),:;<>@\[\\\]\x00-\x20\x7f-\U0010ffff]{1,64})@([A-Za-z0-9._-]{1,253})")
_VERDICTS: Final = {
    "pass": Verdict.PASS,
    "fail": Verdict.FAIL,
    "softfail": Verdict.FAIL,
    "temperror": Verdict.TEMPERROR,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SPF verdict and the domain it is about: MAIL FROM's, or HELO's where that is empty (RFC 7208 2.4)."""

    verdict: Verdict = Verdict.NONE
    domain: str = ""


class _Query(spf.query):  # type: ignore[misc] # pyspf has no types
    """pyspf's evaluation of a policy, asking our resolver; its limits on look-ups stay in force."""

    def __init__(self, resolver: Resolver, peer: str, sender: str, helo: str) -> None:
        super().__init__(i=peer, s=sender, h=helo)
        self._resolver = resolver

    def dns(
        self,
        name: str,
        qtype: str,
        cnames: object = None,  # noqa: ARG002 - pyspf's signature; our resolver follows aliases
        ignore_void: bool = False,
    ) -> list[Any]:
        """Look one name up in pyspf's shape, counting names that don't exist (RFC 7208 4.6.4)."""
        try:
            answers = self._look_up(str(name).rstrip(".").lower(), qtype)
        except DnsUnavailable as failure:
            raise spf.TempError(str(failure)) from failure
        if not answers and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many names that do not exist")
        return answers

    def _look_up(self, name: str, kind: str) -> list[Any]:
        if not all(0 < len(label) < 64 for label in name.split(".")):  # noqa: PLR2004 - RFC 1035 2.3.4
            return []
        if kind == "TXT":
            return [[record] for record in self._resolver.txt(name)]
        look: dict[str, Any] = {
            "A": self._resolver.a,
            "AAAA": self._resolver.aaaa,
            "MX": self._resolver.mx,
            "PTR": self._resolver.ptr,
        }
        found: Sequence[Any] = look[kind](name) if kind in look else ()
        return list(found)


def check_envelope(inbound: Inbound, resolver: Resolver) -> Envelope:
    """Say whether the client that connected may send for the envelope's domain."""
    if inbound.envelope_from is None or not _is_address(inbound.peer):
        return Envelope()
    helo = canonical_domain(inbound.helo)
    sender = inbound.envelope_from.strip().removeprefix("<").removesuffix(">")
    match = _ADDRESS.fullmatch(sender)
    domain = canonical_domain(match[2]) if match else ""
    if sender and not domain:
        return Envelope()  # written so that readers differ about whose it is
    local, domain = (match[1], domain) if match else ("postmaster", helo)
    if "." not in domain:
        return Envelope()
    try:
        result, _, _ = _Query(resolver, inbound.peer, f"{local}@{domain}", helo or domain).check()
    except Exception as failure:  # noqa: BLE001 - a hostile policy that trips pyspf is never a pass
        log.warning("SPF could not be evaluated: %s", type(failure).__name__)
        return Envelope(Verdict.NONE, domain)
    return Envelope(_VERDICTS.get(result, Verdict.NONE), domain)


def _is_address(peer: str) -> bool:
    try:
        ipaddress.ip_address(peer)
    except ValueError:
        return False
    return True
