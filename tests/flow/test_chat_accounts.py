"""Accounts are taken over, passed on and deleted; phones have two people behind them."""

import pytest

from bot.core.case import State
from bot.core.drafts import Draft, Question
from bot.core.errors import PermanentFailure
from bot.core.messages import MAIL, TELEGRAM, Handle
from bot.core.rights import Entity, RequestType
from bot.core.trust import Trust
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

ASKED, ADDED, NAMED = "a copy of my data please", "and now delete everything", f"my address is {ANN}"
MAILED = "stop using my data"
THIEF = "thief@example.net"


async def prove(desk: TestDesk, sender: str = "777") -> None:
    """Let somebody ask in a chat for a copy, and prove the address on record."""
    await desk.know(ANN)
    desk.reader.tell(ASKED, RequestType.ACCESS)
    desk.reader.tell(ADDED, RequestType.ERASURE)
    desk.reader.tell(NAMED, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat(ASKED, sender)
    await desk.chat(NAMED, sender)
    await desk.chat(await desk.code(), sender)


async def item_of(desk: TestDesk, right: RequestType) -> tuple[State, Trust]:
    (found,) = [item for item in (await desk.case()).items if item.right is right]
    return found.state, found.trust


async def test_what_is_added_within_the_codes_day_is_proven_with_it(desk: TestDesk) -> None:
    await prove(desk)
    desk.clock.turn(hours=23)
    await desk.chat(ADDED)
    assert await item_of(desk, RequestType.ERASURE) == (State.REVIEW, Trust.PROVEN)


async def test_what_is_added_later_needs_a_fresh_code_at_the_proven_address(desk: TestDesk) -> None:
    await prove(desk)
    desk.clock.turn(hours=24)
    await desk.chat(ADDED)
    assert await item_of(desk, RequestType.ERASURE) == (State.VERIFYING, Trust.CLAIMED)
    assert await item_of(desk, RequestType.ACCESS) == (State.REVIEW, Trust.PROVEN)
    assert {one.recipient for one in (await desk.outbox())[-2:]} == {Handle(MAIL, ANN), Handle(TELEGRAM, "777")}
    await desk.chat(await desk.code())
    assert await item_of(desk, RequestType.ERASURE) == (State.REVIEW, Trust.PROVEN)


async def test_whoever_took_the_account_over_erases_nothing_with_an_address_of_their_own(desk: TestDesk) -> None:
    await prove(desk)
    desk.clock.turn(days=2)
    said = f"{ADDED}, I am now {THIEF}"
    desk.reader.tell(said, RequestType.ERASURE, entities=(Entity("email", THIEF, 0, len(THIEF)),))
    await desk.chat(said)
    await desk.chat(await desk.code())
    case = await desk.case()
    assert case.proven == Handle(MAIL, ANN)
    assert await item_of(desk, RequestType.ERASURE) == (State.VERIFYING, Trust.CLAIMED)
    assert "second address" in case.attention


async def test_a_renamed_account_is_the_same_and_another_of_that_name_is_not(desk: TestDesk) -> None:
    await prove(desk)
    await desk.chat(ADDED, name="A New Name")
    assert await item_of(desk, RequestType.ERASURE) == (State.REVIEW, Trust.PROVEN)
    await desk.chat(ADDED, "778", name="A New Name")
    other = await desk.case_of("778")
    assert [(item.state, item.trust) for item in other.items] == [(State.VERIFYING, Trust.CLAIMED)]


async def test_one_person_on_two_channels_is_one_only_once_the_address_is_proven(desk: TestDesk) -> None:
    desk.reader.tell(MAILED, RequestType.OBJECTION)
    desk.reader.tell(ASKED, RequestType.ACCESS)
    await desk.chat(ASKED)
    await desk.mail(MAILED, message_id="<1@example.com>")
    assert {case.requester.channel for case in await desk.cases()} == {TELEGRAM, MAIL}
    desk.reader.tell(NAMED, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat(NAMED)
    await desk.chat(await desk.code())
    assert len(await desk.cases()) == 2
    assert (await desk.case_of("777")).proven == Handle(MAIL, ANN)


async def test_an_account_deleted_midway_leaves_its_case_with_a_colleague(desk: TestDesk) -> None:
    desk.reader.tell(ASKED, RequestType.ACCESS)
    await desk.chat(ASKED)
    desk.couriers[TELEGRAM].refuse.append(PermanentFailure("the person can't be written to any more"))
    await desk.deliver()
    (question,) = await desk.outbox()
    assert question.last_error == "the person can't be written to any more"
    assert [item.state for item in (await desk.case()).items] == [State.REVIEW]


async def test_the_answer_still_goes_by_mail_when_the_account_is_gone(desk: TestDesk) -> None:
    await prove(desk)
    desk.couriers[TELEGRAM].refuse += [PermanentFailure("deactivated")] * 3
    await desk.deliver()
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    desk.clock.turn(hours=1)
    await desk.deliver()
    assert "Canary Lane 7" in desk.couriers[MAIL].to(ANN)[-1].body
    assert await item_of(desk, RequestType.ACCESS) == (State.ANSWERED, Trust.PROVEN)


@pytest.mark.parametrize("second", ["Ann Peeters", "Ben Peeters"])
async def test_two_behind_one_phone_share_a_chat_and_not_a_proof_of_another_address(
    desk: TestDesk, second: str
) -> None:
    ben = "ben@example.org"
    await prove(desk)
    await desk.know(ben, number="C-2", name="Ben Peeters")
    said = f"I am {second}, send my data to {ben}"
    desk.reader.tell(said, RequestType.ACCESS, entities=(Entity("email", ben, 0, len(ben)),))
    desk.clock.turn(days=2)
    await desk.chat(said)
    codes = [one for one in await desk.outbox() if one.secret]
    if codes[-1].recipient == Handle(MAIL, ben):
        await desk.chat(codes[-1].secret)
    case = await desk.case()
    assert case.proven == Handle(MAIL, ANN)
    assert all(draft.recipient == Handle(MAIL, ANN) for draft in await desk.drafts())
    assert Question.CODE_SENT in {one.question for one in await all_drafts(desk)}


async def all_drafts(desk: TestDesk) -> list[Draft]:
    return list(await desk.store.transact(lambda unit: unit.drafts.listed(None, None)))
