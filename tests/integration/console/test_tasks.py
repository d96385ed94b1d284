"""What has to be done before the answer, on the case's page: marked there, told on its draft, listed for everybody."""

from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.core.drafts import Draft, DraftKind, Role
from bot.core.rights import RequestType
from bot.core.tasks import Recipient, System
from bot.core.verdict import Outcome
from bot.flow.carrying_out import NAMED_SERVICE
from tests.flow.conftest import ANN, HOUSE
from tests.integration.console.conftest import PASSWORD, Console, open_console

KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"
BREVO = "privacy@brevo.example"
OTHERS = replace(
    HOUSE,
    systems=(System("web shop", KIM, keeps="invoices, 7 years"),),
    recipients=(Recipient("Brevo <SAS>", BREVO), Recipient("Stripe", "dpo@stripe.example")),
)


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", OTHERS) as opened:
        yield opened


async def erasure(console: Console) -> str:
    """Let Ann ask to be erased, prove who she is, and a colleague grant it; return the reference."""
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell("Erase me", RequestType.ERASURE)
    await desk.mail("Erase me")
    await desk.mail(await desk.code())
    case = await desk.case()
    await desk.outcomes.choose_in(case.id, {RequestType.ERASURE: Outcome.GRANTED}, KIM)
    return case.reference


async def draft_of(console: Console, kind: DraftKind) -> Draft:
    return next(draft for draft in await console.desk.drafts() if draft.kind is kind)


async def task_of(console: Console, name: str) -> str:
    case = await console.desk.case()
    found = await console.desk.store.transact(lambda unit: unit.tasks.of_case(case.id))
    return next(task.id for task in found if task.name == name)


async def test_a_colleague_works_through_the_list_and_the_answer_can_then_be_approved(console: Console) -> None:
    reference = await erasure(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open(f"/cases/{reference}")
    assert "To do for the answer" in page
    assert "Brevo &lt;SAS&gt;" in page
    rehearsed = page.partition('id="rehearsal"')[2].partition("</details>")[0]
    assert "customer C-1" in rehearsed
    assert "invoices, 7 years" in rehearsed
    answer = await draft_of(console, DraftKind.ANSWER)
    page = await kim.open(f"/drafts/{answer.id}")
    assert "not done yet, and not excepted either: web shop, Brevo &lt;SAS&gt;, Stripe" in page
    assert "What the erasure takes, and what stays" in page  # told before anybody approves
    assert 'name="task"' not in page
    await kim.open(f"/cases/{reference}")
    shop = await task_of(console, "web shop")
    page = await kim.send(f"/cases/{reference}/task", task=shop, deed="done", note="two orders")
    assert "Marked as done" in page
    assert "two orders" in page
    assert "Its notice waits for approval by two different people" in page
    notice = await draft_of(console, DraftKind.RECIPIENT_NOTICE)
    page = await kim.open(f"/drafts/{notice.id}")
    assert "received the data; named in the settings" in page
    assert "Two different people must approve this" in page
    await kim.send(f"/drafts/{notice.id}/approve", seal=notice.seal, then="stay")
    assert "waits for approval by two different people" in await kim.open(f"/cases/{reference}")
    await console.desk.approval.approve(notice.id, LEE)
    page = await kim.open(f"/cases/{reference}")
    assert "Its notice is on its way" in page
    assert page.count("It is left out") == 2  # the other recipient and our own row may be, this one not any more
    await console.desk.deliver()
    await kim.open(f"/cases/{reference}")
    other = "Stripe" if notice.recipient.value == BREVO else "Brevo <SAS>"
    left = await task_of(console, other)
    assert "say why" in await kim.send(f"/cases/{reference}/task", 422, task=left, deed="except", note=" ")
    page = await kim.send(f"/cases/{reference}/task", task=left, deed="except", note="has closed down")
    assert "has closed down" in page
    answer = await draft_of(console, DraftKind.ANSWER)
    page = await kim.open(f"/drafts/{answer.id}")
    assert "not done yet" not in page
    await kim.send(f"/drafts/{answer.id}/approve", seal=answer.seal, then="stay")
    assert "customer C-1" in await kim.open("/tasks")
    row = await task_of(console, "C-1")
    assert "has not left yet" in await kim.send(f"/cases/{reference}/task", 422, task=row, deed="done", note="")
    await console.desk.approval.approve(answer.id, LEE)
    await console.desk.deliver()
    await kim.send(f"/cases/{reference}/task", task=row, deed="done", note="")
    assert "Nothing is left to do" in await kim.open("/tasks")


async def test_who_does_a_transfer_takes_the_files_once_another_agreed_and_with_their_password(
    console: Console,
) -> None:
    """Art. 20(2): the files that the service gets; it is on file who took them."""
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell("Send it to Other Shop", RequestType.PORTABILITY)
    await desk.mail("Send it to Other Shop")
    await desk.mail(await desk.code())
    case = await desk.case()
    await desk.outcomes.choose_in(case.id, {RequestType.PORTABILITY: Outcome.TRANSFERRED}, KIM)
    await desk.approval.approve((await draft_of(console, DraftKind.ANSWER)).id, LEE)
    lee, kim = await console.colleague(LEE, Role.APPROVER), await console.colleague(KIM, Role.APPROVER)
    task, path = await task_of(console, NAMED_SERVICE), f"/cases/{case.reference}"
    assert "Save the files to send" in await lee.open(path)
    assert "nobody sends data alone" in await lee.send(f"{path}/take-along", 422, task=task)
    desk.clock.turn(minutes=15)
    await kim.open(path)
    assert "Your password once more" in await kim.send(f"{path}/take-along", task=task)
    await kim.send("/prove", password=PASSWORD, next=path)
    await kim.send(f"{path}/take-along", task=task)
    assert kim.last.headers["content-disposition"].startswith("attachment")
    with ZipFile(BytesIO(kim.last.content)) as archive:
        assert "manifest.json" in archive.namelist()
        assert any(b"Canary Lane 7" in archive.read(name) for name in archive.namelist())
    assert "took the files that are sent" in await kim.open(path)


async def test_the_list_shows_whose_turn_it_is_and_only_cases_that_may_be_seen(console: Console) -> None:
    reference = await erasure(console)
    kim = await console.colleague(KIM, Role.READER)
    page = await kim.open("/tasks")
    assert page.count(reference) >= 3
    assert page.count("yours</span>") == 1
    assert 'name="task"' not in await kim.open(f"/cases/{reference}")  # a reader marks nothing
    shop = await task_of(console, "web shop")
    assert "Your role does not include this" in await kim.send(f"/cases/{reference}/task", 403, task=shop, deed="done")
    staff = await console.colleague("hal@nexioprojects.com", Role.HR)
    assert reference not in await staff.open("/tasks")


async def test_a_task_of_another_case_is_not_marked_through_this_one(console: Console) -> None:
    reference = await erasure(console)
    lee = await console.colleague(LEE, Role.APPROVER)
    await lee.open(f"/cases/{reference}")
    await lee.send(f"/cases/{reference}/task", 404, task="0123", deed="done")
    waiting, _ = await console.desk.tasks.open(LEE)
    assert {task.is_open for task, _ in waiting} == {True}


async def test_a_notice_that_was_sent_back_is_drafted_anew_from_the_case(console: Console) -> None:
    reference = await erasure(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{reference}")
    await kim.send(f"/cases/{reference}/task", task=await task_of(console, "web shop"), deed="done", note="")
    notice = await draft_of(console, DraftKind.RECIPIENT_NOTICE)
    assert "Draft its notice anew" not in await kim.open(f"/cases/{reference}")
    await kim.open(f"/drafts/{notice.id}")
    page = await kim.send(f"/drafts/{notice.id}/reject", reason="wrong words")
    assert "Its notice was sent back, or did not arrive" in page
    name = "Stripe" if notice.recipient.value != BREVO else "Brevo <SAS>"
    page = await kim.send(f"/cases/{reference}/task", task=await task_of(console, name), deed="undo")
    assert page.count("Its notice waits for approval") == 2
    waiting = [one for one in await console.desk.drafts() if one.recipient == notice.recipient]
    assert notice.id not in {one.id for one in waiting}
    assert len(waiting) == 1
