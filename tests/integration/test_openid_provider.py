"""The provider our tests sign in with insists on what real ones insist on, so that our client can't leave it out."""

from base64 import b64encode
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tests.fakes.ports import TurnedClock
from tests.servers.openid import CLIENT_ID, SECRET, Provider, open_provider

BACK = "http://127.0.0.1/back"
VERIFIER = "v" * 43
ASKED = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "redirect_uri": BACK,
    "scope": "openid email",
    "state": "s" * 32,
    "nonce": "n" * 32,
    "code_challenge": create_s256_code_challenge(VERIFIER),
    "code_challenge_method": "S256",
}


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with open_provider(TurnedClock()) as opened:
        opened.redirect_uri = BACK
        opened.person = {"sub": "kim"}
        yield opened


@pytest.mark.parametrize("name", ASKED)
async def test_it_sends_nobody_back_who_asks_wrongly(provider: Provider, name: str) -> None:
    async with httpx.AsyncClient(base_url=provider.url) as http:
        assert (await http.get("/authorize", params=ASKED)).status_code == 303
        wrong = await http.get("/authorize", params=ASKED | {name: "wrong"})
        missing = await http.get("/authorize", params={key: value for key, value in ASKED.items() if key != name})
    assert (wrong.status_code, missing.status_code) == (400, 400)


@pytest.mark.parametrize(
    ("changes", "secret", "seconds", "status"),
    [
        ({}, SECRET, 0, 200),
        ({"code_verifier": "w" * 43}, SECRET, 0, 400),
        ({"redirect_uri": "http://127.0.0.1/other"}, SECRET, 0, 400),
        ({"grant_type": "password"}, SECRET, 0, 400),
        ({"code": "guessed"}, SECRET, 0, 400),
        ({}, "guessed", 0, 401),
        ({}, SECRET, 61, 400),
    ],
)
async def test_it_gives_tokens_for_its_code_alone(
    provider: Provider, changes: dict[str, str], secret: str, seconds: int, status: int
) -> None:
    async with httpx.AsyncClient(base_url=provider.url) as http:
        back = (await http.get("/authorize", params=ASKED)).headers["location"]
        code = parse_qs(urlsplit(back).query)["code"][0]
        provider.clock.turn(seconds=seconds)  # type: ignore[attr-defined]
        shown = b64encode(f"{quote(CLIENT_ID, safe='')}:{quote(secret, safe='')}".encode()).decode()
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        for expected in (status, 400 if status != 401 else 401):  # a code is changed once
            answer = await http.post("/token", data=sent | changes, headers={"Authorization": f"Basic {shown}"})
            assert answer.status_code == expected
        assert (await http.get("/userinfo", headers={"Authorization": "Bearer guessed"})).status_code == 401
