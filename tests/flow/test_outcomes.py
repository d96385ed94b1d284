"""A colleague chooses how an item ends, and the letter follows (law.md rules 16, 19, 20, 28)."""

from typing import Unpack

import pytest

from bot.core.case import ClockKind, State
from bot.core.drafts import Draft, DraftKind, Role
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.extension import ExtensionReason
from bot.core.messages import MAIL
from bot.core.rights import Flag, RequestType, Scope
from bot.core.verdict import Outcome
from bot.flow.history import history_of
from tests.fakes.said import ReadingFields
from tests.flow.conftest import ANN, KIM, LEE, TestDesk
from tests.work import each

R, O = RequestType, Outcome  # noqa: E741 - outcomes are read beside rights
DPO, MAX = "dpo@nexioprojects.com", "max@nexioprojects.com"


async def waiting(desk: TestDesk, *rights: RequestType, prove: bool = True, **changes: Unpack[ReadingFields]) -> Draft:
    """Return the answer that waits for what Ann asks for, proven unless told otherwise."""
    await desk.know(ANN)
    desk.reader.tell("please", *rights, **changes)
    await desk.mail("please")
    if prove:
        await desk.mail(await desk.code())
    (draft,) = await desk.drafts()
    return draft


async def test_the_letter_is_drafted_anew_with_the_words_of_the_outcome(desk: TestDesk) -> None:
    draft = await waiting(desk, R.ERASURE, R.ACCESS)
    (anew,) = await desk.outcomes.choose(draft.id, {R.ERASURE: O.PARTLY}, KIM)
    assert "outcomes: , partly" in anew.body
    assert (anew.refuses, anew.approvers_needed) == (True, 2)
    (again,) = await desk.outcomes.choose(anew.id, {R.ERASURE: O.GRANTED, R.ACCESS: O.GRANTED}, KIM)
    assert not again.refuses
    with pytest.raises(NotApprovable, match="stale"):
        await desk.approval.approve(anew.id, KIM)


async def test_an_outcome_stays_when_the_person_writes_again(desk: TestDesk) -> None:
    draft = await waiting(desk, R.ERASURE)
    await desk.outcomes.choose(draft.id, {R.ERASURE: O.REFUSED}, KIM)
    await desk.mail("and hurry")
    (anew,) = await desk.drafts()
    assert "outcomes: refused" in anew.body


@pytest.mark.rule(38)
async def test_each_right_of_one_message_has_its_own_clock_and_end(desk: TestDesk) -> None:
    draft = await waiting(desk, R.ERASURE, R.ACCESS, R.COMPLAINT)
    await desk.outcomes.choose(draft.id, {R.ERASURE: O.REFUSED}, KIM)
    items = {item.right: item for item in (await desk.case()).items}
    assert {right: item.outcome for right, item in items.items()} == {
        R.ERASURE: O.REFUSED,
        R.ACCESS: None,
        R.COMPLAINT: None,
    }
    assert (items[R.COMPLAINT].clock, items[R.COMPLAINT].statutory_due) == (ClockKind.PROMISE, None)
    assert {items[right].clock for right in (R.ERASURE, R.ACCESS)} == {ClockKind.STATUTORY}


@pytest.mark.rule(38, refused=True)
async def test_more_time_for_one_right_is_no_more_time_for_another(desk: TestDesk) -> None:
    await waiting(desk, R.ERASURE, R.ACCESS, R.COMPLAINT)
    case = await desk.case()
    with pytest.raises(NotAllowed, match="only our own promise binds complaint"):
        await desk.extensions.extend(case.id, [R.ACCESS, R.COMPLAINT], ExtensionReason.VOLUME, KIM)
    letter = await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.VOLUME, KIM)
    for colleague in (KIM, LEE)[: letter.approvers_needed]:
        await desk.approval.approve(letter.id, colleague)
    await desk.deliver()
    extended = {item.right: item.extension is not None for item in (await desk.case()).items}
    assert extended == {R.ERASURE: False, R.ACCESS: True, R.COMPLAINT: False}


@pytest.mark.rule(19, refused=True)
async def test_rule_19_manifestly_excessive_is_for_the_officer(desk: TestDesk) -> None:
    draft = await waiting(desk, R.ACCESS)
    await desk.store.transact(each(((MAX, Role.APPROVER), (DPO, Role.DPO)), lambda unit, given: unit.staff.add(*given)))
    with pytest.raises(NotAllowed, match="data protection officer"):
        await desk.outcomes.choose(draft.id, {R.ACCESS: O.EXCESSIVE}, MAX)
    with pytest.raises(NotAllowed, match="the company has to prove it"):
        await desk.outcomes.choose(draft.id, {R.ACCESS: O.EXCESSIVE}, DPO)
    evidence = "the 40th request this month, each withdrawn for money"
    (anew,) = await desk.outcomes.choose(draft.id, {R.ACCESS: O.EXCESSIVE}, DPO, evidence=evidence)
    told = await desk.store.transact(lambda unit: history_of(unit, unit.cases.get(anew.case_id), KIM))
    assert [one.facts["why"] for one in told if one.what == "outcome_chosen"] == [evidence]
    assert anew.refuses


@pytest.mark.rule(19)
async def test_rule_19_a_fee_is_announced_and_the_answer_still_to_come(desk: TestDesk) -> None:
    draft = await waiting(desk, R.ACCESS)
    (fee,) = await desk.outcomes.choose(draft.id, {R.ACCESS: O.FEE}, KIM, evidence="copy of 3 March, by post")
    assert (fee.kind, fee.refuses) == (DraftKind.INTERIM, False)
    told = await desk.store.transact(lambda unit: history_of(unit, unit.cases.get(fee.case_id), KIM))
    assert [one.facts["why"] for one in told if one.what == "outcome_chosen"] == ["copy of 3 March, by post"]
    await desk.approval.approve(fee.id, KIM)
    await desk.deliver()
    assert (await desk.case()).stage is State.REVIEW
    (answer,) = await desk.drafts()
    assert (answer.kind, "outcomes: \n" in answer.body) == (DraftKind.ANSWER, True)


@pytest.mark.rule(19, refused=True)
@pytest.mark.parametrize("evidence", ["", "  "])
async def test_rule_19_the_first_copy_is_free(desk: TestDesk, evidence: str) -> None:
    """Art. 15(3): a fee follows a copy of the same, and which one stands on file."""
    draft = await waiting(desk, R.ACCESS)
    with pytest.raises(NotAllowed, match="the first copy is free"):
        await desk.outcomes.choose(draft.id, {R.ACCESS: O.FEE}, KIM, evidence=evidence)
    assert [one.kind for one in await desk.drafts()] == [DraftKind.ANSWER]


@pytest.mark.rule(11)
async def test_rule_11_somebody_unproven_who_can_not_be_found_is_told_what_would_help(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("please", R.RESTRICTION)
    await desk.mail("please", sender="bea@example.org")
    case = await desk.case()
    assert case.stage is State.VERIFYING
    desk.clock.turn(days=23)
    await desk.timers.ring()
    (draft,) = await desk.drafts()
    with pytest.raises(NotAllowed, match="nobody has proven"):
        await desk.outcomes.choose(draft.id, {R.RESTRICTION: O.REFUSED}, KIM)
    (anew,) = await desk.outcomes.choose(draft.id, {R.RESTRICTION: O.NOT_IDENTIFIABLE}, KIM)
    for colleague in (KIM, LEE):
        await desk.approval.approve(anew.id, colleague)
    await desk.deliver()
    assert "Canary Lane 7" not in desk.couriers[MAIL].to("bea@example.org")[-1].body


async def test_an_opt_out_beside_a_refusal_is_carried_out_all_the_same(desk: TestDesk) -> None:
    draft = await waiting(desk, R.ERASURE, R.UNSUBSCRIBE)
    (anew,) = await desk.outcomes.choose(draft.id, {R.ERASURE: O.REFUSED}, KIM)
    for colleague in (KIM, LEE):
        await desk.approval.approve(anew.id, colleague)
    assert await desk.store.transact(lambda unit: unit.suppressions.blocking([draft.recipient], Scope.EMAIL))


async def test_what_waits_for_no_letter_has_no_outcome_to_choose(desk: TestDesk) -> None:
    draft = await waiting(desk, R.ERASURE)
    with pytest.raises(NotAllowed, match="access waits for no letter in this case: there are erasure"):
        await desk.outcomes.choose(draft.id, {R.ACCESS: O.GRANTED}, KIM)
    with pytest.raises(NotAllowed, match="may not edit"):
        await desk.outcomes.choose(draft.id, {R.ERASURE: O.GRANTED}, "pat@nexioprojects.com")


@pytest.mark.rule(32)
async def test_a_processors_mail_is_forwarded_and_said_so(desk: TestDesk) -> None:
    desk.reader.tell("One of your customers wrote to us.", flags=frozenset({Flag.PROCESSOR}))
    await desk.mail("One of your customers wrote to us.")
    case = await desk.case()
    assert not await desk.drafts()
    (draft,) = await desk.outcomes.choose_in(case.id, {R.OTHER: O.FORWARDED}, KIM)
    assert "outcomes: forwarded" in draft.body
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    assert (await desk.case()).items[0].state is State.ANSWERED


async def test_a_reason_can_be_read_again_where_it_was_given(desk: TestDesk) -> None:
    desk.reader.tell("Spam.", R.ERASURE)
    await desk.mail("Spam.")
    await desk.approval.close((await desk.case()).id, KIM, "sold pills")
    case = await desk.case()
    told = await desk.store.transact(lambda unit: history_of(unit, case, KIM))
    assert [one.facts.get("why") for one in told if one.what == "closed"] == ["sold pills"]
