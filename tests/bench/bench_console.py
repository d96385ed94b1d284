"""What the console's lists cost: 10,000 cases and 1,000,000, open and closed, on SQLite and PostgreSQL.

Run `python -m tests.bench.bench_console [FEW [MANY]]` from the checkout. It fills throw-away databases, prints the
median milliseconds of 50 rows with few cases and with many, of the database alone and of the whole page over HTTP,
by the clock and of this process's processor time (of which a busy machine takes none away, and which PostgreSQL's own
is no part of), and every plan that would read a whole table.
"""

import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Engine, event, text
from sqlmodel import Session

from bot.core.case import Lane, State
from bot.core.delivery import DeliveryState
from bot.core.drafts import Role
from bot.core.listings import Trail, Wanted
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.core.unit import Store, Unit
from bot.flow.day import day_of
from storage.engine import make_engine
from storage.keyfile import load_keyring
from storage.transaction import Transaction
from storage.unit import SqlUnit
from tests.flow.conftest import HOUSE, KIM
from tests.integration.console.conftest import Browser, open_console
from tests.servers.postgres import Postgres
from tests.storage.samples import NOW, a_case, a_draft, an_inbound, an_item, an_outgoing
from tests.work import upon

FEW: Final = 10_000
MANY: Final = 1_000_000
BATCH: Final = 1_000
ROUNDS: Final = 9
TODAY: Final = date(2026, 3, 20)
LANES: Final = frozenset(Lane)

LOOKS: Final[dict[str, Callable[[Unit], object]]] = {
    "50 cases": lambda unit: unit.listings.cases(Wanted(LANES), 51),
    "50 cases, far on": lambda unit: unit.listings.cases(Wanted(LANES), 51, "00000500"),
    "50 cases of one right": lambda unit: unit.listings.cases(Wanted(LANES, right=RequestType.ERASURE), 51),
    "50 cases due soon": lambda unit: unit.listings.cases(Wanted(LANES, due_by=TODAY), 51),
    "50 cases, closed too": lambda unit: unit.listings.cases(Wanted(LANES, open_only=False), 51),
    "50 entries of history": lambda unit: unit.audit.trail(Trail(), 51),
    "50 messages": lambda unit: unit.inbox.listed(Disposition.PARKED, 51),
    "50 letters": lambda unit: unit.outbox.listed(DeliveryState.PARKED, limit=51),
    "how much is open": lambda unit: unit.listings.load(LANES, TODAY, TODAY + timedelta(days=3)),
    "Today": lambda unit: day_of(unit, HOUSE, KIM, NOW),
}

PAGES: Final = (
    "/cases",
    "/cases?after=00000500",
    "/cases?right=erasure",
    "/cases?due=soon",
    "/cases?which=all",
    "/audit",
    "/messages?kind=parked",
    "/deliveries",
    "/tasks",
    "/",
)

TABLES: Final = """
INSERT INTO cases (id, reference, token_index, language, lane, opened_at, version, is_open, due_on, private)
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})
SELECT {id}, {id}, {blob}, 'en', 'general', '{at}', 1, n % 2 = 0, {due}, {blob} FROM series;
INSERT INTO items (case_id, id, "right", state, clock, received_at, promise_due)
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})
SELECT {id}, 'i1', 'erasure', CASE WHEN n % 2 = 0 THEN 'review' ELSE 'closed' END, 'promise', '{at}', {due} FROM series;
INSERT INTO audit_links (case_id, seq, at, actor, event, data, personal, hash)
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})
SELECT {id}, 1, '{at}', 'desk', 'message', '{{}}', '{{}}', {id} FROM series;
INSERT INTO messages (id, channel, source, received_at, disposition, due_at, attempts, fence, size, purged, moved,
 case_id, raw_digest)
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})
SELECT {id}, 'email', 'info/INBOX', '{at}', 'case', '{at}', 1, 1, 9, {no}, {yes}, {id}, {blob} FROM series;
INSERT INTO outbox (id, draft_id, case_id, kind, language, state, message_id_index, created_at, due_at, attempts, fence,
 private)
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})
SELECT {id}, {id}, {id}, 'answer', 'en', 'sent', {blob}, '{at}', '{at}', 1, 1, {blob} FROM series;
ANALYZE
"""
"""Rows nobody opens, half of them open cases, with what came and what left: due after all that can be opened."""
WORDS: Final = {
    "sqlite": {
        "id": "'z' || printf('%09d', n)",
        "blob": "CAST('z' || printf('%09d', n) AS BLOB)",
        "due": "CASE WHEN n % 2 = 0 THEN '2026-12-31' ELSE '9999-12-31' END",
        "yes": "1",
        "no": "0",
    },
    "postgresql": {
        "id": "'z' || lpad(n::text, 9, '0')",
        "blob": "convert_to('z' || lpad(n::text, 9, '0'), 'UTF8')",
        "due": "CASE WHEN n % 2 = 0 THEN DATE '2026-12-31' ELSE DATE '9999-12-31' END",
        "yes": "true",
        "no": "false",
    },
}
OPENED: Final = 2_000
_WHOLE: Final = re.compile(r"SCAN (cases|items|audit_links)\b(?! USING)|Seq Scan on (cases|items|audit_links)")


def open_some(unit: Unit, first: int) -> None:
    """Store cases that can be opened, due before all others, nine of ten with a draft that waits.

    To each tenth belongs a letter that did not leave; beside it lies a message that could not be read.
    """
    for number in range(first, first + BATCH):
        due = date(2026, 3, 9) + timedelta(days=number % 40)
        case = a_case(f"{number:08}", items=(an_item(state=State.REVIEW, promise_due=due),))
        unit.cases.add(case)
        unit.audit.record(case.id, "opened", "desk", NOW + timedelta(days=1))
        if number % 10:
            unit.drafts.add(a_draft(case, f"d{number:08}"))
            continue
        unit.outbox.add(replace(an_outgoing(case), state=DeliveryState.PARKED, last_error="550 no"))
        unit.inbox.keep(an_inbound(), NOW)
        (claimed,) = unit.inbox.claim(NOW, 1, timedelta(minutes=1))
        unit.inbox.park(claimed.message, claimed.fence, "too deep")


def fill(engine: Engine, count: int) -> None:
    """Add so many rows nobody opens."""
    words = WORDS[engine.dialect.name]
    with engine.connect() as connection:
        for statement in TABLES.format(count=count, at="2026-02-02 09:30:00.000000", **words).split(";"):
            connection.execute(text(statement.replace(":", r"\:")))
        connection.commit()


def empty(engine: Engine) -> None:
    """Take the rows nobody opens away again."""
    with engine.connect() as connection:
        for table in ("items", "audit_links", "messages", "outbox", "cases"):
            column = "id" if table == "cases" else "case_id"
            connection.execute(text(f"DELETE FROM {table} WHERE {column} LIKE 'z%'"))
        connection.commit()


def scans(engine: Engine, look: Callable[[Unit], object], keys: Path) -> list[str]:
    """Return the steps of a look's plans that read a whole table."""
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, _context: object, _many: bool) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    with engine.connect() as connection, Session(connection) as session:
        look(SqlUnit(Transaction(session, load_keyring(keys))))
        event.remove(engine, "before_cursor_execute", note)
        plans = [
            str(step)
            for statement, parameters in asked
            if statement.lstrip().startswith("SELECT")
            for step in connection.exec_driver_sql(explain + statement, parameters)
        ]
        connection.rollback()
    return [step for step in plans if _WHOLE.search(step)]


class Taken(NamedTuple):
    """Median milliseconds."""

    waited: float
    worked: float


async def median_of(look: Callable[[], Awaitable[object]]) -> Taken:
    """Return how long a look takes; the first one, which reads from the disk, is not counted."""
    await look()
    waited, worked = [], []
    for _ in range(ROUNDS):
        started, busy = time.perf_counter(), time.process_time()
        await look()
        waited.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return Taken(statistics.median(waited), statistics.median(worked))


async def measure(store: Store, kim: Browser) -> dict[str, Taken]:
    """Return what each look at the database takes, and each page as a browser waits for it."""
    looks = {name: await median_of(partial(store.transact, look)) for name, look in LOOKS.items()}
    return looks | {path: await median_of(partial(kim.open, path)) for path in PAGES}


async def bench(url: str, keys: Path, few: int, many: int) -> None:
    """Fill a database twice, measure both times, and print what came out."""
    async with open_console(url, keys, HOUSE) as console:
        store, engine = console.desk.store, make_engine(url)
        kim = await console.colleague(KIM, *Role)
        for first in range(0, OPENED, BATCH):
            await store.transact(upon(first, open_some))
        fill(engine, few - OPENED)
        before = await measure(store, kim)
        empty(engine)
        fill(engine, many - OPENED)
        after = await measure(store, kim)
    sys.stdout.write(f"{engine.dialect.name}: {few} cases, {many} cases, ratio by the clock; the same worked\n")
    for name, late in after.items():
        pairs = zip(before[name], late, strict=True)
        told = "".join(f"{first:8.1f}{then:8.1f}{then / first:7.2f}  " for first, then in pairs)
        sys.stdout.write(f"  {name:<24}{told}\n")
        for step in scans(engine, LOOKS[name], keys) if name in LOOKS else ():
            sys.stdout.write(f"    reads a whole table: {step}\n")
    engine.dispose()


async def main(few: int, many: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Postgres() as postgres:
        for number, url in enumerate((f"sqlite:///{Path(folder, 'bench.db')}", postgres.create_database())):
            await bench(url, Path(folder, f"keys-{number}.json"), few, many)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:3])) if len(sys.argv) > 2 else main(FEW, MANY))
