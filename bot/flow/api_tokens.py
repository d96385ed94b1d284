"""Programs that act for a colleague: made by that colleague alone, narrowed to some roles, ended by whoever may."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from bot.core.accounts import TOKEN_BYTES, Staff
from bot.core.drafts import Role
from bot.core.errors import NotAllowed, NotFound
from bot.core.messages import canonical_address
from bot.core.ports import Clock, Entropy
from bot.core.references import ID_BYTES, write_id
from bot.core.tokens import LONGEST_NAME, LONGEST_TOKEN, PREFIX, UNSEEN_OWNER, Token
from bot.core.unit import Store, Unit
from bot.flow.coming_in import PEOPLE

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NO_NAME: Final = "Name the token after the program that uses it."
NO_ROLES: Final = "Tick at least one role; a token can have your own roles only."
TOO_LONG: Final = "A token holds for a year at most."
RESTS: Final = (
    "This token rests: its owner comes in by the company's sign-in and has not lately, so nobody knows whether their "
    "roles still hold. Once they have signed in it goes on."
)

_TOUCH_EVERY: Final = timedelta(minutes=1)

T = TypeVar("T")
P = TypeVar("P", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class TokenDesk:
    """Makes, knows and ends tokens."""

    store: Store
    clock: Clock
    entropy: Entropy
    patience: timedelta = UNSEEN_OWNER

    async def make(
        self, name: str, roles: frozenset[Role], days: int, owner: str, *, may_export: bool = False
    ) -> tuple[str, Token]:
        """Return a token in clear, this once, with what is kept of it. Raises NotAllowed.

        Only the colleague it acts for makes it: who holds another's token could be two of two approvers.
        """
        now, owner, name = self.clock.now(), canonical_address(owner), " ".join(name.split())[:LONGEST_NAME]
        if not name:
            raise NotAllowed(NO_NAME)
        if not timedelta(0) < timedelta(days=min(max(days, 0), 10_000)) <= LONGEST_TOKEN:
            raise NotAllowed(TOO_LONG)
        secret = PREFIX + base64.urlsafe_b64encode(self.entropy.draw(TOKEN_BYTES)).decode().rstrip("=")
        ident = write_id(now, self.entropy.draw(ID_BYTES))
        token = Token(ident, name, owner, roles, now, now + timedelta(days=days), may_export)

        def work(unit: Unit) -> None:
            if not roles or roles - unit.staff.roles(owner):
                raise NotAllowed(NO_ROLES)
            unit.tokens.keep(secret, token)
            named = ", ".join(sorted(roles))
            facts = {"token": name, "roles": named, "exports": "yes" if may_export else "no"}
            unit.audit.record(PEOPLE, "token_made", owner, now, facts)

        await self.store.transact(work)
        return secret, token

    async def end(self, token_id: str, by: str) -> Token:
        """End a token of one's own; an administrator ends anybody's. Raises NotFound."""
        now, by = self.clock.now(), canonical_address(by)

        def work(unit: Unit) -> Token:
            token = next((one for one in seen_by(unit, by) if one.id == token_id), None)
            if token is None:
                raise NotFound(f"there is no token {token_id}")
            unit.tokens.end(token.id)
            unit.audit.record(PEOPLE, "token_ended", by, now, {"token": token.name, "colleague": token.owner})
            return token

        return await self.store.transact(work)

    async def bearer(self, secret: str) -> Token | None:
        """Return a token that still holds, with the roles that its owner still has.

        Raises NotAllowed while it rests: roles of the company's own sign-in are known as of the last one alone.
        """
        now = self.clock.now()

        def work(unit: Unit) -> Token | None:
            token = unit.tokens.of_secret(secret)
            if token is None or token.expires_at <= now:
                return None
            account = unit.accounts.account(token.owner)
            if account is not None and not account.is_vouched_for(now, self.patience):
                raise NotAllowed(RESTS)
            if token.used_at is None or now - token.used_at >= _TOUCH_EVERY:
                unit.tokens.touch(token.id, now)
            roles = token.roles & unit.staff.roles(token.owner)
            return replace(token, roles=roles, used_at=now)

        return await self.store.transact(work) if secret.startswith(PREFIX) else None


def seen_by(unit: Unit, staff: str) -> Sequence[Token]:
    """Return the tokens a colleague may see and end: the own ones, for an administrator all."""
    everybody = Role.ADMINISTRATOR in unit.staff.roles(staff)
    return unit.tokens.listed("" if everybody else staff)


@dataclass(frozen=True, slots=True)
class NarrowedStore:
    """A store for what a token does: to every use case its owner has no more roles than the token."""

    store: Store
    token: Token

    async def transact(self, work: Callable[[Unit], T], *, ahead: bool = False) -> T:
        """Run `work` with the owner's roles narrowed."""

        def narrowed(unit: Unit) -> T:
            unit.staff = _NarrowedStaff(unit.staff, self.token)
            return work(unit)

        return await self.store.transact(narrowed, ahead=ahead)

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109 - the port's own patience, in seconds
        """Wait as the store does."""
        await self.store.wait(topic, timeout)


def held_over(part: P, store: Store) -> P:
    """Return a part of the desk over another store, whichever of its own parts hold one."""
    other: dict[str, object] = {}
    for one in fields(part):
        value = getattr(part, one.name)
        if one.name == "store":
            other[one.name] = store
        elif is_dataclass(value) and not isinstance(value, type):
            moved = held_over(value, store)
            other |= {} if moved is value else {one.name: moved}
    return replace(part, **other) if other else part


@dataclass(frozen=True, slots=True)
class _NarrowedStaff:
    staff: Staff
    token: Token

    def add(self, email: str, role: Role) -> None:
        self.staff.add(email, role)

    def remove(self, email: str, role: Role) -> None:
        self.staff.remove(email, role)

    def everyone(self) -> Mapping[str, frozenset[Role]]:
        return {email: self._of(email, roles) for email, roles in self.staff.everyone().items()}

    def roles(self, email: str) -> frozenset[Role]:
        return self._of(canonical_address(email), self.staff.roles(email))

    def count(self, roles: frozenset[Role]) -> int:
        return self.staff.count(roles)

    def _of(self, email: str, roles: frozenset[Role]) -> frozenset[Role]:
        return roles & self.token.roles if email == self.token.owner else roles
