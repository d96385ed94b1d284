"""The opt-outs in force, as the store keeps them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.messages import Handle
from bot.core.records import Suppression
from bot.core.rights import Scope


class Suppressions(Protocol):
    """Who must not get which mailing."""

    def add(self, suppression: Suppression, theirs: Collection[str] = ()) -> bool:
        """Store one; False when the same handle and scope is suppressed already.

        That one then goes over to the case that asked last, where it is of `theirs`: the same person's cases. Where
        others asked for it as well it is no case's any more, and no word of either takes it back.
        """

    def blocking(self, handles: Sequence[Handle], scope: Scope) -> Mapping[Handle, Suppression]:
        """Return, of some handles, those a mailing of this scope may not go to, each with what stops it."""

    def of(self, handle: Handle) -> Sequence[Suppression]:
        """Return every one in force for a handle."""

    def of_case(self, case_id: str) -> Sequence[Suppression]:
        """Return every one in force that a case put in force, and nobody else."""

    def lift(self, handle: Handle, scope: Scope, now: datetime) -> Suppression | None:
        """End one in force and return it, or None where there is none of exactly this scope."""

    def ticket(self, handle: Handle, scope: Scope) -> str:
        """Return the word that lets whoever got a mailing stop it with one click; it shows nothing of the address."""

    def of_ticket(self, ticket: str) -> tuple[Handle, Scope] | None:
        """Return what a ticket stops, or None for a word that is none of ours."""

    def changed(self) -> Sequence[Suppression]:
        """Return what this unit stopped or lifted so far."""

    def listed(self, limit: int | None = None, after: str = "", scope: Scope | None = None) -> Sequence[Suppression]:
        """List those in force, newest first, of one scope or all; `after` is the id of the last one seen.

        Raises NotFound for a wrong one.
        """
