"""The company's own sign-in over OpenID Connect: code flow with PKCE, state and nonce, by authlib."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
from authlib.oauth2.claims import JWTClaims
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from bot.console.identity_documents import NOT_HELD, PATIENCE, IdentityDocuments, read
from bot.core.errors import NotAllowed
from bot.core.introductions import Introduction, RoundTrip
from bot.core.ports import Clock

SCOPE: Final = "openid email profile"
PATH: Final = "/sign-in/company/back"
_LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LEEWAY: Final = 60
_NOTICE_HOLDS: Final = 600


@dataclass(frozen=True, slots=True)
class Client:
    """How the desk is known at the provider; without a secret it is a public client."""

    name: str
    client_id: str
    secret: str
    public_url: str
    groups_claim: str = "groups"

    @property
    def back(self) -> str:
        """Where browsers come back to."""
        return self.public_url.rstrip("/") + PATH


class OpenIdProvider:
    """Implements the core's `IdentityProvider`."""

    def __init__(self, issuer: str, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._documents = IdentityDocuments(issuer, clock)

    @property
    def name(self) -> str:
        """Return what colleagues call it."""
        return self._client.name

    async def entrance(self, state: str, way: RoundTrip) -> str:
        """Return the address of the sign-in with this way's state, nonce and challenge. Raises NotAllowed."""
        about = await self._documents.about()
        more = {"prompt": "login", "max_age": "0"} if way.again else {}
        return str(
            prepare_grant_uri(
                about["authorization_endpoint"],
                self._client.client_id,
                "code",
                self._client.back,
                SCOPE,
                state,
                nonce=way.nonce,
                code_challenge=create_s256_code_challenge(way.verifier),
                code_challenge_method="S256",
                **more,
            )
        )

    async def introduced(self, code: str, way: RoundTrip) -> Introduction:
        """Change a code for its tokens and judge them (Core 1.0, 3.1.3.7). Raises NotAllowed."""
        about = await self._documents.about()
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            tokens = await self._tokens(http, about, code, way)
            access = str(tokens.get("access_token", ""))
            header, claims = await self._documents.opened(str(tokens.get("id_token", "")))
            expected = {"nonce": way.nonce, "client_id": self._client.client_id, "access_token": access}
            self._judge(CodeIDToken(claims, header, self._meant_for_us(about), expected))
            if "email" not in claims and "userinfo_endpoint" in about:  # 5.4: they may stand only there
                bearer = {"Authorization": f"Bearer {access}"}
                told = await read(http, http.build_request("GET", about["userinfo_endpoint"], headers=bearer))
                if told.get("sub") != claims["sub"]:  # 5.3.2: another's token in place of this one
                    raise NotAllowed(NOT_HELD)
                claims = {**told, **claims}
        return self._introduction(about, claims)

    async def exit(self) -> str:
        """Return the address of the sign-out, where there is one (RP-Initiated Logout 1.0). Raises NotAllowed."""
        end = (await self._documents.about()).get("end_session_endpoint", "")
        home = f"{self._client.public_url.rstrip('/')}/sign-in"
        query = urlencode({"client_id": self._client.client_id, "post_logout_redirect_uri": home})
        return f"{end}{'&' if '?' in end else '?'}{query}" if end else ""

    async def left(self, notice: str) -> tuple[str, str]:
        """Judge a logout token (Back-Channel Logout 1.0, 2.6). Raises NotAllowed."""
        about = await self._documents.about()
        header, claims = await self._documents.opened(notice)
        named = {name: {"essential": True} for name in ("iat", "jti", "sub")}
        self._judge(JWTClaims(claims, header, self._meant_for_us(about) | named))
        events, age = claims.get("events"), self._clock.now().timestamp() - claims["iat"]
        if not isinstance(events, dict) or _LOGOUT not in events or "nonce" in claims or age > _NOTICE_HOLDS:
            raise NotAllowed(NOT_HELD)
        return _subject(about, claims), str(claims["jti"])

    async def _tokens(
        self, http: httpx.AsyncClient, about: Mapping[str, Any], code: str, way: RoundTrip
    ) -> Mapping[str, Any]:
        """Return the tokens of a code; the secret is shown as RFC 6749 2.3.1 says, in the body only where it must."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.back,
            "code_verifier": way.verifier,
        }
        secret, ways = self._client.secret, about.get("token_endpoint_auth_methods_supported")
        by_header = bool(secret) and (not isinstance(ways, list) or "client_secret_basic" in ways)
        if not by_header:
            sent |= {"client_id": self._client.client_id} | ({"client_secret": secret} if secret else {})
        request = http.build_request("POST", about["token_endpoint"], data=sent)
        if by_header:
            shown = httpx.BasicAuth(quote(self._client.client_id, safe=""), quote(secret, safe=""))
            request = next(shown.auth_flow(request))
        return await read(http, request)

    def _meant_for_us(self, about: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        return {
            "iss": {"essential": True, "value": about["issuer"]},
            "aud": {"essential": True, "value": self._client.client_id},
        }

    def _judge(self, claims: JWTClaims) -> None:
        try:
            claims.validate(int(self._clock.now().timestamp()), _LEEWAY)
        except (JoseError, ValueError, TypeError) as refused:
            raise NotAllowed(NOT_HELD) from refused

    def _introduction(self, about: Mapping[str, Any], claims: Mapping[str, Any]) -> Introduction:
        groups, signed_in = claims.get(self._client.groups_claim), claims.get("auth_time")
        return Introduction(
            subject=_subject(about, claims),
            email=str(claims.get("email", "")),
            verified=claims.get("email_verified") is True,
            name=str(claims.get("name", "")),
            groups=frozenset(map(str, groups)) if isinstance(groups, list) else frozenset(),
            signed_in_at=datetime.fromtimestamp(signed_in, UTC) if signed_in else None,
        )


def _subject(about: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return the one name that never means anybody else (5.7): the issuer's and the person's there."""
    return f"{about['issuer']} {claims['sub']}"
