"""What is handed over at once is kept together; nobody is told that something is kept which is not, nor the reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import storage
from bot.core.errors import NotFound, StorageUnavailable
from bot.core.messages import TELEGRAM, Inbound
from bot.core.records import Disposition
from bot.core.unit import Store, Unit
from bot.flow.intake import AT_ONCE, Intake
from bot.machine import SystemClock

FLOOD = 40
LEASE = timedelta(minutes=5)


@dataclass
class CountingStore:
    """Lets units through one after the other once it may go on, and counts them."""

    inner: Store
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    away: bool = False
    commits: int = 0

    async def transact(self, work: Callable[[Unit], Any], *, ahead: bool = False) -> Any:
        self.commits += 1
        await self.may_go_on.wait()
        if self.away:
            raise StorageUnavailable("the database is away")
        return await self.inner.transact(work, ahead=ahead)

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109 - the port's own
        await self.inner.wait(topic, timeout)


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[CountingStore]:
    storage.migrate(database_url)
    async with storage.open_store(database_url, tmp_path / "keys.json") as opened:
        yield CountingStore(opened)


@pytest.fixture
def intake(store: CountingStore) -> Intake:
    return Intake(store, SystemClock())


def told(event: str, *raw: Any) -> Inbound:
    return Inbound(TELEGRAM, "telegram", event, SystemClock().now(), raw or (event.encode(),))


async def handed_over(intake: Intake, *batch: Inbound) -> asyncio.Task[None]:
    handing = asyncio.create_task(intake.accept(batch))
    await asyncio.sleep(0)
    return handing


async def kept(store: CountingStore, *events: str) -> list[Disposition]:
    def look(unit: Unit) -> list[Disposition]:
        return [unit.inbox.of_event("telegram", event).disposition for event in events]

    return await store.inner.transact(look)


async def test_a_flood_is_kept_whole_in_a_few_commits(store: CountingStore, intake: Intake) -> None:
    events = [str(number) for number in range(FLOOD)]
    flood = [await handed_over(intake, told(event)) for event in events]
    store.may_go_on.set()
    await asyncio.gather(*flood)
    assert await kept(store, *events) == [Disposition.RECEIVED] * FLOOD
    assert store.commits == AT_ONCE + 1


async def test_nobody_hears_that_it_is_kept_before_it_is(store: CountingStore, intake: Intake) -> None:
    handing = [await handed_over(intake, told(str(number))) for number in range(AT_ONCE + 2)]
    assert not (await asyncio.wait(handing, timeout=0.05))[0]
    store.may_go_on.set()
    await asyncio.gather(*handing)


async def test_one_event_told_twice_at_once_is_kept_once(store: CountingStore, intake: Intake) -> None:
    busy = [await handed_over(intake, told(f"busy {number}")) for number in range(AT_ONCE)]
    twice = [await handed_over(intake, told("same"), told("same")) for _ in range(2)]
    store.may_go_on.set()
    await asyncio.gather(*busy, *twice)
    claimed = await store.inner.transact(lambda unit: unit.inbox.claim(SystemClock().now(), FLOOD, LEASE))
    assert len([one for one in claimed if one.inbound.event == "same"]) == 1


async def test_one_that_cannot_be_kept_keeps_no_other_from_it(store: CountingStore, intake: Intake) -> None:
    busy = [await handed_over(intake, told(f"busy {number}")) for number in range(AT_ONCE)]
    good, broken, better = [
        await handed_over(intake, told(event, *raw)) for event, raw in (("1", ()), ("2", (None,)), ("3", ()))
    ]
    store.may_go_on.set()
    await asyncio.gather(*busy, good, better)
    with pytest.raises(TypeError):
        await broken
    assert await kept(store, "1", "3") == [Disposition.RECEIVED] * 2


async def test_everybody_hears_that_the_storage_is_away_and_is_kept_when_it_is_back(
    store: CountingStore, intake: Intake
) -> None:
    store.away = True
    handing = [await handed_over(intake, told(str(number))) for number in range(AT_ONCE + 3)]
    store.may_go_on.set()
    ended = await asyncio.gather(*handing, return_exceptions=True)
    assert [type(one) for one in ended] == [StorageUnavailable] * len(handing)
    assert store.commits == AT_ONCE + 1, "what is away is not asked for each one alone"
    store.away = False
    await intake.accept([told("0")])
    assert await kept(store, "0") == [Disposition.RECEIVED]


async def test_who_left_before_their_turn_has_handed_nothing_over(store: CountingStore, intake: Intake) -> None:
    busy = [await handed_over(intake, told(f"busy {number}")) for number in range(AT_ONCE)]
    left, stayed = await handed_over(intake, told("left")), await handed_over(intake, told("stayed"))
    left.cancel()
    await asyncio.wait([left])
    store.may_go_on.set()
    await asyncio.gather(*busy, stayed)
    with pytest.raises(NotFound):
        await kept(store, "left")


@dataclass
class EndingTogether(CountingStore):
    """Tells of commits in one and the same moment, as SQLite's writer does of those that share a transaction."""

    under_way: asyncio.Queue[asyncio.Future[None]] = field(default_factory=asyncio.Queue)

    async def transact(self, work: Callable[[Unit], Any], *, ahead: bool = False) -> Any:
        result = await self.inner.transact(work, ahead=ahead)
        told_of = asyncio.get_running_loop().create_future()
        self.under_way.put_nowait(told_of)
        await told_of
        return result

    async def tell(self, commits: int) -> None:
        for ended in [await self.under_way.get() for _ in range(commits)]:
            ended.set_result(None)


async def test_whoever_comes_in_the_moment_in_which_the_last_commits_end_is_kept_too(store: CountingStore) -> None:
    together = EndingTogether(store.inner)
    intake = Intake(together, SystemClock())
    first = [await handed_over(intake, told(str(number))) for number in range(AT_ONCE)]
    await together.tell(AT_ONCE)
    late = asyncio.create_task(intake.accept([told("late")]))  # its turn comes right after theirs
    await asyncio.gather(*first)
    async with asyncio.timeout(10):
        await together.tell(1)
        await late
    assert await kept(store, "late") == [Disposition.RECEIVED]
