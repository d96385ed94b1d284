"""The company's own sign-in (OpenID Connect): who it introduces, and what a browser takes along on the way there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.core.drafts import Role

ROUND_TRIP: Final = timedelta(minutes=10)
"""How long somebody may take at the company's sign-in."""

JUST_NOW: Final = timedelta(minutes=2)
"""How old a sign-in may be that stands for the password given once more."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One way to the company's sign-in and back, for one browser.

    `invitation` is the token of one that is taken up, `again` asks for a fresh sign-in of who is inside already.
    """

    nonce: str
    verifier: str
    onward: str
    invitation: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Introduction:
    """Whom the provider introduces: `subject` is its own name for them, `verified` whether the address is sure."""

    subject: str
    email: str
    verified: bool
    name: str
    groups: frozenset[str]
    signed_in_at: datetime | None = None


class IdentityProvider(Protocol):
    """The company's sign-in. Whatever it says that does not hold raises NotAllowed; so does its silence."""

    @property
    def name(self) -> str:
        """Return what colleagues call it."""

    async def entrance(self, state: str, way: RoundTrip) -> str:
        """Return where the browser goes to sign in."""

    async def introduced(self, code: str, way: RoundTrip) -> Introduction:
        """Return whom a code stands for that the browser brought back from this way."""

    async def exit(self) -> str:
        """Return where the browser goes to sign out there too, or nothing."""

    async def left(self, notice: str) -> tuple[str, str]:
        """Judge the provider's notice that somebody signed out; return whom it means, and the notice's own name."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Which groups of the provider mean which roles here; where nothing is said, roles are given here alone."""

    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def apply(self, roles: frozenset[Role], groups: frozenset[str]) -> frozenset[Role]:
        """Return somebody's roles: those that groups stand for as the provider says, all others as they are."""
        governed: frozenset[Role] = frozenset().union(*self.roles.values())
        given: frozenset[Role] = frozenset().union(*(self.roles.get(group, frozenset()) for group in groups))
        return (roles - governed) | given
