"""What a colleague does about a message that did not leave, or that may or may not have arrived."""

import pytest

from bot.core.case import State
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import DraftKind, Role
from bot.core.errors import NotAllowed, PermanentFailure, UncertainDelivery
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, KIM, TestDesk

R = RequestType
BLAME = "You leaked my address"
RIA = "ria@nexioprojects.com"


async def approved_answer(desk: TestDesk, failure: Exception) -> Outgoing:
    """Have an answer approved and its delivery fail."""
    desk.reader.tell(BLAME, R.COMPLAINT)
    await desk.mail(BLAME)
    await desk.deliver()
    (draft,) = await desk.drafts()
    await desk.approval.edit(draft.id, KIM, body="We have stopped it.")
    await desk.approval.approve(draft.id, KIM)
    desk.couriers[MAIL].refuse = [failure]
    await desk.deliver()
    return (await desk.outbox())[-1]


def answers(desk: TestDesk) -> list[Outgoing]:
    return [one for one in desk.couriers[MAIL].to(ANN) if one.kind is DraftKind.ANSWER]


async def events(desk: TestDesk) -> list[str]:
    case = await desk.case()
    return [link.event for link in await desk.store.transact(lambda unit: unit.audit.chain(case.id))]


async def test_a_parked_answer_leaves_again_in_the_words_that_were_approved(desk: TestDesk) -> None:
    parked = await approved_answer(desk, PermanentFailure("554 relay denied"))
    await desk.outbox_desk.retry(parked.id[:20], KIM)
    assert not await desk.drafts()  # the draft written for the failure is not needed any more
    assert (await desk.case()).stage is State.SENDING
    await desk.deliver()
    (answer,) = answers(desk)
    assert (answer.body, answer.message_id) == ("We have stopped it.", parked.message_id)
    assert (await desk.case()).stage is State.ANSWERED
    assert "sent_again" in await events(desk)


async def test_an_answer_whose_case_went_on_is_not_sent_again(desk: TestDesk) -> None:
    parked = await approved_answer(desk, PermanentFailure("554 relay denied"))
    await desk.mail("And you did it twice", references=("<0@example.com>",))
    with pytest.raises(NotAllowed, match="the case went on since"):
        await desk.outbox_desk.retry(parked.id, KIM)
    await desk.deliver()
    assert not answers(desk)
    assert len(await desk.drafts()) == 1


async def test_a_code_that_is_over_is_not_sent_again(desk: TestDesk) -> None:
    desk.reader.tell("my data", R.ACCESS)
    desk.couriers[MAIL].refuse = [PermanentFailure("554 relay denied")]
    await desk.mail("my data")
    await desk.deliver()
    (parked,) = await desk.outbox()
    await desk.outbox_desk.retry(parked.id, KIM)
    desk.couriers[MAIL].refuse = [PermanentFailure("554 relay denied")]
    await desk.deliver()
    desk.clock.turn(hours=25)
    with pytest.raises(NotAllowed, match="cases ask"):
        await desk.outbox_desk.retry(parked.id, KIM)


@pytest.mark.parametrize("failure", [PermanentFailure("554"), UncertainDelivery("lost after the dot")])
async def test_only_an_approver_decides_what_leaves_again(desk: TestDesk, failure: Exception) -> None:
    stuck = await approved_answer(desk, failure)
    await desk.store.transact(lambda unit: unit.staff.add(RIA, Role.DRAFTER))
    with pytest.raises(NotAllowed, match="lies in the dpo lane: ask an administrator for the role dpo"):
        await desk.outbox_desk.retry(stuck.id, RIA)
    with pytest.raises(NotAllowed, match="lies in the dpo lane: ask an administrator for the role dpo"):
        await desk.outbox_desk.settle(stuck.id, RIA, arrived=True)


async def test_an_uncertain_answer_is_settled_and_never_just_tried_again(desk: TestDesk) -> None:
    uncertain = await approved_answer(desk, UncertainDelivery("lost after the dot"))
    with pytest.raises(NotAllowed, match="outbox settle"):
        await desk.outbox_desk.retry(uncertain.id, KIM)
    await desk.outbox_desk.settle(uncertain.id, KIM, arrived=True)
    await desk.deliver()
    assert not answers(desk)
    assert (await desk.case()).stage is State.ANSWERED
    assert (await desk.outbox())[-1].state is DeliveryState.SENT
    assert "arrived" in await events(desk)
    with pytest.raises(NotAllowed, match="only an uncertain one"):
        await desk.outbox_desk.settle(uncertain.id, KIM, arrived=False)


async def test_a_lost_answer_is_sent_anew(desk: TestDesk) -> None:
    uncertain = await approved_answer(desk, UncertainDelivery("lost after the dot"))
    await desk.outbox_desk.settle(uncertain.id, KIM, arrived=False)
    await desk.deliver()
    assert [one.message_id for one in answers(desk)] == [uncertain.message_id]
    assert (await desk.case()).stage is State.ANSWERED


async def test_a_lost_answer_whose_case_went_on_is_drafted_anew(desk: TestDesk) -> None:
    uncertain = await approved_answer(desk, UncertainDelivery("lost after the dot"))
    await desk.mail("And you did it twice", references=("<0@example.com>",))
    settled = await desk.outbox_desk.settle(uncertain.id, KIM, arrived=False)
    await desk.deliver()
    assert (settled.state, answers(desk)) == (DeliveryState.PARKED, [])
    assert (await desk.case()).stage is State.REVIEW
    assert len(await desk.drafts()) == 1


async def test_what_was_sent_is_not_tried_again(desk: TestDesk) -> None:
    desk.reader.tell(BLAME, R.COMPLAINT)
    await desk.mail(BLAME)
    await desk.deliver()
    (sent,) = await desk.outbox()
    with pytest.raises(NotAllowed, match="nothing to try again"):
        await desk.outbox_desk.retry(sent.id, KIM)
