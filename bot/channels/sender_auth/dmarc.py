"""DMARC (RFC 7489): whether what was authenticated speaks for the From, and what its domain asks for if not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.channels.sender_auth.domains import is_aligned, organisational_domain
from bot.channels.sender_auth.envelope import Envelope
from bot.channels.sender_auth.resolver import DnsUnavailable, Resolver
from bot.channels.sender_auth.signatures import Signatures
from bot.channels.sender_auth.tags import read_tags
from bot.core.messages import Verdict

_POLICIES: Final = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain published: what to do with forgeries, and how strictly its name has to match."""

    action: str
    strict_dkim: bool = False
    strict_spf: bool = False


def evaluate(from_domain: str, signatures: Signatures, envelope: Envelope, resolver: Resolver) -> tuple[Verdict, str]:
    """Return the verdict and the published policy. Without a policy there is nothing to pass; `pct` is ignored."""
    try:
        policy = find_policy(from_domain, resolver)
    except DnsUnavailable:
        return Verdict.TEMPERROR, ""
    if policy is None:
        return Verdict.NONE, ""
    speaks = [is_aligned(domain, from_domain, strict=policy.strict_dkim) for domain in signatures.passed]
    envelope_aligned = is_aligned(envelope.domain, from_domain, strict=policy.strict_spf)
    if any(speaks) or (envelope_aligned and envelope.verdict is Verdict.PASS):
        return Verdict.PASS, policy.action
    might = any(is_aligned(domain, from_domain, strict=policy.strict_dkim) for domain in signatures.unknown)
    if might or (envelope_aligned and envelope.verdict is Verdict.TEMPERROR):
        return Verdict.TEMPERROR, policy.action
    return Verdict.FAIL, policy.action


def find_policy(from_domain: str, resolver: Resolver) -> Policy | None:
    """Look the policy up at the domain, then at the organisation above it (RFC 7489 6.6.3)."""
    organisation = organisational_domain(from_domain)
    if not organisation:
        return None
    own = _policy(resolver.txt(f"_dmarc.{from_domain}"), "p")
    if own is not None or organisation == from_domain:
        return own
    return _policy(resolver.txt(f"_dmarc.{organisation}"), "sp")


def _policy(records: Sequence[bytes], tag: str) -> Policy | None:
    """Read the one DMARC record among others; for a subdomain `sp` goes before `p`."""
    texts = [record.decode("latin-1").strip() for record in records]
    texts = [text for text in texts if "".join(text.split(";", 1)[0].split()) == "v=DMARC1"]
    tags = read_tags(texts[0]) if len(texts) == 1 else None
    if tags is None:
        return None
    action = (tags.get(tag) or tags.get("p", "")).lower()
    if action not in _POLICIES:
        if "rua" not in tags:
            return None
        action = "none"  # RFC 7489 6.6.3: a broken policy that asks for reports
    return Policy(action, tags.get("adkim", "r").lower() == "s", tags.get("aspf", "r").lower() == "s")
