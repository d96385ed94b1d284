"""News for other systems: noted with the change, leased, gone once heard, set aside when nobody would hear it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.announcing import Announcement, Announcements, Change, Happening, News, Standing
from bot.core.case import State
from bot.core.drafts import DraftStatus
from bot.core.errors import StaleClaim
from bot.core.unit import Unit
from storage import SqlStore
from tests.storage.samples import HOUR, NOW, a_case, a_draft
from tests.work import each, upon

LEASE = timedelta(minutes=5)


def news(happening: Happening = Happening.OPENED, case_id: str = "") -> News:
    return News(happening, NOW, {"reference": "NX-7F3K-Q2M9"}, case_id)


async def test_what_is_told_is_leased_once_and_forgotten_when_heard(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.announcements.add("crm", news()))
    claims = await asyncio.gather(
        *(store.transact(lambda unit: list(unit.announcements.claim(NOW, 10, LEASE))) for _ in range(3))
    )
    (one,) = [claimed for claim in claims for claimed in claim]
    assert (one.subscriber, one.news, one.attempts) == ("crm", news(), 1)
    await store.transact(lambda unit: unit.announcements.heard(one))
    assert await store.transact(lambda unit: unit.announcements.standing()) == []


async def test_a_teller_that_died_leaves_its_news_to_the_next_under_the_same_id(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.announcements.add("crm", news()))
    (first,) = await store.transact(lambda unit: unit.announcements.claim(NOW, 10, LEASE))
    assert await store.transact(lambda unit: unit.announcements.claim(NOW, 10, LEASE)) == []
    (second,) = await store.transact(lambda unit: unit.announcements.claim(NOW + HOUR, 10, LEASE))
    assert (second.id, second.attempts) == (first.id, 2)
    for late in ("heard", "park", "retry"):
        with pytest.raises(StaleClaim):
            await store.transact(upon(late, lambda unit, how: _end(unit.announcements, how, first)))


async def test_what_was_given_up_is_counted_with_its_error_tried_again_or_forgotten(store: SqlStore) -> None:
    await store.transact(each(("crm", "crm", "bi"), lambda unit, name: unit.announcements.add(name, news())))
    claimed = await store.transact(lambda unit: unit.announcements.claim(NOW, 10, LEASE))
    crm = [one for one in claimed if one.subscriber == "crm"]
    await store.transact(lambda unit: unit.announcements.park(crm[0], "crm.example.com answers 400"))
    await store.transact(lambda unit: unit.announcements.retry(crm[1], "no answer", NOW + HOUR))
    bi, seen = await store.transact(lambda unit: unit.announcements.standing())
    assert bi == Standing("bi", waiting=1)
    assert (seen.waiting, seen.parked) == (1, 1)
    assert seen.last_error in {"crm.example.com answers 400", "no answer"}
    assert await store.transact(lambda unit: unit.announcements.claim(NOW, 10, LEASE)) == []
    assert await store.transact(lambda unit: unit.announcements.release("crm", NOW)) == 1
    (again,) = await store.transact(lambda unit: unit.announcements.claim(NOW, 10, LEASE))
    assert (again.id, again.attempts) == (crm[0].id, 1)
    await store.transact(lambda unit: unit.announcements.park(again, "crm.example.com answers 400"))
    assert await store.transact(lambda unit: unit.announcements.drop("crm")) == 1
    assert await store.transact(lambda unit: unit.announcements.drop("crm")) == 0


async def test_a_unit_knows_each_case_it_changed_as_it_was_and_as_it_is(store: SqlStore) -> None:
    case = a_case()

    def once(unit: Unit) -> Sequence[Change]:
        unit.cases.add(case)
        return unit.announcements.changes()

    (new,) = await store.transact(once)
    assert (new.before, new.after) == (None, case)

    draft = a_draft(case)

    def twice(unit: Unit) -> Sequence[Change]:
        saved = unit.cases.save(replace(case, name="Anna-Marie"))
        closed = replace(saved, items=tuple(replace(item, state=State.CLOSED) for item in saved.items))
        unit.cases.save(closed)
        unit.drafts.add(replace(draft, status=DraftStatus.WAITING))
        return unit.announcements.changes()

    (changed,) = await store.transact(twice)
    assert changed.before == case
    assert changed.after.name == "Anna-Marie"
    assert not changed.after.is_open
    assert list(changed.drafts) == [draft.id]
    assert await store.transact(lambda unit: (unit.cases.get(case.id), unit.announcements.changes())[1]) == []


def _end(announcements: Announcements, how: str, one: Announcement) -> None:
    match how:
        case "heard":
            announcements.heard(one)
        case "park":
            announcements.park(one, "no")
        case _:
            announcements.retry(one, "no", NOW)
