"""A device with passkeys, in Python, that can be told to misbehave (Web Authentication Level 3, 6)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftDevice:
    """Makes one key and answers with it; `origin` is where its browser says that it is."""

    origin: str
    uses: int = 0
    key_id: bytes = b"the only key of this device"
    verifies: bool = True
    handle: bytes = b""
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: str) -> str:
        """Answer what `navigator.credentials.create()` was given."""
        asked = json.loads(options)
        self.handle = _bytes(asked["user"]["id"])
        attested = bytes(16) + len(self.key_id).to_bytes(2, "big") + self.key_id + self._public()
        about = self._about(asked["rp"]["id"], ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": about})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer({"clientDataJSON": _text(client), "attestationObject": _text(statement)})

    def show(self, options: str) -> str:
        """Answer what `navigator.credentials.get()` was given."""
        asked = json.loads(options)
        self.uses += 1
        about, client = self._about(asked["rpId"]), self._client("webauthn.get", asked["challenge"])
        signature = self._key.sign(about + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": _text(client),
                "authenticatorData": _text(about),
                "signature": _text(signature),
                "userHandle": _text(self.handle),
            }
        )

    def _about(self, site: str, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verifies else 0)
        return sha256(site.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _public(self) -> bytes:
        point = self._key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = _text(self.key_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
