"""Data go straight to the service the person named, or the letter says why not (Art. 20(2); law.md rule 26)."""

import pytest

from bot.core.drafts import Draft, DraftKind
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from bot.core.tasks import Task, TaskKind
from bot.core.verdict import Outcome
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType


async def asked(desk: TestDesk, outcome: Outcome) -> Draft:
    """Let Ann ask, prove who she is, and a colleague say how it ends; return the answer that waits."""
    await desk.know(ANN)
    desk.reader.tell("send it to Other Shop", R.PORTABILITY)
    await desk.mail("send it to Other Shop")
    await desk.mail(await desk.code())
    await desk.deliver()
    (draft,) = await desk.outcomes.choose_in((await desk.case()).id, {R.PORTABILITY: outcome}, KIM)
    return draft


async def tasks(desk: TestDesk) -> list[Task]:
    found, _ = await desk.tasks.open(KIM)
    return [task for task, _ in found]


@pytest.mark.rule(26)
async def test_a_letter_says_that_data_were_sent_there_once_a_colleague_noted_what_went_where(desk: TestDesk) -> None:
    draft = await asked(desk, Outcome.TRANSFERRED)
    (task,) = await tasks(desk)
    assert task.kind is TaskKind.HAND_OVER
    with pytest.raises(NotApprovable, match=r"not done yet.*the service the person named"):
        await desk.approval.approve(draft.id, KIM)
    with pytest.raises(NotAllowed, match="to which service"):
        await desk.tasks.done(task.id, KIM, "  ")
    done = await desk.tasks.done(task.id, KIM, "orders and profile to Other Shop, by their import page, on 4 March")
    assert "Other Shop" in done.note
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    assert draft.body in {sent.body for sent in desk.couriers[MAIL].to(ANN)}


@pytest.mark.rule(26, refused=True)
async def test_what_can_not_be_sent_there_is_a_partial_no_with_its_reasons(desk: TestDesk) -> None:
    """Art. 12(4): the transfer is refused, the files are not."""
    draft = await asked(desk, Outcome.TRANSFERRED)
    (task,) = await tasks(desk)
    with pytest.raises(NotAllowed, match="portability=not_transferred"):
        await desk.tasks.except_(task.id, KIM, "they take no files")
    (fresh,) = await desk.outcomes.choose_in(draft.case_id, {R.PORTABILITY: Outcome.NOT_TRANSFERRED}, KIM)
    assert not await tasks(desk)
    assert fresh.refuses
    assert fresh.kind is DraftKind.ANSWER


async def test_what_is_given_to_the_person_makes_no_task(desk: TestDesk) -> None:
    await asked(desk, Outcome.GRANTED)
    assert not await tasks(desk)
