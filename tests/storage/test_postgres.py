"""What only PostgreSQL does: many processes, waking each other, and a server that goes away."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.core.unit import Unit
from storage import SqlStore, open_store
from storage.counters import UNSEEN
from storage.engine import connect_alone
from storage.opening import THREADS
from storage.postgres_bell import CHANNEL
from tests.storage.insider import run
from tests.storage.samples import NOW, a_case, an_inbound

CASE = a_case()
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'nexio-intake'"
)


@pytest.fixture
def store_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
async def rival(store_url: str, keys_path: Path) -> AsyncIterator[SqlStore]:
    """Another process's store on the same database."""
    async with open_store(store_url, keys_path) as opened:
        yield opened


async def test_a_commit_here_wakes_who_waits_elsewhere(store: SqlStore, rival: SqlStore) -> None:
    await rival.wait("inbox", 1)  # the opening rings once
    await rival.wait("inbox", 0.05)
    waiting = asyncio.create_task(rival.wait("inbox", 30))
    await asyncio.sleep(0.05)
    await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    await asyncio.wait_for(waiting, 5)


async def test_a_case_kept_still_is_saved_by_a_rival_only_afterwards(store: SqlStore, rival: SqlStore) -> None:
    await store.transact(lambda unit: unit.cases.add(CASE))
    held, go, order = threading.Event(), threading.Event(), []

    def hold(unit: Unit) -> None:
        unit.cases.keep_still(unit.cases.get(CASE.id))
        held.set()
        go.wait(10)
        order.append("held")

    def save(unit: Unit) -> None:
        unit.cases.save(unit.cases.get(CASE.id))
        order.append("saved")

    holding = asyncio.create_task(store.transact(hold))
    await asyncio.to_thread(held.wait, 10)
    saving = asyncio.create_task(rival.transact(save))
    await asyncio.wait([saving], timeout=0.3)
    go.set()
    await asyncio.gather(holding, saving)
    assert order == ["held", "saved"]


async def test_a_unit_that_keeps_a_case_still_too_late_runs_again(store: SqlStore, rival: SqlStore) -> None:
    await store.transact(lambda unit: unit.cases.add(CASE))
    loop, read = asyncio.get_running_loop(), []

    def hold(unit: Unit) -> None:
        case = unit.cases.get(CASE.id)
        read.append(case.version)
        if len(read) == 1:
            saving = rival.transact(lambda other: other.cases.save(other.cases.get(CASE.id)))
            asyncio.run_coroutine_threadsafe(saving, loop).result(10)
        unit.cases.keep_still(case)

    await store.transact(hold)
    assert read == [CASE.version, CASE.version + 1]


async def test_nobody_waits_for_a_counter_whose_cap_is_far(store: SqlStore, rival: SqlStore) -> None:
    counted, go = threading.Event(), threading.Event()

    def count(unit: Unit) -> bool:
        return unit.counters.raise_within("automatic", 2 * UNSEEN, NOW, NOW)

    def count_and_stay(unit: Unit) -> bool:
        allowed = count(unit)
        counted.set()
        return go.wait(10) and allowed

    staying = asyncio.create_task(store.transact(count_and_stay))
    await asyncio.to_thread(counted.wait, 10)
    assert await asyncio.wait_for(rival.transact(count), 5)
    assert not staying.done()
    go.set()
    assert await staying


async def test_what_many_commits_touched_is_told_in_one_go(store: SqlStore, rival: SqlStore, store_url: str) -> None:
    await rival.wait("inbox", 1)
    with connect_alone(make_url(store_url)) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        for _ in range(20):
            await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
        await asyncio.wait_for(rival.wait("inbox", 30), 5)
        await asyncio.sleep(0.2)
        told = [notify.payload for notify in listener.notifies(timeout=0)]
    assert 0 < len(told) < 10
    assert all("inbox" in one for one in told)


async def test_closing_right_after_a_commit_still_wakes_others(
    store_url: str, keys_path: Path, rival: SqlStore
) -> None:
    await rival.wait("inbox", 1)
    await rival.wait("inbox", 0.05)
    async with open_store(store_url, keys_path) as passing:
        await passing.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    await asyncio.wait_for(rival.wait("inbox", 30), 5)


async def test_a_server_that_cut_every_connection_costs_nothing_afterwards(
    store: SqlStore, rival: SqlStore, store_url: str
) -> None:
    await rival.wait("inbox", 1)
    await store.transact(lambda unit: unit.cases.add(a_case()))
    run(store_url, CUT)
    await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    await asyncio.wait_for(rival.wait("inbox", 30), 5)


async def test_what_is_waited_for_is_kept_while_every_other_thread_is_busy(store: SqlStore) -> None:
    gate = threading.Event()
    busy = [asyncio.create_task(store.transact(lambda _: gate.wait(10))) for _ in range(THREADS + 1)]
    await asyncio.sleep(0.05)
    kept = store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW), ahead=True)
    assert await asyncio.wait_for(kept, 5) is not None
    assert not any(one.done() for one in busy)
    gate.set()
    await asyncio.gather(*busy)
