"""Duties on a real database: one holder at a time, the next one when it lets go, dies, or is cut off."""

import asyncio
from contextlib import AsyncExitStack

import psycopg
import pytest

from bot.core.errors import StorageUnavailable
from storage import open_duties


async def test_only_one_has_a_duty_and_the_next_takes_over(database_url: str) -> None:
    here, there = open_duties(database_url), open_duties(database_url)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(here.take("poll"))
        async with there.take("timers"):  # another duty is free
            pass
        waiting = asyncio.create_task(stack.enter_async_context(there.take("poll")))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        waiting.cancel()
    async with asyncio.timeout(5), there.take("poll") as lost:
        assert lost is not None


@pytest.mark.postgres
async def test_a_session_that_is_cut_loses_its_duty(database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        return
    async with asyncio.timeout(10), open_duties(database_url).take("poll") as lost:
        with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as other:
            holders = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            other.execute(holders)
        await lost
    async with asyncio.timeout(5), open_duties(database_url).take("poll"):
        pass


async def test_a_database_that_is_away_is_told() -> None:
    with pytest.raises(StorageUnavailable):
        async with open_duties("postgresql+psycopg://nobody@127.0.0.1:1/nowhere").take("poll"):
            pass
