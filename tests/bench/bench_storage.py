"""What group commit is worth here: the same units one after the other and many at once, in one run.

Run `python -m tests.bench.bench_storage [URL]` from the checkout; without a URL it measures a throw-away SQLite file.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.core.unit import Unit
from storage import SqlStore, migrate, open_store
from tests.storage.samples import NOW, a_case, a_draft, an_inbound

UNITS = 400
AT_ONCE = 64
BATCH = 50

Work = Callable[[Unit, str], object]


def note(unit: Unit, name: str) -> None:
    """Write one row: the commit is nearly all there is."""
    unit.counters.once(name, NOW)


def treat(unit: Unit, name: str) -> None:
    """Do about what one message costs: ledger, message and raw part, case, draft, audit."""
    case = a_case(name)
    unit.inbox.keep(replace(an_inbound(name), raw=(b"x" * 4096,)), NOW)
    unit.cases.add(case)
    unit.drafts.add(a_draft(case, name))
    unit.audit.record(name, "opened", "desk", NOW)


def keep(unit: Unit, name: str) -> None:
    """Keep a batch of mails, as a mailbox hands them over."""
    for number in range(BATCH):
        unit.inbox.keep(replace(an_inbound(f"{name}.{number}"), raw=(b"x" * 4096,)), NOW)


async def measure(store: SqlStore, name: str, work: Work, *, count: int = UNITS, at_once: int = 1) -> float:
    """Return units per second with so many waiting at once."""
    free = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with free:
            await store.transact(lambda unit: work(unit, f"{name} {at_once} {number}"))

    started = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    return count / (time.perf_counter() - started)


async def read_all(store: SqlStore) -> float:
    """Claim everything in batches and give each an end; return messages per second."""
    started, done = time.perf_counter(), 0

    def work(unit: Unit) -> int:
        claimed = unit.inbox.claim(NOW, BATCH, timedelta(minutes=5))
        for one in claimed:
            unit.inbox.park(one.message, one.fence, "measured")
        return len(claimed)

    while count := await store.transact(work):
        done += count
    return done / (time.perf_counter() - started)


async def main(url: str, keys: Path) -> None:
    async with open_store(url, keys) as store:
        await measure(store, "warm", treat, count=50)
        for work in (note, treat):
            single = await measure(store, work.__name__, work)
            grouped = await measure(store, work.__name__, work, at_once=AT_ONCE)
            sys.stdout.write(
                f"{work.__name__:6} {single:7.0f} units/s singly {grouped:7.0f} with {AT_ONCE} at once: "
                f"{grouped / single:.1f} times\n"
            )
        kept = BATCH * await measure(store, "keep", keep, count=10)
        sys.stdout.write(f"keep   {kept:7.0f} mails/s in batches of {BATCH}\n")
        sys.stdout.write(f"claim  {await read_all(store):7.0f} mails/s in batches of {BATCH}, each given an end\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/bench.db"
        migrate(url)
        asyncio.run(main(url, Path(folder, "keys.json")))
