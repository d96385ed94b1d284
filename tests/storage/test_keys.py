"""The key file and what is sealed with it."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from bot.core.messages import Handle
from storage import KeysUnusable, add_key, open_store
from storage.crypto import Keyring, SealBroken
from storage.keyfile import load_keyring
from tests.storage.samples import ANNA, a_case


def test_the_file_is_made_on_first_use_for_its_owner_alone(keys_path: Path) -> None:
    first, second = load_keyring(keys_path), load_keyring(keys_path)
    assert stat.S_IMODE(keys_path.stat().st_mode) == 0o600
    assert list(keys_path.parent.iterdir()) == [keys_path]
    assert second.open("a.b", "1", first.seal("a.b", "1", b"Anna")) == b"Anna"


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', '{"keys": [{"id": "k", "key": "AAAA"}]}', "\0"])
def test_a_damaged_file_is_refused_and_not_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ring.json"
    path.write_text(content)
    with pytest.raises(KeysUnusable, match="restore"):
        load_keyring(path)
    assert path.read_text() == content


def test_sealed_bytes_open_only_where_they_were_sealed(keys_path: Path) -> None:
    ring = load_keyring(keys_path)
    sealed = ring.seal("cases.private", "c1", b"Anna")
    assert b"Anna" not in sealed
    assert ring.seal("cases.private", "c1", b"Anna") != sealed
    for place, row, bytes_there in (
        ("cases.private", "c2", sealed),
        ("drafts.private", "c1", sealed),
        ("cases.private", "c1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("cases.private", "c1", sealed[:10]),
        ("cases.private", "c1", b""),
    ):
        with pytest.raises(SealBroken):
            ring.open(place, row, bytes_there)


def test_after_a_new_key_old_rows_open_and_are_still_found(keys_path: Path) -> None:
    old = load_keyring(keys_path)
    add_key(keys_path)
    new = load_keyring(keys_path)
    assert new.open("a.b", "1", old.seal("a.b", "1", b"Anna")) == b"Anna"
    assert new.handle_index(ANNA) == old.handle_index(ANNA)
    with pytest.raises(SealBroken, match="lacks"):
        old.open("a.b", "1", new.seal("a.b", "1", b"Anna"))


def test_blind_indexes_compare_addresses_as_the_directory_does(keys_path: Path) -> None:
    ring = load_keyring(keys_path)
    assert ring.handle_index(Handle("email", " Anna@Example.ORG")) == ring.handle_index(ANNA)
    assert ring.handle_index(Handle("telegram", ANNA.value)) != ring.handle_index(ANNA)
    assert ring.handle_index(Handle("email", "broken\udc80@x")) != ring.handle_index(ANNA)
    other = Keyring({"00000000": bytes(32)})
    assert other.handle_index(ANNA) != ring.handle_index(ANNA)


async def test_a_store_does_not_open_with_another_ring(store_url: str, keys_path: Path) -> None:
    async with open_store(store_url, keys_path) as store:
        await store.transact(lambda unit: unit.cases.add(a_case()))
    foreign = keys_path.with_name("foreign.json")
    load_keyring(foreign)
    with pytest.raises(KeysUnusable, match="lacks key"):
        open_store(store_url, foreign)


def test_a_lost_ring_is_missed_and_not_replaced(store_url: str, keys_path: Path) -> None:
    asyncio.run(open_store(store_url, keys_path).close())
    keys_path.unlink()
    with pytest.raises(KeysUnusable, match="missing"):
        open_store(store_url, keys_path)
    assert not keys_path.exists()


async def test_a_store_goes_on_with_a_new_key(store_url: str, keys_path: Path) -> None:
    case, later = a_case(), a_case()
    async with open_store(store_url, keys_path) as store:
        await store.transact(lambda unit: unit.cases.add(case))
    add_key(keys_path)
    async with open_store(store_url, keys_path) as store:
        await store.transact(lambda unit: unit.cases.add(later))
    async with open_store(store_url, keys_path) as store:
        assert await store.transact(lambda unit: unit.cases.by_tokens([case.token])) == case
        assert await store.transact(lambda unit: unit.cases.of_requester(ANNA)) == [later, case]


def test_a_ring_whose_key_was_swapped_under_its_name_is_refused(store_url: str, keys_path: Path) -> None:
    asyncio.run(open_store(store_url, keys_path).close())
    ring = json.loads(keys_path.read_text())
    ring["keys"][0]["key"] = "A" * 43 + "="
    keys_path.write_text(json.dumps(ring))
    with pytest.raises(KeysUnusable):
        open_store(store_url, keys_path)
