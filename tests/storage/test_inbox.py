"""What arrived is kept once, claimed by one worker at a time, and finished only by who still holds it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import NotAllowed, NotFound, StaleClaim
from bot.core.messages import Message
from bot.core.records import Disposition
from bot.core.unit import Unit
from storage import SqlStore
from storage.inbox import CLAIM_BYTES
from tests.storage.samples import HOUR, NOW, a_case, a_message, a_reading, an_inbound
from tests.work import each

LEASE = timedelta(minutes=5)


async def test_an_arrival_comes_back_as_it_came(store: SqlStore) -> None:
    sent = replace(
        an_inbound(raw=(b"a" * 10, b"b" * 5)),
        authserv_id="mx.example.com",
        peer="192.0.2.1",
        helo="mail.example.org",
        envelope_from="anna@example.org",
        truncated=True,
    )
    message = await store.transact(lambda unit: unit.inbox.keep(sent, NOW))
    (claimed,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    assert claimed.message == message
    assert b"".join(claimed.inbound.raw) == b"a" * 10 + b"b" * 5
    assert replace(claimed.inbound, raw=sent.raw) == sent
    assert (claimed.attempts, claimed.fence) == (1, 1)


async def test_the_same_event_twice_is_kept_once(store: SqlStore) -> None:
    inbound = an_inbound()
    assert await store.transact(lambda unit: unit.inbox.keep(inbound, NOW)) is not None
    assert await store.transact(lambda unit: unit.inbox.keep(inbound, NOW)) is None
    assert len(await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))) == 1


async def test_many_arrivals_are_kept_in_their_order_and_only_the_new_ones(store: SqlStore) -> None:
    known = an_inbound("9:2", raw=(b"known",))
    await store.transact(lambda unit: unit.inbox.keep(known, NOW))
    batch = [an_inbound(f"9:{number}", raw=(b"%d" % number, b"!")) for number in (3, 1, 2, 3)]
    new = await store.transact(lambda unit: unit.inbox.keep_all(batch, NOW))
    claimed = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    raws = {one.message: b"".join(one.inbound.raw) for one in claimed}
    assert [raws.pop(message) for message in new] == [b"3!", b"1!"]
    assert list(raws.values()) == [b"known"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [False, True])
async def test_a_change_that_changes_nothing_is_known_with_what_it_would_change(
    store: SqlStore, order: tuple[int, int], together: bool
) -> None:
    said = replace(an_inbound("7", raw=(b"hello",)), says="7 hello")
    changes = [an_inbound("7 hello", raw=(b"hello, read",)), an_inbound("7 bye", raw=(b"bye",))]
    batch = [changes[place] for place in order]
    parts = [[said, *batch]] if together else [[said], batch]
    await store.transact(each(parts, lambda unit, part: unit.inbox.keep_all(part, NOW)))
    claimed = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    assert [b"".join(one.inbound.raw) for one in claimed] == [b"hello", b"bye"]


async def test_what_is_told_again_with_other_words_makes_no_change_known(store: SqlStore) -> None:
    said = replace(an_inbound("7", raw=(b"hello",)), says="7 hello")
    changed = replace(said, raw=(b"bye",), says="7 bye")
    told = [said, changed, an_inbound("7 bye", raw=(b"bye",))]
    await store.transact(each(told, lambda unit, inbound: unit.inbox.keep(inbound, NOW)))
    claimed = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    assert [b"".join(one.inbound.raw) for one in claimed] == [b"hello", b"bye"]


async def test_the_fate_of_an_event_is_known(store: SqlStore) -> None:
    inbound = an_inbound("7:41")
    with pytest.raises(NotFound):
        await store.transact(lambda unit: unit.inbox.of_event(inbound.source, inbound.event))
    message = await store.transact(lambda unit: unit.inbox.keep(inbound, NOW))
    kept = await store.transact(lambda unit: unit.inbox.of_event(inbound.source, inbound.event))
    assert (kept.id, kept.disposition) == (message, Disposition.RECEIVED)


async def test_a_leased_message_is_nobody_elses_until_the_lease_runs_out(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    (first,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    assert await store.transact(lambda unit: unit.inbox.claim(NOW + LEASE / 2, 10, LEASE)) == []
    (second,) = await store.transact(lambda unit: unit.inbox.claim(NOW + LEASE, 10, LEASE))
    assert (second.message, second.attempts, second.fence) == (first.message, 2, 2)
    with pytest.raises(StaleClaim):
        await store.transact(lambda unit: unit.inbox.finish(first.message, first.fence, Disposition.OTHER))
    await store.transact(lambda unit: unit.inbox.finish(second.message, second.fence, Disposition.OTHER))
    with pytest.raises(StaleClaim):
        await store.transact(lambda unit: unit.inbox.retry(second.message, second.fence, "late", NOW))


async def test_messages_are_claimed_oldest_first(store: SqlStore) -> None:
    def keep(unit: Unit) -> None:
        for number, age in enumerate((1, 3, 2)):
            unit.inbox.keep(replace(an_inbound(f"9:{number}"), received_at=NOW - HOUR * age), NOW)

    await store.transact(keep)
    claimed = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    assert [one.inbound.event for one in claimed] == ["9:1", "9:2", "9:0"]


async def test_messages_of_one_moment_keep_the_order_they_came_in(store: SqlStore) -> None:
    events = [f"9:{number}" for number in range(40)]

    def keep(unit: Unit) -> None:
        for event in events:
            unit.inbox.keep(an_inbound(event), NOW)

    await store.transact(keep)
    claimed = await store.transact(lambda unit: unit.inbox.claim(NOW, 100, LEASE))
    assert [one.inbound.event for one in claimed] == events


async def test_a_claim_brings_no_more_bytes_than_fit(store: SqlStore) -> None:
    big = an_inbound(raw=(bytes(CLAIM_BYTES - 10),))
    await store.transact(lambda unit: [unit.inbox.keep(one, NOW) for one in (big, an_inbound(), an_inbound())])
    first = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    second = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    assert [one.inbound.size for one in first] == [big.size]
    assert len(second) == 2


async def test_a_message_given_back_waits_for_its_time(store: SqlStore) -> None:
    await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    (claimed,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    await store.transact(lambda unit: unit.inbox.retry(claimed.message, claimed.fence, "DNS", NOW + HOUR))
    assert (await store.transact(lambda unit: unit.inbox.get(claimed.message))).error == "DNS"
    assert await store.transact(lambda unit: unit.inbox.claim(NOW + LEASE, 10, LEASE)) == []
    (again,) = await store.transact(lambda unit: unit.inbox.claim(NOW + HOUR, 10, LEASE))
    assert again.attempts == 2


async def test_a_parked_message_can_be_read_again_with_its_raw_bytes(store: SqlStore) -> None:
    inbound = an_inbound()
    await store.transact(lambda unit: unit.inbox.keep(inbound, NOW))
    (claimed,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    await store.transact(lambda unit: unit.inbox.park(claimed.message, claimed.fence, "too deep"))
    (parked,) = await store.transact(lambda unit: unit.inbox.listed(Disposition.PARKED))
    assert (parked.id, parked.error) == (claimed.message, "too deep")
    await store.transact(lambda unit: unit.inbox.release(claimed.message))
    (again,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    assert (again.attempts, list(again.inbound.raw)) == (1, list(inbound.raw))


async def test_a_message_of_a_case_is_not_read_again(store: SqlStore) -> None:
    message = await _kept(store)
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    await store.transact(lambda unit: unit.inbox.assign(message, case.id))
    with pytest.raises(NotAllowed, match="case"):
        await store.transact(lambda unit: unit.inbox.release(message))


async def test_what_was_read_is_found_with_its_case(store: SqlStore) -> None:
    case, parsed, reading = a_case(), a_message(), a_reading()
    await store.transact(lambda unit: unit.cases.add(case))
    await store.transact(lambda unit: unit.inbox.keep(an_inbound(), NOW))
    (claimed,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))

    def finish(unit: Unit) -> None:
        unit.inbox.finish(
            claimed.message, claimed.fence, Disposition.CASE, parsed=parsed, reading=reading, case_id=case.id
        )

    await store.transact(finish)
    (kept,) = await store.transact(lambda unit: unit.inbox.correspondence(case.id))
    assert (kept.message, kept.reading, kept.case_id) == (parsed, reading, case.id)
    assert await store.transact(lambda unit: unit.inbox.case_of(["<x@y>", "m1@example.org"])) == case.id
    assert await store.transact(lambda unit: unit.inbox.case_of(["<x@y>"])) is None


async def test_text_that_no_encoding_knows_is_kept(store: SqlStore) -> None:
    message = await _kept(store)
    parsed = a_message(text="broken \udce9 and \0 nul", message_id="<\udc80@x>")
    await _finish(store, message, parsed=parsed)
    kept = await store.transact(lambda unit: unit.inbox.get(message))
    assert kept.message is not None
    assert kept.message.text == "broken ? and \0 nul"


async def test_a_colleague_who_assigns_a_message_takes_it_from_the_worker(store: SqlStore) -> None:
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    message = await _kept(store)
    (claimed,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 10, LEASE))
    await store.transact(lambda unit: unit.inbox.assign(message, case.id))
    with pytest.raises(StaleClaim):
        await store.transact(lambda unit: unit.inbox.finish(message, claimed.fence, Disposition.OTHER))


async def test_the_same_mail_under_another_uid_is_a_twin(store: SqlStore) -> None:
    raw = (b"Message-ID: <m1@example.org>\r\n\r\nstop",)
    first = await _kept(store, raw)
    await _finish(store, first, parsed=a_message())
    second = await _kept(store, raw)
    assert await store.transact(lambda unit: unit.inbox.twin(second, "<m1@example.org>")) == first
    assert await store.transact(lambda unit: unit.inbox.twin(first, "<m1@example.org>")) is None


async def test_another_mail_with_a_borrowed_message_id_is_no_twin(store: SqlStore) -> None:
    first = await _kept(store, (b"Message-ID: <m1@example.org>\r\n\r\nerase my data",))
    await _finish(store, first, parsed=a_message())
    forged = await _kept(store, (b"Message-ID: <m1@example.org>\r\n\r\nnever mind",))
    assert await store.transact(lambda unit: unit.inbox.twin(forged, "<m1@example.org>")) is None


async def test_equal_mails_without_message_id_are_no_twins(store: SqlStore) -> None:
    first = await _kept(store, (b"\r\nstop",))
    await _finish(store, first, parsed=a_message(message_id=""))
    second = await _kept(store, (b"\r\nstop",))
    assert await store.transact(lambda unit: unit.inbox.twin(second, "")) is None


async def test_purged_mail_leaves_only_what_keeps_it_out(store: SqlStore) -> None:
    raw = (b"Message-ID: <m1@example.org>\r\n\r\nan offer",)
    message = await _kept(store, raw)
    await _finish(store, message, Disposition.OTHER, parsed=a_message())
    assert await store.transact(lambda unit: unit.inbox.purge(NOW - HOUR)) == 0
    assert await store.transact(lambda unit: unit.inbox.purge(NOW + HOUR)) == 1
    assert await store.transact(lambda unit: unit.inbox.purge(NOW + HOUR)) == 0
    kept = await store.transact(lambda unit: unit.inbox.get(message))
    assert (kept.message, kept.reading, kept.disposition) == (None, None, Disposition.OTHER)
    assert await store.transact(lambda unit: unit.inbox.listed(Disposition.OTHER)) == []
    with pytest.raises(NotAllowed, match="purged"):
        await store.transact(lambda unit: unit.inbox.release(message))
    again = await _kept(store, raw)
    assert await store.transact(lambda unit: unit.inbox.twin(again, "<m1@example.org>")) == message


async def test_mail_of_a_case_is_never_purged(store: SqlStore) -> None:
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    message = await _kept(store)
    await store.transact(lambda unit: unit.inbox.assign(message, case.id))
    assert await store.transact(lambda unit: unit.inbox.purge(NOW + HOUR)) == 0


async def test_lists_are_newest_first_and_paged(store: SqlStore) -> None:
    messages = [await _kept(store) for _ in range(5)]
    for message in messages:
        await _finish(store, message, Disposition.OTHER)
    first = await store.transact(lambda unit: unit.inbox.listed(Disposition.OTHER, limit=3))
    rest = await store.transact(lambda unit: unit.inbox.listed(Disposition.OTHER, limit=3, after=first[-1].id))
    assert [kept.id for kept in (*first, *rest)] == messages[::-1]


async def test_an_unknown_message_is_not_found(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        await store.transact(lambda unit: unit.inbox.get("nowhere"))
    with pytest.raises(NotFound):
        await store.transact(lambda unit: unit.inbox.assign("nowhere", "no case"))


async def _kept(store: SqlStore, raw: tuple[bytes, ...] = (b"Subject: x\r\n\r\ny",)) -> str:
    message = await store.transact(lambda unit: unit.inbox.keep(an_inbound(raw=raw), NOW))
    assert message is not None
    return message


async def _finish(
    store: SqlStore, message: str, disposition: Disposition = Disposition.OTHER, parsed: Message | None = None
) -> None:
    (claimed,) = await store.transact(lambda unit: unit.inbox.claim(NOW, 1, LEASE))
    assert claimed.message == message
    await store.transact(lambda unit: unit.inbox.finish(message, claimed.fence, disposition, parsed=parsed))
