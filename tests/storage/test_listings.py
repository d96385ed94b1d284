"""What colleagues list: open work first, by lane, paged by key, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.case import Case, Lane, State
from bot.core.drafts import DraftStatus
from bot.core.errors import NotFound
from bot.core.listings import Load, Wanted
from bot.core.rights import RequestType
from storage import SqlStore
from tests.storage.samples import NOW, a_case, a_draft, an_item
from tests.work import each

LANES = frozenset({Lane.GENERAL})
DAY = date(2026, 3, 9)


def case(
    name: str, *, due: int = 0, lane: Lane = Lane.GENERAL, state: State = State.REVIEW, language: str = "en"
) -> Case:
    item = replace(an_item(state=state, promise_due=DAY + timedelta(days=due)), statutory_due=None)
    return replace(a_case(name, items=(item,)), lane=lane, language=language)


async def fill(store: SqlStore, *cases: Case) -> None:
    await store.transact(each(cases, lambda unit, one: unit.cases.add(one)))


async def listed(store: SqlStore, wanted: Wanted, limit: int = 9, after: str = "") -> list[str]:
    return [one.id for one in await store.transact(lambda unit: unit.listings.cases(wanted, limit, after))]


async def test_cases_come_in_the_order_of_their_dates_and_only_of_the_lanes_asked_for(store: SqlStore) -> None:
    secret, closed = case("dpo", lane=Lane.DPO), case("closed", state=State.CLOSED)
    await fill(store, case("late", due=5), case("soon", due=1), secret, closed, case("same", due=1))
    assert await listed(store, Wanted(LANES)) == ["same", "soon", "late"]
    assert await listed(store, Wanted(LANES), 1) == ["same"]
    assert await listed(store, Wanted(LANES), 9, "same") == ["soon", "late"]
    assert await listed(store, Wanted(LANES, open_only=False)) == ["same", "soon", "late", "closed"]
    assert await listed(store, Wanted(frozenset({Lane.DPO}))) == ["dpo"]
    assert await listed(store, Wanted(frozenset())) == []
    with pytest.raises(NotFound):
        await listed(store, Wanted(LANES), 9, "nothing")


async def test_every_filter_narrows(store: SqlStore) -> None:
    await fill(store, case("a"), case("b", language="fr", due=3), case("c", state=State.VERIFYING, due=9))
    assert await listed(store, Wanted(LANES, language="fr")) == ["b"]
    assert await listed(store, Wanted(LANES, state=State.VERIFYING)) == ["c"]
    assert await listed(store, Wanted(LANES, right=RequestType.ACCESS)) == []
    assert await listed(store, Wanted(LANES, right=RequestType.ERASURE, state=State.REVIEW)) == ["a", "b"]
    assert await listed(store, Wanted(LANES, due_by=DAY + timedelta(days=3))) == ["a", "b"]
    await store.transact(lambda unit: unit.teamwork.assign("a", "lee@nexioprojects.com", NOW))
    await store.transact(lambda unit: unit.teamwork.assign("a", "kim@nexioprojects.com", NOW))
    assert await listed(store, Wanted(LANES, assignee="kim@nexioprojects.com")) == ["a"]
    assert await listed(store, Wanted(LANES, assignee="lee@nexioprojects.com")) == []
    assert await listed(store, Wanted(LANES, assignee="")) == ["b", "c"]


async def test_the_load_counts_what_is_late_and_what_is_due_soon(store: SqlStore) -> None:
    await fill(store, case("late", due=-1), case("today"), case("soon", due=2), case("later", due=9))
    await fill(store, case("secret", due=-1, lane=Lane.HR), case("done", due=-1, state=State.CLOSED))
    load = await store.transact(lambda unit: unit.listings.load(LANES, DAY, DAY + timedelta(days=3)))
    assert load == Load(open=4, late=1, soon=2)


async def test_waiting_drafts_and_cases_without_any_are_two_lists(store: SqlStore) -> None:
    urgent, calm, bare, secret = case("urgent", due=1), case("calm", due=5), case("bare"), case("s", lane=Lane.DPO)
    await fill(store, calm, urgent, bare, secret)
    drafts = [a_draft(one, f"draft of {one.id}") for one in (calm, urgent, secret)]
    gone = replace(a_draft(bare, "gone"), status=DraftStatus.STALE)
    await store.transact(each((*drafts, gone), lambda unit, draft: unit.drafts.add(draft)))
    waiting = await store.transact(lambda unit: unit.listings.waiting(LANES, 9))
    assert [(one.id, draft.id) for one, draft in waiting] == [("urgent", "draft of urgent"), ("calm", "draft of calm")]
    assert [(one.id, last) for one, last in await store.transact(lambda unit: unit.listings.unanswered(LANES, 9))] == [
        ("bare", DraftStatus.STALE)
    ]
    assert len(await store.transact(lambda unit: unit.listings.waiting(LANES, 1))) == 1
    onward = await store.transact(lambda unit: unit.listings.waiting(LANES, 9, after="draft of urgent"))
    assert [draft.id for _, draft in onward] == ["draft of calm"]
    with pytest.raises(NotFound, match="to go on from"):
        await store.transact(lambda unit: unit.listings.waiting(LANES, 9, after="none"))


async def test_only_what_waits_for_a_proof_near_its_date_is_unproven(store: SqlStore) -> None:
    near, far = case("near", due=1, state=State.VERIFYING), case("far", due=9, state=State.VERIFYING)
    drafted, desk = case("drafted", state=State.VERIFYING), case("desk", state=State.REVIEW)
    await fill(store, near, far, drafted, desk, case("s", lane=Lane.DPO, state=State.VERIFYING))
    await store.transact(lambda unit: unit.drafts.add(a_draft(drafted, "d")))
    found = await store.transact(lambda unit: unit.listings.unproven(LANES, DAY + timedelta(days=3), 9))
    assert [one.id for one in found] == ["near"]
