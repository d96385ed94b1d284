"""A file is fetched from the public internet alone, at the very address that was looked at."""

from collections.abc import Sequence

import httpx
import pytest

from bot.channels.chat.reach import PublicTransport, addresses_of, public_address, public_client
from bot.core.errors import PermanentFailure

PUBLIC = "93.184.215.14"


class Names:
    """A name that has these addresses, and others at the second look."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        return self.answers.pop(0)


class Wire(httpx.AsyncBaseTransport):
    """Keeps what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return httpx.Response(302, headers={"Location": "/next"})


async def test_the_connection_goes_where_was_looked_and_the_name_stays() -> None:
    wire = Wire()
    transport = PublicTransport(wire, Names([PUBLIC], ["127.0.0.1"]))
    async with httpx.AsyncClient(transport=transport) as client:
        answer = await client.get("https://files.example.com:8443/a?b=c")
    (sent,) = wire.sent
    assert str(sent.url) == f"https://{PUBLIC}:8443/a?b=c"
    assert sent.headers["host"] == "files.example.com:8443"
    assert sent.extensions["sni_hostname"] == "files.example.com"
    assert answer.next_request is not None
    assert answer.next_request.url.host == "files.example.com"


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "::",
        "fd00::1",
        "fe80::1%eth0",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
async def test_a_name_with_any_address_inside_is_refused(inside: str) -> None:
    wire = Wire()
    async with httpx.AsyncClient(transport=PublicTransport(wire, Names([PUBLIC, inside]))) as client:
        with pytest.raises(PermanentFailure, match="at no public address"):
            await client.get("https://files.example.com/a")
    assert wire.sent == []


@pytest.mark.parametrize("outside", [PUBLIC, "2606:4700::1111", f"::ffff:{PUBLIC}", "64:ff9b::5db8:d70e"])
async def test_every_public_address_is_reached(outside: str) -> None:
    wire = Wire()
    async with httpx.AsyncClient(transport=PublicTransport(wire, Names([outside]))) as client:
        await client.get("https://files.example.com/a")
    assert wire.sent[0].url.host == outside


async def test_behind_a_proxy_the_name_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with public_client(httpx.Timeout(1), Names(["10.0.0.1"])) as client:
        with pytest.raises(PermanentFailure, match="at no public address"):
            await client.get("https://files.example.com/a")
    async with public_client(httpx.Timeout(1), Names([PUBLIC])) as client:
        with pytest.raises(httpx.ConnectError):  # the proxy is away
            await client.get("https://files.example.com/a")


async def test_a_name_inside_is_seen_for_what_it_is() -> None:
    found = await addresses_of("localhost", 443)
    assert set(found) <= {"127.0.0.1", "::1"}
    with pytest.raises(PermanentFailure, match="at no public address"):
        await public_address(httpx.URL("https://localhost/x"), addresses_of)
