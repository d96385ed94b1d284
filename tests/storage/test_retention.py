"""What is left of a destroyed case in the tables: a count, an anonymous history, and what keeps its mails out."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from bot.core.case import State
from bot.core.messages import Handle
from bot.core.packages import Package, PackageKind
from bot.core.records import Disposition
from bot.core.shelves import Shelf
from bot.core.teamwork import Remark
from bot.core.unit import Unit
from storage import SqlStore
from storage.engine import make_engine
from storage.retention import _PARTS_OF_A_CASE
from storage.tables import metadata
from tests.storage.samples import (
    HOUR,
    NOW,
    a_case,
    a_challenge,
    a_draft,
    a_message,
    a_reading,
    a_redaction,
    a_task,
    an_enclosure,
    an_inbound,
    an_item,
    an_outgoing,
)
from tests.work import each

EMPTY = (
    "packages",
    "tasks",
    "enclosures",
    "redactions",
    "assignments",
    "case_names",
    "remarks",
    "cases",
    "items",
    "case_handles",
    "challenges",
    "drafts",
    "outbox",
    "parts",
    "part_keys",
    "part_chunks",
    "audit_salts",
    "audit_reasons",
)


def seed(unit: Unit) -> str:
    case = a_case(items=(an_item(state=State.ANSWERED),))
    unit.cases.add(case)
    unit.inbox.keep(an_inbound("7:1"), NOW)
    (claimed,) = unit.inbox.claim(NOW, 1, HOUR)
    unit.inbox.finish(
        claimed.message, claimed.fence, Disposition.CASE, parsed=a_message(), reading=a_reading(), case_id=case.id
    )
    unit.challenges.add(a_challenge(case, b"x" * 32))
    unit.drafts.add(a_draft(case))
    unit.outbox.add(an_outgoing(case))
    package = Package("p1", case.id, PackageKind.ACCESS, "en", case.requester, "{}", NOW, NOW + HOUR)
    unit.packages.add(package, "token", b"all of it")
    unit.teamwork.assign(case.id, "kim@nexioprojects.com", NOW)
    unit.teamwork.add(Remark("r1", case.id, "kim@nexioprojects.com", NOW, "she called"))
    unit.audit.record(case.id, "opened", "desk", NOW, {}, {"sender": "anna"}, why="her own words")
    unit.tasks.add(a_task(case.id))
    unit.enclosures.add(an_enclosure(case.id), b"all")
    unit.redactions.add(a_redaction(case.id))
    return case.id


async def test_a_destroyed_case_leaves_nothing_that_was_sealed(store: SqlStore, store_url: str) -> None:
    case_id = await store.transact(seed)
    end = NOW + timedelta(days=1)
    shelves = (Shelf.EVIDENCE, Shelf.ARCHIVE)
    quiet = await store.transact(each(shelves, lambda unit, shelf: unit.shelves.quiet_since(shelf, end, 10)))
    assert quiet == [[case_id], [case_id]]
    assert await store.transact(lambda unit: unit.shelves.quiet_since(Shelf.ARCHIVE, NOW, 10)) == []
    assert await store.transact(lambda unit: unit.shelves.is_quiet(case_id, end))
    await store.transact(lambda unit: unit.shelves.destroy_case(unit.cases.get(case_id)))
    assert not await store.transact(lambda unit: unit.shelves.is_quiet(case_id, end))
    engine = make_engine(store_url)
    with engine.connect() as connection:
        for table in EMPTY:
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table
        left = connection.execute(text("SELECT purged, case_id, parsed, reading, envelope FROM messages")).one()
        assert (bool(left[0]), *left[1:]) == (True, None, None, None, None)
        assert connection.execute(text("SELECT count(*) FROM ledger")).scalar_one() == 1
    engine.dispose()
    assert await store.transact(lambda unit: unit.inbox.keep(an_inbound("7:1"), NOW)) is None
    assert await store.transact(lambda unit: unit.audit.verify()) == []


async def test_reasons_outside_any_case_go_with_their_time(store: SqlStore) -> None:
    case_id = await store.transact(seed)

    def work(unit: Unit) -> None:
        unit.audit.record("mailings", "suppressed", "ria@example.com", NOW, why="said so on the phone")
        unit.audit.record("mailings", "suppressed", "ria@example.com", NOW + HOUR, why="wrote a letter")

    await store.transact(work)
    await store.transact(lambda unit: unit.shelves.destroy_reasons(NOW + HOUR))
    whys = await store.transact(lambda unit: [link.why for link in unit.audit.chain("mailings")])
    assert whys == ["", "wrote a letter"]
    assert await store.transact(lambda unit: [link.why for link in unit.audit.chain(case_id)]) == ["her own words"]
    assert await store.transact(lambda unit: unit.audit.verify()) == []


async def test_the_counts_add_up_and_the_evidence_goes_alone(store: SqlStore) -> None:
    cases = [
        a_case(f"c{number}", requester=Handle("email", f"a{number}@x.example"), items=(an_item(state=State.ANSWERED),))
        for number in range(3)
    ]
    await store.transact(each(cases, lambda unit, case: unit.cases.add(case)))
    await store.transact(lambda unit: unit.challenges.add(a_challenge(cases[0], b"x" * 32)))
    await store.transact(lambda unit: unit.shelves.destroy_evidence(cases[0].id))
    assert await store.transact(lambda unit: unit.shelves.evidence_of(cases[0].id)) == 0
    await store.transact(each(cases[:2], lambda unit, case: unit.shelves.destroy_case(case)))
    await store.transact(lambda unit: unit.shelves.destroy_case(replace(cases[2], items=())))
    (count,) = await store.transact(lambda unit: unit.shelves.counts())
    assert (count.month, count.right, count.ended, count.number) == ("2026-03", "erasure", "answered", 2)


def test_every_table_that_hangs_on_a_case_goes_with_it() -> None:
    hanging = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname == "cases.id"
    }
    assert hanging == {str(table.__tablename__) for table in _PARTS_OF_A_CASE} | {"messages"}
