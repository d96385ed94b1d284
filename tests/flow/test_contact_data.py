"""Contact data change hands slowly: who is on record hears of it, and data wait before they follow (law.md rule 12)."""

import pytest

from bot.core.drafts import DraftKind
from bot.core.errors import NotApprovable
from bot.core.messages import MAIL
from bot.core.rights import Correction, Flag, RequestType
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
NEW, SECOND = "ann@new.example", "ann@work.example"


def teach(desk: TestDesk) -> None:
    desk.reader.tell("my data", R.ACCESS)
    desk.reader.tell("erase me", R.ERASURE)
    desk.reader.tell("I have a new address", R.RECTIFICATION, corrections=(Correction("email", ANN, NEW),))
    desk.reader.tell("my name is Anne", R.RECTIFICATION, corrections=(Correction("name", "Ann", "Anne"),))


async def change_approved(desk: TestDesk) -> None:
    await desk.mail("I have a new address")
    await desk.mail(await desk.code())
    await desk.deliver()
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()


@pytest.mark.rule(12)
async def test_a_new_address_and_the_others_on_record_hear_of_a_change(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN, SECOND)
    await change_approved(desk)
    told = desk.couriers[MAIL]
    assert [one.kind for one in told.to(SECOND)] == [DraftKind.RECORD_NOTICE]
    assert "question: was_it_you" in told.to(SECOND)[0].body
    assert ["question: new_address" in one.body for one in told.to(NEW)] == [True]
    assert told.to(ANN)[-1].kind is DraftKind.ANSWER
    assert "Canary" not in "".join(one.body for one in (*told.to(NEW), *told.to(SECOND)))


@pytest.mark.rule(12)
async def test_the_others_on_record_hear_of_an_erasure_before_it_is_done(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN, SECOND)
    await desk.mail("erase me")
    await desk.deliver()
    assert not desk.couriers[MAIL].to(SECOND)  # nobody has shown anything yet
    await desk.mail(desk.couriers[MAIL].to(ANN)[-1].secret)
    await desk.mail("erase me")
    await desk.deliver()
    (notice,) = desk.couriers[MAIL].to(SECOND)
    assert "erasure" not in notice.body
    assert not [draft for draft in await desk.outbox() if draft.kind is DraftKind.ANSWER]


@pytest.mark.rule(14, refused=True)
async def test_nobody_writes_to_a_parent_on_record_behind_a_childs_back(desk: TestDesk) -> None:
    desk.reader.tell("I am twelve, erase me", R.ERASURE, flags=frozenset({Flag.MINOR}))
    await desk.know(ANN, SECOND)
    await desk.mail("I am twelve, erase me")
    await desk.approval.ask_identity((await desk.case()).id, KIM)
    await desk.mail(await desk.code())
    await desk.deliver()
    assert not desk.couriers[MAIL].to(SECOND)
    (notice,) = [draft for draft in await desk.drafts() if draft.kind is DraftKind.RECORD_NOTICE]
    await desk.approval.reject(notice.id, KIM, "that is her mother's address")
    desk.clock.turn(hours=73)
    (answer,) = [draft for draft in await desk.drafts() if draft.kind is DraftKind.ANSWER]
    await desk.approval.approve(answer.id, KIM)  # the officer decided: nothing is in the way


async def test_nobody_is_written_to_about_a_misspelt_name(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN, SECOND)
    await desk.mail("my name is Anne")
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    assert not desk.couriers[MAIL].to(SECOND)


@pytest.mark.rule(12, refused=True)
async def test_no_data_go_to_an_address_that_came_on_record_lately(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await change_approved(desk)
    await desk.know(NEW)
    await desk.mail("my data", NEW)
    await desk.mail(await desk.code(), NEW)
    (draft,) = await desk.drafts()
    with pytest.raises(NotApprovable, match="this address is new to us: data may go there from 2026-03-05"):
        await desk.approval.approve(draft.id, KIM)
    await desk.know(NEW)  # importing the same again begins nothing anew
    desk.clock.turn(hours=73)
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    assert "Canary Lane 7" in desk.couriers[MAIL].to(NEW)[-1].body


async def test_a_customer_who_is_new_waits_for_nothing(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(NEW)
    await desk.mail("my data", NEW)
    await desk.mail(await desk.code(), NEW)
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)


@pytest.mark.rule(12, refused=True)
async def test_a_stranger_changes_nobodys_address(desk: TestDesk) -> None:
    """Rule 12: a code to the *old* address; a mailbox that is not on record proves nothing of it."""
    teach(desk)
    await desk.know(ANN)
    await desk.mail("I have a new address", NEW)
    await desk.mail(await desk.code(), NEW)
    (draft,) = await desk.drafts()
    with pytest.raises(NotApprovable, match="nobody is on record"):
        await desk.approval.approve(draft.id, KIM)
