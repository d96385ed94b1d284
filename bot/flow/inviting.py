"""How a colleague gets an account: a link that is taken up once, and what it gives."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.accounts import INVITATION, Account, Invitation, Stage, password_problem
from bot.core.challenge import write_code
from bot.core.drafts import Role
from bot.core.errors import NotAllowed, NotFound
from bot.core.messages import canonical_address, is_address
from bot.core.one_time import SECRET_BYTES, matching_step
from bot.core.unit import Unit
from bot.flow.coming_in import PEOPLE, WRONG_CODE, FrontDoor, shut_out

RECOVERY_CODES: Final = 10
NO_SUCH_LINK: Final = "This link was used already, or it is too old. Ask an administrator for a new one."
LAST_ADMINISTRATOR: Final = "Somebody has to stay administrator: give another colleague that role first."
NO_ADDRESS: Final = "Write your whole e-mail address, such as you@company.com."


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody writes who takes an invitation up; `email` counts only for the first administrator."""

    email: str
    name: str
    password: str
    code: str
    language: str


@dataclass(frozen=True, slots=True)
class Invitations:
    """Makes and takes up invitations."""

    door: FrontDoor

    async def invite(self, email: str, roles: frozenset[Role], by: str) -> str:
        """Return the token of a link that makes an account, or renews one that was lost.

        Raises NotAllowed for an address that is none.
        """
        address, now = canonical_address(email), self.door.clock.now()
        if not is_address(address):
            raise NotAllowed(NO_ADDRESS)
        token = self.door.token()
        secret = self.door.entropy.draw(SECRET_BYTES).hex()
        invitation = Invitation(address, roles, by, secret, now + INVITATION)

        def work(unit: Unit) -> None:
            unit.accounts.invite(token, invitation)
            named = ", ".join(sorted(roles))
            unit.audit.record(PEOPLE, "invited", by, now, {"colleague": address, "roles": named})

        await self.door.store.transact(work)
        return token

    async def first(self) -> str | None:
        """Return the token of the first administrator's link, or None once anybody has an account."""
        now, token = self.door.clock.now(), self.door.token()
        secret = self.door.entropy.draw(SECRET_BYTES).hex()
        administrator = Invitation("", frozenset({Role.ADMINISTRATOR}), "the terminal", secret, now + INVITATION)

        def work(unit: Unit) -> str | None:
            if unit.accounts.any_account():
                return None
            unit.accounts.invite(token, administrator)
            return token

        return await self.door.store.transact(work)

    async def look(self, token: str) -> Invitation:
        """Return an invitation that still holds. Raises NotFound."""
        return await self.door.store.transact(lambda unit: self.held(unit, token))

    async def accept(self, token: str, newcomer: Newcomer) -> tuple[str, tuple[str, ...]]:
        """Make the account and return a session's token with the recovery codes, which are shown this once.

        Raises NotFound for a link that does not hold, NotAllowed for what was written wrongly.
        """
        now = self.door.clock.now()
        invitation = await self.look(token)
        email = invitation.email or canonical_address(newcomer.email)
        if not is_address(email):
            raise NotAllowed(NO_ADDRESS)
        if problem := password_problem(newcomer.password, email):
            raise NotAllowed(problem)
        step = matching_step(bytes.fromhex(invitation.one_time_secret), newcomer.code, now, after=0)
        if step is None:
            raise NotAllowed(WRONG_CODE)
        hashed = await asyncio.to_thread(self.door.hasher.hash, newcomer.password)
        codes = tuple(write_code(self.door.entropy.draw(SECRET_BYTES)) for _ in range(RECOVERY_CODES))
        account = Account(
            email=email,
            name=newcomer.name.strip()[:80] or email,
            password_hash=hashed,
            one_time_secret=invitation.one_time_secret,
            language=newcomer.language,
            created_at=now,
            last_step=step,
        )

        def work(unit: Unit) -> str:
            self.take_up(unit, token, account, codes, now)
            return self.door.open(unit, email, Stage.INSIDE, now)

        return await self.door.store.transact(work), codes

    def take_up(self, unit: Unit, token: str, account: Account, codes: Sequence[str], now: datetime) -> None:
        """Use an invitation up for a new account; what opened an older one of that address ends. Raises NotFound."""
        held, email = self.held(unit, token), account.email
        unit.accounts.end_invitation(token)
        shut_out(unit, email)
        unit.accounts.keep(account)
        unit.accounts.keep_recovery(email, codes)
        for passkey in unit.passkeys.of(email):  # a lost phone may hold one
            unit.passkeys.forget(passkey.id)
        for role in held.roles:
            unit.staff.add(email, role)
        unit.audit.record(PEOPLE, "account_made", email, now, {"invited_by": held.invited_by})

    async def set_roles(self, email: str, roles: frozenset[Role], by: str) -> None:
        """Give a colleague these roles and no others; sessions of the colleague end.

        Raises NotAllowed where the desk would be left without an administrator.
        """
        now, address = self.door.clock.now(), canonical_address(email)

        await self.door.store.transact(lambda unit: self.give(unit, address, roles, by, now))

    def give(self, unit: Unit, address: str, roles: frozenset[Role], by: str, now: datetime) -> None:
        """Give these roles and no others within a commit, as `set_roles` does. Raises NotAllowed."""
        before = unit.staff.roles(address)
        for role in roles - before:
            unit.staff.add(address, role)
        for role in before - roles:
            unit.staff.remove(address, role)
        if Role.ADMINISTRATOR in before - roles and not unit.staff.count(frozenset({Role.ADMINISTRATOR})):
            raise NotAllowed(LAST_ADMINISTRATOR)
        unit.accounts.end_all(address)
        named = ", ".join(sorted(roles)) or "none"
        unit.audit.record(PEOPLE, "roles_set", by, now, {"colleague": address, "roles": named})

    def held(self, unit: Unit, token: str) -> Invitation:
        """Return an invitation within a commit. Raises NotFound for one that does not hold."""
        invitation = unit.accounts.invitation(token)
        late = invitation is not None and invitation.expires_at <= self.door.clock.now()
        taken = invitation is not None and not invitation.email and unit.accounts.any_account()
        if invitation is None or late or taken:
            raise NotFound(NO_SUCH_LINK)
        return invitation
