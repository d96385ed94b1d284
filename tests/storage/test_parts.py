"""Raw bytes: cut into pieces, sealed, and whole or refused when they come back."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import overload

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import MAIL, Inbound
from bot.core.records import Disposition
from storage import SqlStore, open_store
from storage.parts import CHUNK_BYTES, rechunk
from tests.storage.insider import run
from tests.storage.samples import NOW, an_inbound

LEASE = timedelta(minutes=5)


@given(st.lists(st.binary(max_size=20)), st.integers(min_value=1, max_value=7))
def test_cutting_keeps_every_byte_in_chunks_of_one_size(pieces: list[bytes], size: int) -> None:
    chunks = list(rechunk(pieces, size))
    assert b"".join(chunks) == b"".join(pieces)
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(0 < len(chunk) <= size for chunk in chunks)


@pytest.mark.parametrize("raw", [(), (b"",), (b"x",), (bytes(CHUNK_BYTES),), (bytes(CHUNK_BYTES + 1), b"end")])
async def test_raw_bytes_of_any_length_come_back(store: SqlStore, raw: tuple[bytes, ...]) -> None:
    await store.transact(lambda unit: unit.inbox.keep(an_inbound(raw=raw), NOW))
    (claimed,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 1, LEASE))
    assert b"".join(claimed.inbound.raw) == b"".join(raw)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE part_chunks SET data = :other WHERE number = 1",
        "DELETE FROM part_chunks WHERE number = 2",
        "DELETE FROM part_chunks WHERE number = 0",
        "UPDATE part_chunks SET number = 9 WHERE number = 1; UPDATE part_chunks SET number = 1 WHERE number = 2",
        "DELETE FROM part_keys",
        "UPDATE messages SET envelope = NULL",
    ],
)
async def test_a_damaged_message_is_parked_and_the_queue_flows(store: SqlStore, store_url: str, damage: str) -> None:
    damaged = await store.transact(lambda unit: unit.inbox.keep(an_inbound(raw=(bytes(2 * CHUNK_BYTES + 1),)), NOW))
    run(store_url, *damage.split(";"), other=bytes(40))
    whole = await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    claimed = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    assert [one.message for one in claimed] == [whole]
    (parked,) = await store.transact(lambda unit: unit.inbox.listed(Disposition.PARKED))
    assert parked.id == damaged
    assert parked.error


class Stream(Sequence[bytes]):
    """A big mail whose pieces exist one at a time, as a channel that fetches in pieces gives them."""

    def __init__(self, count: int, size: int) -> None:
        self._count, self._size = count, size

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice) or index >= self._count:
            raise IndexError
        return index.to_bytes(4, "big") * (self._size // 4)

    def __iter__(self) -> Iterator[bytes]:
        return (self[index] for index in range(self._count))


async def test_a_big_mail_is_never_whole_in_memory_while_it_is_stored(sqlite_url: str, keys_path: Path) -> None:
    import tracemalloc  # noqa: PLC0415 - slows everything down, hence only here

    inbound = Inbound(MAIL, "info/INBOX", "7:1", NOW, Stream(40, CHUNK_BYTES))
    async with open_store(sqlite_url, keys_path) as store:
        tracemalloc.start()
        await store.transact(lambda unit: unit.inbox.keep(inbound, NOW))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * CHUNK_BYTES
