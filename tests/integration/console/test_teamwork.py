"""Who sees to which case, notes for the next colleague, another language, and a reading put right with one click."""

from bot.core.case import OPEN_STATES
from bot.core.drafts import Role
from bot.core.rights import RequestType
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console
from tests.integration.console.test_work import draft_of, proven_access, seal
from tests.storage.samples import a_case
from tests.work import each

KIM, LEE, RITA = "kim@nexioprojects.com", "lee@nexioprojects.com", "rita@nexioprojects.com"


async def test_a_case_is_handed_to_a_colleague_and_no_approval_is_lost_by_it(console: Console) -> None:
    reference, ident = await proven_access(console), await draft_of(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    lee = await console.colleague(LEE, Role.DRAFTER)
    page = await kim.open(f"/drafts/{ident}")
    await kim.send(f"/drafts/{ident}/approve", seal=seal(page), then="stay")
    assert "Nobody sees to it yet." in await kim.open(f"/cases/{reference}")
    assert f"{LEE} sees to it." in await kim.send(f"/cases/{reference}/assign", to=LEE)
    assert "said who sees to it" in kim.page
    assert len((await console.desk.drafts())[0].approvals) == 1
    assert reference in await lee.open("/cases?with=me")
    assert f"English · {LEE}" in lee.page
    assert reference not in await kim.open("/cases?with=me")
    assert reference not in await kim.open("/cases?with=nobody")
    await kim.open(f"/cases/{reference}")
    assert "Nobody sees to it yet." in await kim.send(f"/cases/{reference}/assign", to="")
    assert reference in await kim.open("/cases?with=nobody")


async def test_nobody_is_given_a_case_they_may_not_work_on(console: Console) -> None:
    reference = await proven_access(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    await console.hire(RITA, Role.READER)
    await kim.open(f"/cases/{reference}")
    refused = await kim.send(f"/cases/{reference}/assign", 422, to=RITA)
    assert f"{RITA} may not work on {reference}" in refused
    rita = await console.browser()
    await rita.sign_in(RITA)
    await rita.open(f"/cases/{reference}")
    assert "I see to it" not in rita.page
    await rita.send(f"/cases/{reference}/assign", 403, to=RITA)
    await rita.send("/cases/assign", 403, case=reference, to=RITA)


async def test_many_cases_are_handed_over_at_once_and_the_list_stays_as_it_was(console: Console) -> None:
    cases = [a_case(f"{number:04}") for number in range(60)]
    await console.desk.store.transact(each(cases, lambda unit, case: unit.cases.add(case)))
    kim = await console.colleague(KIM, Role.DRAFTER)
    await kim.open("/cases?right=erasure")
    back = "/cases?right=erasure"
    assert "Tick the cases first" in await kim.send("/cases/assign", 422, to=KIM, back=back)
    assert 'value="erasure" selected' in kim.page
    page = await kim.send("/cases/assign", to=KIM, back=back, case=["NX-0001", "NX-0002"])
    assert "That is on file" in page
    assert "right=erasure" in str(kim.last.url)
    assert (await kim.open("/cases?with=me")).count('href="/cases/NX-') == 2
    await kim.send("/cases/assign", 404, to=KIM, case=["NX-0003", "NX-none"])
    assert (await kim.open("/cases?with=me")).count('href="/cases/NX-') == 2
    assert "nexio" not in str(kim.last.url)
    await kim.open("/cases")
    await kim.send("/cases/assign", to=KIM, back="https://evil.example/", case="NX-0004")
    assert str(kim.last.url).startswith(console.url)


async def test_a_note_is_for_colleagues_and_voids_nothing(console: Console) -> None:
    reference, ident = await proven_access(console), await draft_of(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.READER)
    page = await kim.open(f"/drafts/{ident}")
    await kim.send(f"/drafts/{ident}/approve", seal=seal(page), then="stay")
    await kim.open(f"/cases/{reference}")
    assert "write something" in await kim.send(f"/cases/{reference}/note", 422, text=" \n")
    page = await kim.send(f"/cases/{reference}/note", text="She called:\r\n<b>be kind</b>")
    assert "Your note is kept" in page
    assert "She called:\n&lt;b&gt;be kind&lt;/b&gt;" in await lee.open(f"/cases/{reference}")
    assert len((await console.desk.drafts())[0].approvals) == 1
    await lee.send(f"/cases/{reference}/note", 403, text="me too")


async def test_the_answer_is_drafted_in_another_of_our_languages(console: Console) -> None:
    reference, ident = await proven_access(console), await draft_of(console)
    kim = await console.colleague(KIM, Role.DRAFTER)
    assert "Answer in another language" in await kim.open(f"/drafts/{ident}")
    for wrong in ("", "it", "en"):
        await kim.send(f"/cases/{reference}/language", 422, language=wrong)
    await kim.open(f"/drafts/{ident}")
    assert "drafted anew in that language" in await kim.send(f"/cases/{reference}/language", language="nl")
    (draft,) = await console.desk.drafts()
    assert (draft.language, draft.id != ident) == ("nl", True)
    assert str(kim.last.url).startswith(f"{console.url}/drafts/{draft.id}")


async def test_a_wrong_reading_is_put_right_with_one_click(console: Console) -> None:
    desk = console.desk
    await desk.know(ANN)
    scores = {RequestType.OBJECTION: 0.61, RequestType.ERASURE: 0.34, RequestType.ACCESS: 0.05}
    desk.reader.tell("Leave me out of it.", RequestType.OBJECTION, scores=scores)
    await desk.mail("Leave me out of it.")
    case = await desk.case()
    lee = await console.colleague(LEE, Role.READER)
    assert "Next likeliest: erasure, 34 %" in await lee.open(f"/cases/{case.reference}")
    assert "They ask for erasure instead" not in lee.page
    kim = await console.colleague(KIM, Role.DRAFTER)
    assert "They ask for erasure instead" in await kim.open(f"/cases/{case.reference}")
    assert "put right" in await kim.send(f"/cases/{case.reference}/reread", right="erasure")
    case = await desk.case()
    assert [item.right for item in case.items if item.state in OPEN_STATES] == [RequestType.ERASURE]


async def test_what_may_be_asked_or_taken_time_for_stands_beside_the_draft(console: Console) -> None:
    await proven_access(console)
    kim = await console.colleague(KIM, Role.DRAFTER)
    page = await kim.open(f"/drafts/{await draft_of(console)}")
    for deed in ("Take more time", "Prepare their data as files", "It should end differently", "Send it back"):
        assert deed in page
