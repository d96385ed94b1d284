"""What a colleague does with their own account: a new password, new recovery codes, an end to sessions elsewhere."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from bot.core.accounts import password_problem
from bot.core.challenge import write_code
from bot.core.errors import NotAllowed
from bot.core.one_time import SECRET_BYTES
from bot.core.unit import Unit
from bot.flow.coming_in import PEOPLE, FrontDoor, Knock, Visitor, shut_out
from bot.flow.inviting import RECOVERY_CODES

NO_ACCOUNT: Final = "There is no such account any more."


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Changes a colleague's own way in."""

    door: FrontDoor

    async def recovery_left(self, email: str) -> int:
        """Count the recovery codes that are left."""
        return await self.door.store.transact(lambda unit: unit.accounts.recovery_left(email))

    async def renew_recovery(self, email: str) -> tuple[str, ...]:
        """Return new recovery codes, shown this once; the old ones are void."""
        now = self.door.clock.now()
        codes = tuple(write_code(self.door.entropy.draw(SECRET_BYTES)) for _ in range(RECOVERY_CODES))

        def work(unit: Unit) -> None:
            unit.accounts.keep_recovery(email, codes)
            unit.audit.record(PEOPLE, "recovery_renewed", email, now)

        await self.door.store.transact(work)
        return codes

    async def change_password(self, visitor: Visitor, old: str, new: str, knock: Knock) -> str:
        """Take a new password for the old one and return the token of the one session that is left.

        Tokens of their programs end too: whoever knew the old password may have made one.

        Raises NotAllowed for a wrong old password, too many tries, or a new one that will not do.
        """
        if problem := password_problem(new, visitor.email):
            raise NotAllowed(problem)
        token = await self.door.prove_again(visitor, old, knock)
        hashed = await asyncio.to_thread(self.door.hasher.hash, new)
        now = self.door.clock.now()

        def work(unit: Unit) -> None:
            account = unit.accounts.account(visitor.email)
            if account is None:
                raise NotAllowed(NO_ACCOUNT)
            unit.accounts.keep(replace(account, password_hash=hashed))
            self._leave_one(unit, visitor, token)
            unit.audit.record(PEOPLE, "password_changed", visitor.email, now)

        await self.door.store.transact(work)
        return token

    async def end_others(self, visitor: Visitor) -> None:
        """End every session of this colleague but the one at hand, and the tokens of their programs."""
        now = self.door.clock.now()

        def work(unit: Unit) -> None:
            self._leave_one(unit, visitor, visitor.token)
            unit.audit.record(PEOPLE, "sessions_ended", visitor.email, now)

        await self.door.store.transact(work)

    def _leave_one(self, unit: Unit, visitor: Visitor, token: str) -> None:
        session = unit.accounts.session(token)
        shut_out(unit, visitor.email)
        if session is not None:
            unit.accounts.open(token, session)
