"""Merging and splitting cases: the earlier date stays, threads follow, and no proof is carried to another address."""

from collections.abc import Sequence
from typing import Unpack

import pytest

from bot.core.case import Case, Lane, State, is_proven
from bot.core.doubting import standing_doubts
from bot.core.drafts import DraftKind, Role
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL, Authentication, Handle
from bot.core.records import AuditRow
from bot.core.rights import Act, RequestType
from bot.core.trust import Trust
from bot.flow.joining import merge, split
from bot.flow.reopening import reopen
from tests.fakes.said import MessageFields
from tests.flow.conftest import ANN, KIM, TestDesk
from tests.work import each

R = RequestType
WORK, ZOE, RIA = "ann@work.example", "zoe@example.net", "ria@nexioprojects.com"
UNSIGNED = Authentication()


async def hear(
    desk: TestDesk, text: str, *rights: RequestType, sender: str = ANN, **changes: Unpack[MessageFields]
) -> None:
    desk.reader.tell(text, *rights)
    await desk.mail(text, sender, **changes)


async def two(desk: TestDesk, *second: RequestType, days: float = 3) -> tuple[Case, Case]:
    """Let Ann ask for a copy twice within days, by mails nobody can authenticate: that makes two cases, older first."""
    await desk.know(ANN)
    await hear(desk, "A copy of my data, please.", R.ACCESS, authentication=UNSIGNED)
    desk.clock.turn(days=days)
    await hear(desk, "Where is my copy?", *(second or (R.ACCESS,)), authentication=UNSIGNED)
    return await in_order(desk)


async def in_order(desk: TestDesk) -> tuple[Case, Case]:
    first, second = sorted(await desk.cases(), key=lambda case: case.opened_at)
    return first, second


async def merged(desk: TestDesk, case: Case, into: Case, reason: str = "the same matter", staff: str = KIM) -> Case:
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    return await desk.store.transact(lambda u: merge(u, casework, answering, case.id, into.id, reason, staff, now))


async def split_off(desk: TestDesk, case: Case, *rights: RequestType, messages: Sequence[str] = ()) -> Case:
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    return await desk.store.transact(
        lambda unit: split(unit, casework, answering, case.id, rights, messages, "two matters", KIM, now)
    )


async def again(desk: TestDesk, case: Case) -> Case:
    return await desk.store.transact(lambda unit: unit.cases.get(case.id))


async def test_the_newer_case_that_survives_takes_over_the_older_date(desk: TestDesk) -> None:
    first, second = await two(desk)
    survivor = await merged(desk, first, second)
    assert survivor.received_at == first.received_at
    assert [item.statutory_due for item in survivor.items] == [first.items[0].statutory_due]


async def test_threads_and_the_reference_of_the_merged_case_lead_to_the_surviving_one(desk: TestDesk) -> None:
    first, second = await two(desk)
    letter = next(one for one in await desk.outbox() if one.case_id == first.id)
    survivor = await merged(desk, first, second)
    await hear(desk, "I add: my invoices.", references=(letter.message_id,), authentication=UNSIGNED)
    await hear(desk, f"About {first.reference}: hurry.", authentication=UNSIGNED)
    kept = await desk.store.transact(lambda unit: unit.inbox.correspondence(survivor.id))
    assert [one.message.text for one in kept if one.message] == [
        "A copy of my data, please.",
        "Where is my copy?",
        "I add: my invoices.",
        f"About {first.reference}: hurry.",
    ]
    assert not (await again(desk, first)).is_open


async def test_whoever_had_a_letter_of_the_merged_case_is_told_where_it_goes_on(desk: TestDesk) -> None:
    await hear(desk, "You told my boss what I bought.", R.COMPLAINT, authentication=UNSIGNED)
    desk.clock.turn(days=2)
    await hear(desk, "And I complain again.", R.COMPLAINT, authentication=UNSIGNED)
    first, second = await in_order(desk)
    survivor = await merged(desk, second, first)
    (draft,) = await desk.drafts()
    assert (draft.kind, draft.case_id) == (DraftKind.INTERIM, survivor.id)
    assert f"reference: {first.reference}" in draft.body
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    (answer,) = await desk.drafts()
    assert answer.kind is DraftKind.ANSWER  # the answer is still to come
    assert (await again(desk, first)).items[0].state is State.REVIEW


async def test_a_proof_for_one_address_shows_nothing_to_another(desk: TestDesk) -> None:
    await desk.know(ANN)
    await hear(desk, "All my data, please.", R.ACCESS)
    await desk.mail(await desk.code())
    await hear(desk, "And mine too.", R.PORTABILITY, sender=ZOE)
    await desk.mail(await desk.code(), ZOE)
    proven, stranger = await desk.case_of(ANN), await desk.case_of(ZOE)
    assert proven.items[0].trust is Trust.PROVEN
    survivor = await merged(desk, proven, stranger)
    access = next(item for item in survivor.items if item.right is R.ACCESS)
    assert (access.state, access.trust) == (State.REVIEW, Trust.CLAIMED)
    assert "ask for a proof of access" in survivor.attention
    assert not any("Canary Lane 7" in draft.body for draft in await desk.drafts())


async def test_a_proof_for_the_same_address_counts_in_the_surviving_case(desk: TestDesk) -> None:
    await desk.know(ANN)
    await hear(desk, "All my data, please.", R.ACCESS)
    await desk.mail(await desk.code())
    await hear(desk, "Erase them then.", R.RESTRICTION, authentication=UNSIGNED)
    first, second = await in_order(desk)
    survivor = await merged(desk, first, second)
    assert survivor.proven == Handle(MAIL, ANN)
    by_right = {item.right: item.trust for item in survivor.items}
    assert by_right[R.ACCESS] is Trust.PROVEN
    assert by_right[R.RESTRICTION] is not Trust.PROVEN  # nobody proved to have asked that


async def test_a_case_that_waits_for_a_code_goes_nowhere(desk: TestDesk) -> None:
    await desk.know(ANN)
    await hear(desk, "All my data, please.", R.ACCESS)
    await hear(desk, "I complain.", R.COMPLAINT, sender=ZOE)
    with pytest.raises(NotAllowed, match=r"a code for .* is on its way: merge into it instead"):
        await merged(desk, await desk.case_of(ANN), await desk.case_of(ZOE))


async def test_whoever_may_see_one_of_them_only_joins_nothing(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.staff.add(RIA, Role.APPROVER))
    await hear(desk, "Correct my name.", R.RECTIFICATION)
    await hear(desk, "You leaked my address.", R.COMPLAINT, sender=WORK)
    general, complaint = await desk.case_of(ANN), await desk.case_of(WORK)
    for pair in ((general, complaint), (complaint, general)):
        with pytest.raises(NotAllowed, match="lies in the dpo lane"):
            await merged(desk, *pair, staff=RIA)
    assert (await merged(desk, complaint, general)).lane is Lane.DPO  # seen by no more people than before


async def test_what_has_ended_or_is_the_same_is_not_merged(desk: TestDesk) -> None:
    first, second = await two(desk, R.COMPLAINT)
    with pytest.raises(NotAllowed, match="into itself"):
        await merged(desk, first, first)
    with pytest.raises(NotAllowed, match="say why"):
        await merged(desk, first, second, " ")
    await desk.approval.close(second.id, KIM, "settled by phone")
    with pytest.raises(NotAllowed, match="nothing to merge"):
        await merged(desk, second, first)
    with pytest.raises(NotAllowed, match="the other way round"):
        await merged(desk, first, second)


async def test_a_merged_case_is_taken_up_in_the_one_that_carries_it_on(desk: TestDesk) -> None:
    first, second = await two(desk)
    await merged(desk, first, second)
    answering, now = desk.treatment.answering, desk.clock.now()
    with pytest.raises(NotAllowed, match=f"is carried on in {second.reference}"):
        await desk.store.transact(lambda unit: reopen(unit, answering, first.id, (), "why not", KIM, now))


async def test_both_histories_tell_who_merged_them(desk: TestDesk) -> None:
    first, second = await two(desk)
    await merged(desk, first, second)
    chains = await desk.store.transact(each((first, second), lambda unit, case: unit.audit.chain(case.id)))
    links = [link for chain in chains for link in chain if link.event in {"merged", "joined"}]
    told = {link.event: (link.actor, dict(link.data)) for link in links}
    assert told == {
        "merged": (KIM, {"into": second.reference, "other": second.id}),
        "joined": (KIM, {"case": first.reference, "other": first.id}),
    }
    assert await desk.store.transact(lambda unit: unit.audit.verify()) == []


async def test_an_authentic_repetition_joins_the_case_that_holds_it_already(desk: TestDesk) -> None:
    await hear(desk, "Correct my name.", R.RECTIFICATION, authentication=UNSIGNED)
    await hear(desk, "You leaked my address.", R.COMPLAINT, authentication=UNSIGNED)
    desk.clock.turn(days=2)
    await hear(desk, "My name is still wrong!", R.RECTIFICATION)
    first, second = await in_order(desk)
    assert [len(case.items) for case in (first, second)] == [1, 1]
    kept = await desk.store.transact(lambda unit: unit.inbox.correspondence(first.id))
    assert len(kept) == 2


async def test_a_reminder_that_may_belong_to_several_cases_is_shown_to_a_person(desk: TestDesk) -> None:
    await two(desk, R.COMPLAINT)
    desk.reader.tell("Any news?", act=Act.REMINDER)
    await desk.mail("Any news?")
    assert "several cases it may belong to" in " ".join(case.attention for case in await desk.cases())


async def test_one_request_of_two_goes_on_in_a_case_of_its_own(desk: TestDesk) -> None:
    await desk.know(ANN)
    await hear(desk, "Correct my name, and you leaked my address.", R.RECTIFICATION, R.COMPLAINT)
    whole = await desk.case()
    desk.clock.turn(days=2)
    fresh = await split_off(desk, whole, R.COMPLAINT)
    assert fresh.reference != whole.reference
    assert [(item.right, item.promise_due) for item in fresh.items] == [(R.COMPLAINT, whole.items[0].promise_due)]
    rest = await again(desk, whole)
    assert {item.right: item.state for item in rest.items} == {
        R.RECTIFICATION: State.REVIEW,
        R.COMPLAINT: State.MERGED,
    }
    assert sorted(draft.case_id for draft in await desk.drafts()) == sorted([rest.id, fresh.id])


async def test_what_somebody_else_wrote_goes_with_its_writer_and_without_any_proof(desk: TestDesk) -> None:
    await desk.know(ANN)
    await hear(desk, "All my data, please.", R.ACCESS)
    await desk.mail(await desk.code())
    await hear(desk, "And I complain.", R.COMPLAINT, sender=ZOE)
    case = await merged(desk, await desk.case_of(ZOE), await desk.case_of(ANN))
    kept = await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    hers = [one.id for one in kept if one.message and one.message.sender.value == ZOE]
    with pytest.raises(NotAllowed, match="m-1 is no message of case"):
        await split_off(desk, case, R.COMPLAINT, messages=["m-1"])
    with pytest.raises(NotAllowed, match="of several people"):
        await split_off(desk, case, R.COMPLAINT, messages=[one.id for one in kept])
    fresh = await split_off(desk, case, R.COMPLAINT, messages=hers)
    assert (fresh.requester, fresh.proven, fresh.trust) == (Handle(MAIL, ZOE), None, Trust.CLAIMED)


async def test_a_case_is_never_left_empty(desk: TestDesk) -> None:
    await hear(desk, "Correct my name.", R.RECTIFICATION)
    with pytest.raises(NotAllowed, match="leave some"):
        await split_off(desk, await desk.case(), R.RECTIFICATION)
    with pytest.raises(NotAllowed, match="no open access"):
        await split_off(desk, await desk.case(), R.ACCESS)


async def doubts(desk: TestDesk, case: Case) -> Sequence[AuditRow]:
    return standing_doubts(await desk.store.transact(lambda unit: unit.audit.chain(case.id)))


@pytest.mark.rule(10)
async def test_a_doubt_goes_on_with_its_reason_where_a_case_is_merged_or_split(desk: TestDesk) -> None:
    """Whoever opens the surviving case reads why more is asked there, until a colleague withdraws the doubt."""
    why = "The tone is not hers."
    older, newer = await two(desk, R.ACCESS, R.COMPLAINT)
    await desk.approval.ask_identity(newer.id, KIM, reason="settled since")
    await desk.approval.withdraw_doubt(newer.id, "She rang us.", KIM)
    await desk.approval.ask_identity(newer.id, KIM, reason=why)
    desk.clock.turn(hours=25)  # the code that was sent no longer counts
    apart = await split_off(desk, await again(desk, newer), R.COMPLAINT)
    one = await merged(desk, apart, older)
    for case in (apart, one):
        assert [link.why for link in await doubts(desk, case)] == [why]
    complaint = next(item for item in one.items if item.right is R.COMPLAINT)
    assert complaint.asks is Trust.PROVEN
    assert not is_proven(complaint)
    await desk.approval.withdraw_doubt(one.id, "She came by.", KIM)
    assert not await doubts(desk, one)
