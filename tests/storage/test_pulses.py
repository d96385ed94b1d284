"""What processes tell each other of the ways in, and what waits."""

from dataclasses import replace
from datetime import timedelta

from bot.core.delivery import DeliveryState
from bot.core.vitals import Vitals, Waiting
from storage import SqlStore
from tests.storage.samples import HOUR, NOW, a_case, an_inbound, an_outgoing
from tests.work import each

TOLD = Vitals("info", NOW, NOW - HOUR, "the server broke the connection off", 3, 1, "0.1.0")


async def told(store: SqlStore, *vitals: Vitals) -> list[Vitals]:
    await store.transact(each(vitals, lambda unit, one: unit.pulses.put(one)))
    return list(await store.transact(lambda unit: unit.pulses.listed()))


async def test_the_last_word_counts_and_a_contact_is_not_forgotten(store: SqlStore) -> None:
    assert await told(store, TOLD) == [TOLD]
    begun_again = Vitals("info", NOW + HOUR, None, "nobody answers on this host and port")
    assert await told(store, begun_again) == [replace(begun_again, last_contact=NOW - HOUR)]
    well = replace(begun_again, last_contact=NOW + HOUR, last_error="")
    assert await told(store, well, replace(TOLD, name="a")) == [replace(TOLD, name="a"), well]


async def test_what_waits_is_counted_with_its_age(store: SqlStore) -> None:
    assert await store.transact(lambda unit: unit.pulses.waiting()) == Waiting()
    case = a_case()
    queued, sent = an_outgoing(case), replace(an_outgoing(case), state=DeliveryState.SENT)
    old = replace(an_inbound(), received_at=NOW - 2 * HOUR)
    await store.transact(each((an_inbound(), old), lambda unit, one: unit.inbox.keep(one, NOW)))
    await store.transact(lambda unit: unit.cases.add(case))
    await store.transact(each((queued, sent), lambda unit, one: unit.outbox.add(one)))
    waiting = await store.transact(lambda unit: unit.pulses.waiting())
    assert waiting == Waiting({"info/INBOX": 2}, NOW - 2 * HOUR, 1, queued.created_at)
    read = await store.transact(lambda unit: unit.inbox.claim(NOW, 1, timedelta(minutes=1)))
    await store.transact(lambda unit: unit.inbox.park(read[0].message, read[0].fence, "no"))
    assert (await store.transact(lambda unit: unit.pulses.waiting())).unread == {"info/INBOX": 1}
