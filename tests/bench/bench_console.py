"""What the console's lists cost: 10,000 open cases, alone and beside a million closed ones.

Run `python -m tests.bench.bench_console [CLOSED]` from the checkout. It measures a throw-away SQLite file and prints
the median milliseconds of processor time, so that whatever else the machine does counts little.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert, text

from bot.core.case import Lane, State
from bot.core.drafts import Role
from bot.core.listings import Wanted
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.flow.day import day_of
from storage import SqlStore, migrate, open_store
from storage.engine import make_engine
from storage.tables import metadata
from tests.flow.conftest import HOUSE, KIM
from tests.storage.samples import NOW, a_case, a_draft, an_item

OPEN = 10_000
CLOSED = 1_000_000
BATCH = 500
ROUNDS = 15
TODAY = date(2026, 3, 20)
LANES = frozenset(Lane)

LOOKS: dict[str, Callable[[Unit], object]] = {
    "50 cases": lambda unit: unit.listings.cases(Wanted(LANES), 51),
    "50 cases of one right": lambda unit: unit.listings.cases(Wanted(LANES, right=RequestType.ERASURE), 51),
    "50 cases due soon": lambda unit: unit.listings.cases(Wanted(LANES, due_by=TODAY), 51),
    "50 cases, closed too": lambda unit: unit.listings.cases(Wanted(LANES, open_only=False), 51),
    "how much is open": lambda unit: unit.listings.load(LANES, TODAY, TODAY + timedelta(days=3)),
    "Today": lambda unit: day_of(unit, HOUSE, KIM, NOW),
}


def open_some(unit: Unit, first: int) -> None:
    """Store open cases, nine of ten with a draft that waits."""
    for number in range(first, first + BATCH):
        due = date(2026, 3, 9) + timedelta(days=number % 40)
        case = a_case(f"{number:08}", items=(an_item(state=State.REVIEW, promise_due=due),))
        unit.cases.add(case)
        if number % 10:
            unit.drafts.add(a_draft(case, f"d{number:08}"))


def closed_rows(first: int) -> Iterator[dict[str, dict[str, object]]]:
    """Make rows of closed cases; nothing sealed in them can be opened, and no list opens them."""
    for number in range(first, first + BATCH):
        ident = f"z{number:08}"
        case = {"id": ident, "reference": ident, "token_index": ident.encode(), "language": "en", "lane": "general"}
        item = {"case_id": ident, "id": "i1", "right": "access", "state": "closed", "clock": "promise"}
        yield {
            "cases": {
                **case,
                "opened_at": NOW,
                "version": 1,
                "is_open": False,
                "due_on": date.max,
                "private": b"x" * 900,
            },
            "items": {**item, "received_at": NOW, "promise_due": date(2026, 3, 9), "statutory_due": None},
        }


async def measure(store: SqlStore) -> None:
    """Print the median of each look."""
    for name, look in LOOKS.items():
        taken = []
        for _ in range(ROUNDS):
            started = time.process_time()
            await store.transact(look)
            taken.append((time.process_time() - started) * 1000)
        sys.stdout.write(f"  {name:<24} {statistics.median(taken):7.1f} ms\n")


async def main(closed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'bench.db')}"
        migrate(url)
        async with open_store(url, Path(folder, "keys.json")) as store:
            await store.transact(lambda unit: unit.staff.add(KIM, Role.DPO))
            for first in range(0, OPEN, BATCH):
                await store.transact(lambda unit, at=first: open_some(unit, at))
            sys.stdout.write(f"{OPEN} open cases\n")
            await measure(store)
        engine = make_engine(url)
        with engine.begin() as connection:
            for first in range(0, closed, BATCH):
                rows = list(closed_rows(first))
                for table in ("cases", "items"):
                    connection.execute(insert(metadata.tables[table]), [row[table] for row in rows])
            connection.execute(text("ANALYZE"))
        engine.dispose()
        async with open_store(url, Path(folder, "keys.json")) as store:
            sys.stdout.write(f"{OPEN} open cases beside {closed} closed ones\n")
            await measure(store)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else CLOSED))
