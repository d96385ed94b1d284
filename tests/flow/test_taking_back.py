"""An approval can be taken back for a moment: till then nothing leaves, and afterwards nothing can be taken back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.case import State
from bot.core.delivery import DeliveryState
from bot.core.drafts import Draft, DraftKind, DraftStatus, Role
from bot.core.errors import NotAllowed
from bot.core.extension import ExtensionReason
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from bot.flow.taking_back import LEFT
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk, open_test_desk

WAITS = replace(HOUSE, undo=timedelta(seconds=15))
ASKS = "Stop using my data."


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", WAITS) as opened:
        yield opened


async def approved(desk: TestDesk) -> Draft:
    desk.reader.tell(ASKS, RequestType.OBJECTION)
    await desk.know(ANN)
    await desk.mail(ASKS)
    await desk.deliver()
    (draft,) = await desk.drafts()
    draft = await desk.approval.edit(draft.id, KIM, body=f"{draft.body}\nKind regards, Kim")
    return await desk.approval.approve(draft.id, KIM)


def answers(desk: TestDesk) -> list[str]:
    return [sent.body for sent in desk.couriers[MAIL].to(ANN) if sent.kind is DraftKind.ANSWER]


async def test_what_is_taken_back_in_time_never_leaves_and_waits_again(desk: TestDesk) -> None:
    draft = await approved(desk)
    desk.clock.turn(seconds=14)
    await desk.deliver()
    again = await desk.outbox_desk.take_back(draft.id, LEE)
    assert (again.id, again.body, again.status, again.approvals) == (draft.id, draft.body, DraftStatus.WAITING, ())
    assert [item.state for item in (await desk.case()).items] == [State.REVIEW]
    desk.clock.turn(minutes=5)
    await desk.deliver()
    assert answers(desk) == []
    history = await desk.store.transact(lambda unit: unit.audit.chain(again.case_id))
    assert (history[-1].event, history[-1].actor) == ("taken_back", LEE)
    with pytest.raises(NotAllowed, match="taken back"):
        await desk.outbox_desk.retry((await desk.outbox())[-1].id, KIM)
    await desk.approval.approve(draft.id, KIM)
    desk.clock.turn(seconds=15)
    await desk.deliver()
    assert answers(desk) == [draft.body]
    assert [item.state for item in (await desk.case()).items] == [State.ANSWERED]


async def test_what_has_left_can_not_be_taken_back(desk: TestDesk) -> None:
    draft = await approved(desk)
    desk.clock.turn(seconds=15)
    await desk.deliver()
    with pytest.raises(NotAllowed, match=LEFT):
        await desk.outbox_desk.take_back(draft.id, KIM)
    assert answers(desk) == [draft.body]


async def test_a_letter_a_worker_holds_is_on_its_way(desk: TestDesk) -> None:
    draft = await approved(desk)
    desk.clock.turn(seconds=15)
    await desk.store.transact(lambda unit: unit.outbox.claim(desk.clock.now(), 8, timedelta(minutes=5)))
    with pytest.raises(NotAllowed, match=LEFT):
        await desk.outbox_desk.take_back(draft.id, KIM)


async def test_only_who_may_approve_takes_back(desk: TestDesk) -> None:
    draft = await approved(desk)
    await desk.store.transact(lambda unit: unit.staff.add("ray@nexioprojects.com", Role.DRAFTER))
    with pytest.raises(NotAllowed):
        await desk.outbox_desk.take_back(draft.id, "ray@nexioprojects.com")
    desk.clock.turn(seconds=15)
    await desk.deliver()
    assert answers(desk) == [draft.body]


async def test_where_the_person_wrote_meanwhile_the_answer_is_drafted_anew(desk: TestDesk) -> None:
    draft = await approved(desk)
    desk.reader.tell("And correct my name.", RequestType.RECTIFICATION)
    await desk.mail("And correct my name.")
    again = await desk.outbox_desk.take_back(draft.id, KIM)
    assert again.id != draft.id
    assert [waiting.id for waiting in await desk.drafts()] == [again.id]
    assert {RequestType.OBJECTION, RequestType.RECTIFICATION} <= again.rights
    with pytest.raises(NotAllowed, match=LEFT):
        await desk.outbox_desk.take_back(draft.id, KIM)
    desk.clock.turn(minutes=5)
    await desk.deliver()
    assert answers(desk) == []


async def test_more_time_that_was_taken_back_is_none(desk: TestDesk) -> None:
    desk.reader.tell(ASKS, RequestType.OBJECTION)
    await desk.know(ANN)
    await desk.mail(ASKS)
    case = await desk.case()
    letter = await desk.extensions.extend(case.id, [RequestType.OBJECTION], ExtensionReason.VOLUME, KIM)
    await desk.approval.approve(letter.id, KIM)
    assert (await desk.case()).items[0].extension is not None
    await desk.outbox_desk.take_back(letter.id, KIM)
    assert (await desk.case()).items[0].extension is None
    assert (await desk.outbox())[-1].state is DeliveryState.TAKEN_BACK
