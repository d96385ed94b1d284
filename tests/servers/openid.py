"""A small OpenID provider that insists on what real ones insist on, and lies only where a test tells it to."""

import hmac
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote, urlencode

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from bot.console.form import read_form
from bot.core.ports import Clock
from tests.servers.web import served

CLIENT_ID, SECRET = "rights-desk", "kept between / us %"
CODE_HOLDS: Final = 60
LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"

Claims = dict[str, Any]


@dataclass
class Provider:
    """What it knows: one person who is signed in, one client, and how it misbehaves."""

    clock: Clock
    redirect_uri: str = ""
    url: str = ""
    person: Claims = field(default_factory=dict)
    only_in_userinfo: tuple[str, ...] = ()
    twist: Callable[[Claims], Claims] = dict
    algorithm: str = "RS256"
    metadata: Claims = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signing_key: RSAKey | None = None
    _codes: dict[str, tuple[float, Mapping[str, str]]] = field(default_factory=dict)
    _access: set[str] = field(default_factory=set)

    def now(self) -> float:
        return self.clock.now().timestamp()

    def signed(self, claims: Claims) -> str:
        """Return a token, as far as a test lets it be an honest one."""
        header, twisted = {"alg": self.algorithm, "kid": "one"}, self.twist(claims)
        if self.algorithm in {"none", "HS256"}:  # unsigned, or with the public key as if it were a shared secret
            said = f"{_text(_json(header))}.{_text(_json(twisted))}"
            sealed = hmac.digest(self.key.as_pem(private=False), said.encode(), "sha256")
            return f"{said}.{_text(sealed) if self.algorithm == 'HS256' else ''}"
        return jwt.encode(header, twisted, self.signing_key or self.key, [self.algorithm])

    def logout_notice(self, **changes: Any) -> str:
        """Return the notice that the person signed out here (Back-Channel Logout 1.0, 2.4)."""
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": self.person["sub"],
            "iat": int(self.now()),
            "exp": int(self.now()) + 120,
            "jti": secrets.token_hex(8),
            "events": {LOGOUT: {}},
        }
        return self.signed({name: value for name, value in (claims | changes).items() if value is not None})

    def authorize(self, asked: Mapping[str, str]) -> str:
        """Return where the browser goes with a code; whatever may not be sent anywhere raises 400."""
        sound = asked.get("client_id") == CLIENT_ID and asked.get("redirect_uri") == self.redirect_uri
        words = all(len(asked.get(name, "")) >= 32 for name in ("state", "nonce", "code_challenge"))
        plain = asked.get("response_type") == "code" and asked.get("code_challenge_method") == "S256"
        if not (sound and words and plain and "openid" in asked.get("scope", "").split()):
            raise HTTPException(400)
        code = secrets.token_urlsafe(24)
        self._codes[code] = self.now(), asked
        return f"{self.redirect_uri}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.url})}"

    def tokens(self, authorization: str, form: Mapping[str, str]) -> Claims:
        """Change a code for tokens, once, for its client with its verifier and address (RFC 6749 4.1.3, RFC 7636)."""
        kind, _, shown = authorization.partition(" ")
        name, _, secret = b64decode(shown).decode().partition(":") if kind == "Basic" else ("", "", "")
        if (unquote(name), unquote(secret)) != (CLIENT_ID, SECRET):
            raise HTTPException(401)
        at, asked = self._codes.pop(form["code"], (0.0, {}))
        challenge = _text(sha256(form["code_verifier"].encode()).digest())
        fits = asked.get("code_challenge") == challenge and asked.get("redirect_uri") == form["redirect_uri"]
        if not fits or self.now() - at > CODE_HOLDS or form["grant_type"] != "authorization_code":
            raise HTTPException(400)
        access, claims = secrets.token_urlsafe(24), self._claims(asked)
        self._access.add(access)
        return {"access_token": access, "token_type": "Bearer", "id_token": self.signed(claims)}

    def _claims(self, asked: Mapping[str, str]) -> Claims:
        now = int(self.now())
        told = {name: value for name, value in self.person.items() if name not in self.only_in_userinfo}
        signed_in = {"auth_time": now} if "max_age" in asked else {}
        about = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return about | signed_in | told

    def userinfo(self, authorization: str) -> Claims:
        if authorization.removeprefix("Bearer ") not in self._access:
            raise HTTPException(401)
        return self.person


@asynccontextmanager
async def open_provider(clock: Clock) -> AsyncIterator[Provider]:
    """Serve a provider on loopback."""
    provider = Provider(clock)
    async with served(_app(provider)) as url:
        provider.url = url
        yield provider


def _app(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> Claims:
        doors = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "bye"}
        told = {f"{name}_endpoint": f"{provider.url}/{path}" for name, path in doors.items()}
        return told | {"issuer": provider.url, "jwks_uri": f"{provider.url}/keys"} | provider.metadata

    @app.get("/keys")
    async def keys() -> JSONResponse:
        return JSONResponse(dict(KeySet([provider.key]).as_dict(private=False)))

    @app.get("/authorize")
    async def authorize(request: Request) -> Response:
        return RedirectResponse(provider.authorize(request.query_params), 303)

    @app.post("/token")
    async def token(request: Request) -> Claims:
        form = await read_form(request)
        named = {name: form[name] for name in ("grant_type", "code", "redirect_uri", "code_verifier")}
        return provider.tokens(request.headers.get("authorization", ""), named)

    @app.get("/userinfo")
    async def userinfo(request: Request) -> Claims:
        return provider.userinfo(request.headers.get("authorization", ""))

    @app.get("/bye")
    async def bye(request: Request) -> Response:
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 303)

    return app


def _json(value: object) -> bytes:
    return bytes(JSONResponse(value).body)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
