"""Tokens by which a program of the company acts for one colleague, with a part of that colleague's roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.core.drafts import Role

PREFIX: Final = "nexio_"
"""What every token begins with, so that one that leaked into a file is found."""

LONGEST_TOKEN: Final = timedelta(days=366)
LONGEST_NAME: Final = 60

UNSEEN_OWNER: Final = timedelta(days=7)
"""How long a token acts for a colleague of the company's own sign-in whom that has not introduced again."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token but the token itself; `id` names it in lists. Times in UTC.

    It acts for `owner`, who made it: what it approves is that colleague's yes, and never a second one beside it. Only
    one that `may_export` hands out what colleagues get after giving their password again.
    """

    id: str
    name: str
    owner: str
    roles: frozenset[Role]
    made_at: datetime
    expires_at: datetime
    may_export: bool = False
    used_at: datetime | None = None


class Tokens(Protocol):
    """Tokens; met here in clear and stored as keyed hashes."""

    def keep(self, secret: str, token: Token) -> None:
        """Store a new token."""

    def of_secret(self, secret: str) -> Token | None:
        """Return the token somebody shows, whether or not it still holds."""

    def touch(self, token_id: str, now: datetime) -> None:
        """Record that a token was used."""

    def listed(self, owner: str = "") -> Sequence[Token]:
        """List the tokens, or one colleague's, newest first."""

    def end(self, token_id: str) -> None:
        """Forget one. Raises NotFound."""

    def end_of(self, owner: str) -> None:
        """Forget every token of a colleague."""
