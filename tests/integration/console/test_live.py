"""Open pages are told that they have changed: what changed them, nobody else, and no longer than the session lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from html import unescape
from pathlib import Path

import httpx
import pytest

from bot.console import live
from bot.core.accounts import IDLE
from bot.core.drafts import Role
from bot.core.rights import RequestType
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Browser, Console, open_console

KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"
ASKS = "Stop using my data."


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.2)
    monkeypatch.setattr(live, "SETTLE", 0.0)


async def requested(console: Console) -> str:
    console.desk.reader.tell(ASKS, RequestType.OBJECTION)
    await console.desk.know(ANN)
    await console.desk.mail(ASKS)
    return (await console.desk.case()).reference


def stream_of(page: str) -> str:
    return unescape(page.partition('data-live="')[2].partition('"')[0])


@asynccontextmanager
async def listening(browser: Browser, path: str) -> AsyncIterator[asyncio.Queue[str]]:
    """Listen as a page does: the words of its stream, without the signs of life, and "over" at its end."""
    words: asyncio.Queue[str] = asyncio.Queue()

    async def read(response: httpx.Response) -> None:
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                words.put_nowait(line.removeprefix("event: "))
        words.put_nowait("over")

    async with browser.http.stream("GET", path) as response:
        assert response.status_code == 200
        reading = asyncio.create_task(read(response))
        yield words
        reading.cancel()
        await asyncio.wait([reading])


async def next_word(words: asyncio.Queue[str], patience: float = 5) -> str:
    async with asyncio.timeout(patience):
        return await words.get()


async def hears_nothing(words: asyncio.Queue[str]) -> bool:
    with suppress(TimeoutError):
        return not await next_word(words, 0.6)
    return True


async def test_today_hears_that_something_came_in(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    async with listening(kim, stream_of(await kim.open("/"))) as words:
        await requested(console)
        assert await next_word(words) == "changed"
        assert await next_word(words) == "over"


async def test_today_hears_that_messages_may_not_be_coming_in(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    async with listening(kim, stream_of(await kim.open("/"))) as words:
        assert await hears_nothing(words)
        console.away.append("info")
        assert await next_word(words) == "changed"


async def test_what_changed_before_the_page_listened_is_told_at_once(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    stream = stream_of(await kim.open("/"))
    await requested(console)
    async with listening(kim, stream) as words:
        assert await next_word(words) == "changed"


async def test_a_case_hears_of_a_deed_and_not_of_a_look(console: Console) -> None:
    reference = await requested(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.APPROVER)
    (draft,) = await console.desk.drafts()
    case, letter = [stream_of(await kim.open(path)) for path in (f"/cases/{reference}", f"/drafts/{draft.id}")]
    assert case == letter
    await lee.open(f"/cases/{reference}")
    async with listening(kim, case) as words:
        assert await hears_nothing(words)
    async with listening(kim, case) as words:
        await console.desk.approval.edit(draft.id, LEE, subject="Other words", body=draft.body, seen=draft.seal)
        assert await next_word(words) == "changed"
    assert stream_of(await kim.open(f"/cases/{reference}")) != case


async def test_another_case_is_not_told(console: Console) -> None:
    reference = await requested(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    async with listening(kim, stream_of(await kim.open(f"/cases/{reference}"))) as words:
        await console.desk.mail(ASKS, "other@example.com", message_id="<other@example.com>")
        assert await hears_nothing(words)


async def test_a_stream_ends_with_the_session_and_never_keeps_it_alive(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    stream = stream_of(await kim.open("/"))
    console.desk.clock.turn(seconds=IDLE.total_seconds() - 60)
    async with listening(kim, stream) as words:
        assert await hears_nothing(words)
        console.desk.clock.turn(minutes=2)
        assert await next_word(words) == "ended"
    assert (await kim.http.get(stream)).status_code == 303


async def test_signing_out_ends_the_streams(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    async with listening(kim, stream_of(await kim.open("/"))) as words:
        await kim.send("/sign-out")
        assert await next_word(words) == "ended"


async def test_a_case_that_may_not_be_seen_has_no_stream(console: Console) -> None:
    reference = await requested(console)
    kim, hr = await console.colleague(KIM, Role.APPROVER), await console.colleague("hana@nexioprojects.com", Role.HR)
    async with listening(kim, stream_of(await kim.open(f"/cases/{reference}"))) as words:
        assert (await hr.http.get(f"/live/cases/{reference}")).status_code == 404
        dee = await console.colleague("dee@nexioprojects.com", Role.DPO)
        await dee.open(f"/cases/{reference}")
        await dee.send(f"/cases/{reference}/conflict", colleague=KIM)
        assert await next_word(words) == "changed"
    assert (await kim.http.get(f"/live/cases/{reference}")).status_code == 404


async def test_one_colleague_has_so_many_streams_and_gets_their_places_back(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    path = stream_of(await kim.open("/"))
    opened = [kim.http.build_request("GET", path) for _ in range(live.MOST_EACH)]
    streams = [await kim.http.send(request, stream=True) for request in opened]
    async with listening(kim, path) as words:
        assert await next_word(words) == "full"
    lee = await console.colleague(LEE, Role.APPROVER)
    async with listening(lee, stream_of(lee.page)) as words:
        assert await hears_nothing(words)
    for stream in streams:
        await stream.aclose()
    for _ in range(20):
        async with listening(kim, path) as words:
            if await hears_nothing(words):
                return
    pytest.fail("the places of streams that are gone stay taken")


async def test_a_proxy_passes_every_word_on_at_once(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    async with kim.http.stream("GET", stream_of(await kim.open("/"))) as response:
        headers: httpx.Headers = response.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["cache-control"] == "no-store, no-transform"
        assert headers["x-accel-buffering"] == "no"
        assert "content-length" not in headers
        lines = [line async for line in _some(response, 4)]
    assert lines[0] == "retry: 5000"
    assert sum(line.startswith(":") for line in lines) >= 1  # a sign of life


async def _some(response: httpx.Response, count: int) -> AsyncIterator[str]:
    async for line in response.aiter_lines():
        yield line
        count -= 1
        if not count:
            return


async def test_an_open_stream_does_not_hold_up_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 60.0)
    async with AsyncExitStack() as after:
        async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json") as console:
            kim = await console.colleague(KIM, Role.APPROVER)
            http = httpx.AsyncClient(base_url=console.url, cookies=kim.http.cookies)
            await after.enter_async_context(http)
            words = await after.enter_async_context(listening(Browser(http, kim.clock), stream_of(kim.page)))
        assert await next_word(words, 0.5) == "over"  # an end of its own, not a broken line
