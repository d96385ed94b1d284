"""Erased people stay erased: no import and no restored database brings them back (law.md rule 45, Art. 17)."""

from pathlib import Path

import pytest

import storage
from bot.core.case import Lane
from bot.core.drafts import Role
from bot.core.errors import NotAllowed, NotFound
from bot.core.messages import MAIL, Handle
from bot.core.rights import RequestType, Scope
from bot.core.shelves import Shelf
from bot.core.tasks import Task, TaskKind
from bot.core.tickets import Door
from bot.core.verdict import Outcome
from bot.flow.case_file import open_file
from bot.flow.customers import CustomerImport
from bot.numbering import CountryNumbers
from tests.fakes.ports import CountedEntropy
from tests.flow.conftest import ANN, KIM, LEE, TestDesk
from tests.storage.insider import run

FILE = ["number,name,emails\n", f"C-1,Ann Peeters,{ANN}\n", "C-2,Bea Lind,bea@example.net\n"]


async def on_record(desk: TestDesk, address: str = ANN) -> bool:
    return bool(await desk.store.transact(lambda unit: unit.directory.find(Handle(MAIL, address))))


@pytest.mark.rule(45, refused=True)
async def test_an_erased_customer_is_gone_and_no_import_brings_them_back(desk: TestDesk) -> None:
    importer = CustomerImport(desk.store, CountryNumbers("NL"), desk.clock, CountedEntropy())
    assert (await importer.run(FILE)).added == 2
    await desk.suppressions.add(ANN, Scope.ALL, KIM, "she wrote")
    await desk.erasures.erase(" C-1 ", KIM, "case NX-1")
    assert not await on_record(desk)
    assert await on_record(desk, "bea@example.net")
    for dry_run in (True, False):
        report = await importer.run(FILE, dry_run=dry_run)
        assert (report.added, report.changed, report.unchanged) == (0, 0, 1)
        assert report.problems == [(2, "was erased on 2026-03-02: take the row out of the file")]
    assert not await on_record(desk)
    (checked,) = await desk.suppressions.check([ANN], Scope.EMAIL)
    assert not checked.allowed  # what keeps mailings away stays
    chain = await desk.store.transact(lambda unit: unit.audit.chain("customers"))
    assert [(link.actor, link.event) for link in chain] == [(KIM, "customer_erased")]
    assert not any("C-1" in value for link in chain for value in link.data.values())


@pytest.mark.rule(45)
async def test_who_was_erased_before_a_restore_is_erased_again(desk: TestDesk, database_url: str) -> None:
    await desk.know(ANN)
    await desk.erasures.erase("C-1", KIM, "case NX-1")
    run(database_url, "DELETE FROM erasures")  # as an older backup knows nothing of it
    await desk.know(ANN)
    assert [fate.shelf for fate in await desk.retention.run(dry_run=True)] == [Shelf.ERASED]
    assert await on_record(desk)
    (fate,) = await desk.retention.run()
    assert (fate.shelf, fate.count) == (Shelf.ERASED, 1)
    assert not await on_record(desk)
    assert not await desk.retention.run()


async def test_a_lost_journal_is_written_anew_from_the_database(desk: TestDesk, tmp_path: Path) -> None:
    await desk.know(ANN)
    await desk.erasures.erase("C-1", KIM, "case NX-1")
    journal = tmp_path / "erasures.jsonl"
    before = journal.read_text()
    assert "C-1" not in before
    assert oct(journal.stat().st_mode)[-3:] == "600"
    journal.unlink()
    await desk.retention.run()
    assert journal.read_text() == before
    await desk.retention.run()
    assert journal.read_text() == before


@pytest.mark.parametrize("line", ["{}", "no json", '{"mark": "zz", "at": "2026-03-02T09:00:00+00:00"}', "é"])
async def test_a_damaged_journal_is_told_and_nothing_is_erased(desk: TestDesk, tmp_path: Path, line: str) -> None:
    (tmp_path / "erasures.jsonl").write_text(line + "\n")
    with pytest.raises(storage.JournalUnusable, match="from its backup"):
        await desk.retention.run()


async def test_nobody_is_erased_without_the_role_a_reason_or_a_number(desk: TestDesk) -> None:
    await desk.know(ANN)
    await desk.store.transact(lambda unit: unit.staff.add("dora@nexioprojects.com", Role.DRAFTER))
    with pytest.raises(NotAllowed, match="may not erase customers"):
        await desk.erasures.erase("C-1", "dora@nexioprojects.com", "case NX-1")
    with pytest.raises(NotAllowed, match="say why"):
        await desk.erasures.erase("C-1", KIM, " ")
    with pytest.raises(NotFound, match="no customer on record"):
        await desk.erasures.erase("C-9", KIM, "case NX-1")
    assert await on_record(desk)


async def test_a_case_of_an_erased_customer_still_opens(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("What do you hold?", RequestType.ACCESS)
    await desk.mail("What do you hold?")
    case = await desk.case()
    assert case.customer_id == "id-C-1"
    await desk.erasures.erase("C-1", KIM, "case NX-1")
    await desk.store.transact(lambda unit: open_file(unit, case.reference, KIM, desk.clock.now()))


async def left_to_do(desk: TestDesk) -> list[str]:
    found, _ = await desk.tasks.open(KIM)
    return [task.id for task, _ in found]


async def answered(desk: TestDesk) -> tuple[str, Task]:
    """Let Ann ask for erasure, prove who she is and get her answer; return the case and the task of her row."""
    await desk.know(ANN)
    desk.reader.tell("erase me", RequestType.ERASURE)
    await desk.mail("erase me")
    await desk.mail(await desk.code())
    await desk.deliver()
    case = await desk.case()
    (draft,) = await desk.outcomes.choose_in(case.id, {RequestType.ERASURE: Outcome.GRANTED}, KIM)
    (task,) = await desk.store.transact(lambda unit: unit.tasks.of_case(case.id))
    with pytest.raises(NotAllowed, match="has not left yet"):
        await desk.tasks.done(task.id, KIM)
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    with pytest.raises(NotAllowed, match="has not left yet"):
        await desk.tasks.done(task.id, KIM)
    await desk.deliver()
    return case.id, task


@pytest.mark.rule(24)
@pytest.mark.rule(45)
async def test_the_desks_own_row_goes_by_its_task_once_the_answer_has_left(desk: TestDesk) -> None:
    case_id, task = await answered(desk)
    assert (task.kind, task.name) == (TaskKind.ERASE_ROW, "C-1")
    assert await on_record(desk)
    assert await left_to_do(desk) == [task.id]
    await desk.tasks.done(task.id, KIM)
    assert not await on_record(desk)
    assert not await left_to_do(desk)
    with pytest.raises(NotAllowed, match="no row comes back"):
        await desk.tasks.undo(task.id, KIM)
    (link,) = await desk.store.transact(lambda unit: unit.audit.chain("customers"))
    case = await desk.case()
    assert (link.event, link.actor) == ("customer_erased", KIM)
    assert case.reference in link.why
    assert len(desk.erasures.journal.read()) == 1  # where no restored backup forgets it
    assert case.id == case_id


@pytest.mark.rule(24, refused=True)
async def test_a_row_that_a_duty_keeps_stays_for_a_reason_on_file(desk: TestDesk) -> None:
    case_id, task = await answered(desk)
    await desk.tasks.except_(task.id, KIM, "invoices of 2024, seven years")
    assert await on_record(desk)
    assert not await left_to_do(desk)
    await desk.tasks.undo(task.id, KIM)
    await desk.retention.hold(case_id, KIM, "a lawsuit")
    with pytest.raises(NotAllowed, match=r"a legal hold keeps everything of case NX-.*: a lawsuit"):
        await desk.tasks.done(task.id, KIM)
    assert await on_record(desk)
    await desk.retention.release(case_id, KIM, "settled")
    await desk.erasures.erase("C-1", KIM, "by hand")
    assert not (await desk.tasks.done(task.id, KIM)).is_open  # gone already: nothing is erased twice


@pytest.mark.rule(44, refused=True)
async def test_a_hold_in_another_case_of_the_person_keeps_the_row_too(desk: TestDesk) -> None:
    """A colleague who may not see that case hears that there is a hold, and nothing else of it."""
    _, task = await answered(desk)
    desk.reader.tell("You lost my data!", RequestType.COMPLAINT)
    await desk.mail("You lost my data!", message_id="<complaint@example.com>")
    (other,) = [case for case in await desk.cases() if case.lane is Lane.DPO]
    await desk.retention.hold(other.id, KIM, "a lawsuit")
    with pytest.raises(NotAllowed, match=f"a legal hold keeps everything of case {other.reference}: a lawsuit"):
        await desk.tasks.done(task.id, KIM)
    ada = "ada@nexioprojects.com"
    await desk.store.transact(lambda unit: unit.staff.add(ada, Role.APPROVER))
    with pytest.raises(NotAllowed, match="a legal hold keeps what we have of this person") as refusal:
        await desk.tasks.done(task.id, ada)
    assert other.reference not in str(refusal.value)
    assert await on_record(desk)
    await desk.retention.release(other.id, KIM, "settled")
    await desk.tasks.done(task.id, KIM)
    assert not await on_record(desk)


@pytest.mark.rule(45, refused=True)
async def test_the_row_stays_while_somebody_says_that_it_was_not_them(desk: TestDesk) -> None:
    """Art. 17 is the person's own: whoever else asked for it erases nobody."""
    case_id, task = await answered(desk)
    told = f"{case_id} {ANN} {int(desk.clock.now().timestamp())}"
    link = await desk.store.transact(lambda unit: unit.tickets.write(Door.NOT_ME, told, desk.clock.now()))
    await desk.reception.denials.deny(link)
    with pytest.raises(NotAllowed, match="it was not them"):
        await desk.tasks.done(task.id, KIM)
    assert await on_record(desk)
    await desk.reception.denials.settle(case_id, KIM, "she asked herself, we called her")
    await desk.tasks.done(task.id, KIM)
    assert not await on_record(desk)
