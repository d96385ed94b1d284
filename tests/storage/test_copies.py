"""Copies of files: leased like everything else, sealed as parts, gone with their message."""

from datetime import timedelta

import pytest

from bot.core.copies import MOST_TRIES, CopyState, WantedCopy
from bot.core.errors import StaleClaim
from bot.core.messages import Attachment, Handle, Message
from storage import SqlStore
from tests.storage.insider import run
from tests.storage.samples import NOW, an_inbound

LEASE = timedelta(minutes=5)
FILES = (Attachment(1, "a.jpg", "image/jpeg", 3, reference="https://cdn.example/a"), Attachment(2, "b", "x/y", 0))
SAID = Message("facebook", Handle("facebook", "77"), attachments=FILES)


async def wanted(store: SqlStore) -> WantedCopy:
    """Keep a message with one file by reference, and lease its copy."""
    message = await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    assert message is not None
    for _ in range(2):  # asked again, it changes nothing
        await store.transact(lambda unit: unit.copies.want(message, SAID, NOW))
    assert not await store.transact(lambda unit: unit.copies.claim(["sms"], NOW, 9, LEASE))
    (one,) = await store.transact(lambda unit: unit.copies.claim(["facebook"], NOW, 9, LEASE))
    assert (one.message, one.part, one.attempts) == (message, 1, 1)
    return one


async def test_a_copy_is_sealed_and_comes_back_whole(store: SqlStore, store_url: str) -> None:
    one = await wanted(store)
    await store.transact(lambda unit: unit.copies.keep(one, b"a canary in a picture"))
    assert await store.transact(lambda unit: unit.copies.content(one.message, 1)) == b"a canary in a picture"
    assert await store.transact(lambda unit: unit.copies.content(one.message, 2)) is None
    told = await store.transact(lambda unit: unit.copies.of(one.message))
    assert {part: copied.state for part, copied in told.items()} == {1: CopyState.KEPT}
    assert not await store.transact(lambda unit: unit.copies.claim(["facebook"], NOW + timedelta(days=1), 9, LEASE))
    run(store_url, "DELETE FROM part_keys WHERE part_id LIKE '%.1'")
    assert await store.transact(lambda unit: unit.copies.content(one.message, 1)) is None


async def test_whoever_lost_the_lease_keeps_nothing(store: SqlStore) -> None:
    one = await wanted(store)
    later = NOW + LEASE
    (again,) = await store.transact(lambda unit: unit.copies.claim(["facebook"], later, 9, LEASE))
    with pytest.raises(StaleClaim):
        await store.transact(lambda unit: unit.copies.keep(one, b"late"))
    await store.transact(lambda unit: unit.copies.keep(again, b"in time"))
    assert await store.transact(lambda unit: unit.copies.content(one.message, 1)) == b"in time"


async def test_it_goes_with_its_message_and_is_not_made_afterwards(store: SqlStore) -> None:
    one = await wanted(store)
    await store.transact(lambda unit: unit.inbox.leave(one.message, SAID))
    with pytest.raises(StaleClaim):
        await store.transact(lambda unit: unit.copies.keep(one, b"destroyed already"))
    assert not await store.transact(lambda unit: unit.copies.of(one.message))


async def test_what_is_put_off_comes_again_and_what_is_lost_never(store: SqlStore) -> None:
    one = await wanted(store)
    again = NOW + timedelta(minutes=1)
    await store.transact(lambda unit: unit.copies.put_off(one, "away", again))
    assert not await store.transact(lambda unit: unit.copies.claim(["facebook"], NOW, 9, LEASE))
    (two,) = await store.transact(lambda unit: unit.copies.claim(["facebook"], again, 9, LEASE))
    await store.transact(lambda unit: unit.copies.put_off(two, "gone", None))
    assert not await store.transact(lambda unit: unit.copies.claim(["facebook"], again + LEASE, 9, LEASE))
    (told,) = (await store.transact(lambda unit: unit.copies.of(one.message))).values()
    assert (told.state, told.error) == (CopyState.LOST, "gone")


def test_the_tries_have_an_end_within_half_a_day() -> None:
    at, tries = NOW, 1
    while (again := WantedCopy("m", 1, tries, 1).next_try(at)) is not None:
        at, tries = again, tries + 1
    assert tries == MOST_TRIES
    assert timedelta(hours=6) < at - NOW < timedelta(hours=12)
