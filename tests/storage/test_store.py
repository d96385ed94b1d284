"""Units of work: whole or not at all, durable before they are acknowledged, refused by name when the database can't."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from bot.core.errors import NotFound, StorageUnavailable
from bot.core.unit import Unit
from storage import SqlStore, open_store
from storage.cases import SqlCases
from tests.storage.insider import run
from tests.storage.samples import NOW, a_case, a_draft, an_inbound
from tests.work import each, upon


def at_sqlite(unit: Unit, pragma: str) -> None:
    """Set the very connection of a unit, behind its back."""
    assert isinstance(unit.cases, SqlCases)
    unit.cases._tx.session.connection().exec_driver_sql(pragma)


async def test_what_a_unit_raises_comes_through_and_undoes_it(store: SqlStore) -> None:
    case = a_case()

    def work(unit: Unit) -> None:
        unit.cases.add(case)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError, match="changed my mind"):
        await store.transact(work)
    with pytest.raises(NotFound):
        await store.transact(lambda unit: unit.cases.get(case.id))


async def test_a_unit_that_fails_among_others_undoes_only_itself(store: SqlStore) -> None:
    cases = [a_case() for _ in range(12)]

    def adding(number: int) -> Callable[[Unit], None]:
        def work(unit: Unit) -> None:
            unit.cases.add(cases[number])
            if number % 3 == 0:
                raise LookupError(number)
            if number % 3 == 1:
                unit.cases.add(replace(cases[number], id="again"))  # the same reference: the database objects

        return work

    gate = threading.Event()
    held = asyncio.create_task(store.transact(lambda _: gate.wait(5)))  # the others meet in one group behind it
    await asyncio.sleep(0.05)
    waiting = [asyncio.create_task(store.transact(adding(number))) for number in range(12)]
    await asyncio.sleep(0.05)
    gate.set()
    await held
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in ended] == [LookupError, IntegrityError, type(None)] * 4
    kept = await store.transact(lambda unit: unit.cases.listed())
    assert {case.id for case in kept} == {cases[number].id for number in (2, 5, 8, 11)}


async def test_units_running_beside_each_other_are_not_lost(store: SqlStore) -> None:
    """Two workers change one case at once: on PostgreSQL the later one runs again on what is there."""
    case = replace(a_case(), clarified=0)
    await store.transact(lambda unit: unit.cases.add(case))

    def ask(unit: Unit) -> None:
        read = unit.cases.get(case.id)
        time.sleep(0.01)
        unit.cases.save(replace(read, clarified=read.clarified + 1))

    await asyncio.gather(*(store.transact(ask) for _ in range(4)))
    assert (await store.transact(lambda unit: unit.cases.get(case.id))).clarified == 4


async def test_units_that_lock_in_opposite_order_both_end(store: SqlStore) -> None:
    cases = [a_case(), a_case()]
    drafts = [a_draft(case) for case in cases]
    await store.transact(each(cases, lambda unit, case: unit.cases.add(case)))
    await store.transact(each(drafts, lambda unit, draft: unit.drafts.add(draft)))

    def touch(order: list[int]) -> Callable[[Unit], None]:
        def work(unit: Unit) -> None:
            for number in order:
                unit.drafts.get(drafts[number].id)
                time.sleep(0.05)

        return work

    await asyncio.gather(store.transact(touch([0, 1])), store.transact(touch([1, 0])))


async def test_who_leaves_before_the_turn_is_not_written_for(store: SqlStore, store_url: str) -> None:
    gate, case = threading.Event(), a_case()
    holders = [asyncio.create_task(store.transact(lambda _: gate.wait(5))) for _ in range(8)]
    await asyncio.sleep(0.05)
    leaving = asyncio.create_task(store.transact(lambda unit: unit.cases.add(case)))
    await asyncio.sleep(0.05)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    gate.set()
    await asyncio.gather(*holders)
    assert run(store_url, "SELECT count(*) FROM cases") == [(0,)]


async def test_who_leaves_during_the_work_leaves_it_whole(store: SqlStore) -> None:
    begun, gate, case = threading.Event(), threading.Event(), a_case()

    def work(unit: Unit) -> None:
        begun.set()
        gate.wait(5)
        unit.cases.add(case)

    leaving = asyncio.create_task(store.transact(work))
    await asyncio.to_thread(begun.wait, 5)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    gate.set()
    await store.close()  # finishes the unit in hand
    with pytest.raises(StorageUnavailable, match="closed"):
        await store.transact(lambda unit: unit.cases.get(case.id))


async def test_closing_finishes_what_was_queued(store_url: str, keys_path: Path) -> None:
    cases = [a_case() for _ in range(20)]
    store = open_store(store_url, keys_path)
    add = [upon(case, lambda unit, one: unit.cases.add(one)) for case in cases]
    tasks = [asyncio.create_task(store.transact(work)) for work in add]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*tasks)
    assert run(store_url, "SELECT count(*) FROM cases") == [(20,)]


async def test_waiting_ends_with_the_commit_that_brings_work(store: SqlStore) -> None:
    await store.wait("inbox", 0.2)  # what the opening itself rang, if anything
    waiting = asyncio.create_task(store.wait("inbox", 30))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    await asyncio.wait_for(waiting, 5)


async def test_work_committed_just_before_waiting_is_noticed(store: SqlStore) -> None:
    await store.wait("inbox", 0.2)  # what the opening itself rang, if anything
    await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    await asyncio.wait_for(store.wait("inbox", 30), 5)


async def test_waiting_without_work_ends_with_patience(store: SqlStore) -> None:
    await store.wait("outbox", 0.2)
    started = time.monotonic()
    await store.wait("outbox", 0.1)
    assert time.monotonic() - started >= 0.09


async def test_a_unit_that_failed_wakes_nobody(store: SqlStore) -> None:
    await store.wait("inbox", 0.2)

    def work(unit: Unit) -> None:
        unit.inbox.keep(an_inbound(), NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await store.transact(work)
    started = time.monotonic()
    await store.wait("inbox", 0.1)
    assert time.monotonic() - started >= 0.09


async def test_everybody_in_a_group_hears_that_it_was_not_taken(sqlite_url: str, keys_path: Path) -> None:
    """Another process holds the file: nobody waits in turn, and work resumes by itself."""
    async with open_store(sqlite_url, keys_path) as store:
        rival = sqlite3.connect(_file(sqlite_url), isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        units = (store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW)) for _ in range(20))
        refused = await asyncio.gather(*units, return_exceptions=True)
        assert time.monotonic() - started < 2
        assert all(isinstance(one, StorageUnavailable) and "locked" in str(one) for one in refused)
        rival.execute("ROLLBACK")
        rival.close()
        assert await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW)) is not None


async def test_a_full_disk_refuses_by_name_and_work_resumes(sqlite_url: str, keys_path: Path) -> None:
    async with open_store(sqlite_url, keys_path) as store:
        gate, case = threading.Event(), a_case()

        def fill(unit: Unit) -> None:
            gate.wait(5)
            at_sqlite(unit, "PRAGMA max_page_count = 1")
            unit.inbox.keep(an_inbound(raw=(bytes(3_000_000),)), NOW)

        first = asyncio.create_task(store.transact(lambda unit: unit.cases.add(case)))
        full = asyncio.create_task(store.transact(fill))
        await asyncio.sleep(0.05)
        gate.set()
        with pytest.raises(StorageUnavailable, match="full"):
            await full
        outcome = (await asyncio.gather(first, return_exceptions=True))[0]
        assert outcome is None or isinstance(outcome, StorageUnavailable)
        kept = await store.transact(lambda unit: unit.cases.listed())
        assert (case in kept) == (outcome is None)  # acknowledged means there, refused means not there
        await store.transact(lambda unit: unit.inbox.keep(an_inbound(raw=(bytes(3_000_000),)), NOW))


async def test_a_read_only_file_refuses_by_name(sqlite_url: str, keys_path: Path) -> None:
    async with open_store(sqlite_url, keys_path) as store:

        def write(unit: Unit) -> None:
            at_sqlite(unit, "PRAGMA query_only = ON")
            unit.cases.add(a_case())

        with pytest.raises(StorageUnavailable, match="read-only"):
            await store.transact(write)


async def test_a_missing_server_refuses_by_name(keys_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="away"):
        open_store("postgresql+psycopg://bot@127.0.0.1:1/none", keys_path)


def _file(url: str) -> str:
    return url.removeprefix("sqlite:///").partition("?")[0]
