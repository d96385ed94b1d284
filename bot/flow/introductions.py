"""Coming in by the company's own sign-in: whoever was invited here, and nobody else, whatever the provider says.

An invitation that is taken up binds an account to the provider's own name for somebody: an address that is given to
another person later lets nobody in. Roles are given here, but for those that the settings let groups stand for.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.core.accounts import Account
from bot.core.errors import NotAllowed
from bot.core.introductions import JUST_NOW, ROUND_TRIP, Groups, IdentityProvider, Introduction, RoundTrip
from bot.core.messages import canonical_address, is_address
from bot.core.unit import Unit
from bot.flow.coming_in import PEOPLE, FrontDoor, Visitor, shut_out
from bot.flow.inviting import Invitations

COMPANY: Final = "the company's sign-in"
NOT_OFFERED: Final = "The company’s sign-in is not set up here. Come in with your password."
NOT_EXPECTED: Final = "That took too long, or it was begun in another window. Begin again."
NOT_INVITED: Final = "The company’s sign-in knows you, but nobody invited you here. Ask an administrator for a link."
NOT_VERIFIED: Final = "The company’s sign-in does not say that your address is verified. Ask whoever runs it."
ANOTHER: Final = "This invitation is for another address than the one you signed in with."
NOT_YOU: Final = "You have to sign in there once more yourself, now."


@dataclass(frozen=True, slots=True)
class CompanyDoor:
    """Lets colleagues in whom the company's sign-in introduces; without a `provider` it stays shut."""

    door: FrontDoor
    invitations: Invitations
    provider: IdentityProvider | None = None
    groups: Groups = field(default_factory=Groups)

    @property
    def name(self) -> str:
        """Return what colleagues call the company's sign-in, or nothing where there is none."""
        return self.provider.name if self.provider else ""

    async def begin(self, holder: str, onward: str, *, invitation: str = "", again: bool = False) -> str:
        """Send a browser off; return where to. Raises NotAllowed, and NotFound for an invitation that does not hold."""
        if invitation:
            await self.invitations.look(invitation)
        state, nonce, verifier = (self.door.token() for _ in range(3))
        way, now = RoundTrip(nonce, verifier, onward, invitation, again), self.door.clock.now()
        entrance = await self._provider().entrance(state, way)
        kept = json.dumps(asdict(way))
        await self.door.store.transact(
            lambda unit: unit.errands.send_out(_errand(holder, state), kept, now + ROUND_TRIP, now)
        )
        return entrance

    async def arrive(self, holder: str, state: str, code: str, visitor: Visitor | None) -> tuple[str, str, str]:
        """Take in who comes back; return the session's token, whose it is, and where they were going.

        Raises NotAllowed; NotFound for an invitation that was taken up meanwhile.
        """
        now = self.door.clock.now()
        kept = await self.door.store.transact(lambda unit: unit.errands.take(_errand(holder, state), now))
        if kept is None:
            raise NotAllowed(NOT_EXPECTED)
        way = RoundTrip(**json.loads(kept))
        them = await self._provider().introduced(code, way)
        email = canonical_address(them.email)
        if not is_address(email) or not them.verified:
            raise NotAllowed(NOT_VERIFIED)

        def work(unit: Unit) -> str:
            if way.again:
                return self._again(unit, visitor, them, now)
            account = self._taken_up(unit, way.invitation, email, them, now) if way.invitation else None
            account = account or unit.accounts.account(email)
            if account is None or account.subject != them.subject:
                raise NotAllowed(NOT_INVITED)
            unit.accounts.keep(replace(account, introduced_at=now))
            self._give_roles(unit, email, them, now)
            unit.accounts.end(holder)
            return self.door.come_in(unit, email, now)

        return await self.door.store.transact(work), email, way.onward

    async def exit(self) -> str:
        """Return where to sign out at the provider too, or nothing. Raises NotAllowed."""
        return await self._provider().exit()

    async def left(self, notice: str) -> None:
        """Shut out whoever signed out at the provider, or was shut out there. Raises NotAllowed."""
        subject, name = await self._provider().left(notice)
        now = self.door.clock.now()

        def work(unit: Unit) -> None:
            if not unit.counters.once(f"left:{name}", now):
                raise NotAllowed(NOT_EXPECTED)
            for email in unit.staff.everyone():
                account = unit.accounts.account(email)
                if account is not None and account.subject == subject:
                    shut_out(unit, email)
                    unit.audit.record(PEOPLE, "sessions_ended", COMPANY, now, {"colleague": email})

        await self.door.store.transact(work)

    def _provider(self) -> IdentityProvider:
        if self.provider is None:
            raise NotAllowed(NOT_OFFERED)
        return self.provider

    def _again(self, unit: Unit, visitor: Visitor | None, them: Introduction, now: datetime) -> str:
        account = unit.accounts.account(visitor.email) if visitor else None
        late = them.signed_in_at is None or now - them.signed_in_at > JUST_NOW
        if visitor is None or account is None or account.subject != them.subject or late:
            raise NotAllowed(NOT_YOU)
        return self.door.renew(unit, visitor, now)

    def _taken_up(self, unit: Unit, token: str, email: str, them: Introduction, now: datetime) -> Account:
        invitation = self.invitations.held(unit, token)
        if invitation.email not in {"", email}:
            raise NotAllowed(ANOTHER)
        account = Account(
            email=email,
            name=them.name.strip()[:80] or email,
            password_hash="",
            one_time_secret="",
            language="",
            created_at=now,
            subject=them.subject,
        )
        self.invitations.take_up(unit, token, account, (), now)
        return account

    def _give_roles(self, unit: Unit, email: str, them: Introduction, now: datetime) -> None:
        before = unit.staff.roles(email)
        after = self.groups.apply(before, them.groups)
        if after != before:
            self.invitations.give(unit, email, after, COMPANY, now)


def _errand(holder: str, state: str) -> str:
    return f"company:{holder}:{state}"
