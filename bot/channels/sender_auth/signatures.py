"""DKIM signatures (RFC 6376, 8301, 8463), checked on the same header reading the From was taken from.

Stricter than the RFC where leniency serves forgers: `l=`, SHA-1, keys under 1024 bits and test keys never count, nor
does a signature that leaves From or Subject open, or a mail that has twice what readers take once.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bot.channels.mime.fields import Field, Head
from bot.channels.sender_auth.canonical import body_form, header_form, without_signature
from bot.channels.sender_auth.resolver import DnsUnavailable, Resolver
from bot.channels.sender_auth.tags import read_tags

_HEADER: Final = "dkim-signature"
_ALGORITHMS: Final = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}
_FORMS: Final = frozenset({"simple", "relaxed"})
_NAME: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.){0,20}[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_MOMENT: Final = re.compile(r"[0-9]{1,12}")
_READ_ONCE: Final = frozenset(
    {"from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references"}
    | {"mime-version", "content-type", "content-transfer-encoding"}
)
_MOST_SIGNATURES: Final = 5
_LONGEST_FIELD: Final = 8 * 1024
_SMALLEST_KEY: Final = 1024  # RFC 8301 3.2
_LARGEST_KEY: Final = 8192
_SLACK: Final = timedelta(hours=6)  # clocks of honest servers


@dataclass(frozen=True, slots=True)
class Signatures:
    """The domains whose signature holds, and those of which the DNS would not tell."""

    passed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Signature:
    """A DKIM-Signature field that is worth a look at the key."""

    field: Field
    domain: str
    selector: str
    algorithm: str
    header: str
    body: str
    names: tuple[str, ...]
    body_hash: bytes
    value: bytes
    identity: str


def check_signatures(raw: bytes, head: Head, resolver: Resolver, now: datetime) -> Signatures:
    """Check a mail's first few signatures; the DNS failing makes one unknown, everything else irregular void."""
    if head.bare_breaks or _is_doubled(head):
        return Signatures()
    passed: dict[str, None] = {}
    unknown: dict[str, None] = {}
    body = raw[head.body :] if b"\r\n" in raw[: head.body] else raw[head.body :].replace(b"\n", b"\r\n")
    fields = [field for field in head.fields if field.name == _HEADER]
    for field in fields[:_MOST_SIGNATURES]:
        signature = _read(field, head, now)
        if signature is None or sha256(body_form(body, signature.body)).digest() != signature.body_hash:
            continue
        try:
            if _holds(signature, head, resolver):
                passed.setdefault(signature.domain)
        except DnsUnavailable:
            unknown.setdefault(signature.domain)
    return Signatures(tuple(passed), tuple(unknown))


def _is_doubled(head: Head) -> bool:
    """Say whether a field stands there twice of which a reader takes the top one and a signer the bottom one."""
    names = [field.name for field in head.fields if field.name in _READ_ONCE]
    return len(names) != len(set(names))


def _read(field: Field, head: Head, now: datetime) -> _Signature | None:
    """Return a signature whose own words are in order; None for one that can't count."""
    if len(field.raw) > _LONGEST_FIELD:
        return None
    tags = read_tags(field.value.decode("latin-1"))
    if tags is None or tags.get("v") != "1" or "l" in tags or tags.get("q", "dns/txt") != "dns/txt":
        return None
    domain, selector = tags.get("d", "").lower(), tags.get("s", "").lower()
    identity = tags.get("i", f"@{domain}").rpartition("@")[2].lower()
    header, _, body = tags.get("c", "simple/simple").partition("/")
    names = tuple(name.strip().lower() for name in tags.get("h", "").split(":"))
    body_hash, value = _unbase64(tags.get("bh", "")), _unbase64(tags.get("b", ""))
    in_order = (
        _NAME.fullmatch(domain)
        and "." in domain
        and _NAME.fullmatch(selector)
        and (identity == domain or identity.endswith(f".{domain}"))
        and tags.get("a") in _ALGORITHMS
        and {header, body or "simple"} <= _FORMS
        and "from" in names
        and ("subject" in names or not head.has("subject"))
        and _is_current(tags.get("t"), tags.get("x"), now)
    )
    if not in_order or body_hash is None or value is None:
        return None
    return _Signature(field, domain, selector, tags["a"], header, body or "simple", names, body_hash, value, identity)


def _is_current(signed: str | None, expires: str | None, now: datetime) -> bool:
    for moment in (signed, expires):
        if moment is not None and _MOMENT.fullmatch(moment) is None:
            return False
    if signed is not None and int(signed) > (now + _SLACK).timestamp():
        return False
    return expires is None or int(expires) > (now - _SLACK).timestamp()


def _holds(signature: _Signature, head: Head, resolver: Resolver) -> bool:
    key = _key(resolver.txt(f"{signature.selector}._domainkey.{signature.domain}"), signature)
    if key is None:
        return False
    signed = b"".join(_signed_fields(signature, head))
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature.value, signed, PKCS1v15(), SHA256())
        else:
            key.verify(signature.value, sha256(signed).digest())  # RFC 8463 3: Ed25519 over the hash
    except InvalidSignature:
        return False
    return True


def _signed_fields(signature: _Signature, head: Head) -> Sequence[bytes]:
    """Return what was signed, in its order: of several fields of a name, from the bottom up (RFC 6376 5.4.2)."""
    below: dict[str, list[Field]] = {}
    for field in head.fields:
        below.setdefault(field.name, []).append(field)
    chosen = [below[name].pop() for name in signature.names if below.get(name)]
    forms = [header_form(field.raw, signature.header) for field in chosen]
    own = header_form(without_signature(signature.field.raw), signature.header)
    return [*forms, own.removesuffix(b"\r\n")]


def _key(records: Sequence[bytes], signature: _Signature) -> RSAPublicKey | Ed25519PublicKey | None:
    """Return the published key if it may sign this (RFC 6376 3.6.1)."""
    if len(records) != 1:
        return None
    tags = read_tags(records[0].decode("latin-1"))
    if tags is None or tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa") != _ALGORITHMS[signature.algorithm]:
        return None
    flags = _listed(tags.get("t", ""))
    if "y" in flags or ("s" in flags and signature.identity != signature.domain):
        return None  # a test, or a key that subdomains may not use
    if "h" in tags and "sha256" not in _listed(tags["h"]):
        return None
    if not _listed(tags.get("s", "*")) & {"*", "email"}:
        return None
    content = _unbase64(tags.get("p", ""))
    return _load(content, signature.algorithm) if content else None


def _load(content: bytes, algorithm: str) -> RSAPublicKey | Ed25519PublicKey | None:
    try:
        if algorithm == "ed25519-sha256":
            return Ed25519PublicKey.from_public_bytes(content)
        key = load_der_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if isinstance(key, RSAPublicKey) and _SMALLEST_KEY <= key.key_size <= _LARGEST_KEY:
        return key
    return None


def _listed(value: str) -> set[str]:
    return {word.strip().lower() for word in value.split(":")}


def _unbase64(text: str) -> bytes | None:
    """Decode base64 with folding white space in it; None for anything else."""
    letters = "".join(text.split())
    if _BASE64.fullmatch(letters) is None:
        return None
    try:
        return base64.b64decode(letters, validate=True)
    except binascii.Error:
        return None
