"""The gate before every call: whose token, how often, and whether the table of access lets it."""

from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.console.access import Rule
from bot.console.api.access import CALLS
from bot.console.api.problems import problem
from bot.console.office import Office
from bot.core.case import Lane
from bot.core.drafts import Role
from bot.core.enclosures import MOST_BYTES as MOST_ENCLOSED
from bot.core.errors import NotAllowed
from bot.core.lanes import lanes_for
from bot.core.tokens import Token
from bot.flow.api_tokens import NarrowedStore, held_over
from bot.flow.coming_in import PEOPLE

A_MINUTE: Final = timedelta(minutes=1)
MOST_A_MINUTE: Final = 600
"""Calls of one token in a minute, in one process."""

MOST_BYTES: Final = 1 << 20
NO_TOKEN: Final = "Send `Authorization: Bearer nexio_…`; the console's page Programs makes tokens."  # noqa: S105 - advice
NOT_THIS: Final = "The token's roles do not include this, or its owner has them no more."
NO_EXPORT: Final = "This hands out or brings in a whole list: make a token that may export for it, after your password."
TOO_OFTEN: Final = "More than 600 calls in a minute: wait as long as Retry-After says."

bearer = HTTPBearer(auto_error=False, description="A token of the page Programs; it acts for whoever made it.")


@dataclass(slots=True)
class Pace:
    """When each token called within the last minute."""

    calls: dict[str, deque[datetime]] = field(default_factory=dict)

    def admits(self, token: str, now: datetime) -> bool:
        """Count one more call, unless there were too many."""
        lately = self.calls.setdefault(token, deque())
        while lately and now - lately[0] >= A_MINUTE:
            lately.popleft()
        if len(lately) >= MOST_A_MINUTE:
            return False
        lately.append(now)
        return True


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a token with the desk as its roles see it."""

    token: Token
    office: Office

    @property
    def staff(self) -> str:
        """The colleague the token acts for."""
        return self.token.owner

    @property
    def roles(self) -> frozenset[Role]:
        return self.token.roles

    @property
    def lanes(self) -> frozenset[Lane]:
        """The lanes whose cases are seen."""
        return lanes_for(self.roles)


async def admit(request: Request) -> Caller:
    """Let a call of a token through as the table says. Raises HTTPException 401, 403 or 429."""
    office: Office = request.app.state.office
    called = f"{request.method} {request.scope['route'].path}"
    shown = await bearer(request)
    try:
        token = await office.tokens.bearer(shown.credentials) if shown else None
    except NotAllowed as resting:
        raise HTTPException(401, str(resting), {"WWW-Authenticate": "Bearer"}) from None
    if token is None:
        raise HTTPException(401, NO_TOKEN, {"WWW-Authenticate": "Bearer"})
    now = office.clock.now()
    if not request.app.state.pace.admits(token.id, now):
        raise HTTPException(429, TOO_OFTEN, {"Retry-After": str(int(A_MINUTE.total_seconds()))})
    require(CALLS.get(called), token)
    if request.method != "GET":
        facts = {"token": token.name, "call": called}
        await office.store.transact(lambda unit: unit.audit.record(PEOPLE, "token_used", token.owner, now, facts))
    return Caller(token, held_over(office, NarrowedStore(office.store, token)))


def require(rule: Rule | None, token: Token) -> None:
    """Let a token pass as a rule says; without any it does not. Raises HTTPException 403."""
    if rule is None or not rule.admits(token.roles):
        raise HTTPException(403, NOT_THIS)
    if rule.fresh and not token.may_export:
        raise HTTPException(403, NO_EXPORT)


def admitted(request: Request, _shown: Annotated[object, Depends(bearer)]) -> Caller:
    """Return whom the gate let through; that a token is needed is said in the description by this."""
    caller: Caller = request.state.caller
    return caller


Admitted = Annotated[Caller, Depends(admitted)]


class GatedRoute(APIRoute):
    """A call behind the gate: nothing of its body is read before it is known whose it is."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the call, with the gate before it."""
        handle = super().get_route_handler()

        async def through_the_gate(request: Request) -> Response:
            request.state.caller = await admit(request)
            return await handle(request)

        return through_the_gate


class Limits:
    """Refuses a body before it is read: one that does not say how long it is, or is too long."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, or refuse it."""
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            length = headers.get(b"content-length", b"")
            if b"transfer-encoding" in headers or (length and not length.isdigit()):
                await problem(411, "Say how long the body is: send Content-Length.")(scope, receive, send)
                return
            sends_file = scope["method"] == "PUT" and "/copy/files/" in scope["path"]
            if length and int(length) > (MOST_ENCLOSED if sends_file else MOST_BYTES):
                await problem(413, "A body holds one megabyte at most, a file ten.")(scope, receive, send)
                return
        await self._app(scope, receive, send)
