"""What makes a history hard to rewrite: the hash that binds a link, and the keyed seals of heads and rolls."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC
from hashlib import sha256
from typing import Final

from storage.tables import AuditHeadRow, AuditLinkRow, AuditRollRow

GENESIS: Final = "0" * 64
"""What the first link of a chain points at."""

SHARDS: Final = 16
"""Rolls are spread by case, so that units of different cases seldom wait for each other."""

SALT_BYTES: Final = 32


def canonical(value: object) -> str:
    """Write a value as JSON in the one spelling that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def shard_of(case_id: str) -> int:
    """Say on which roll a case stands."""
    return sha256(case_id.encode()).digest()[0] % SHARDS


def link_proof(link: AuditLinkRow, previous: str) -> str:
    """Return the text that binds one link's every field to the link before it."""
    at = link.at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical([link.case_id, link.seq, at, link.actor, link.event, link.data, link.personal, previous])


def link_hash(link: AuditLinkRow, previous: str) -> str:
    """Return the hash of a link's proof."""
    return sha256(link_proof(link, previous).encode()).hexdigest()


def head_mac(key: bytes, head: AuditHeadRow) -> bytes:
    """Seal a chain's head: whoever removes its last links can't write a head that fits."""
    return _mac(key, ["head", head.case_id, head.shard, head.seq, head.hash])


def roll_mac(key: bytes, roll: AuditRollRow) -> bytes:
    """Seal a roll: whoever removes a whole chain, or puts an older head back, can't write a roll that fits."""
    return _mac(key, ["roll", roll.shard, roll.chains, roll.links])


def personal_hashes(key: bytes, salt: bytes, personal: Mapping[str, str]) -> dict[str, str]:
    """Hash personal values so that they can be compared while the salt is kept, and mean nothing once it is gone."""
    return {name: _mac(key, [salt.hex(), name, value]).hex() for name, value in personal.items()}


def _mac(key: bytes, fields: list[object]) -> bytes:
    return hmac.new(key, canonical(fields).encode(), sha256).digest()
