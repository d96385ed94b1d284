"""Who asks the same again: within the period it is one request, after the answer a new one with its own month."""

from datetime import date

import pytest

from bot.core.case import Case, State
from bot.core.drafts import DraftKind
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
FIRST, AGAIN = "A copy of my data, please.", "Once more: a copy of my data, please."


async def asks_for_a_copy(desk: TestDesk) -> Case:
    await desk.know(ANN)
    for text in (FIRST, AGAIN):
        desk.reader.tell(text, R.ACCESS)
    await desk.mail(FIRST)
    await desk.mail(await desk.code())
    return await desk.case()


async def answered(desk: TestDesk) -> None:
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()


@pytest.mark.rule(2)
async def test_asked_again_while_it_is_open_it_is_one_request_with_the_first_date(desk: TestDesk) -> None:
    first = await asks_for_a_copy(desk)
    desk.clock.turn(days=20)
    await desk.mail(AGAIN)
    case = await desk.case()
    assert [(one.right, one.statutory_due) for one in case.items] == [(R.ACCESS, first.items[0].statutory_due)]
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    assert draft.case_version == case.version  # drafted anew: nobody approves what the person overtook


@pytest.mark.rule(19)
async def test_asked_again_after_the_answer_it_is_free_and_has_a_month_of_its_own(desk: TestDesk) -> None:
    """No fee and no refusal stands in what is drafted: both are a colleague's to choose, with their reasons."""
    first = await asks_for_a_copy(desk)
    await answered(desk)
    desk.clock.turn(days=20)
    (letter,) = [one for one in await desk.outbox() if one.kind is DraftKind.ANSWER]
    await desk.mail(AGAIN, references=(letter.message_id,))
    case = next(one for one in await desk.cases() if one.is_open)
    again = case.items[-1]
    assert (again.statutory_due, again.state) == (date(2026, 4, 22), State.REVIEW)
    assert again.statutory_due != first.items[0].statutory_due
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    assert (draft.refuses, draft.rights) == (False, frozenset({R.ACCESS}))
    assert "street=Canary Lane 7" in draft.body
