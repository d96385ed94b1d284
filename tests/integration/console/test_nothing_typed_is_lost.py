"""What was typed comes back whatever became of the case, of its draft or of the session meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.drafts import DraftStatus, Role
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import Console, open_console
from tests.integration.console.test_joins import two_matters, version
from tests.integration.console.test_tasks import OTHERS, erasure, task_of
from tests.integration.console.test_work import draft_of, proven_access, seal

WORDS = "Twenty minutes of thought"


@pytest.fixture
async def with_systems(tmp_path: Path) -> AsyncIterator[Console]:
    """Serve a desk whose company keeps data elsewhere and passed some on."""
    async with open_console(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other.json", OTHERS) as opened:
        yield opened


async def more_from_ann(console: Console) -> None:
    console.desk.reader.tell("And erase it all.", RequestType.ERASURE)
    await console.desk.mail("And erase it all.", message_id="<more@example.com>")


@pytest.mark.parametrize(
    ("form", "field"), [("edit", "body"), ("reject", "reason"), ("outcomes", "evidence")], ids=["words", "no", "end"]
)
async def test_words_about_a_draft_that_was_overtaken_are_shown_and_nothing_is_done(
    console: Console, form: str, field: str
) -> None:
    await proven_access(console)
    ident, kim = await draft_of(console), await console.colleague(KIM, Role.APPROVER, Role.DPO)
    seen = seal(await kim.open(f"/drafts/{ident}"))
    await more_from_ann(console)
    fields = {"seal": seen, "deed": "save", "outcome-access": "refused", field: WORDS}
    page = await kim.send(f"/drafts/{ident}/{form}", 409, **fields)
    assert f">{WORDS}</textarea>" in page
    assert "Read the new draft" in page
    (draft,) = await console.desk.drafts()
    assert {item.outcome for item in (await console.desk.case()).items} == {None}
    assert (draft.status, WORDS in draft.body) == (DraftStatus.WAITING, False)


async def test_a_draft_a_colleague_changed_is_neither_sent_back_nor_ended_unread(console: Console) -> None:
    await proven_access(console)
    ident, kim = await draft_of(console), await console.colleague(KIM, Role.APPROVER)
    seen = seal(await kim.open(f"/drafts/{ident}"))
    await console.desk.approval.edit(ident, LEE, body="Lee's words")
    for form, fields in {
        "reject": {"reason": WORDS},
        "outcomes": {"outcome-access": "refused", "evidence": WORDS},
    }.items():
        page = await kim.send(f"/drafts/{ident}/{form}", 409, seal=seen, **fields)
        assert "somebody changed this draft while you had it open" in page
        assert f">{WORDS}</textarea>" in page.partition(f'action="/drafts/{ident}/{form}"')[2].partition("</form>")[0]
    assert [draft.body for draft in await console.desk.drafts()] == ["Lee's words"]
    page = await kim.send(f"/drafts/{ident}/reject", seal=seal(page), reason=WORDS)
    assert "The draft was sent back" in page


async def test_a_reason_for_what_the_case_does_not_offer_any_more_is_shown(console: Console) -> None:
    reference = await two_matters(console)
    kim, case = await console.colleague(KIM, Role.APPROVER), await console.desk.case()
    seen = version(await kim.open(f"/cases/{reference}"))
    await console.desk.approval.close(case.id, LEE, "settled")
    page = await kim.send(f"/cases/{reference}/close", 409, seen=seen, reason=WORDS)
    assert f'action="/cases/{reference}/close"' not in page
    assert page.count(f">{WORDS}</textarea>") == 1


async def test_a_note_on_a_task_comes_back_to_its_task_or_is_shown_once_it_is_marked(with_systems: Console) -> None:
    console, reference = with_systems, await erasure(with_systems)
    kim, brevo = await console.colleague(KIM, Role.APPROVER), await task_of(with_systems, "Brevo <SAS>")
    await kim.open(f"/cases/{reference}")
    page = await kim.send(f"/cases/{reference}/task", 422, task=brevo, deed="done", note=WORDS)
    form = page.partition(f'name="task" value="{brevo}"')[2].partition("</form>")[0]
    assert f">{WORDS}</textarea>" in form
    assert page.count(WORDS) == 1
    assert 'id="do-task" open' in page
    shop = await task_of(console, "web shop")
    await console.desk.tasks.done(shop, LEE, "no order")
    page = await kim.send(f"/cases/{reference}/task", 422, task=shop, deed="except", note=WORDS)
    assert f"was marked already by {LEE}" in page
    assert f">{WORDS}</textarea>" in page


@pytest.mark.parametrize("field", ["body", "text", "reason", "evidence", "note"])
async def test_whatever_was_typed_when_the_session_ended_is_shown(console: Console, field: str) -> None:
    browser = await console.browser()
    answer = await browser.http.post("/cases/x/note", data={field: f"{WORDS}\r\n{ANN}"})
    assert answer.status_code == 401
    assert f">{WORDS}\n{ANN}</textarea>" in answer.text
