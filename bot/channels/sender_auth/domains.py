"""Which domains belong together (RFC 7489 3.2), by the public suffix list with its private part."""

from functools import cache
from typing import Final

from publicsuffixlist import PublicSuffixList

_MOST_LABELS: Final = 127  # RFC 1035 2.3.4


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def organisational_domain(domain: str) -> str:
    """Return the registered domain above a name; empty for a public suffix, which belongs to nobody.

    The private part of the list counts: two customers of one hosting company are strangers to each other.
    """
    if domain.count(".") >= _MOST_LABELS:
        return ""
    return _suffixes().privatesuffix(domain) or ""


def is_aligned(identifier: str, from_domain: str, *, strict: bool) -> bool:
    """Say whether an authenticated domain speaks for the From domain (RFC 7489 3.1)."""
    if not identifier or not from_domain:
        return False
    if identifier == from_domain:
        return True
    organisation = organisational_domain(from_domain)
    return not strict and bool(organisation) and organisational_domain(identifier) == organisation
