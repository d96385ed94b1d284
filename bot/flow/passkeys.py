"""Coming in with a passkey: one press on a colleague's own device stands for the password and the second proof.

A challenge is for one browser and one purpose, waits five minutes and is gone with the first answer, right or wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.accounts import Account
from bot.core.errors import NotAllowed, NotFound
from bot.core.passkeys import (
    CEREMONY,
    CHALLENGE_BYTES,
    HANDLE_BYTES,
    LONGEST_NAME,
    MOST_PASSKEYS,
    Authenticators,
    Owner,
    Passkey,
)
from bot.core.unit import Unit
from bot.flow.coming_in import PEOPLE, FrontDoor, Visitor
from bot.flow.own_account import NO_ACCOUNT

NOT_KNOWN: Final = "This passkey is not known here. Come in with your password; a passkey is added under Your account."
TOO_LATE: Final = "That took too long, or it was begun in another window. Try again."
COPIED: Final = "This passkey seems to have been copied: it does not count any more. Come in with your password."
ENOUGH: Final = "Ten passkeys are enough: remove one first."
NO_NAME: Final = "Give the passkey a name by which you will know it again, such as “work laptop”."

ADDING: Final = "add"
SHOWING: Final = "show"


@dataclass(frozen=True, slots=True)
class PasskeyDoor:
    """Lets colleagues in by passkeys and looks after these; `holder` is the token of the browser that asks."""

    door: FrontDoor
    devices: Authenticators

    async def passkeys(self, email: str) -> Sequence[Passkey]:
        """Return a colleague's passkeys."""
        return await self.door.store.transact(lambda unit: unit.passkeys.of(email))

    async def begin_adding(self, visitor: Visitor) -> str:
        """Return what the browser needs to make a key, as JSON. Raises NotAllowed where there are enough."""
        challenge, drawn = self.door.entropy.draw(CHALLENGE_BYTES), self.door.entropy.draw(HANDLE_BYTES)
        now = self.door.clock.now()

        def work(unit: Unit) -> tuple[Owner, Sequence[Passkey]]:
            account, held = _account(unit, visitor.email), unit.passkeys.of(visitor.email)
            if len(held) >= MOST_PASSKEYS:
                raise NotAllowed(ENOUGH)
            if not account.handle:
                account = replace(account, handle=drawn.hex())
                unit.accounts.keep(account)
            unit.errands.send_out(_errand(ADDING, visitor.token), challenge.hex(), now + CEREMONY, now)
            return Owner(bytes.fromhex(account.handle), account.email, account.name), held

        owner, held = await self.door.store.transact(work)
        return self.devices.to_add(owner, challenge, held)

    async def add(self, visitor: Visitor, answer: str, name: str) -> None:
        """Take a new key up. Raises NotAllowed for one that was not made for this challenge, or has no name."""
        now, name = self.door.clock.now(), " ".join(name.split())[:LONGEST_NAME]
        made = self.devices.added(answer, await self._challenge(ADDING, visitor.token))
        if not name:
            raise NotAllowed(NO_NAME)

        def work(unit: Unit) -> None:
            if unit.passkeys.find(made.id) is not None:  # 7.1, step 26: a key has one owner
                raise NotAllowed(NOT_KNOWN)
            unit.passkeys.keep(Passkey(made.id, visitor.email, name, made.public_key, made.uses, now))
            unit.audit.record(PEOPLE, "passkey_added", visitor.email, now, {"passkey": name})

        await self.door.store.transact(work)

    async def remove(self, visitor: Visitor, key_id: str) -> None:
        """Forget one of a colleague's own keys. Raises NotFound."""
        now = self.door.clock.now()

        def work(unit: Unit) -> None:
            passkey = unit.passkeys.find(key_id)
            if passkey is None or passkey.email != visitor.email:
                raise NotFound(f"{visitor.email} has no such passkey")
            unit.passkeys.forget(key_id)
            unit.audit.record(PEOPLE, "passkey_removed", visitor.email, now, {"passkey": passkey.name})

        await self.door.store.transact(work)

    async def begin_showing(self, holder: str) -> str:
        """Return what the browser needs to let a device answer, as JSON; the same for everybody."""
        challenge, now = self.door.entropy.draw(CHALLENGE_BYTES), self.door.clock.now()
        name = _errand(SHOWING, holder)
        await self.door.store.transact(lambda unit: unit.errands.send_out(name, challenge.hex(), now + CEREMONY, now))
        return self.devices.to_show(challenge)

    async def come_in(self, holder: str, answer: str) -> tuple[str, str]:
        """Judge an answer and return a new session's token, with whose it is. Raises NotAllowed."""

        def work(unit: Unit, email: str, now: datetime) -> str:
            unit.accounts.end(holder)
            return self.door.come_in(unit, email, now)

        return await self._judge(holder, answer, work)

    async def prove_again(self, visitor: Visitor, answer: str) -> str:
        """Take a passkey for the password given once more; the token rotates. Raises NotAllowed."""

        def work(unit: Unit, email: str, now: datetime) -> str:
            if email != visitor.email:
                raise NotAllowed(NOT_KNOWN)
            return self.door.renew(unit, visitor, now)

        token, _ = await self._judge(visitor.token, answer, work)
        return token

    async def _judge(self, holder: str, answer: str, then: Callable[[Unit, str, datetime], str]) -> tuple[str, str]:
        """Judge an answer; what `then` returns for the colleague it shows, with whose it is. Raises NotAllowed."""
        challenge, now = await self._challenge(SHOWING, holder), self.door.clock.now()
        shown = self.devices.read(answer)

        def work(unit: Unit) -> tuple[str, str]:
            passkey = unit.passkeys.find(shown.id)
            account = None if passkey is None else unit.accounts.account(passkey.email)
            if passkey is None or account is None or shown.handle.hex() != account.handle:
                raise NotAllowed(NOT_KNOWN)
            uses = self.devices.judge(shown, challenge, passkey)
            if passkey.may_be_copied(uses):
                unit.passkeys.forget(passkey.id)
                unit.audit.record(PEOPLE, "passkey_copied", passkey.email, now, {"passkey": passkey.name})
                return "", ""
            unit.passkeys.keep(replace(passkey, uses=uses, used_at=now))
            return then(unit, passkey.email, now), passkey.email

        token, email = await self.door.store.transact(work)
        if not token:
            raise NotAllowed(COPIED)
        return token, email

    async def _challenge(self, purpose: str, holder: str) -> bytes:
        """Return the challenge this browser was given, which then is gone. Raises NotAllowed where none waits."""
        now = self.door.clock.now()
        kept = await self.door.store.transact(lambda unit: unit.errands.take(_errand(purpose, holder), now))
        if kept is None:
            raise NotAllowed(TOO_LATE)
        return bytes.fromhex(kept)


def _errand(purpose: str, holder: str) -> str:
    return f"passkey:{purpose}:{holder}"


def _account(unit: Unit, email: str) -> Account:
    account = unit.accounts.account(email)
    if account is None:
        raise NotAllowed(NO_ACCOUNT)
    return account
