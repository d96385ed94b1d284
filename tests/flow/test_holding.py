"""A legal hold stops whatever erases, by whatever way, and whatever name or address the case goes by (rule 44)."""

import pytest

from bot.core.case import Case
from bot.core.drafts import DraftKind
from bot.core.enclosures import Enclosure
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL, Attachment, Handle
from bot.core.rights import RequestType
from bot.core.shelves import Shelf
from bot.core.tasks import TaskKind
from bot.core.vouching import Ground
from bot.flow.joining import merge
from tests.flow.conftest import ANN, KIM, LEE, TestDesk
from tests.storage.insider import run

R = RequestType
NEW = "a.marten@new.example"
"""Where Ann writes from under another name: only a colleague's word says that the case is hers."""

WHY = "claim before the court"
KEPT = r"a legal hold keeps everything of case NX-.*: claim before the court"


async def held_elsewhere(desk: TestDesk) -> Case:
    """Hold a case of Ann's under another address and another name."""
    await desk.know(ANN)
    desk.reader.tell("my data, I lost my mailbox", R.ACCESS)
    await desk.mail("my data, I lost my mailbox", NEW, name="A. Marten")
    await desk.mail(await desk.code(), NEW)
    case = await desk.case_of(NEW)
    await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "called back", KIM)
    return await desk.retention.hold(case.id, KIM, WHY)


async def on_record(desk: TestDesk) -> bool:
    return bool(await desk.store.transact(lambda unit: unit.directory.find(Handle(MAIL, ANN))))


@pytest.mark.rule(44, refused=True)
async def test_nobody_is_erased_by_hand_while_a_case_of_theirs_is_held(desk: TestDesk) -> None:
    case = await held_elsewhere(desk)
    with pytest.raises(NotAllowed, match=KEPT):
        await desk.erasures.erase("C-1", KIM, "she asked")
    assert await on_record(desk)
    await desk.retention.release(case.id, KIM, "settled")
    await desk.erasures.erase("C-1", KIM, "she asked")
    assert not await on_record(desk)


@pytest.mark.rule(44, refused=True)
async def test_no_task_erases_whose_case_is_held_under_another_name(desk: TestDesk) -> None:
    await held_elsewhere(desk)
    desk.reader.tell("erase me", R.ERASURE)
    await desk.mail("erase me")
    await desk.mail(await desk.code())
    (draft,) = [one for one in await desk.drafts() if one.rights == {R.ERASURE}]
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    case = await desk.case_of(ANN)
    (task,) = await desk.store.transact(lambda unit: unit.tasks.of_case(case.id))
    assert task.kind is TaskKind.ERASE_ROW
    with pytest.raises(NotAllowed, match=KEPT):
        await desk.tasks.done(task.id, KIM)
    assert await on_record(desk)


@pytest.mark.rule(44, refused=True)
async def test_after_a_restore_nobody_is_erased_again_whom_a_hold_keeps(desk: TestDesk, database_url: str) -> None:
    case = await held_elsewhere(desk)
    await desk.retention.release(case.id, KIM, "settled")
    await desk.erasures.erase("C-1", KIM, "she asked")
    run(database_url, "DELETE FROM erasures")  # the backup is of while the hold stood
    await desk.know(ANN)
    await desk.retention.hold(case.id, KIM, WHY)
    for dry_run in (True, False):
        (fate,) = await desk.retention.run(dry_run=dry_run)
        assert (fate.shelf, fate.count, fate.held) == (Shelf.ERASED, 1, "a case of theirs is held")
    assert await on_record(desk)
    await desk.retention.release(case.id, KIM, "settled")
    await desk.retention.run()
    assert not await on_record(desk)


@pytest.mark.rule(44, refused=True)
async def test_a_case_is_kept_by_the_hold_of_the_one_it_is_carried_on_in(desk: TestDesk) -> None:
    """What was written and decided in it belongs to what is held."""
    await desk.know(ANN)
    for words, right in (("my data", R.ACCESS), ("stop using it", R.OBJECTION)):
        desk.reader.tell(words, right)
        await desk.mail(words, "ann@one.example" if right is R.ACCESS else "ann@two.example")
    one, two = await desk.case_of("ann@one.example"), await desk.case_of("ann@two.example")
    desk.clock.turn(days=2)  # the code of before is good no longer
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    await desk.store.transact(lambda unit: merge(unit, casework, answering, one.id, two.id, "one person", KIM, now))
    await desk.retention.hold(two.id, KIM, WHY)
    desk.clock.turn(days=365 * 6)
    fates = [fate for fate in await desk.retention.run() if fate.case == one.reference]
    assert fates
    assert {fate.held for fate in fates} == {WHY}
    assert (await desk.store.transact(lambda unit: unit.cases.get(one.id))).id == one.id


@pytest.mark.rule(44, refused=True)
async def test_no_file_of_a_held_case_is_destroyed_or_taken_away(desk: TestDesk) -> None:
    desk.reader.tell("my data", R.ACCESS)
    await desk.know(ANN)
    await desk.mail("my data", attachments=(Attachment(1, "passport.pdf", "application/pdf", 3),))
    case = await desk.case()
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    added: Enclosure = await desk.redactions.attach(case.id, "orders.csv", b"a,b\n", KIM)
    await desk.retention.hold(case.id, KIM, WHY)
    with pytest.raises(NotAllowed, match=KEPT):
        await desk.evidence.destroy(kept.id, "seen", KIM)
    with pytest.raises(NotAllowed, match=KEPT):
        await desk.redactions.detach(case.id, added.name, KIM)


@pytest.mark.rule(44)
async def test_somebody_else_s_hold_keeps_nobody(desk: TestDesk) -> None:
    await held_elsewhere(desk)
    await desk.know("bea@example.net", number="C-2", name="Bea Lind")
    await desk.erasures.erase("C-2", KIM, "she asked")
    assert not await desk.store.transact(lambda unit: unit.directory.numbered("C-2"))
    assert DraftKind.ANSWER in {draft.kind for draft in await desk.drafts()}


@pytest.mark.rule(44, refused=True)
async def test_a_hold_keeps_whoever_a_case_was_about_that_joined_the_held_one(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("my data", RequestType.ACCESS)
    await desk.mail("my data", ANN)
    desk.reader.tell("stop using it", RequestType.OBJECTION)
    await desk.mail("stop using it", "ann@work.example")
    desk.clock.turn(days=2)
    held = await desk.case_of("ann@work.example")
    joining, now = await desk.case_of(ANN), desk.clock.now()
    casework, answering = desk.treatment.casework, desk.treatment.answering
    await desk.store.transact(lambda u: merge(u, casework, answering, joining.id, held.id, "one matter", KIM, now))
    await desk.retention.hold(held.id, KIM, "a claim")
    with pytest.raises(NotAllowed, match="legal hold"):
        await desk.erasures.erase("C-1", KIM, "asked")
