"""One process at a time: work ends when the duty is lost, and begins again when it is had again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest

from bot.core.errors import StorageUnavailable
from bot.flow import duty
from bot.flow.duty import on_duty


class OneDesk:
    """A duty that is had at once, and lost when the test says so."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.taken: list[str] = []
        self.given_back = 0
        self.holder = asyncio.Event()

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[Awaitable[None]]:
        if self.refusals:
            raise self.refusals.pop(0)
        self.taken.append(name)
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.holder.set()
        try:
            yield self.lost
        finally:
            self.given_back += 1


class Work:
    def __init__(self) -> None:
        self.begun = self.ended = 0

    async def __call__(self) -> None:
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.ended += 1


async def test_a_lost_duty_ends_the_work_until_it_is_had_again() -> None:
    desk, work = OneDesk(), Work()
    running = asyncio.create_task(on_duty(desk, "timers", work))
    await desk.holder.wait()
    await asyncio.sleep(0)
    assert (work.begun, work.ended) == (1, 0)
    desk.holder.clear()
    desk.lost.set_result(None)
    await desk.holder.wait()
    await asyncio.sleep(0)
    assert (desk.taken, work.ended) == (["timers", "timers"], 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.ended == 2
    assert desk.given_back == 2


async def test_what_the_work_raises_comes_through() -> None:
    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await on_duty(OneDesk(), "timers", fail)


async def test_a_database_that_is_away_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def done() -> None:
        pass

    monkeypatch.setattr(duty, "TRY_AGAIN_SECONDS", 0.0)
    with caplog.at_level(logging.WARNING):
        await on_duty(OneDesk(StorageUnavailable("the database is away")), "timers", done)
    assert caplog.messages == ["timers waits: the database is away"]
