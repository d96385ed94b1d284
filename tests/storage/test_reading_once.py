"""What a unit looked up stays looked up, but what it changed itself is what it reads on."""

from dataclasses import replace

import pytest

from bot.core.errors import StaleClaim
from bot.core.register import Point, Processing
from bot.core.unit import Unit
from storage import SqlStore
from tests.storage.samples import ANNA, NOW, a_case, a_customer


async def test_a_saved_case_is_read_as_it_was_saved(store: SqlStore) -> None:
    def work(unit: Unit) -> None:
        first = a_case()
        unit.cases.add(first)
        saved = unit.cases.save(replace(first, attention="somebody looks"))
        assert unit.cases.get(first.id) == saved
        assert unit.cases.by_reference(first.reference) == saved
        assert list(unit.cases.of_requester(first.requester)) == [saved]
        with pytest.raises(StaleClaim):
            unit.cases.save(first)

    await store.transact(work)


async def test_a_customer_put_is_found_where_nobody_was_found_before(store: SqlStore) -> None:
    def work(unit: Unit) -> None:
        assert not unit.directory.find(ANNA)
        unit.directory.put(a_customer(emails=(ANNA.value,)), NOW)
        (found,) = unit.directory.find(ANNA)
        unit.directory.erase(found.number, NOW)
        assert not unit.directory.find(ANNA)

    await store.transact(work)


async def test_a_replaced_register_is_read_as_it_is_now(store: SqlStore) -> None:
    def work(unit: Unit) -> None:
        assert not unit.register.listed()
        orders = Processing("orders", {Point.NAME: {"en": "Orders"}})
        unit.register.replace([orders])
        assert [entry.category for entry in unit.register.listed()] == ["orders"]

    await store.transact(work)
