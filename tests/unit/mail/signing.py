"""Domains with real keys, for tests: they sign with dkimpy, or by hand where it can't, and publish in a dictionary."""

import base64
import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Final

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

SELECTOR = b"s1"
WEAK: Final = base64.b64decode(
    "MIIBygIBAAJhAKSaWn1jO8LdZ97V4exGv2lNDV8QHGgG0cswFpmUH7CGS5aElBDc"
    "DVwmnjXkmthQ7bg8l1AU6PaOSKcjTh6CZEVTAZChLj8OyJSM0JnmGodzjrC/arQN"
    "hMOb7LFosyCC+QIDAQABAmA9M+dRmAQwgIKOqJhIckXZsXy3TBZD18VJ96dvk1P1"
    "HvocDU/AtRGCohlRkJ7Cr9QbcM15oovmy3zJGBYXRF9K8ZiLRNNypJwgklndVnYo"
    "1mzXsabAKjsajCIiTbYNrwECMQDQd2FvqffsLZl1Vu30gRLo919IjZhJ4Ulwblx0"
    "tew2VtgGzv/XOfeNOiTwDxBUdm0CMQDKIpMOeVbN9LvAyokEPkPrupFWZEg41UM/"
    "MoPH5S0lx+/VfXXv+m4Q0m9bUlH+lz0CMQCX0imq+h0t6zO0yj94bzxHYEkLfNup"
    "CqLCeA1rjkZeeLbRlpWquHO6bdsS3dWlva0CMC85OqAECxqc1YxqBO6/2UBmWvQT"
    "A6h7cnV+SLlXul98QXTgFcCWAkbd0vRD3DIdhQIwYxqBM0HPaT8kvo4NZT4T6PLe"
    "O4lXXgth+RAZvRcNBa4VDGS/j++UbFMTOQZ/YN0O"
)
"""A private key of 768 bits, made for these tests; libraries refuse to make such a key, servers still have them."""

Zone = dict[str, Mapping[str, Sequence[object]]]


@cache
def rsa_key(name: str, bits: int = 2048) -> RSAPrivateKey:
    """Return one key per name and size: making them is slow."""
    if bits < 1024:
        weak = load_der_private_key(WEAK, None)
        assert isinstance(weak, RSAPrivateKey)
        return weak
    del name
    return generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ed25519_key(name: str) -> Ed25519PrivateKey:
    del name
    return Ed25519PrivateKey.generate()


def rsa_record(name: str, bits: int = 2048, extra: str = "k=rsa; ") -> str:
    der = rsa_key(name, bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; {extra}p={base64.b64encode(der).decode()}"


def ed25519_record(name: str) -> str:
    raw = ed25519_key(name).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"


def zone(*more: Mapping[str, Mapping[str, Sequence[object]]]) -> Zone:
    """Return the world the tests live in: example.org asks to reject, attackers own evil.example with all set up."""
    world: Zone = {
        "example.org": {"TXT": ["v=spf1 ip4:192.0.2.10 -all"], "MX": [(10, "mx.example.org")]},
        "_dmarc.example.org": {"TXT": ["v=DMARC1; p=reject; sp=reject"]},
        "s1._domainkey.example.org": {"TXT": [rsa_record("example.org")]},
        "ed._domainkey.example.org": {"TXT": [ed25519_record("example.org")]},
        "test._domainkey.example.org": {"TXT": [rsa_record("example.org", extra="t=y; ")]},
        "narrow._domainkey.example.org": {"TXT": [rsa_record("example.org", extra="t=s; ")]},
        "sha1._domainkey.example.org": {"TXT": [rsa_record("example.org", extra="h=sha1; ")]},
        "other._domainkey.example.org": {"TXT": [rsa_record("example.org", extra="s=tlsrpt; ")]},
        "weak._domainkey.example.org": {"TXT": [rsa_record("weak", 768)]},
        "revoked._domainkey.example.org": {"TXT": ["v=DKIM1; k=rsa; p="]},
        "twice._domainkey.example.org": {"TXT": [rsa_record("example.org"), rsa_record("evil.example")]},
        "mail.example.org": {"TXT": ["v=spf1 ip4:192.0.2.11 -all"]},
        "s1._domainkey.news.example.org": {"TXT": [rsa_record("news.example.org")]},
        "strict.example": {"TXT": ["v=spf1 ip4:192.0.2.20 -all"]},
        "_dmarc.strict.example": {"TXT": ["v=DMARC1; p=quarantine; adkim=s; aspf=s"]},
        "s1._domainkey.strict.example": {"TXT": [rsa_record("strict.example")]},
        "s1._domainkey.sub.strict.example": {"TXT": [rsa_record("sub.strict.example")]},
        "sub.strict.example": {"TXT": ["v=spf1 ip4:192.0.2.21 -all"]},
        "relaxed.example": {"TXT": ["v=spf1 ip4:192.0.2.30 ~all"]},
        "_dmarc.relaxed.example": {"TXT": ["v=DMARC1; p=none"]},
        "evil.example": {"TXT": ["v=spf1 ip4:203.0.113.66 -all"]},
        "_dmarc.evil.example": {"TXT": ["v=DMARC1; p=reject"]},
        "s1._domainkey.evil.example": {"TXT": [rsa_record("evil.example")]},
        "s1._domainkey.org.evil.example": {"TXT": [rsa_record("evil.example")]},
        "s1._domainkey.example.org.evil.example": {"TXT": [rsa_record("evil.example")]},
        "s1._domainkey.org": {"TXT": [rsa_record("evil.example")]},
        "s1._domainkey.co.uk": {"TXT": [rsa_record("evil.example")]},
        "s1._domainkey.evil.github.io": {"TXT": [rsa_record("evil.example")]},
        "_dmarc.victim.github.io": {"TXT": ["v=DMARC1; p=reject"]},
        "_dmarc.victim.co.uk": {"TXT": ["v=DMARC1; p=reject"]},
    }
    for records in more:
        world.update(records)
    return world


def dkim_sign(
    raw: bytes,
    domain: str = "example.org",
    selector: bytes = SELECTOR,
    key: str = "",
    *,
    bits: int = 2048,
    forms: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    names: Sequence[bytes] = (b"from", b"to", b"subject", b"date", b"message-id"),
    length: bool = False,
    algorithm: bytes = b"rsa-sha256",
    identity: bytes | None = None,
) -> bytes:
    """Sign as a sending server does, with the field on top."""
    pem = rsa_key(key or domain, bits).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    signer = dkim.DKIM(raw, signature_algorithm=algorithm, minkey=512)
    present = [name for name in names if re.search(rb"(?im)^" + name + rb"\s*:", raw) or names.count(name) > 1]
    signature: bytes = signer.sign(
        selector, domain.encode(), pem, canonicalize=forms, include_headers=present, length=length, identity=identity
    )
    return signature + raw


def ed25519_sign(
    raw: bytes,
    domain: str = "example.org",
    selector: str = "ed",
    *,
    tags: str = "",
    names: Sequence[bytes] = (b"from", b"to", b"subject"),
) -> bytes:
    """Sign by hand what RFC 8463 says, relaxed/simple, with any tags; dkimpy would need another library for it."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n")
    fields = {line.partition(b":")[0].lower(): b" ".join(line.partition(b":")[2].split()) for line in lines}
    body_hash = base64.b64encode(sha256(body.rstrip(b"\r\n") + b"\r\n").digest()).decode()
    listed = b":".join(names).decode()
    value = f"v=1; a=ed25519-sha256; c=relaxed/simple; d={domain}; s={selector}; {tags}h={listed}; bh={body_hash}; b="
    signed = b"".join(name + b":" + fields[name] + b"\r\n" for name in names if name in fields)
    signed += b"dkim-signature:" + value.encode()
    signature = base64.b64encode(ed25519_key(domain).sign(sha256(signed).digest())).decode()
    return f"DKIM-Signature: {value}{signature}\r\n".encode() + raw
