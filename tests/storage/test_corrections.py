"""What colleagues taught: the last word about a message, gone with its case."""

from dataclasses import replace
from datetime import timedelta

from bot.core.records import CorrectedReading
from bot.core.rights import RequestType
from storage import SqlStore
from tests.storage.samples import NOW, a_case, an_inbound
from tests.work import each


async def test_the_last_word_about_a_message_counts_and_goes_with_its_case(store: SqlStore) -> None:
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    message = await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    assert message is not None
    first = CorrectedReading(message, case.id, frozenset({RequestType.ACCESS, RequestType.ERASURE}), NOW)
    second = replace(first, rights=frozenset({RequestType.ACCESS}), at=NOW + timedelta(hours=1))
    await store.transact(each((first, second), lambda unit, correction: unit.corrections.put(correction)))
    assert await store.transact(lambda unit: unit.corrections.listed()) == [second]
    await store.transact(lambda unit: unit.shelves.destroy_case(case))
    assert await store.transact(lambda unit: unit.corrections.listed()) == []
