"""What strangers send is not kept waiting for: counted, judged and refused before it is read, or when it is slow."""

import asyncio

import pytest

from bot.console import body, server
from bot.console.api import PATH as API
from bot.console.doorstep import POSTS_AN_HOUR
from bot.console.form import LETTER_BYTES, MOST_FIELDS, STRANGERS_BYTES
from bot.core.counters import neighbourhood
from bot.core.drafts import Role
from bot.core.one_click import PATH as STOP
from bot.core.packages import PATH as DATA
from bot.core.tickets import Door
from tests.flow.conftest import KIM
from tests.integration.console.conftest import Console, session

URLENCODED = "application/x-www-form-urlencoded"
DOORS = [f"/{Door.STATUS}", *(door.path + "x" for door in (Door.CONFIRM, Door.NOT_ME, Door.PREFERENCES)), DATA + "x"]


async def announced(console: Console, path: str, kind: str = URLENCODED, **headers: str) -> int:
    """Announce a body, send none of it, and return the status that is answered all the same."""
    host, _, port = console.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    told = {"Host": host, "Content-Type": kind, "Content-Length": "9000", **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    try:
        async with asyncio.timeout(5):
            return int((await reader.readline()).split()[1])
    finally:
        writer.close()


@pytest.mark.parametrize("path", DOORS)
async def test_a_crowd_is_refused_before_its_forms_are_read(console: Console, path: str) -> None:
    browser = await console.browser()
    for _ in range(POSTS_AN_HOUR):
        await browser.http.post(Door.CONFIRM.path + "x", data={"code": ""})
    assert await announced(console, path) == 429


@pytest.mark.parametrize("path", [*DOORS, "/sign-in"])
async def test_a_strangers_form_is_small(console: Console, path: str) -> None:
    browser = await console.browser()
    large = {"code": "A" * STRANGERS_BYTES}
    assert (await browser.http.post(path, data=large)).status_code == 413


async def test_a_letter_typed_when_the_session_ended_is_shown_again(console: Console) -> None:
    browser = await console.browser()
    words = "A long letter. " * 4000
    answer = await browser.http.post("/drafts/x/edit", data={"body": words})
    assert (answer.status_code, words[:1000] in answer.text) == (401, True)
    too_much = await browser.http.post("/drafts/x/edit", data={"body": "x" * LETTER_BYTES})
    assert (too_much.status_code, "Your session has ended" in too_much.text) == (401, True)


@pytest.mark.parametrize("path", [f"/{Door.STATUS}", "/sign-in", "/sign-in/company/left"])
async def test_a_form_that_does_not_come_is_not_waited_for(
    console: Console, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(body, "PATIENCE", 0.2)
    assert await announced(console, path) == 408


async def test_a_one_click_that_does_not_come_stops_nothing(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "PATIENCE", 0.2)
    assert await announced(console, STOP + "x") == 404


async def test_a_file_is_not_read_from_whom_the_page_is_not_for(console: Console) -> None:
    rita = await console.colleague("rita@nexioprojects.com", Role.READER)
    kind, cookie = "multipart/form-data; boundary=x", f"desk-session={session(rita)}"
    assert await announced(console, "/cases/x/copy/file", kind, Cookie=cookie) == 403
    kim = await console.colleague(KIM, Role.APPROVER)
    cookie = f"desk-session={session(kim)}"
    assert await announced(console, "/cases/x/copy/file", kind, Cookie=cookie, Sec_Fetch_Site="same-site") == 403
    pieces = b"--x\r\n" * 100_000
    head = {"Content-Type": kind}
    assert (await kim.http.post("/cases/x/copy/file", content=pieces, headers=head)).status_code == 400
    many = (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(MOST_FIELDS)) + b"--x--"
    )
    assert (await kim.http.post("/cases/x/copy/file", content=many, headers=head)).status_code == 400


async def test_a_call_without_a_token_that_holds_is_refused_unread(console: Console) -> None:
    path, kind = f"{API}/suppressions", "application/json"
    assert await announced(console, path, kind) == 401
    assert await announced(console, path, kind, Authorization="Bearer nexio_guessed") == 401
    await console.hire(KIM, Role.READER)
    secret, _ = await console.office.tokens.make("front end", frozenset({Role.READER}), 90, KIM)
    assert await announced(console, path, kind, Authorization=f"Bearer {secret}") == 403


@pytest.fixture
def three_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_AT_ONCE", 3)


@pytest.mark.usefixtures("three_at_once")
async def test_more_connections_than_can_be_held_are_told_to_come_again(console: Console) -> None:
    host, _, port = console.url.removeprefix("http://").partition(":")
    idle = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
    assert await announced(console, "/sign-in") == 503
    for _, writer in idle:
        writer.close()
        await writer.wait_closed()
    assert (await (await console.browser()).http.get("/alive")).status_code == 200


def test_one_household_of_ipv6_is_counted_as_one() -> None:
    assert neighbourhood("2001:db8:1:2::3") == neighbourhood("2001:db8:1:2:ffff::9")
    assert neighbourhood("2001:db8:1:2::3") != neighbourhood("2001:db8:1:3::3")
    assert neighbourhood("::ffff:192.0.2.7") == neighbourhood("192.0.2.7") != neighbourhood("192.0.2.8")
    assert neighbourhood("a proxy's word") == "a proxy's word"
