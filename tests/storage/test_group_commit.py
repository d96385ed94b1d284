"""Units that wait together share one commit."""

import asyncio
import threading
from pathlib import Path

from sqlalchemy import Connection, event

from bot.core.errors import StorageUnavailable
from bot.core.records import Disposition
from storage import SqlStore, open_store
from storage.group_writer import GroupWriter
from storage.line import MOST_SECONDS
from tests.storage.insider import run
from tests.storage.samples import NOW, an_inbound


async def test_units_that_wait_together_share_one_commit(sqlite_url: str, keys_path: Path) -> None:
    async with open_store(sqlite_url, keys_path) as store:
        gate = threading.Event()
        held = asyncio.create_task(store.transact(lambda _: gate.wait(5)))
        await asyncio.sleep(0.05)
        keep = [store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW)) for _ in range(50)]
        waiting = asyncio.gather(*keep)
        await asyncio.sleep(0.05)
        commits = _count_commits(store)
        gate.set()
        await asyncio.gather(held, waiting)
        assert len(commits) <= 25  # alone they are 51; on a busy machine a group ends by its time
    assert run(sqlite_url, "SELECT count(*) FROM messages") == [(50,)]


async def test_a_slow_group_commits_before_the_queue_is_empty(sqlite_url: str, keys_path: Path) -> None:
    """The first of many is not kept waiting for the last."""
    async with open_store(sqlite_url, keys_path) as store:
        units = [store.transact(lambda _: threading.Event().wait(0.03)) for _ in range(8)]
        commits = _count_commits(store)
        await asyncio.gather(*units)
        assert len(commits) >= 3


async def test_a_commit_that_fails_is_told_to_everybody_and_nothing_of_it_is_there(
    sqlite_url: str, keys_path: Path
) -> None:
    async with open_store(sqlite_url, keys_path) as store:
        _fail_next_commit(store)
        units = [store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW)) for _ in range(10)]
        told = await asyncio.gather(*units, return_exceptions=True)
        refused = [one for one in told if isinstance(one, StorageUnavailable)]
        assert refused
        kept = await store.transact(lambda unit: unit.inbox.listed(Disposition.RECEIVED))
        assert len(kept) == len(told) - len(refused)


async def test_a_commit_that_fails_with_nobody_left_in_it_stops_nothing(sqlite_url: str, keys_path: Path) -> None:
    async with open_store(sqlite_url, keys_path) as store:
        gate = threading.Event()
        held = asyncio.create_task(store.transact(lambda _: gate.wait(5)))
        await asyncio.sleep(2 * MOST_SECONDS)  # its group will not take another one
        leaving = asyncio.create_task(store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW)))
        await asyncio.sleep(0.05)
        leaving.cancel()
        _fail_next_commit(store, after=1)
        gate.set()
        await held
        await asyncio.sleep(0.1)  # the empty group fails meanwhile
        assert await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW)) is not None


async def test_who_is_waited_for_is_written_before_all_who_wait(sqlite_url: str, keys_path: Path) -> None:
    """What arrives is safe soon, however much is being drafted: nobody joins its commit and makes it wait."""
    async with open_store(sqlite_url, keys_path) as store:
        commits, gate = _count_commits(store), threading.Event()
        held = asyncio.create_task(store.transact(lambda _: gate.wait(5)))
        await asyncio.sleep(0.05)
        others = [asyncio.create_task(store.transact(lambda _: len(commits))) for _ in range(20)]
        await asyncio.sleep(0.05)
        ahead = asyncio.create_task(store.transact(lambda _: len(commits), ahead=True))
        await asyncio.sleep(0.05)
        gate.set()
        await held
        before = await ahead
        assert all(commits_seen > before for commits_seen in await asyncio.gather(*others))


async def test_a_flood_of_those_keeps_nobody_from_writing(sqlite_url: str, keys_path: Path) -> None:
    async with open_store(sqlite_url, keys_path) as store:
        done = threading.Event()

        async def arrive() -> int:
            count = 0
            while not done.is_set() and count < 500:
                await store.transact(lambda _: None, ahead=True)
                count += 1
            return count

        flood = [asyncio.create_task(arrive()) for _ in range(8)]
        await asyncio.sleep(0.05)
        await store.transact(lambda _: done.set())
        assert max(await asyncio.gather(*flood)) < 500


def _fail_next_commit(store: SqlStore, after: int = 0) -> None:
    assert isinstance(store._runner, GroupWriter)
    engine, left = store._runner._engine, iter(range(after, -1, -1))

    def fail(_connection: Connection) -> None:
        if next(left, None) == 0:
            raise OSError("the disk is gone")

    event.listen(engine, "commit", fail)


def _count_commits(store: SqlStore) -> list[Connection]:
    commits: list[Connection] = []
    assert isinstance(store._runner, GroupWriter)
    event.listen(store._runner._engine, "commit", commits.append)
    return commits
