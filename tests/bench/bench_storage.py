"""What group commit is worth here: the same units one after the other and many at once, in one run.

Run `python -m tests.bench.bench_storage [URL]` from the checkout; without a URL it measures a throw-away SQLite file.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bot.core.ports import Unit
from storage import SqlStore, migrate, open_store
from tests.storage.samples import NOW, a_case, a_draft, an_inbound

UNITS = 400
AT_ONCE = 64
BATCH = 50


def store_one(unit: Unit, name: str) -> None:
    """Do about what one message costs: ledger, message and raw part, case, draft, audit."""
    case = a_case(name)
    unit.inbox.keep(replace(an_inbound(name), raw=(b"x" * 4096,)), NOW)
    unit.cases.add(case)
    unit.drafts.add(a_draft(case, name))
    unit.audit.record(name, "opened", "desk", NOW)


def keep_batch(unit: Unit, name: str) -> None:
    """Keep a batch of mails, as a mailbox hands them over."""
    for number in range(BATCH):
        unit.inbox.keep(replace(an_inbound(f"{name}.{number}"), raw=(b"x" * 4096,)), NOW)


async def measure(store: SqlStore, run: str, at_once: int) -> float:
    """Return units per second with so many waiting at once."""
    free = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with free:
            await store.transact(lambda unit: store_one(unit, f"{run}-{number}"))

    started = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(UNITS)))
    return UNITS / (time.perf_counter() - started)


async def main(url: str, keys: Path) -> None:
    async with open_store(url, keys) as store:
        await measure(store, "warm", AT_ONCE)
        single = await measure(store, "single", 1)
        grouped = await measure(store, "grouped", AT_ONCE)
        started = time.perf_counter()
        for number in range(10):
            await store.transact(lambda unit, name=f"batch{number}": keep_batch(unit, name))
        kept = 10 * BATCH / (time.perf_counter() - started)
        started = time.perf_counter()
        claimed = 0
        while batch := await store.transact(lambda unit: unit.inbox.claim(NOW, BATCH, NOW - NOW)):
            claimed += len(batch)
            await store.transact(
                lambda unit, done=tuple(batch): [unit.inbox.park(one.message, one.fence, "") for one in done]
            )
        claims = claimed / (time.perf_counter() - started)
    sys.stdout.write(
        f"single   {single:8.0f} units/s\n"
        f"grouped  {grouped:8.0f} units/s   {grouped / single:.1f} times, {AT_ONCE} at once\n"
        f"kept     {kept:8.0f} mails/s   in batches of {BATCH}\n"
        f"claimed  {claims:8.0f} mails/s   in batches of {BATCH}, each given an end\n"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/bench.db"
        migrate(url)
        asyncio.run(main(url, Path(folder, "keys.json")))
