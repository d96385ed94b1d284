"""A stolen database tells no name, address, word, code or token."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select

from bot.core.delivery import DeliveryState
from bot.core.letters import RecordField
from bot.core.messages import Attachment, Authentication, Handle
from bot.core.packages import Package, PackageKind
from bot.core.records import Disposition, Suppression
from bot.core.register import Point, Processing
from bot.core.rights import Entity, Evidence, Scope
from bot.core.unit import Unit
from storage import SqlStore, open_store
from storage.engine import make_engine
from storage.parts import CHUNK_BYTES
from tests.storage.insider import sealed
from tests.storage.samples import (
    NOW,
    a_case,
    a_challenge,
    a_customer,
    a_draft,
    a_message,
    a_reading,
    a_redaction,
    a_task,
    an_enclosure,
    an_inbound,
    an_outgoing,
)

CANARY = "Quetzalcoatlus"
ADDRESS = f"{CANARY}@example.org".lower()
CODE = "7F3K-Q2M9"
TOKEN = "abcdefghijklmnopqrstuvwxyz"
SECRETS = (CANARY, ADDRESS, CODE, TOKEN, "7F3KQ2M9")


async def test_the_files_of_sqlite_hold_no_canary(sqlite_url: str, keys_path: Path) -> None:
    folder = keys_path.parent.parent
    async with open_store(sqlite_url, keys_path) as store:
        await _seed(store)
        files = [path for path in folder.glob("desk.db*") if path.stat().st_size]
        assert {path.name for path in files} >= {"desk.db", "desk.db-wal"}
        _search(path.read_bytes() for path in files)
    _search(path.read_bytes() for path in folder.glob("desk.db*"))


async def test_no_row_of_any_table_holds_a_canary(store: SqlStore, store_url: str) -> None:
    await _seed(store)
    _search(_every_value(store_url))


async def test_a_destroyed_key_leaves_the_part_unreadable_for_ever(sqlite_url: str, keys_path: Path) -> None:
    """Even the pieces are gone: SQLite overwrites what it deletes."""
    folder = keys_path.parent.parent
    async with open_store(sqlite_url, keys_path) as store:
        await _keep_and_finish(store, Disposition.OTHER)
        before = _chunks(sqlite_url)
        assert len(before) == 3
        await store.transact(lambda unit: unit.inbox.purge(NOW + timedelta(days=1)))
        assert _chunks(sqlite_url) == []
    remains = (folder / "desk.db").read_bytes()
    assert not any(chunk[:64] in remains for chunk in before)


def test_the_search_finds_a_canary_where_there_is_one() -> None:
    with pytest.raises(AssertionError):
        _search([b"..." + CANARY.encode() + b"..."])


async def _seed(store: SqlStore) -> None:
    person = Handle("email", ADDRESS)
    case = replace(a_case(requester=person), name=CANARY, proven=Handle("telegram", CANARY), token=TOKEN)
    draft = replace(a_draft(case), subject=CANARY, body=CANARY, html=CANARY, in_reply_to=ADDRESS)
    outgoing = replace(
        an_outgoing(case, draft=draft.id, secret=CODE),
        subject=CANARY,
        body=CANARY,
        html=CANARY,
        references=(ADDRESS,),
        last_error=f"550 {ADDRESS} unknown",
    )
    customer = replace(
        a_customer(CANARY, emails=(ADDRESS,)),
        id="id",
        name=CANARY,
        phones=(CANARY,),
        handles=(Handle("telegram", CANARY),),
        fields=(RecordField("city", CANARY),),
    )

    def work(unit: Unit) -> None:
        unit.cases.add(case)
        unit.challenges.add(a_challenge(case, unit.challenges.hash(CODE), to=person))
        unit.drafts.add(draft)
        unit.outbox.add(outgoing)
        unit.outbox.add(replace(outgoing, id="parked", message_id="<p@x>", state=DeliveryState.PARKED))
        unit.directory.put(customer, NOW)
        unit.register.replace([Processing("orders", {Point.NAME: {"fr": CANARY}}, confirmed_by=ADDRESS)])
        unit.suppressions.add(Suppression("s", person, Scope.ALL, NOW, case.id))
        package = Package("p", case.id, PackageKind.ACCESS, "en", person, CANARY, NOW, NOW)
        unit.packages.add(package, TOKEN, CANARY.encode())
        unit.packages.put_code("p", unit.challenges.hash(CODE), NOW)
        unit.tasks.add(a_task(case.id, CANARY))
        unit.enclosures.add(an_enclosure(case.id, CANARY), CANARY.encode())
        unit.redactions.add(a_redaction(case.id, CANARY))
        unit.audit.record(case.id, "opened", "desk", NOW, {}, {"sender": ADDRESS})
        unit.counters.raise_within(f"ack:{ADDRESS}", 1, NOW, NOW)
        unit.counters.once(f"told:{ADDRESS}", NOW)

    await store.transact(work)
    await _keep_and_finish(store, Disposition.CASE, case.id)
    await _keep_and_finish(store, Disposition.PARKED)


async def _keep_and_finish(store: SqlStore, disposition: Disposition, case_id: str | None = None) -> None:
    raw = (CANARY.encode() * (2 * CHUNK_BYTES // len(CANARY) + 1), ADDRESS.encode())
    inbound = replace(an_inbound(raw=raw), peer=ADDRESS, helo=CANARY, envelope_from=ADDRESS)
    parsed = replace(
        a_message(CANARY, f"<{ADDRESS}>"),
        sender=Handle("email", ADDRESS),
        name=CANARY,
        subject=CANARY,
        quoted=CANARY,
        references=(f"<{TOKEN}.1@nexioprojects.com>",),
        attachments=(Attachment(1, CANARY, "text/plain", 1),),
        authentication=Authentication(by=CANARY),
    )
    reading = replace(
        a_reading(), evidence=(Evidence("erasure", CANARY, 0, 1),), entities=(Entity("person", CANARY, 0, 1),)
    )
    message = await store.transact(lambda unit: unit.inbox.keep(inbound, NOW))
    assert message is not None

    def finish(unit: Unit) -> None:
        (claimed,) = unit.inbox.claim(NOW, 1, timedelta(minutes=5))
        if disposition is Disposition.PARKED:
            unit.inbox.park(message, claimed.fence, CANARY)
        else:
            unit.inbox.finish(message, claimed.fence, disposition, parsed=parsed, reading=reading, case_id=case_id)

    await store.transact(finish)


def _search(places: Iterator[bytes] | list[bytes]) -> None:
    """Assert that no secret stands anywhere, in any letter case or as the hexadecimal of a dump."""
    words = [form for secret in SECRETS for form in (secret.lower().encode(), secret.encode().hex().encode())]
    for place in places:
        content = place.lower()
        assert [word for word in words if word in content] == []


def _every_value(url: str) -> Iterator[bytes]:
    engine = make_engine(url)
    tables = MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        assert len(tables.tables) > 20
        for table in tables.tables.values():
            for row in connection.execute(select(table)):
                yield b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    engine.dispose()


def _chunks(url: str) -> list[bytes]:
    return sealed(url, "SELECT data FROM part_chunks")
