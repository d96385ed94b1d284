"""How colleagues come in: accounts, invitations, sessions, and how long each of them holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from bot.core.drafts import Role

IDLE: Final = timedelta(hours=1)
"""A session nobody used for so long has ended: colleagues leave their desks."""

LONGEST_SESSION: Final = timedelta(hours=12)
HALF_OPEN: Final = timedelta(minutes=10)
"""How long the password alone keeps the door ajar for the second proof."""

FRESH_PROOF: Final = timedelta(minutes=10)
"""An export or a change of roles asks for the password again after this."""

INVITATION: Final = timedelta(days=7)
TOKEN_BYTES: Final = 32
SHORTEST_PASSWORD: Final = 12
"""NIST SP 800-63B 5.1.1: length is what counts, no rules of composition."""


class Stage(StrEnum):
    """How far somebody has come in."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Account:
    """A colleague's own way in. `last_step` is the last one-time password's, so that none is taken twice.

    `one_time_secret` is in hex, and empty only where the demo made the account. `handle`, in hex, is what devices with
    a passkey know the account by; it is drawn with the first one. `subject` is the colleague's name at the company's
    own sign-in where that lets them in: then there is neither password nor one-time secret; `introduced_at` is when it
    did so last.
    """

    email: str
    name: str
    password_hash: str
    one_time_secret: str
    language: str
    created_at: datetime
    last_step: int = 0
    handle: str = ""
    subject: str = ""
    introduced_at: datetime | None = None

    def is_vouched_for(self, now: datetime, patience: timedelta) -> bool:
        """Say whether the company's sign-in, where it is the way in, introduced this colleague lately."""
        return not self.subject or now - (self.introduced_at or self.created_at) <= patience


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that makes one account, once. Without `email` it is the first administrator's."""

    email: str
    roles: frozenset[Role]
    invited_by: str
    one_time_secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at the console. `proved_at` is when the password was last given; times in UTC."""

    email: str
    stage: Stage
    opened_at: datetime
    seen_at: datetime
    proved_at: datetime

    def is_alive(self, now: datetime) -> bool:
        """Say whether it still holds."""
        if self.stage is Stage.PASSWORD:
            return now - self.opened_at < HALF_OPEN
        return now - self.seen_at < IDLE and now - self.opened_at < LONGEST_SESSION


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with a role here; `has_account` says that an invitation was taken up."""

    email: str
    roles: frozenset[Role]
    name: str = ""
    has_account: bool = False


def password_problem(password: str, email: str) -> str:
    """Return why a password will not do, as a sentence, or nothing."""
    if len(password) < SHORTEST_PASSWORD:
        return "The password needs at least 12 characters. Three or four unrelated words are easy to remember."
    if len(set(password)) < SHORTEST_PASSWORD // 2 or email.partition("@")[0].lower() in password.lower():
        return "This password is too easy to guess. Take three or four unrelated words."
    return ""


class PasswordHasher(Protocol):
    """Turns a password into what may be stored; slow on purpose."""

    def hash(self, password: str) -> str:
        """Return the salted hash."""

    def verify(self, password: str, hashed: str) -> bool:
        """Say whether the password is the one that was hashed; an empty hash takes as long and is never right."""


class Accounts(Protocol):
    """Accounts, invitations and sessions; tokens are met here in clear and stored as keyed hashes."""

    def account(self, email: str) -> Account | None:
        """Return a colleague's account."""

    def keep(self, account: Account) -> None:
        """Store an account, in place of an older one of the same address."""

    def any_account(self) -> bool:
        """Say whether anybody has come in yet."""

    def keep_recovery(self, email: str, codes: Sequence[str]) -> None:
        """Store an account's recovery codes in place of older ones."""

    def use_recovery(self, email: str, code: str) -> bool:
        """Take a recovery code, which then is gone; False when there is no such one."""

    def recovery_left(self, email: str) -> int:
        """Count the recovery codes that are left."""

    def invite(self, token: str, invitation: Invitation) -> None:
        """Store an invitation; an older one for the same address ends."""

    def invitation(self, token: str) -> Invitation | None:
        """Return an invitation that was not taken up yet, whether or not it has expired."""

    def end_invitation(self, token: str) -> None:
        """Forget an invitation."""

    def open(self, token: str, session: Session) -> None:
        """Store a session."""

    def session(self, token: str) -> Session | None:
        """Return a session, whether or not it still holds."""

    def touch(self, token: str, now: datetime) -> None:
        """Record that a session was used."""

    def end(self, token: str) -> None:
        """Forget a session."""

    def end_all(self, email: str) -> None:
        """Forget every session of a colleague."""

    def know_device(self, token: str, email: str, now: datetime) -> None:
        """Record that somebody came in with this device's token."""

    def is_known_device(self, token: str, email: str) -> bool:
        """Say whether a colleague came in with this device before."""

    def forget_before(self, sessions: datetime, invitations: datetime) -> None:
        """Forget sessions opened, and invitations expired, before these moments."""


class Staff(Protocol):
    """Colleagues and what they may do."""

    def add(self, email: str, role: Role) -> None:
        """Give a colleague a role."""

    def remove(self, email: str, role: Role) -> None:
        """Take a role away; one that was never given changes nothing."""

    def everyone(self) -> Mapping[str, frozenset[Role]]:
        """Return every colleague's roles, by address."""

    def roles(self, email: str) -> frozenset[Role]:
        """Return a colleague's roles; empty for a stranger."""

    def count(self, roles: frozenset[Role]) -> int:
        """Count colleagues who have any of these roles."""
