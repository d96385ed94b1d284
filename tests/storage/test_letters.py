"""Drafts and outgoing messages: decided one at a time, sent by one at a time, their codes forgotten in time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.case import Case
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import CODE_SLOT, Approval, DraftStatus, Question
from bot.core.errors import NotFound, StaleClaim
from bot.core.unit import Unit
from bot.core.unsaved import UnsavedWords
from storage import SqlStore
from storage.outbox import MASK
from tests.storage.insider import run
from tests.storage.samples import HOUR, NOW, a_case, a_draft, an_outgoing
from tests.work import each, upon

LEASE = timedelta(minutes=5)
CODE = "7F3K-Q2M9"


async def test_a_draft_comes_back_as_it_was_stored(store: SqlStore) -> None:
    draft = replace(a_draft(await _case(store)), open_slots=("period",), items=("i1",), question=Question.WHICH_RIGHT)
    await store.transact(lambda unit: unit.drafts.add(draft))
    assert await store.transact(lambda unit: unit.drafts.get(draft.id)) == draft
    signed = replace(draft, approvals=(Approval("dpo@nexioprojects.com", draft.seal, NOW),))
    await store.transact(lambda unit: unit.drafts.save(signed))
    assert await store.transact(lambda unit: unit.drafts.get(draft.id)) == signed


async def test_drafts_are_listed_oldest_first_by_status_and_case(store: SqlStore) -> None:
    case, other = await _case(store), await _case(store)
    first, second = replace(a_draft(case), created_at=NOW - HOUR), a_draft(case)
    stale = replace(a_draft(case), status=DraftStatus.STALE)
    foreign = a_draft(other)
    await store.transact(each((second, first, stale, foreign), lambda unit, one: unit.drafts.add(one)))
    assert await store.transact(lambda unit: unit.drafts.listed(case_id=case.id)) == [first, second]
    assert await store.transact(lambda unit: unit.drafts.listed()) == [first, second, foreign]
    assert await store.transact(lambda unit: unit.drafts.listed(limit=1)) == [first]
    assert await store.transact(lambda unit: unit.drafts.listed(None, case.id)) == [first, second, stale]


async def test_the_letters_of_a_case_are_the_same_in_the_unit_that_begins_it_and_afterwards(store: SqlStore) -> None:
    case = a_case()
    late, early, other = a_draft(case, "d1"), replace(a_draft(case, "d3"), created_at=NOW - HOUR), a_draft(case, "d2")

    def listed(unit: Unit) -> tuple[object, ...]:
        drafts = [unit.drafts.listed(status, case.id) for status in (DraftStatus.WAITING, DraftStatus.STALE, None)]
        return *drafts, unit.drafts.listed(None, case.id, 2), unit.outbox.listed(case_id=case.id)

    def begin(unit: Unit) -> tuple[object, ...]:
        unit.cases.add(case)
        assert listed(unit) == ([], [], [], [], [])
        for draft in (late, early, other):
            unit.drafts.add(draft)
        unit.drafts.save(replace(other, status=DraftStatus.STALE))
        unit.outbox.add(an_outgoing(case, draft=late.id))
        return listed(unit)

    begun = await store.transact(begin)
    assert begun == await store.transact(listed)
    assert begun[0] == [early, late]


async def test_the_beginning_of_an_id_is_enough_when_only_one_has_it(store: SqlStore) -> None:
    case = await _case(store)
    drafts = [a_draft(case, ident) for ident in ("ab12", "ab34", "ab")]
    await store.transact(each(drafts, lambda unit, draft: unit.drafts.add(draft)))
    assert await store.transact(lambda unit: unit.drafts.get("ab1")) == drafts[0]
    assert await store.transact(lambda unit: unit.drafts.get("ab")) == drafts[2]
    for start, reason in (("a", "several"), ("x", "none"), ("", "say which"), ("%", "none"), ("ab_2", "none")):
        with pytest.raises(NotFound, match=reason):
            await store.transact(upon(start, lambda unit, typed: unit.drafts.get(typed)))


async def test_two_colleagues_at_once_approve_one_draft_once(store: SqlStore) -> None:
    case = await _case(store)
    draft = a_draft(case)
    await store.transact(lambda unit: unit.drafts.add(draft))

    def approve(unit: Unit) -> bool:
        if unit.drafts.get(draft.id).status is not DraftStatus.WAITING:
            return False
        unit.drafts.save(replace(draft, status=DraftStatus.APPROVED))
        unit.outbox.add(an_outgoing(case, draft=draft.id))
        return True

    approved = await asyncio.gather(*(store.transact(approve) for _ in range(8)))
    assert approved.count(True) == 1
    assert len(await store.transact(lambda unit: unit.outbox.listed())) == 1


async def test_an_outgoing_message_comes_back_as_it_was_stored(store: SqlStore) -> None:
    outgoing = replace(an_outgoing(await _case(store), secret=CODE), references=("<a@b>",), in_reply_to="<a@b>")
    await store.transact(lambda unit: unit.outbox.add(outgoing))
    assert await store.transact(lambda unit: unit.outbox.get(outgoing.id[:-1])) == outgoing


async def test_claiming_marks_a_message_as_sending_and_nobody_else_gets_it(store: SqlStore) -> None:
    outgoing = await _queued(store)
    (claimed,) = await store.transact(lambda unit: unit.outbox.claim(NOW, 10, LEASE))
    assert claimed == replace(outgoing, state=DeliveryState.SENDING, attempts=1, fence=1)
    assert await store.transact(lambda unit: unit.outbox.claim(NOW + HOUR, 10, LEASE)) == []
    assert await store.transact(lambda unit: unit.outbox.abandoned(NOW)) == []
    assert await store.transact(lambda unit: unit.outbox.abandoned(NOW + LEASE)) == [claimed]


async def test_a_message_waits_for_its_time(store: SqlStore) -> None:
    outgoing = replace(an_outgoing(await _case(store)), not_before=NOW + HOUR)
    await store.transact(lambda unit: unit.outbox.add(outgoing))
    assert await store.transact(lambda unit: unit.outbox.claim(NOW, 10, LEASE)) == []
    assert len(await store.transact(lambda unit: unit.outbox.claim(NOW + HOUR, 10, LEASE))) == 1


async def test_a_sent_message_has_lost_its_code(store: SqlStore) -> None:
    case = await _case(store)
    outgoing = an_outgoing(case, secret=CODE)
    await store.transact(lambda unit: unit.outbox.add(outgoing))
    (claimed,) = await store.transact(lambda unit: unit.outbox.claim(NOW, 10, LEASE))
    assert claimed.secret == CODE
    sent = replace(claimed, state=DeliveryState.SENT, receipt="queued as 1")
    await store.transact(lambda unit: unit.outbox.save(sent))
    assert await store.transact(lambda unit: unit.outbox.get(outgoing.id)) == replace(sent, secret="")


async def test_a_sender_whose_lease_ran_out_records_nothing(store: SqlStore) -> None:
    await _queued(store)
    (late,) = await store.transact(lambda unit: unit.outbox.claim(NOW, 10, LEASE))
    (found,) = await store.transact(lambda unit: unit.outbox.abandoned(NOW + LEASE))
    await store.transact(lambda unit: unit.outbox.save(replace(found, state=DeliveryState.QUEUED)))
    (again,) = await store.transact(lambda unit: unit.outbox.claim(NOW + LEASE, 10, LEASE))
    assert (again.attempts, again.fence) == (2, 2)
    with pytest.raises(StaleClaim):
        await store.transact(lambda unit: unit.outbox.save(replace(late, state=DeliveryState.SENT)))
    assert (await store.transact(lambda unit: unit.outbox.get(late.id))).state is DeliveryState.SENDING


async def test_eight_workers_at_once_send_each_message_once(store: SqlStore) -> None:
    case = await _case(store)
    messages = [an_outgoing(case) for _ in range(24)]
    await store.transact(each(messages, lambda unit, one: unit.outbox.add(one)))

    async def worker() -> list[str]:
        taken = []
        while claimed := await store.transact(lambda unit: unit.outbox.claim(NOW, 2, LEASE)):
            taken += [one.id for one in claimed]
        return taken

    taken = [ident for part in await asyncio.gather(*(worker() for _ in range(8))) for ident in part]
    assert sorted(taken) == sorted(one.id for one in messages)


async def test_a_reply_finds_our_message_with_or_without_brackets(store: SqlStore) -> None:
    outgoing = await _queued(store)
    bare = outgoing.message_id.strip("<>")
    known = ([outgoing.message_id], ["<other@x>", bare], ["<other@x>"])
    found = await store.transact(each(known, lambda unit, ids: unit.outbox.by_message_ids(ids)))
    assert found == [outgoing, outgoing, None]


async def test_outgoing_messages_are_listed_newest_first(store: SqlStore) -> None:
    case = await _case(store)
    old, new = replace(an_outgoing(case), created_at=NOW - HOUR), an_outgoing(case)
    parked = replace(an_outgoing(await _case(store)), state=DeliveryState.PARKED, created_at=NOW + HOUR)
    await store.transact(each((old, new, parked), lambda unit, one: unit.outbox.add(one)))
    assert await store.transact(lambda unit: unit.outbox.listed()) == [parked, new, old]
    assert await store.transact(lambda unit: unit.outbox.listed(DeliveryState.QUEUED)) == [new, old]
    assert await store.transact(lambda unit: unit.outbox.listed(case_id=case.id, limit=1)) == [new]
    assert await store.transact(lambda unit: unit.outbox.listed(after=parked.id, limit=1)) == [new]
    assert await store.transact(lambda unit: unit.outbox.listed(after=old.id)) == []
    with pytest.raises(NotFound, match="to go on from"):
        await store.transact(lambda unit: unit.outbox.listed(after="none"))


async def test_a_notice_to_colleagues_belongs_to_no_case(store: SqlStore) -> None:
    notice = replace(an_outgoing(a_case()), case_id="", draft_id="")
    await store.transact(lambda unit: unit.outbox.add(notice))
    (claimed,) = await store.transact(lambda unit: unit.outbox.claim(NOW, 10, LEASE))
    assert claimed.case_id == ""


async def test_what_we_wrote_is_shown_without_codes(store: SqlStore) -> None:
    outgoing = await _queued(store)
    assert await store.transact(lambda unit: unit.outbox.written_to(outgoing.case_id, outgoing.recipient)) == []
    (claimed,) = await store.transact(lambda unit: unit.outbox.claim(NOW, 10, LEASE))
    await store.transact(lambda unit: unit.outbox.save(replace(claimed, state=DeliveryState.SENT)))
    (exchange,) = await store.transact(lambda unit: unit.outbox.written_to(outgoing.case_id, outgoing.recipient))
    assert (exchange.text, exchange.ours, exchange.on) == (f"Dear Anna, {MASK}", True, NOW.date())
    assert CODE_SLOT not in exchange.text


async def test_unknown_letters_are_not_found(store: SqlStore) -> None:
    case = a_case()
    with pytest.raises(NotFound):
        await store.transact(lambda unit: unit.drafts.save(a_draft(case)))
    with pytest.raises(NotFound):
        await store.transact(lambda unit: unit.outbox.save(an_outgoing(case)))
    with pytest.raises(NotFound):
        await store.transact(lambda unit: unit.outbox.get("nowhere"))


async def _case(store: SqlStore) -> Case:
    case = a_case()
    await store.transact(lambda unit: unit.cases.add(case))
    return case


async def _queued(store: SqlStore) -> Outgoing:
    outgoing = an_outgoing(await _case(store), secret=CODE)
    await store.transact(lambda unit: unit.outbox.add(outgoing))
    return outgoing


async def test_unsaved_words_are_one_colleague_s_sealed_and_forgotten_after_a_week(
    store: SqlStore, store_url: str
) -> None:
    case = a_case()
    draft, other = a_draft(case), a_draft(case)
    words = UnsavedWords("About you", "half a Quetzalcoatlus", "seal", NOW)

    def fill(unit: Unit) -> None:
        unit.cases.add(case)
        for one in (draft, other):
            unit.drafts.add(one)
        unit.unsaved.put(draft.id, "kim@x.example", replace(words, body="older"))
        unit.unsaved.put(draft.id, "kim@x.example", words)

    await store.transact(fill)
    assert await store.transact(lambda unit: unit.unsaved.of(draft.id, "kim@x.example")) == words
    assert await store.transact(lambda unit: unit.unsaved.of(draft.id, "lee@x.example")) is None
    assert "Quetzalcoatlus" not in str(run(store_url, "SELECT * FROM unsaved_words"))
    later = replace(words, at=NOW + timedelta(days=8))
    await store.transact(lambda unit: unit.unsaved.put(other.id, "lee@x.example", later))
    assert await store.transact(lambda unit: unit.unsaved.of(draft.id, "kim@x.example")) is None
    await store.transact(lambda unit: unit.unsaved.forget(other.id, "lee@x.example"))
    assert await store.transact(lambda unit: unit.unsaved.of(other.id, "lee@x.example")) is None
