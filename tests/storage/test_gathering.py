"""Fragments of one conversation wait for each other and are claimed as one, whatever comes between."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import NotFound, StaleClaim
from bot.core.messages import Inbound
from bot.core.records import Claimed, Disposition
from bot.core.unit import Unit
from storage import SqlStore, open_store
from storage.gathering import MOST_FRAGMENTS, MOST_QUIETS
from tests.storage.samples import NOW, a_case, a_message, an_inbound
from tests.work import each

LEASE = timedelta(minutes=5)
QUIET = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def fragment(text: str, at: datetime, conversation: str = "777") -> Inbound:
    sent = replace(an_inbound(raw=(text.encode(),)), channel="sms", source="webhook/sms", received_at=at)
    return replace(sent, conversation=conversation)


async def say(store: SqlStore, text: str, at: datetime, conversation: str = "777") -> None:
    await store.transact(lambda unit: unit.inbox.keep(fragment(text, at, conversation), at, QUIET))


async def claim(store: SqlStore, at: datetime, limit: int = 10) -> Sequence[Claimed]:
    return await store.transact(lambda unit: unit.inbox.claim(at, limit, LEASE))


def texts(claimed: Sequence[Claimed]) -> list[str]:
    return [b"".join(one.inbound.raw).decode() for one in claimed]


async def test_fragments_are_claimed_together_once_it_is_quiet(store: SqlStore) -> None:
    await say(store, "hello", NOW)
    await say(store, "delete", NOW + 40 * SECOND)
    await say(store, "my data", NOW + 80 * SECOND)
    assert await claim(store, NOW + 139 * SECOND) == []
    claimed = await claim(store, NOW + 140 * SECOND, limit=1)
    assert texts(claimed) == ["hello", "delete", "my data"]
    assert len({one.group for one in claimed}) == 1
    assert await claim(store, NOW + QUIET * 4) == []


async def test_each_conversation_waits_for_itself(store: SqlStore) -> None:
    await say(store, "one", NOW, "777")
    await say(store, "other", NOW + 30 * SECOND, "888")
    await say(store, "one more", NOW + 50 * SECOND, "777")
    assert texts(await claim(store, NOW + 90 * SECOND)) == ["other"]
    assert texts(await claim(store, NOW + 110 * SECOND)) == ["one", "one more"]


async def test_what_is_said_after_the_quiet_is_another_message(store: SqlStore) -> None:
    await say(store, "morning", NOW)
    await say(store, "evening", NOW + QUIET + SECOND)
    claimed = await claim(store, NOW + QUIET * 3)
    assert texts(claimed) == ["morning", "evening"]
    assert len({one.group for one in claimed}) == 2


async def test_fragments_that_overtook_each_other_are_put_in_order(store: SqlStore) -> None:
    late = fragment("first", NOW)
    await say(store, "second", NOW + 10 * SECOND)
    await store.transact(lambda unit: unit.inbox.keep(late, NOW + 12 * SECOND, QUIET))
    assert texts(await claim(store, NOW + QUIET * 2)) == ["first", "second"]


async def test_what_was_long_on_its_way_is_not_mixed_with_what_is_said_now(store: SqlStore) -> None:
    await say(store, "now", NOW)
    yesterday = fragment("yesterday", NOW - timedelta(days=1))
    await store.transact(lambda unit: unit.inbox.keep(yesterday, NOW + SECOND, QUIET))
    assert texts(await claim(store, NOW + SECOND)) == ["yesterday"]
    assert texts(await claim(store, NOW + QUIET)) == ["now"]


async def test_who_never_falls_silent_is_read_all_the_same(store: SqlStore) -> None:
    for number in range(20):
        await say(store, str(number), NOW + 20 * SECOND * number)
    longest = NOW + QUIET * MOST_QUIETS
    claimed = await claim(store, longest)
    assert texts(claimed) == [str(number) for number in range(16)]
    assert texts(await claim(store, NOW + QUIET * 8)) == ["16", "17", "18", "19"]


async def test_a_flood_is_cut_into_messages(store: SqlStore) -> None:
    for number in range(MOST_FRAGMENTS + 3):
        await say(store, str(number), NOW + number * SECOND / 10)
    claimed = await claim(store, NOW + QUIET * 2)
    assert list(Counter(one.group for one in claimed).values()) == [MOST_FRAGMENTS + 1, 2]


async def test_a_repeated_fragment_is_kept_once(store: SqlStore) -> None:
    sent = fragment("delete my data", NOW)
    for _ in range(2):
        await store.transact(lambda unit: unit.inbox.keep(sent, NOW, QUIET))
    assert len(await claim(store, NOW + QUIET)) == 1


async def test_a_worker_that_died_gives_all_fragments_back(store: SqlStore) -> None:
    await say(store, "delete", NOW)
    await say(store, "my data", NOW + SECOND)
    dead = await claim(store, NOW + QUIET * 2)
    again = await claim(store, NOW + QUIET * 2 + LEASE)
    assert texts(again) == ["delete", "my data"]
    with pytest.raises(StaleClaim):
        await store.transact(lambda unit: unit.inbox.finish(dead[1].message, dead[1].fence, Disposition.OTHER))


async def test_what_is_said_while_the_rest_is_read_waits_for_itself(store: SqlStore) -> None:
    await say(store, "delete", NOW)
    at = NOW + QUIET
    assert texts(await claim(store, at)) == ["delete"]
    await say(store, "now!", at)
    assert texts(await claim(store, at + QUIET)) == ["now!"]


async def test_after_two_failures_each_fragment_is_read_alone(store: SqlStore) -> None:
    await say(store, "poison", NOW)
    await say(store, "my data", NOW + SECOND)
    at = NOW + QUIET * 2
    for _ in range(2):
        assert len({one.group for one in await claim(store, at)}) == 1
        at += LEASE
    first = await claim(store, at, limit=1)
    second = await claim(store, at, limit=1)
    assert (texts(first), texts(second)) == (["poison"], ["my data"])


async def test_a_parked_fragment_holds_nothing_up(store: SqlStore) -> None:
    await say(store, "poison", NOW)
    await say(store, "my data", NOW + SECOND)
    at = NOW + QUIET * 2
    poison, _ = await claim(store, at)
    await store.transact(lambda unit: unit.inbox.park(poison.message, poison.fence, "unreadable"))
    assert texts(await claim(store, at + LEASE)) == ["my data"]


async def test_a_fragment_goes_with_the_message_it_was_read_in(store: SqlStore) -> None:
    case = a_case()
    await say(store, "delete", NOW)
    await say(store, "my data", NOW + SECOND)
    one, lead = await claim(store, NOW + QUIET * 2)

    def read(unit: Unit) -> None:
        unit.cases.add(case)
        unit.inbox.finish(lead.message, lead.fence, Disposition.OTHER, parsed=a_message("delete\nmy data"))
        unit.inbox.enclose(one.message, one.fence, lead.message, a_message("delete"), None)

    await store.transact(read)
    await store.transact(lambda unit: unit.inbox.release(lead.message))
    again = await claim(store, NOW + QUIET * 3)
    assert texts(again) == ["delete", "my data"]
    await store.transact(each(again, lambda unit, one: unit.inbox.park(one.message, one.fence, "")))


async def test_an_adopted_message_takes_its_fragments_along(store: SqlStore) -> None:
    case = a_case()
    await say(store, "delete", NOW)
    await say(store, "my data", NOW + SECOND)
    one, lead = await claim(store, NOW + QUIET * 2)

    def adopt(unit: Unit) -> list[str | None]:
        unit.cases.add(case)
        unit.inbox.finish(lead.message, lead.fence, Disposition.OTHER, parsed=a_message("delete\nmy data"))
        unit.inbox.enclose(one.message, one.fence, lead.message, a_message("delete"), None)
        unit.inbox.assign(lead.message, case.id)
        assert [kept.id for kept in unit.inbox.correspondence(case.id)] == [lead.message]
        return [unit.inbox.get(each.message).case_id for each in (one, lead)]

    assert await store.transact(adopt) == [case.id, case.id]


async def test_of_a_message_whose_files_are_destroyed_no_fragment_is_left(store: SqlStore) -> None:
    await say(store, "my passport", NOW)
    await say(store, "is this enough", NOW + SECOND)
    one, lead = await claim(store, NOW + QUIET * 2)

    def destroy(unit: Unit) -> None:
        unit.inbox.finish(lead.message, lead.fence, Disposition.OTHER, parsed=a_message("my passport\nis this enough"))
        unit.inbox.enclose(one.message, one.fence, lead.message, a_message("my passport"), None)
        unit.inbox.leave(lead.message, a_message("is this enough"))
        for claimed in (one, lead):
            with pytest.raises(NotFound):
                unit.inbox.raw(claimed.message)
        assert unit.inbox.get(one.message).message is None

    await store.transact(destroy)


async def test_one_conversation_gathers_once_whoever_stores_it(store_url: str, keys_path: Path) -> None:
    async with open_store(store_url, keys_path) as one, open_store(store_url, keys_path) as other:
        await asyncio.gather(
            *(say(store, f"{number}", NOW + number * SECOND / 100) for number in range(10) for store in (one, other))
        )
        claimed = await claim(one, NOW + QUIET * 2, limit=1)
    assert len(claimed) == 20


async def test_units_that_keep_fragments_of_the_same_conversations_wait_for_each_other_one_way(
    store_url: str, keys_path: Path
) -> None:
    """A flood is told in any order; where each of two units waits for the other, the database ends one of them."""
    runs = []

    async def keep_all(store: SqlStore, batch: Sequence[Inbound]) -> None:
        def keep(unit: Unit) -> None:
            runs.append(store)
            unit.inbox.keep_all(batch, NOW, QUIET)

        await store.transact(keep)

    async with open_store(store_url, keys_path) as one, open_store(store_url, keys_path) as other:
        for turn in range(3):
            conversations = [f"{turn}-{number}" for number in range(30)]
            forth = [replace(fragment("one", NOW, name), event=f"one-{name}") for name in conversations]
            back = [replace(fragment("other", NOW, name), event=f"other-{name}") for name in reversed(conversations)]
            await asyncio.gather(keep_all(one, forth), keep_all(other, back))
    assert len(runs) == 6


async def test_what_is_kept_together_is_read_in_the_order_in_which_it_came(store: SqlStore) -> None:
    said = [("b", "one"), ("a", "two"), ("b", "three"), ("a", "four"), ("b", "five")]
    batch = [replace(fragment(text, NOW, name), event=text) for name, text in said]
    await store.transact(lambda unit: unit.inbox.keep_all(batch, NOW, QUIET))
    claimed = texts(await claim(store, NOW + QUIET))
    assert [text for text in claimed if text in {"one", "three", "five"}] == ["one", "three", "five"]
    assert [text for text in claimed if text in {"two", "four"}] == ["two", "four"]
