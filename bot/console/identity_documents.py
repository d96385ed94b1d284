"""What the company's sign-in says of itself (Discovery 1.0, 4), and whether a token is signed by its keys."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.core.errors import NotAllowed
from bot.core.ports import Clock

AWAY: Final = "The company’s sign-in does not answer. Try again in a minute, or come in with your password."
NOT_HELD: Final = (
    "The company’s sign-in said something that does not hold. Begin again; if it stays, tell whoever runs it."
)
SIGNED_BY: Final = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "Ed25519", "EdDSA")
"""Signatures only the provider can make: never "none", and no secret shared with us."""

PATIENCE: Final = 10.0
_KNOWN_FOR: Final = timedelta(hours=1)
_ASKED_ANEW_AFTER: Final = timedelta(minutes=1)
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_MAY_BE: Final = ("userinfo_endpoint", "end_session_endpoint")


class IdentityDocuments:
    """The provider's documents, fetched when they are needed and kept for an hour."""

    def __init__(self, issuer: str, clock: Clock) -> None:
        self._issuer, self._clock = issuer, clock
        self._known: Mapping[str, Any] = {}
        self._known_at = datetime.min.replace(tzinfo=UTC)

    async def about(self, fresh_for: timedelta = _KNOWN_FOR) -> Mapping[str, Any]:
        """Return where its doors are. Raises NotAllowed where it does not answer, or speaks of another issuer."""
        now = self._clock.now()
        if now - self._known_at > fresh_for:
            place = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            async with httpx.AsyncClient(timeout=PATIENCE) as http:
                told = await read(http, http.build_request("GET", place))
                doors = [told.get(name) for name in _NEEDED] + [told[name] for name in _MAY_BE if name in told]
                if told.get("issuer") != self._issuer or not all(self._is_safe(door) for door in doors):
                    raise NotAllowed(NOT_HELD)
                keys = await read(http, http.build_request("GET", told["jwks_uri"]))
            self._known, self._known_at = {**told, "keys": keys}, now
        return self._known

    async def opened(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return head and claims of a token that is signed by its keys; new keys are asked for once a minute.

        Raises NotAllowed.
        """
        for fresh_for in (_KNOWN_FOR, _ASKED_ANEW_AFTER):
            about = await self.about(fresh_for)
            try:
                signed = jwt.decode(token, KeySet.import_key_set(about["keys"]), list(SIGNED_BY))
            except (JoseError, ValueError, KeyError, TypeError) as refused:
                problem = refused
            else:
                return signed.header, signed.claims
        raise NotAllowed(NOT_HELD) from problem

    def _is_safe(self, door: object) -> bool:
        """Say whether a door is reached by TLS, or on this very machine like the issuer itself."""
        mine, theirs = urlsplit(self._issuer), urlsplit(str(door))
        return theirs.scheme == "https" or (mine.scheme, mine.hostname) == (theirs.scheme, theirs.hostname)


async def read(http: httpx.AsyncClient, request: httpx.Request) -> dict[str, Any]:
    """Send a request and return the JSON object that comes back. Raises NotAllowed."""
    try:
        answer = await http.send(request)
        answer.raise_for_status()
        told = answer.json()
    except httpx.HTTPStatusError as refused:
        raise NotAllowed(NOT_HELD if refused.response.is_client_error else AWAY) from refused
    except (httpx.HTTPError, ValueError) as failure:
        raise NotAllowed(AWAY) from failure
    if not isinstance(told, dict):
        raise NotAllowed(NOT_HELD)
    return told
