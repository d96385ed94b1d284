"""A process that stores a message, case, draft and audit link per unit, says what was acknowledged, and is killed."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from bot.core.unit import Unit
from storage import SqlStore, open_store
from tests.storage.samples import NOW, a_case, a_draft, an_inbound
from tests.work import upon

WORKERS = 16


async def work_for_ever(store: SqlStore, run: str, worker: int) -> None:
    number = 0
    while True:
        name = f"{run}-{worker}-{number}"
        number += 1
        await store.transact(upon(name, store_one))
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()


def store_one(unit: Unit, name: str) -> None:
    case = a_case(name)
    unit.inbox.keep(replace(an_inbound(name), raw=(name.encode() * 50,)), NOW)
    unit.cases.add(case)
    unit.drafts.add(a_draft(case, name))
    unit.audit.record(name, "opened", "desk", NOW)


async def main(url: str, keys: str, run: str) -> None:
    async with open_store(url, Path(keys)) as store:
        await asyncio.gather(*(work_for_ever(store, run, worker) for worker in range(WORKERS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
