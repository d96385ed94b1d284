"""One case made two; a form of an old page does nothing; a case ends undrafted, goes on, and goes out whole."""

from io import BytesIO
from zipfile import ZipFile

from bot.core.case import OPEN_STATES
from bot.core.drafts import Role
from bot.core.rights import Flag, RequestType
from bot.core.verdict import Outcome
from tests.flow.conftest import ANN
from tests.integration.console.conftest import PASSWORD, Console

KIM, LEE, DEE = "kim@nexioprojects.com", "lee@nexioprojects.com", "dee@nexioprojects.com"
BOTH = "My data, please, and correct my name."


async def two_matters(console: Console) -> str:
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell(BOTH, RequestType.ACCESS, RequestType.RECTIFICATION)
    await desk.mail(BOTH)
    await desk.mail(await desk.code(), message_id="<code@example.com>")
    await desk.deliver()
    return (await desk.case()).reference


def version(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


async def test_two_matters_become_two_cases(console: Console) -> None:
    reference = await two_matters(console)
    kim = await console.colleague(KIM, Role.DRAFTER)
    assert "Are these two matters, or two people?" in await kim.open(f"/cases/{reference}")
    all_of_it = ["access", "rectification"]
    refused = await kim.send(f"/cases/{reference}/split", 422, right=all_of_it, reason="two matters")
    assert "name some of what is open" in refused
    assert "two matters</textarea>" in refused
    page = await kim.send(f"/cases/{reference}/split", right="access", reason="two matters")
    assert "This case is new" in page
    assert reference not in str(kim.last.url)
    assert len(await console.desk.cases()) == 2
    assert "Are these two matters" not in await kim.open(f"/cases/{reference}")


async def test_a_form_filled_in_while_the_case_went_on_does_nothing_and_keeps_its_words(console: Console) -> None:
    reference = await two_matters(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.APPROVER)
    seen = version(await kim.open(f"/cases/{reference}"))
    await lee.open(f"/cases/{reference}")
    await lee.send(f"/cases/{reference}/reread", seen=version(lee.page), right="access")
    page = await kim.send(f"/cases/{reference}/close", 409, seen=seen, reason="settled by telephone")
    assert "went on while you had it open" in page
    assert "settled by telephone</textarea>" in page
    assert (await console.desk.case()).is_open
    page = await kim.send(f"/cases/{reference}/close", seen=version(page), reason="settled by telephone")
    assert "The case is closed" in page


async def test_what_nothing_is_drafted_for_ends_as_a_colleague_says(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("One of your customers wrote to us.", flags=frozenset({Flag.PROCESSOR}))
    await desk.mail("One of your customers wrote to us.")
    kim, case = await console.colleague(KIM, Role.APPROVER), await desk.case()
    assert "Say how it ends" in await kim.open(f"/cases/{case.reference}")
    assert "Choose for at least one right" in await kim.send(f"/cases/{case.reference}/outcome", 422)
    page = await kim.send(f"/cases/{case.reference}/outcome", **{"outcome-other": "forwarded"})
    assert "drafted anew, as you said it ends" in page
    assert (await desk.case()).items[0].outcome is Outcome.FORWARDED


async def test_part_of_what_has_ended_is_taken_up_again(console: Console) -> None:
    reference = await two_matters(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{reference}")
    await kim.send(f"/cases/{reference}/close", reason="by mistake")
    assert "say why" in await kim.send(f"/cases/{reference}/reopen", 422, right="access", reason=" ")
    assert "open again" in await kim.send(f"/cases/{reference}/reopen", right="access", reason="it was none")
    case = await console.desk.case()
    assert [item.right for item in case.items if item.state in OPEN_STATES] == [RequestType.ACCESS]
    assert "Take up again what has ended" in kim.page


async def test_a_colleague_kept_away_is_let_in_again(console: Console) -> None:
    reference = await two_matters(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.APPROVER)
    await lee.open(f"/cases/{reference}")
    await lee.send(f"/cases/{reference}/conflict", colleague=KIM)
    await kim.open(f"/cases/{reference}", 404)
    assert "may see this case again" in await lee.send(f"/cases/{reference}/conflict-lifted", colleague=KIM)
    await kim.open(f"/cases/{reference}")


async def test_the_officer_takes_a_case_out_for_an_authority_after_the_password(console: Console) -> None:
    reference = await two_matters(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    assert "Does an authority ask" not in await kim.open(f"/cases/{reference}")
    await kim.send(f"/cases/{reference}/pack", 403)
    dee = await console.colleague(DEE, Role.DPO)
    assert "Does an authority ask" in await dee.open(f"/cases/{reference}")
    console.desk.clock.turn(minutes=30)
    await dee.open(f"/cases/{reference}")
    await dee.send(f"/cases/{reference}/pack")
    assert str(dee.last.url).startswith(f"{console.url}/prove?next=")
    await dee.send("/prove", password=PASSWORD, next=f"/cases/{reference}")
    sent = {"csrf": dee.page.partition('name="csrf" value="')[2].partition('"')[0]}
    packed = await dee.http.post(f"/cases/{reference}/pack", data=sent)
    assert packed.headers["content-disposition"] == f'attachment; filename="{reference}.zip"'
    with ZipFile(BytesIO(packed.content)) as archive:
        assert {"case.pdf", "history.json", "SHA256SUMS"} <= set(archive.namelist())
    assert "took the whole case out for an authority" in await dee.open(f"/cases/{reference}")
