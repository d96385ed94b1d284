"""The domains of the cast: DKIM keys that are made anew each time, and the DNS that publishes them."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

OURS: Final = "nexioprojects.com"
POLICIES: Final = {
    OURS: "reject",
    "boite.example": "reject",
    "polderpost.example": "quarantine",
    "brief.example": "reject",
    "inbox.example": "reject",
    "freemail.example": "none",  # as the big free mail houses publish it
    "bo1te.example": "none",  # not boite.example
    "office-supplies.example": "quarantine",
    "rightsportal.example": "reject",
    "lists.example": "none",
}

_SELECTOR: Final = "stage"
_SIGNED: Final = [b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references"]
_BITS: Final = 2048
_ELSEWHERE: Final = "192.0.2.25"  # where these domains' real servers would be: SPF never vouches for the cast


@dataclass(frozen=True, slots=True)
class Domains:
    """Every domain's private key, PEM."""

    keys: dict[str, bytes]

    @classmethod
    def make(cls) -> Self:
        return cls({domain: _private_key() for domain in POLICIES})

    def sign(self, domain: str, mail: bytes) -> bytes:
        """Return the mail with the signature its domain's own server would put on it."""
        header = dkim.sign(mail, _SELECTOR.encode(), domain.encode(), self.keys[domain], include_headers=_SIGNED)
        return bytes(header) + mail

    def write_zone(self, file: Path) -> None:
        """Publish keys, SPF and DMARC as the JSON the demo reads instead of the DNS."""
        zone: dict[str, dict[str, object]] = {}
        for domain, policy in POLICIES.items():
            zone[domain] = {
                "TXT": [f"v=spf1 ip4:{_ELSEWHERE} -all"],
                "MX": [[10, f"mx.{domain}"]],
                "A": [_ELSEWHERE],
            }
            zone[f"mx.{domain}"] = {"A": [_ELSEWHERE]}
            zone[f"_dmarc.{domain}"] = {"TXT": [f"v=DMARC1; p={policy}"]}
            zone[f"{_SELECTOR}._domainkey.{domain}"] = {"TXT": [f"v=DKIM1; k=rsa; p={_published(self.keys[domain])}"]}
        file.write_text(json.dumps(zone, indent=1), encoding="utf-8")


def _private_key() -> bytes:
    return rsa.generate_private_key(65537, _BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _published(private: bytes) -> str:
    public = serialization.load_pem_private_key(private, None).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()
