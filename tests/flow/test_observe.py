"""`observe`: the desk reads and drafts, nothing leaves for a customer, and nothing is lost from sight."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import State
from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL
from bot.core.rights import RequestType, Scope
from tests.flow.conftest import ANN, HOUSE, KIM, TestDesk, open_test_desk

R = RequestType
BLAME = "You leaked my address"


@asynccontextmanager
async def observing(url: str, keys: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(url, keys, replace(HOUSE, observe=True)) as desk:
        desk.reader.tell(BLAME, R.COMPLAINT)
        desk.reader.tell("stop", R.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
        yield desk


async def test_what_would_leave_waits_where_a_colleague_sees_it(database_url: str, tmp_path: Path) -> None:
    async with observing(database_url, tmp_path / "keys.json") as desk:
        await desk.mail(BLAME)
        await desk.mail("stop", "zoe@example.net")
        await desk.chat("", command="start")
        await desk.deliver()
        assert not desk.couriers[MAIL].sent
        assert not desk.couriers["telegram"].sent
        kinds = {draft.kind for draft in await desk.drafts()}
        assert kinds == {DraftKind.ACKNOWLEDGEMENT, DraftKind.ANSWER, DraftKind.UNSUBSCRIBE_CONFIRMATION}
        assert {case.stage for case in await desk.cases()} == {State.REVIEW}


async def test_nothing_can_be_approved_while_the_desk_observes(database_url: str, tmp_path: Path) -> None:
    async with observing(database_url, tmp_path / "keys.json") as desk:
        await desk.mail(BLAME)
        for draft in await desk.drafts():
            with pytest.raises(NotAllowed, match='set mode = "live"'):
                await desk.approval.approve(draft.id, KIM)
        assert not await desk.outbox()


async def test_going_live_flings_nothing_old_out(database_url: str, tmp_path: Path) -> None:
    async with observing(database_url, tmp_path / "keys.json") as desk:
        await desk.mail(BLAME)
    async with open_test_desk(database_url, tmp_path / "keys.json") as desk:
        desk.clock.turn(hours=1)
        await desk.deliver()
        assert not desk.couriers[MAIL].to(ANN)
        (answer,) = [draft for draft in await desk.drafts() if draft.kind is DraftKind.ANSWER]
        await desk.approval.approve(answer.id, KIM)
        await desk.deliver()
        assert [one.kind for one in desk.couriers[MAIL].to(ANN)] == [DraftKind.ANSWER]


async def test_what_was_approved_before_comes_back_to_a_colleague(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "keys.json") as desk:
        desk.reader.tell(BLAME, R.COMPLAINT)
        await desk.mail(BLAME)
        (draft,) = await desk.drafts()
        await desk.approval.approve(draft.id, KIM)
        assert (await desk.case()).stage is State.SENDING
    async with observing(database_url, tmp_path / "keys.json") as desk:
        desk.clock.turn(hours=1)
        await desk.deliver()
        assert not desk.couriers[MAIL].to(ANN)
        assert (await desk.case()).stage is State.REVIEW
        assert {one.state for one in await desk.outbox()} == {DeliveryState.PARKED}
        parked = next(one for one in await desk.outbox() if one.kind is DraftKind.ANSWER)
        with pytest.raises(NotAllowed, match="only observes"):
            await desk.outbox_desk.retry(parked.id, KIM)
    async with open_test_desk(database_url, tmp_path / "keys.json") as desk:
        desk.clock.turn(hours=2)
        await desk.outbox_desk.retry(parked.id, KIM)
        await desk.deliver()
        assert [one.kind for one in desk.couriers[MAIL].to(ANN)] == [DraftKind.ANSWER]
        assert (await desk.case()).stage is State.ANSWERED
