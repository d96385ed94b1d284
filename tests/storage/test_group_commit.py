"""Units that wait together share one commit."""

import asyncio
import threading
from pathlib import Path

from sqlalchemy import Connection, event

from storage import SqlStore, open_store
from storage.group_writer import GroupWriter
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
        assert len(commits) <= 5
    assert run(sqlite_url, "SELECT count(*) FROM messages") == [(50,)]


async def test_a_slow_group_commits_before_the_queue_is_empty(sqlite_url: str, keys_path: Path) -> None:
    """The first of many is not kept waiting for the last."""
    async with open_store(sqlite_url, keys_path) as store:
        units = [store.transact(lambda _: threading.Event().wait(0.03)) for _ in range(8)]
        commits = _count_commits(store)
        await asyncio.gather(*units)
        assert len(commits) >= 3


def _count_commits(store: SqlStore) -> list[Connection]:
    commits: list[Connection] = []
    assert isinstance(store._runner, GroupWriter)
    event.listen(store._runner._engine, "commit", commits.append)
    return commits
