"""Cases are found by what the desk has in hand, and never overwritten unseen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from bot.core.case import Case, Lane, State
from bot.core.errors import NotFound, StaleClaim
from bot.core.messages import TELEGRAM, Handle
from bot.core.trust import Trust
from bot.core.unit import Unit
from storage import SqlStore
from tests.storage.samples import ANNA, HOUR, NOW, a_case, an_item
from tests.work import each, upon

CHAT = Handle(TELEGRAM, "4711")


async def test_a_case_comes_back_as_it_was_stored(store: SqlStore) -> None:
    case = replace(a_case(), trust=Trust.PROVEN, proven=CHAT, clarified=1)
    await store.transact(lambda unit: unit.cases.add(case))
    assert await store.transact(lambda unit: unit.cases.get(case.id)) == case


async def test_a_case_is_found_by_reference_and_by_token(store: SqlStore) -> None:
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    assert await store.transact(lambda unit: unit.cases.by_reference(case.reference)) == case
    assert await store.transact(lambda unit: unit.cases.by_tokens(["other", case.token])) == case
    assert await store.transact(lambda unit: unit.cases.by_reference("NX-none")) is None
    assert await store.transact(lambda unit: unit.cases.by_tokens(["other"])) is None
    assert await store.transact(lambda unit: unit.cases.by_tokens([])) is None


async def test_a_case_is_found_by_who_opened_or_proved_it_newest_first(store: SqlStore) -> None:
    old = replace(a_case(), proven=CHAT)
    new = replace(a_case(requester=CHAT), opened_at=NOW + HOUR)
    await store.transact(each((old, new), lambda unit, case: unit.cases.add(case)))
    assert await store.transact(lambda unit: unit.cases.of_requester(CHAT)) == [new, old]
    assert await store.transact(lambda unit: unit.cases.of_requester(Handle("email", " ANNA@example.org"))) == [old]
    assert await store.transact(lambda unit: unit.cases.of_requester(Handle("email", "4711"))) == []


async def test_gmail_dots_and_plus_tags_make_another_person(store: SqlStore) -> None:
    case = a_case(requester=Handle("email", "anna.e+shop@gmail.example"))
    await store.transact(lambda unit: unit.cases.add(case))
    assert await store.transact(lambda unit: unit.cases.of_requester(Handle("email", "annae@gmail.example"))) == []


async def test_saving_raises_the_version_and_an_older_copy_is_refused(store: SqlStore) -> None:
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    saved = await store.transact(lambda unit: unit.cases.save(replace(case, clarified=1)))
    assert saved == replace(case, clarified=1, version=2)
    with pytest.raises(StaleClaim):
        await store.transact(lambda unit: unit.cases.save(replace(case, clarified=2)))
    assert await store.transact(lambda unit: unit.cases.get(case.id)) == saved


async def test_a_case_can_be_saved_twice_in_one_unit(store: SqlStore) -> None:
    case = a_case()

    def work(unit: Unit) -> int:
        unit.cases.add(case)
        once = unit.cases.save(replace(case, clarified=1))
        return unit.cases.save(replace(once, clarified=2)).version

    assert await store.transact(work) == 3


async def test_a_handle_that_is_no_longer_proven_finds_nothing(store: SqlStore) -> None:
    case = replace(a_case(), proven=CHAT)
    await store.transact(lambda unit: unit.cases.add(case))
    await store.transact(lambda unit: unit.cases.save(replace(case, proven=None)))
    assert await store.transact(lambda unit: unit.cases.of_requester(CHAT)) == []


async def test_open_items_are_counted_by_state(store: SqlStore) -> None:
    def stages(unit: Unit) -> Mapping[State, int]:
        return unit.listings.stages(frozenset(Lane))

    first = a_case(items=(an_item("i1", State.REVIEW), an_item("i2", State.OPEN)))
    second = a_case(items=(an_item("i1", State.REVIEW), an_item("i2", State.ANSWERED)))
    await store.transact(each((first, second), lambda unit, case: unit.cases.add(case)))
    assert await store.transact(stages) == {State.REVIEW: 2, State.OPEN: 1}
    moved = replace(first, items=(an_item("i1", State.SENDING),))
    await store.transact(lambda unit: unit.cases.save(moved))
    assert await store.transact(stages) == {State.REVIEW: 1, State.SENDING: 1}


async def test_cases_are_listed_those_due_first_and_paged(store: SqlStore) -> None:
    days = [5, 3, 3, 9, 1]
    cases = [a_case(items=(an_item(promise_due=date(2026, 3, day)),)) for day in days]
    closed = a_case(items=(an_item(state=State.CLOSED, promise_due=date(2026, 1, 1)),))
    await store.transact(each((*cases, closed), lambda unit, case: unit.cases.add(case)))
    wanted = [cases[4], cases[1], cases[2], cases[0], cases[3]]
    pages: list[Case] = []
    after = ""
    while page := await store.transact(upon(after, lambda unit, last: unit.cases.listed(limit=2, after=last))):
        pages += page
        after = page[-1].id
    assert pages == [*wanted, closed]
    assert await store.transact(lambda unit: unit.cases.listed(open_only=True)) == wanted


async def test_due_are_open_items_with_a_date_up_to_the_day(store: SqlStore) -> None:
    soon = a_case(items=(an_item(promise_due=date(2026, 3, 5)),))
    later = a_case(items=(an_item(promise_due=date(2026, 3, 20)),))
    done = a_case(items=(an_item(state=State.ANSWERED, promise_due=date(2026, 3, 1)),))
    await store.transact(each((later, soon, done), lambda unit, case: unit.cases.add(case)))
    assert await store.transact(lambda unit: unit.cases.due(date(2026, 3, 5), date(2026, 3, 5))) == [soon]
    assert await store.transact(lambda unit: unit.cases.due(date(2026, 3, 20), date(2026, 3, 5))) == [soon, later]
    assert await store.transact(lambda unit: unit.cases.due(date(2026, 3, 4), date(2026, 3, 4))) == []


async def test_unknown_cases_are_not_found(store: SqlStore) -> None:
    for work in (
        lambda unit: unit.cases.get("nowhere"),
        lambda unit: unit.cases.save(a_case("nowhere")),
        lambda unit: unit.cases.listed(after="nowhere"),
    ):
        with pytest.raises(NotFound):
            await store.transact(work)


async def test_a_requester_is_never_confused_between_channels(store: SqlStore) -> None:
    case = a_case(requester=ANNA)
    await store.transact(lambda unit: unit.cases.add(case))
    assert await store.transact(lambda unit: unit.cases.of_requester(Handle(TELEGRAM, ANNA.value))) == []
