"""How colleagues come in and out: a password, a second proof, a session that rotates and ends.

Guesses are counted before they are judged, per account and address, so that a stranger who guesses shuts out only
himself; a browser that came in before keeps a count of its own even when strangers guess from everywhere.
"""

import asyncio
import base64
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.accounts import (
    FRESH_PROOF,
    LONGEST_SESSION,
    TOKEN_BYTES,
    Account,
    PasswordHasher,
    Session,
    Stage,
)
from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.core.messages import canonical_address
from bot.core.one_time import matching_step
from bot.core.ports import Clock, Entropy
from bot.core.unit import Store, Unit

PEOPLE: Final = "people"
"""The audit chain of what concerns colleagues and no case."""

WRONG: Final = "E-mail address or password are not right. After ten tries there is a break of a quarter of an hour."
WRONG_CODE: Final = "This code is not right, or it was used already. Wait for the next one your app shows."
TOO_OFTEN: Final = "Too many tries. Wait a quarter of an hour; from a browser you have used before it may work at once."
BEGIN_AGAIN: Final = "That took too long. Begin again with your password."

_WINDOW: Final = timedelta(minutes=15)
_TRIES: Final = 10
_TRIES_FROM_EVERYWHERE: Final = 100
_TOUCH_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who uses the console now: the session's token with what the colleague may do.

    `by_company` says that the account has no password: the company's own sign-in lets this colleague in.
    """

    token: str
    email: str
    name: str
    language: str
    roles: frozenset[Role]
    session: Session
    by_company: bool = False

    def proved_lately(self, now: datetime) -> bool:
        """Say whether the password was given lately enough for an export or a change of roles."""
        return now - self.session.proved_at < FRESH_PROOF


@dataclass(frozen=True, slots=True)
class Knock:
    """One try to come in: from which neighbourhood, and with which browser's token, if it came in before."""

    address: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """Lets colleagues in and out."""

    store: Store
    hasher: PasswordHasher
    clock: Clock
    entropy: Entropy

    async def knock(self, email: str, password: str, knock: Knock) -> tuple[str, Stage]:
        """Judge a password and open a session, half open where a second proof is due. Raises NotAllowed."""
        now, email = self.clock.now(), canonical_address(email)

        def count(unit: Unit) -> Account | None:
            _count(unit, "password", email, knock, now)
            return unit.accounts.account(email)

        account = await self.store.transact(count)
        hashed = account.password_hash if account else ""
        if not await asyncio.to_thread(self.hasher.verify, password, hashed) or account is None:
            raise NotAllowed(WRONG)
        stage = Stage.PASSWORD if account.one_time_secret else Stage.INSIDE
        return await self.store.transact(lambda unit: self.open(unit, email, stage, now)), stage

    async def prove(self, token: str, code: str, knock: Knock) -> str:
        """Judge the second proof, an app's or a recovery code, and return the token of a new session.

        Raises NotAllowed.
        """
        now = self.clock.now()

        def count(unit: Unit) -> str:
            session = unit.accounts.session(token)
            if session is None or session.stage is not Stage.PASSWORD or not session.is_alive(now):
                raise NotAllowed(BEGIN_AGAIN)
            _count(unit, "code", session.email, knock, now)
            return session.email

        def judge(unit: Unit) -> str:
            account = unit.accounts.account(email)
            if account is None:
                raise NotAllowed(BEGIN_AGAIN)
            step = matching_step(bytes.fromhex(account.one_time_secret), code, now, after=account.last_step)
            if step is not None:
                unit.accounts.keep(replace(account, last_step=step))
            elif not unit.accounts.use_recovery(email, code):
                raise NotAllowed(WRONG_CODE)
            else:
                unit.audit.record(PEOPLE, "recovery_code_used", email, now)
            unit.accounts.end(token)
            return self.come_in(unit, email, now)

        email = await self.store.transact(count)
        return await self.store.transact(judge)

    async def prove_again(self, visitor: Visitor, password: str, knock: Knock) -> str:
        """Take the password once more, before an export or a change of roles; the token rotates. Raises NotAllowed."""
        fresh, _ = await self.knock(visitor.email, password, knock)
        now = self.clock.now()

        def rotate(unit: Unit) -> str:
            unit.accounts.end(fresh)
            return self.renew(unit, visitor, now)

        return await self.store.transact(rotate)

    async def know_device(self, email: str) -> str:
        """Return a token by which this browser is known from now on."""
        now, token = self.clock.now(), self.token()
        await self.store.transact(lambda unit: unit.accounts.know_device(token, email, now))
        return token

    async def visitor(self, token: str, *, is_there: bool = True) -> Visitor | None:
        """Return who holds a session that still lives, whichever its stage; it lives on if somebody `is_there`."""
        if not token:
            return None
        now = self.clock.now()

        def work(unit: Unit) -> Visitor | None:
            session = unit.accounts.session(token)
            if session is None:
                return None
            account = unit.accounts.account(session.email)
            if account is None or not session.is_alive(now):
                unit.accounts.end(token)
                return None
            if is_there and now - session.seen_at >= _TOUCH_EVERY:
                unit.accounts.touch(token, now)
            roles = unit.staff.roles(session.email)
            known = bool(account.subject)
            return Visitor(token, account.email, account.name, account.language, roles, session, known)

        return await self.store.transact(work)

    async def leave(self, token: str) -> None:
        """End a session."""
        await self.store.transact(lambda unit: unit.accounts.end(token))

    async def speak(self, email: str, language: str) -> None:
        """Remember the language a colleague reads."""

        def work(unit: Unit) -> None:
            account = unit.accounts.account(email)
            if account is not None:
                unit.accounts.keep(replace(account, language=language))

        await self.store.transact(work)

    def come_in(self, unit: Unit, email: str, now: datetime) -> str:
        """Open a session for somebody who has shown all there is to show, and sweep out what has ended."""
        unit.accounts.forget_before(now - LONGEST_SESSION, now)
        return self.open(unit, email, Stage.INSIDE, now)

    def renew(self, unit: Unit, visitor: Visitor, now: datetime) -> str:
        """Put a fresh token, proved now, in place of a session's; its day ends when it would have.

        Raises NotAllowed where the session has ended meanwhile.
        """
        if unit.accounts.session(visitor.token) is None:
            raise NotAllowed(BEGIN_AGAIN)
        unit.accounts.end(visitor.token)
        token = self.token()
        unit.accounts.open(token, replace(visitor.session, seen_at=now, proved_at=now))
        return token

    def open(self, unit: Unit, email: str, stage: Stage, now: datetime) -> str:
        """Open a session and return its fresh token: none is ever raised in rank, so none can be fixed beforehand."""
        token = self.token()
        unit.accounts.open(token, Session(email, stage, now, now, now))
        if stage is Stage.INSIDE:
            unit.audit.record(PEOPLE, "came_in", email, now)
        return token

    def token(self) -> str:
        """Return an unguessable word for a cookie or a link."""
        return base64.urlsafe_b64encode(self.entropy.draw(TOKEN_BYTES)).decode().rstrip("=")


def _count(unit: Unit, proof: str, email: str, knock: Knock, now: datetime) -> None:
    """Count one try before it is judged. Raises NotAllowed over the cap."""
    since = now - _WINDOW
    if knock.device and unit.accounts.is_known_device(knock.device, email):
        allowed = unit.counters.raise_within(f"{proof}:{email}:device:{knock.device}", _TRIES, since, now)
    else:
        allowed = unit.counters.raise_within(f"{proof}:{email}:{knock.address}", _TRIES, since, now) and (
            unit.counters.raise_within(f"{proof}:{email}:everywhere", _TRIES_FROM_EVERYWHERE, since, now)
        )
    if not allowed:
        raise NotAllowed(TOO_OFTEN)


def shut_out(unit: Unit, email: str) -> None:
    """End whatever lets somebody in as this colleague without asking who it is: sessions, and programs' tokens."""
    unit.accounts.end_all(email)
    unit.tokens.end_of(email)
