"""Data go straight to the service the person named, or the letter says why not (Art. 20(2); law.md rule 26)."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.core.drafts import Draft, DraftKind
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.messages import MAIL
from bot.core.register import Processing
from bot.core.rights import RequestType
from bot.core.tasks import Task, TaskKind
from bot.core.verdict import Outcome
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
SENT = "orders and profile to Other Shop, by their import page, on 4 March"


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
    case = await desk.case()
    return [task for task in await desk.store.transact(lambda unit: unit.tasks.of_case(case.id)) if task.is_open]


@pytest.mark.rule(26)
async def test_a_letter_says_that_data_were_sent_there_once_a_colleague_noted_what_went_where(desk: TestDesk) -> None:
    draft = await asked(desk, Outcome.TRANSFERRED)
    (task,) = await tasks(desk)
    assert task.kind is TaskKind.HAND_OVER
    await desk.approval.approve(draft.id, LEE)
    with pytest.raises(NotApprovable, match=r"not done yet.*the service the person named"):
        await desk.approval.approve(draft.id, KIM)
    with pytest.raises(NotAllowed, match="to which service"):
        await desk.tasks.done(task.id, KIM, "  ")
    done = await desk.tasks.done(task.id, KIM, SENT)
    assert "Other Shop" in done.note
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    assert draft.body in {sent.body for sent in desk.couriers[MAIL].to(ANN)}


@pytest.mark.rule(26, refused=True)
async def test_nobody_alone_sends_data_to_a_service(desk: TestDesk) -> None:
    """Whoever marks it done does not count: another colleague has to have read the answer and agreed."""
    draft = await asked(desk, Outcome.TRANSFERRED)
    (task,) = await tasks(desk)
    assert not (await desk.tasks.open(KIM))[0]
    with pytest.raises(NotAllowed, match="nobody sends data alone"):
        await desk.tasks.done(task.id, KIM, SENT)
    await desk.approval.approve(draft.id, KIM)
    with pytest.raises(NotAllowed, match="nobody sends data alone"):
        await desk.tasks.done(task.id, KIM, SENT)
    assert [one.id for one, _ in (await desk.tasks.open(LEE))[0]] == [task.id]
    await desk.tasks.done(task.id, LEE, SENT)


@pytest.mark.rule(26)
async def test_a_colleague_takes_the_files_that_are_sent_and_that_is_on_file(desk: TestDesk) -> None:
    """Art. 20(2): as the person would get them, once another colleague agreed; no copy is kept."""
    draft = await asked(desk, Outcome.TRANSFERRED)
    (task,) = await tasks(desk)
    await desk.approval.approve(draft.id, LEE)
    files = await desk.dossiers.take_along(task.id, KIM)
    archive = ZipFile(BytesIO(files.data))
    assert any(b"Canary Lane 7" in archive.read(name) for name in archive.namelist())
    chain = await desk.store.transact(lambda unit: unit.audit.chain(draft.case_id))
    (taken,) = [link for link in chain if link.event == "files_taken"]
    assert (taken.actor, taken.data["task"]) == (KIM, task.id)
    assert taken.data["manifest"] == archive.read("manifest.json").decode()
    assert not await desk.store.transact(lambda unit: unit.packages.of_case(draft.case_id))
    await desk.tasks.done(task.id, KIM, SENT)
    with pytest.raises(NotAllowed, match="nothing is to be sent"):
        await desk.dossiers.take_along(task.id, KIM)


@pytest.mark.rule(26, refused=True)
async def test_nobody_alone_takes_the_files_of_a_transfer(desk: TestDesk) -> None:
    draft = await asked(desk, Outcome.TRANSFERRED)
    (task,) = await tasks(desk)
    with pytest.raises(NotAllowed, match="nobody sends data alone"):
        await desk.dossiers.take_along(task.id, KIM)
    await desk.approval.approve(draft.id, KIM)
    with pytest.raises(NotAllowed, match="nobody sends data alone"):
        await desk.dossiers.take_along(task.id, KIM)
    with pytest.raises(NotAllowed, match="may not edit"):
        await desk.dossiers.take_along(task.id, "nobody@nexioprojects.com")


@pytest.mark.rule(12, refused=True)
async def test_no_files_are_taken_for_whom_a_second_proof_is_asked_meanwhile(desk: TestDesk) -> None:
    draft = await asked(desk, Outcome.TRANSFERRED)
    (task,) = await tasks(desk)
    await desk.approval.approve(draft.id, LEE)
    health = Processing("health_notes", {}, sensitive=True)
    await desk.store.transact(lambda unit: unit.register.replace([health]))
    with pytest.raises(NotAllowed, match="second proof is still missing"):
        await desk.dossiers.take_along(task.id, KIM)


@pytest.mark.rule(12, refused=True)
async def test_no_data_are_sent_there_on_the_word_of_an_address_known_only_lately(desk: TestDesk) -> None:
    await desk.know("ann@old.example")
    desk.clock.turn(hours=1)
    draft = await asked(desk, Outcome.TRANSFERRED)
    (task,) = await tasks(desk)
    with pytest.raises(NotApprovable, match="this address is new to us"):
        await desk.approval.approve(draft.id, LEE)
    with pytest.raises(NotAllowed, match="only lately"):
        await desk.tasks.done(task.id, KIM, SENT)
    desk.clock.turn(hours=73)
    await desk.approval.approve(draft.id, LEE)
    await desk.tasks.done(task.id, KIM, SENT)


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
