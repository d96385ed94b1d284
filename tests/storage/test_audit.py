"""Whoever rewrites history leaves a trace; whoever erases a person leaves the chain whole."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from bot.core.unit import Unit
from storage import SqlStore
from storage.audit_proofs import shard_of
from storage.audit_reasons import CHANGED
from tests.storage.insider import run
from tests.storage.samples import HOUR, NOW, a_case
from tests.work import each

CASES = ("c1", "c2", "c3")


@pytest.fixture
async def history(store: SqlStore) -> SqlStore:
    """Three chains of three links each."""

    def work(unit: Unit) -> None:
        for case in CASES:
            unit.audit.record(case, "opened", "desk", NOW, {"trust": "CLAIMED"}, {"sender": "anna@example.org"})
            unit.audit.record(case, "approved", "dpo@nexioprojects.com", NOW + HOUR, {"draft": "d1"})
            unit.audit.record(case, "sent", "desk", NOW + HOUR * 2)

    await store.transact(work)
    return store


async def test_a_chain_tells_what_happened_in_order(history: SqlStore) -> None:
    chain = await history.transact(lambda unit: unit.audit.chain("c1"))
    assert [(row.seq, row.event, row.actor, row.at) for row in chain] == [
        (1, "opened", "desk", NOW),
        (2, "approved", "dpo@nexioprojects.com", NOW + HOUR),
        (3, "sent", "desk", NOW + HOUR * 2),
    ]
    assert chain[0].data == {"trust": "CLAIMED"}
    assert len({row.hash for row in chain}) == 3
    assert await history.transact(lambda unit: unit.audit.verify()) == []


@pytest.mark.usefixtures("history")
async def test_personal_values_stand_there_only_as_hashes_that_differ_by_case(store_url: str) -> None:
    stored = [json.loads(str(row[0])) for row in run(store_url, "SELECT personal FROM audit_links WHERE seq = 1")]
    hashes = {row["sender"] for row in stored}
    assert len(hashes) == 3
    assert not any("anna" in value for value in hashes)


async def test_a_reason_can_be_read_and_stands_nowhere_in_clear(history: SqlStore, store_url: str) -> None:
    await history.transact(lambda unit: unit.audit.record("c1", "closed", "kim", NOW + HOUR * 3, why=" Anna rang us. "))
    chain = await history.transact(lambda unit: unit.audit.chain("c1"))
    assert [link.why for link in chain] == ["", "", "", "Anna rang us."]
    stored = [row for table in ("audit_links", "audit_reasons") for row in run(store_url, f"SELECT * FROM {table}")]
    assert not any("Anna" in str(value) or b"Anna" in bytes(str(value), "utf-8") for row in stored for value in row)
    assert await history.transact(lambda unit: unit.audit.verify()) == []


async def test_a_changed_reason_shows_and_does_not_keep_the_history_from_being_read(
    history: SqlStore, store_url: str
) -> None:
    late, reasons = NOW + HOUR * 3, ("she rang", "he rang")
    await history.transact(each(reasons, lambda unit, why: unit.audit.record("c1", "closed", "kim", late, why=why)))
    run(store_url, "UPDATE audit_reasons SET private = (SELECT private FROM audit_reasons WHERE seq = 4) WHERE seq = 5")
    assert await history.transact(lambda unit: unit.audit.verify()) == ["case c1: the reason of link 5 was changed"]
    chain = await history.transact(lambda unit: unit.audit.chain("c1"))
    assert [link.why for link in chain][3:] == ["she rang", CHANGED]


async def test_deleting_the_salt_of_an_erased_person_leaves_the_chain_whole(history: SqlStore, store_url: str) -> None:
    run(store_url, "DELETE FROM audit_salts WHERE case_id = 'c1'")
    assert await history.transact(lambda unit: unit.audit.verify()) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'nobody'",
        "event = 'rejected'",
        """data = '{"draft":"d2"}'""",
        """personal = '{"sender":"0"}'""",
        "at = '2026-03-02 09:30:00.000001+00:00'",
    ],
)
async def test_a_changed_link_shows(history: SqlStore, store_url: str, change: str) -> None:
    run(store_url, f"UPDATE audit_links SET {change} WHERE case_id = 'c2' AND seq = 2")
    assert await history.transact(lambda unit: unit.audit.verify()) == ["case c2: link 2 was changed"]


async def test_a_link_removed_from_the_middle_shows(history: SqlStore, store_url: str) -> None:
    run(store_url, "DELETE FROM audit_links WHERE case_id = 'c2' AND seq = 2")
    assert await history.transact(lambda unit: unit.audit.verify()) == ["case c2: link 2 is missing"]


async def test_removed_last_links_show(history: SqlStore, store_url: str) -> None:
    run(store_url, "DELETE FROM audit_links WHERE case_id = 'c2' AND seq > 1")
    assert await history.transact(lambda unit: unit.audit.verify()) == ["case c2: links 2 to 3 are missing at the end"]


async def test_a_head_that_was_made_to_fit_shows(history: SqlStore, store_url: str) -> None:
    (second,) = run(store_url, "SELECT hash FROM audit_links WHERE case_id = 'c2' AND seq = 2")
    run(store_url, "DELETE FROM audit_links WHERE case_id = 'c2' AND seq = 3")
    run(store_url, f"UPDATE audit_heads SET seq = 2, hash = '{second[0]}' WHERE case_id = 'c2'")
    assert "case c2: its head was changed" in await history.transact(lambda unit: unit.audit.verify())


async def test_an_older_head_put_back_with_its_old_seal_shows(history: SqlStore, store_url: str) -> None:
    await history.transact(lambda unit: unit.audit.record("c2", "closed", "desk", NOW))
    saved = run(store_url, "SELECT seq, hash, mac FROM audit_heads WHERE case_id = 'c2'")[0]
    await history.transact(lambda unit: unit.audit.record("c2", "disclosed", "insider@nexioprojects.com", NOW))
    run(store_url, "DELETE FROM audit_links WHERE case_id = 'c2' AND seq = 5")
    run(
        store_url,
        "UPDATE audit_heads SET seq = :seq, hash = :hash, mac = :mac WHERE case_id = 'c2'",
        seq=saved[0],
        hash=saved[1],
        mac=saved[2],
    )
    (finding,) = await history.transact(lambda unit: unit.audit.verify())
    assert finding.startswith(f"roll {shard_of('c2')} counts")


async def test_a_whole_chain_removed_shows(history: SqlStore, store_url: str) -> None:
    run(store_url, "DELETE FROM audit_links WHERE case_id = 'c3'")
    run(store_url, "DELETE FROM audit_heads WHERE case_id = 'c3'")
    (finding,) = await history.transact(lambda unit: unit.audit.verify())
    assert finding.startswith(f"roll {shard_of('c3')} counts")


async def test_a_removed_head_shows(history: SqlStore, store_url: str) -> None:
    run(store_url, "DELETE FROM audit_heads WHERE case_id = 'c3'")
    findings = await history.transact(lambda unit: unit.audit.verify())
    assert "case c3: its head is missing" in findings


async def test_a_removed_or_forged_roll_shows(history: SqlStore, store_url: str) -> None:
    run(store_url, "DELETE FROM audit_rolls WHERE shard = 0")
    run(store_url, "UPDATE audit_rolls SET links = links + 1 WHERE shard = 1")
    findings = await history.transact(lambda unit: unit.audit.verify())
    assert findings == ["roll 1 was changed", "roll 0 is missing"]
    await history.transact(each(range(40), lambda unit, one: unit.audit.record(f"n{one}", "opened", "desk", NOW)))
    assert "roll 0 is missing" in await history.transact(lambda unit: unit.audit.verify())


async def test_many_at_once_make_one_unbroken_chain(store: SqlStore) -> None:
    async def record(number: int) -> None:
        await store.transact(lambda unit: unit.audit.record(f"c{number % 3}", "event", "desk", NOW))

    await asyncio.gather(*(record(number) for number in range(30)))
    assert await store.transact(lambda unit: unit.audit.verify()) == []
    assert len(await store.transact(lambda unit: unit.audit.chain("c0"))) == 10


async def test_a_case_that_begins_has_one_chain_also_when_it_is_read_meanwhile(store: SqlStore) -> None:
    case = a_case()

    def work(unit: Unit) -> None:
        unit.cases.add(case)
        unit.audit.record(case.id, "opened", "desk", NOW, personal={"sender": "anna@example.org"})
        assert unit.audit.verify() == []
        unit.audit.record(case.id, "sent", "desk", NOW, personal={"to": "anna@example.org"})

    await store.transact(work)
    assert [row.event for row in await store.transact(lambda unit: unit.audit.chain(case.id))] == ["opened", "sent"]
    assert await store.transact(lambda unit: unit.audit.verify()) == []


async def test_a_unit_that_fails_leaves_no_link(store: SqlStore) -> None:
    def work(unit: Unit) -> None:
        unit.audit.record("c1", "opened", "desk", NOW)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError):
        await store.transact(work)
    assert await store.transact(lambda unit: unit.audit.chain("c1")) == []
    assert await store.transact(lambda unit: unit.audit.verify()) == []


def _variants(value: object) -> Iterator[object]:
    """Yield a value with each of its characters or bytes changed in turn; a number or a moment with its least step."""
    if isinstance(value, str):
        yield from (value[:at] + ("y" if char == "x" else "x") + value[at + 1 :] for at, char in enumerate(value))
    elif isinstance(value, bytes | memoryview):
        raw = bytes(value)
        yield from (raw[:at] + bytes([byte ^ 1]) + raw[at + 1 :] for at, byte in enumerate(raw))
    elif isinstance(value, datetime):
        yield value + timedelta(microseconds=1)
    elif isinstance(value, int):
        yield value + 1


SEALED = {
    "audit_links": ("case_id = 'c2' AND seq = 2", ("actor", "event", "data", "personal", "hash")),
    "audit_heads": ("case_id = 'c2'", ("shard", "seq", "hash", "mac")),
    "audit_rolls": (f"shard = {shard_of('c2')}", ("links", "chains", "mac")),
}


@pytest.mark.parametrize("table", SEALED)
async def test_any_changed_byte_shows(history: SqlStore, store_url: str, table: str) -> None:
    where, columns = SEALED[table]
    (row,) = run(store_url, f"SELECT {', '.join(columns)} FROM {table} WHERE {where}")
    changed = 0
    for column, value in zip(columns, row, strict=True):
        for variant in _variants(value):
            run(store_url, f"UPDATE {table} SET {column} = :value WHERE {where}", value=variant)
            assert await history.transact(lambda unit: unit.audit.verify()), f"{column}: {variant!r}"
            changed += 1
        run(store_url, f"UPDATE {table} SET {column} = :value WHERE {where}", value=value)
    assert changed > 30
    assert await history.transact(lambda unit: unit.audit.verify()) == []


async def test_a_chain_proves_itself_to_somebody_without_the_database(history: SqlStore) -> None:
    previous = "0" * 64
    for link in await history.transact(lambda unit: unit.audit.chain("c1")):
        assert sha256(link.proof.encode()).hexdigest() == link.hash
        assert json.loads(link.proof)[-1] == previous
        assert "anna@example.org" not in link.proof
        previous = link.hash
