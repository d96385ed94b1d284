"""Customers, opt-outs, colleagues and caps."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.drafts import Role
from bot.core.errors import NotFound
from bot.core.messages import TELEGRAM, Handle
from bot.core.records import Suppression
from bot.core.rights import Scope
from storage import SqlStore
from storage.counters import LONGEST_WINDOW, UNSEEN
from tests.storage.insider import run
from tests.storage.samples import ANNA, HOUR, NOW, a_customer
from tests.work import each, upon

DAY = timedelta(days=1)


async def test_a_customer_is_found_by_every_address_on_record(store: SqlStore) -> None:
    chat = Handle(TELEGRAM, "4711")
    customer = replace(
        a_customer(emails=("Anna@Example.org", "a2@example.org")), phones=("+31 6 1234",), handles=(chat,)
    )
    assert await store.transact(lambda unit: unit.directory.put(customer, NOW)) is True
    known_as = (ANNA, Handle("email", " A2@example.ORG"), Handle("phone", "+3161234"), chat)
    finds = await store.transact(each(known_as, lambda unit, handle: unit.directory.find(handle)))
    for known, (found,) in zip(known_as, finds, strict=True):
        assert found.number == "C-1"
        assert known.channel != "email" or known.value != ANNA.value or found.knows(known)
    unknown = (Handle("email", "4711"), Handle("email", "an.na@example.org"), Handle(TELEGRAM, "0"))
    assert await store.transact(each(unknown, lambda unit, handle: unit.directory.find(handle))) == [[], [], []]


async def test_a_shared_address_finds_every_customer(store: SqlStore) -> None:
    await store.transact(lambda unit: [unit.directory.put(a_customer(number), NOW) for number in ("C-1", "C-2")])
    found = await store.transact(lambda unit: unit.directory.find(ANNA))
    assert {customer.number for customer in found} == {"C-1", "C-2"}


async def test_importing_again_replaces_by_number_and_keeps_the_id(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.directory.put(a_customer(), NOW))
    moved = replace(a_customer(emails=("anna@new.example",)), id="another id")
    assert await store.transact(lambda unit: unit.directory.put(moved, NOW)) is False
    assert await store.transact(lambda unit: unit.directory.count()) == 1
    assert await store.transact(lambda unit: unit.directory.find(ANNA)) == []
    kept = await store.transact(lambda unit: unit.directory.get("id-of-C-1"))
    assert kept == replace(moved, id="id-of-C-1")
    assert await store.transact(lambda unit: unit.directory.get("another id")) is None


async def test_importing_one_customer_from_two_places_at_once_keeps_one(store: SqlStore) -> None:
    copies = [replace(a_customer(), id=f"id-{number}") for number in range(6)]
    put = [upon(copy, lambda unit, one: unit.directory.put(one, NOW)) for copy in copies]
    new = await asyncio.gather(*(store.transact(work) for work in put))
    assert new.count(True) == 1
    assert await store.transact(lambda unit: unit.directory.count()) == 1


async def test_an_opt_out_covers_its_scope_and_all_covers_everything(store: SqlStore) -> None:
    assert await store.transact(lambda unit: unit.suppressions.add(_opt_out("s1", Scope.POST))) is True
    assert await store.transact(lambda unit: unit.suppressions.add(_opt_out("s2", Scope.POST))) is False
    assert await _covered(store, Scope.POST)
    assert not await _covered(store, Scope.EMAIL)
    assert await store.transact(lambda unit: unit.suppressions.add(_opt_out("s3", Scope.ALL))) is True
    assert await _covered(store, Scope.EMAIL)
    assert not await store.transact(
        lambda unit: unit.suppressions.blocking([Handle("email", "b@x.example")], Scope.POST)
    )


async def test_a_lifted_opt_out_covers_nothing_and_can_be_given_again(store: SqlStore) -> None:
    lifted = replace(_opt_out("s1", Scope.EMAIL), lifted_at=NOW)
    await store.transact(lambda unit: unit.suppressions.add(lifted))
    assert not await _covered(store, Scope.EMAIL)
    assert await store.transact(lambda unit: unit.suppressions.add(_opt_out("s2", Scope.EMAIL))) is True


async def test_lifting_ends_one_scope_of_one_address_and_only_once(store: SqlStore) -> None:
    other = replace(_opt_out("s3", Scope.EMAIL), handle=Handle("email", "b@x.example"))
    rows = (_opt_out("s1", Scope.EMAIL), _opt_out("s2", Scope.POST), other)
    await store.transact(lambda unit: [unit.suppressions.add(one) for one in rows])
    assert await store.transact(lambda unit: unit.suppressions.lift(ANNA, Scope.ALL, NOW)) is None
    lifted = await store.transact(lambda unit: unit.suppressions.lift(ANNA, Scope.EMAIL, NOW + HOUR))
    assert lifted is not None
    assert (lifted.id, lifted.lifted_at) == ("s1", NOW + HOUR)
    assert await store.transact(lambda unit: unit.suppressions.lift(ANNA, Scope.EMAIL, NOW)) is None
    blocked = await store.transact(lambda unit: unit.suppressions.blocking([ANNA, other.handle], Scope.EMAIL))
    assert list(blocked) == [other.handle]
    assert await _covered(store, Scope.POST)


async def test_opt_outs_are_listed_newest_first(store: SqlStore) -> None:
    old, new = _opt_out("s1", Scope.EMAIL), replace(_opt_out("s2", Scope.POST), since=NOW + HOUR)
    lifted = replace(_opt_out("s3", Scope.PHONE), lifted_at=NOW)
    await store.transact(lambda unit: [unit.suppressions.add(one) for one in (old, new, lifted)])
    assert await store.transact(lambda unit: unit.suppressions.listed()) == [new, old]
    assert await store.transact(lambda unit: unit.suppressions.listed(1)) == [new]
    assert await store.transact(lambda unit: unit.suppressions.listed(1, new.id)) == [old]
    assert await store.transact(lambda unit: unit.suppressions.listed(scope=Scope.EMAIL)) == [old]
    with pytest.raises(NotFound, match="to go on from"):
        await store.transact(lambda unit: unit.suppressions.listed(after="none"))


async def test_a_colleague_has_the_roles_given_and_a_stranger_none(store: SqlStore) -> None:
    given = (Role.DPO, Role.APPROVER, Role.DPO)
    await store.transact(each(given, lambda unit, role: unit.staff.add("DPO@nexioprojects.com", role)))
    roles = await store.transact(lambda unit: unit.staff.roles(" dpo@nexioprojects.com"))
    assert roles == {Role.DPO, Role.APPROVER}
    assert await store.transact(lambda unit: unit.staff.roles("x@nexioprojects.com")) == frozenset()
    await store.transact(lambda unit: unit.staff.add("r@nexioprojects.com", Role.READER))
    assert await store.transact(lambda unit: unit.staff.count(frozenset({Role.DPO, Role.APPROVER}))) == 1
    assert await store.transact(lambda unit: unit.staff.count(frozenset(Role))) == 2


async def test_a_cap_holds_within_its_window_and_opens_after_it(store: SqlStore) -> None:
    async def count(key: str, after: timedelta) -> bool:
        now = NOW + after
        return await store.transact(lambda unit: unit.counters.raise_within(key, 2, now - DAY, now))

    assert [await count("ack:anna", HOUR * hour) for hour in range(3)] == [True, True, False]
    assert await count("ack:ben", HOUR) is True
    assert await count("ack:anna", DAY) is True  # the first one has left the window
    assert await count("ack:anna", DAY) is False


async def test_a_cap_holds_when_many_count_at_once(store: SqlStore) -> None:
    async def count() -> bool:
        return await store.transact(lambda unit: unit.counters.raise_within("ack", 3, NOW - DAY, NOW))

    assert (await asyncio.gather(*(count() for _ in range(20)))).count(True) == 3


async def test_a_high_cap_holds_when_many_count_at_once(store: SqlStore) -> None:
    most = UNSEEN + 5

    async def count() -> bool:
        return await store.transact(lambda unit: unit.counters.raise_within("automatic", most, NOW - DAY, NOW))

    assert (await asyncio.gather(*(count() for _ in range(most + 20)))).count(True) == most


async def test_what_was_counted_a_month_ago_is_forgotten(store: SqlStore, store_url: str) -> None:
    moments = (NOW, NOW + LONGEST_WINDOW, NOW + LONGEST_WINDOW + 2 * DAY)
    await store.transact(each(moments, lambda unit, now: unit.counters.raise_within("ack", 9, now - DAY, now)))
    assert run(store_url, "SELECT count(*) FROM counter_hits") == [(2,)]


async def test_once_is_once_even_at_once(store: SqlStore) -> None:
    told = await asyncio.gather(*(store.transact(lambda unit: unit.counters.once("k", NOW)) for _ in range(10)))
    assert told.count(True) == 1
    assert await store.transact(lambda unit: unit.counters.once("other", NOW)) is True


def _opt_out(ident: str, scope: Scope) -> Suppression:
    return Suppression(ident, ANNA, scope, NOW, case_id=None)


async def _covered(store: SqlStore, scope: Scope) -> bool:
    return bool(await store.transact(lambda unit: unit.suppressions.blocking([ANNA], scope)))
