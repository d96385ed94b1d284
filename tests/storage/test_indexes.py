"""What is open is found through indexes of what is open, however much is done already."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, text
from sqlmodel import Session

from bot.core.case import Lane
from bot.core.delivery import DeliveryState
from bot.core.listings import Wanted
from bot.core.unit import Unit
from storage.crypto import SealBroken
from storage.engine import SQLITE, make_engine
from storage.keyfile import load_keyring
from storage.tables import metadata
from storage.transaction import Transaction
from storage.unit import SqlUnit
from tests.storage.samples import HOUR, NOW

LEASE = timedelta(minutes=5)
DONE, OPEN = 2000, 10

WORK: Mapping[str, tuple[Callable[[Unit], object], str]] = {
    "unread": (lambda unit: unit.inbox.claim(NOW, 10, LEASE), "ix_messages_unread"),
    "upstream": (lambda unit: unit.inbox.settled("info/INBOX", 10), "ix_messages_upstream"),
    "purgeable": (lambda unit: unit.inbox.purge(NOW), "ix_messages_purgeable"),
    "queued": (lambda unit: unit.outbox.claim(NOW, 10, LEASE), "ix_outbox_queued"),
    "on their way": (lambda unit: unit.outbox.listed(DeliveryState.QUEUED, limit=5), "ix_outbox_(leaving|queued)"),
    "in trouble": (lambda unit: unit.outbox.listed(DeliveryState.PARKED, limit=5), "ix_outbox_settled"),
    "sending": (lambda unit: unit.outbox.abandoned(NOW), "ix_outbox_sending"),
    "stages": (lambda unit: unit.listings.stages(frozenset(Lane)), "ix_items_open"),
    "waiting": (lambda unit: unit.cases.waiting(), "ix_items_open"),
    "breaches": (lambda unit: unit.cases.with_breach(), "ix_cases_breach"),
    "authorities": (lambda unit: unit.cases.open_in(Lane.AUTHORITY), "ix_cases_open"),
    "denials": (lambda unit: unit.cases.with_denial(), "ix_cases_denied"),
    "lanes": (lambda unit: unit.listings.cases(Wanted(frozenset(Lane)), 5), "ix_cases_open"),
    "load": (lambda unit: unit.listings.load(frozenset(Lane), NOW.date(), NOW.date()), "ix_cases_open"),
    "undrafted": (lambda unit: unit.listings.unanswered(frozenset(Lane), 5), "ix_cases_open"),
    "unproven": (lambda unit: unit.listings.unproven(frozenset(Lane), NOW.date(), 5), "_open"),
    "open cases": (lambda unit: unit.cases.listed(open_only=True, limit=5), "ix_cases_open"),
}


@pytest.mark.parametrize("name", WORK)
def test_what_is_open_is_found_through_its_own_index(store_url: str, keys_path: Path, name: str) -> None:
    work, index = WORK[name]
    engine = make_engine(store_url)
    try:
        with engine.begin() as connection:
            _fill(connection)
        with engine.begin() as connection, Session(connection) as session:
            connection.execute(text("ANALYZE"))
            unit = SqlUnit(Transaction(session, load_keyring(keys_path)))
            plans = _plans(engine, connection, lambda: work(unit))
            connection.rollback()
    finally:
        engine.dispose()
    assert any(re.search(index, plan) for plan in plans), plans


def _fill(connection: Connection) -> None:
    """Store a few open rows among many done ones; nothing sealed in them can be opened."""
    rows = [_rows(number, is_open=number < OPEN) for number in range(DONE + OPEN)]
    for table in ("cases", "items", "messages", "outbox"):
        connection.execute(insert(metadata.tables[table]), [row[table] for row in rows])


def _rows(number: int, *, is_open: bool) -> dict[str, dict[str, Any]]:
    ident, blob, at = f"{number:08}", f"{number:08}".encode(), NOW - HOUR - timedelta(seconds=number)
    disposition = ("received", "other")[number % 2] if is_open else "case"
    state = ("queued", "sending")[number % 2] if is_open else "sent"
    flags = {"source": "info/INBOX", "size": 0, "purged": False, "moved": not is_open}
    clocks = {"attempts": 0, "fence": 0, "due_at": at}
    case: dict[str, object] = {"id": ident, "reference": ident, "token_index": blob, "language": "en"}
    case |= {"lane": "general", "aware_at": at if is_open else None}
    item = {"case_id": ident, "id": "i1", "right": "access", "state": "review" if is_open else "answered"}
    message = {"id": ident, "channel": "email", "received_at": at, "disposition": disposition}
    message["case_id"] = None if disposition == "other" else ident
    letter = {"id": ident, "draft_id": ident, "case_id": ident, "kind": "answer", "language": "en", "state": state}
    return {
        "cases": {**case, "opened_at": at, "version": 1, "is_open": is_open, "due_on": at.date(), "private": b""},
        "items": {**item, "clock": "promise", "received_at": at, "promise_due": at.date()},
        "messages": {**message, **clocks, **flags, "raw_digest": blob},
        "outbox": {**letter, **clocks, "message_id_index": blob, "created_at": at, "private": b""},
    }


def _plans(engine: Engine, connection: Connection, work: Callable[[], object]) -> list[str]:
    """Return how the database plans to run the statements of some work, whatever came of the work itself."""
    statements: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, _context: object, many: bool) -> None:
        if not many:
            statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        with suppress(SealBroken):  # the rows open for nobody: only the way to them matters
            work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == SQLITE else "EXPLAIN"
    return [
        str(row)
        for statement, parameters in statements
        for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)
    ]
