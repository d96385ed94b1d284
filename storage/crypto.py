"""Sealing (AES-256-GCM), blind indexes and keyed hashes, all derived from the master keys of one ring."""

import hmac
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.core.errors import RightsDeskError
from bot.core.messages import MAIL, PHONE, Handle, canonical_address

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 4


class SealBroken(RightsDeskError):
    """Sealed bytes that were changed, moved to another row, or sealed under a key this ring does not hold."""


class Keyring:
    """The master keys by id, oldest first: the newest seals, every one opens.

    What must stay findable (blind indexes, code hashes, audit) is derived from the oldest key, so that a new key
    never makes old rows unfindable.
    """

    def __init__(self, masters: Mapping[str, bytes]) -> None:
        oldest, self._newest = next(iter(masters.values())), list(masters)[-1]
        self._seals = {key_id: AESGCM(derive(master, "seal")) for key_id, master in masters.items()}
        self._proofs = {key_id: derive(master, "proof") for key_id, master in masters.items()}
        self._index_key = derive(oldest, "index")
        self.code_key: Final = derive(oldest, "code")
        self.audit_key: Final = derive(oldest, "audit")

    def seal(self, place: str, row: str, clear: bytes) -> bytes:
        """Seal bytes for one place (table.column) of one row; they open nowhere else."""
        nonce = os.urandom(_NONCE_BYTES)
        head = bytes.fromhex(self._newest)
        return head + nonce + self._seals[self._newest].encrypt(nonce, clear, _bound(place, row))

    def open(self, place: str, row: str, sealed: bytes) -> bytes:
        """Return what was sealed there. Raises SealBroken."""
        key_id, nonce = sealed[:_ID_BYTES].hex(), sealed[_ID_BYTES : _ID_BYTES + _NONCE_BYTES]
        try:
            return self._seals[key_id].decrypt(nonce, sealed[_ID_BYTES + _NONCE_BYTES :], _bound(place, row))
        except KeyError:
            raise SealBroken(f"{place} of {row} was sealed under key {key_id}, which the ring lacks") from None
        except (InvalidTag, ValueError):
            raise SealBroken(f"{place} of {row} does not open: it was changed or moved") from None

    def index(self, what: str, value: str) -> bytes:
        """Return a blind index: equal for equal values, meaningless without the key."""
        # Text from the wire may hold lone surrogates; they must not stop a look-up.
        return hmac.new(self._index_key, f"{what}\0{value}".encode("utf-8", "surrogatepass"), sha256).digest()

    def digest(self, pieces: Iterable[bytes]) -> bytes:
        """Return the keyed hash of what comes in pieces, wherever they are cut."""
        running = hmac.new(self._index_key, b"raw\0", sha256)
        for piece in pieces:
            running.update(piece)
        return running.digest()

    def handle_index(self, handle: Handle) -> bytes:
        """Return the blind index of a handle as the directory compares it."""
        return self.index("handle", f"{handle.channel}\0{canonical(handle)}")

    def proofs(self) -> Mapping[str, bytes]:
        """Return for each key what shows that somebody holds it, without giving it away."""
        return {key_id: hmac.new(key, b"this key seals here", sha256).digest() for key_id, key in self._proofs.items()}


def canonical(handle: Handle) -> str:
    """Return a handle's value as it is compared; dots and plus tags of an address are part of it."""
    if handle.channel == MAIL:
        return canonical_address(handle.value)
    if handle.channel == PHONE:
        return "".join(sign for sign in handle.value if sign.isdecimal() or sign == "+")
    return handle.value.strip()


def derive(master: bytes, purpose: str) -> bytes:
    """Derive the key for one purpose (RFC 5869), so that no key serves two."""
    info = f"nexio-intake {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)


def new_key_id() -> str:
    """Name a fresh key."""
    return os.urandom(_ID_BYTES).hex()


def _bound(place: str, row: str) -> bytes:
    return f"{place}\0{row}".encode()
