"""Passkeys (Web Authentication Level 3): a key on a colleague's device that opens it for its owner alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

CEREMONY: Final = timedelta(minutes=5)
"""How long a challenge waits for its answer."""

CHALLENGE_BYTES: Final = 32
HANDLE_BYTES: Final = 32
MOST_PASSKEYS: Final = 10
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Passkey:
    """One key of a colleague: `id` and `public_key` in hex; `uses` is the device's own counter, 0 without one."""

    id: str
    email: str
    name: str
    public_key: str
    uses: int
    added_at: datetime
    used_at: datetime | None = None

    def may_be_copied(self, uses: int) -> bool:
        """Say whether a counter that was shown gives a copy of the key away (7.2, step 22)."""
        return (uses > 0 or self.uses > 0) and uses <= self.uses


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a device is told to make a key for; `handle` are random bytes that say nothing of who it is (14.6.1)."""

    handle: bytes
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a device says of the key it has made; in hex."""

    id: str
    public_key: str
    uses: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer to a challenge, not judged yet: which key it names (in hex), and for whom the device made that."""

    answer: str
    id: str
    handle: bytes


class Authenticators(Protocol):
    """Speaks with the devices of colleagues through their browser. What it refuses raises NotAllowed."""

    @property
    def offered(self) -> bool:
        """Say whether a browser can make keys for the console's address: not for a bare number, nor without TLS."""

    def to_add(self, owner: Owner, challenge: bytes, held: Sequence[Passkey]) -> str:
        """Return as JSON what the browser needs to let a device make a key; devices of `held` keys are left out."""

    def added(self, answer: str, challenge: bytes) -> NewKey:
        """Judge what a device made, for this challenge and address, its owner present and verified."""

    def to_show(self, challenge: bytes) -> str:
        """Return as JSON what the browser needs to let a device answer a challenge."""

    def read(self, answer: str) -> Shown:
        """Read an answer without judging it."""

    def judge(self, shown: Shown, challenge: bytes, passkey: Passkey) -> int:
        """Judge an answer to this challenge, for this address, its owner verified; return the device's counter."""


class Passkeys(Protocol):
    """The colleagues' keys."""

    def keep(self, passkey: Passkey) -> None:
        """Store a new key, or what has changed of a known one."""

    def find(self, key_id: str) -> Passkey | None:
        """Return the key with this id."""

    def of(self, email: str) -> Sequence[Passkey]:
        """Return a colleague's keys, the oldest first."""

    def forget(self, key_id: str) -> None:
        """Forget a key."""
