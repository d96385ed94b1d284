"""A copy is weighed and an erasure carried out, in a real browser: file, redaction, tasks, notice, both yeses."""

from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.async_api import Browser, expect

from bot.core.drafts import DraftKind, Role
from bot.core.letters import RecordField
from bot.core.messages import MAIL
from bot.core.packages import PATH
from bot.core.records import Customer
from bot.core.redaction import LEFT_OUT
from bot.core.rights import Entity, RequestType
from bot.core.tasks import Recipient, System
from bot.core.verdict import Outcome
from tests.e2e.test_console_in_a_browser import KIM, LEE, PHONE, WIDE, Screen, browser, open_screen, violations
from tests.flow.conftest import ANN, HOUSE
from tests.integration.console.conftest import Console, open_console

__all__ = ["browser"]
BREVO = "privacy@brevo.example"
ASKED = "Send me my data, then erase them. Bert Janssens knows why."
OTHERS = replace(
    HOUSE,
    systems=(System("web shop", KIM, keeps="invoices, 7 years (tax law)"),),
    recipients=(Recipient("Brevo SAS", BREVO),),
)


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", OTHERS) as opened:
        yield opened


async def asked(console: Console) -> str:
    """Let Ann ask for a copy and then an erasure, and prove who she is; return the reference."""
    desk = console.desk
    customer = Customer("id-C-1", "C-1", "Ann Peeters", (ANN,), fields=(RecordField("notes", "paid by Bert Janssens"),))
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    named = Entity("person", "Bert Janssens", ASKED.index("Bert"), ASKED.index(" knows"))
    desk.reader.tell(ASKED, RequestType.ACCESS, RequestType.ERASURE, entities=(named,))
    await desk.mail(ASKED, name="Ann Peeters")
    await desk.mail(await desk.code(), message_id="<code@example.com>")
    await desk.deliver()
    for colleague in (KIM, LEE):
        await console.hire(colleague, Role.APPROVER)
    return (await desk.case()).reference


async def weigh(kim: Screen, console: Console, reference: str, orders: Path) -> None:
    """Add a file and keep somebody else's name out of the record."""
    page = kim.page
    await page.goto(f"{console.url}/cases/{reference}")
    await page.get_by_role("link", name="Put the copy together").click()
    await page.get_by_label("A PDF, picture, Office file").set_input_files(orders)
    await page.get_by_role("button", name="Add it").click()
    await page.get_by_text("The file goes along").wait_for()
    record = page.get_by_role("article").filter(has_text="On record: notes")
    await expect(record.locator("mark")).to_have_text("Bert Janssens")
    await record.get_by_label("Why, for the file").first.fill("he asked us not to show him")
    await record.get_by_role("button", name="Leave it out").first.click()
    await page.get_by_text("Left out. Let the answer end").wait_for()
    await expect(page.get_by_role("article").filter(has_text="On record: notes").locator(".weighed del")).to_have_text(
        "Bert Janssens"
    )
    await kim.fits()


async def carry_out(kim: Screen, lee: Screen, console: Console, reference: str) -> None:
    """Do what is to be done before the answer, and tell the recipient: what has data erased elsewhere takes two."""
    page = kim.page
    await page.get_by_role("link", name="To do").click()
    await page.get_by_role("link", name="web shop").click()
    await page.get_by_text("Mark it").click()
    await page.get_by_label("What was done there").fill("two orders erased")
    await page.get_by_role("button", name="It is done").click()
    await page.get_by_text("Marked as done").wait_for()
    await page.get_by_role("link", name="Its notice waits for approval").click()
    await page.get_by_text("received the data; named in the settings").wait_for()
    await lee.page.goto(page.url)
    for colleague in (kim, lee):
        await colleague.page.get_by_role("button", name="Approve", exact=True).click()
        await colleague.page.get_by_role("status").wait_for()
    await lee.page.get_by_text("The letter leaves within seconds").wait_for()
    await console.desk.deliver()
    await page.goto(f"{console.url}/cases/{reference}")
    await page.get_by_text("What the erasure takes, and what stays").click()
    await page.get_by_text("invoices, 7 years (tax law)").wait_for()
    await kim.fits()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["a wide screen", "a phone"])
async def test_a_copy_and_an_erasure_are_done_before_the_answer_says_so(
    browser: Browser, console: Console, size: dict[str, int], tmp_path: Path
) -> None:
    reference = await asked(console)
    desk = console.desk
    orders = tmp_path / "orders.csv"
    orders.write_text('order,note\n7,"=1+1"\n')
    ends = {RequestType.ACCESS: Outcome.PARTLY, RequestType.ERASURE: Outcome.GRANTED}
    await desk.outcomes.choose_in((await desk.case()).id, ends, KIM)
    kim = await open_screen(browser, console, viewport=size)
    await kim.sign_in(KIM)
    lee = await open_screen(browser, console, viewport=size)
    await lee.sign_in(LEE)
    await weigh(kim, console, reference, orders)
    await carry_out(kim, lee, console, reference)
    await kim.page.get_by_text("Prepare their data as files").click()
    await kim.page.get_by_role("button", name="Prepare them").click()
    await kim.page.get_by_text("The data are prepared").wait_for()
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    for colleague in (kim, lee):
        await colleague.page.goto(f"{console.url}/drafts/{draft.id}")
        await colleague.page.get_by_role("button", name="Approve", exact=True).click()
        await colleague.page.get_by_role("status").wait_for()
    await desk.deliver()
    assert kim.complaints == lee.complaints == []
    (notice,) = desk.couriers[MAIL].to(BREVO)
    assert f"about: {ANN}" in notice.body
    token = desk.couriers[MAIL].to(ANN)[-1].body.partition(PATH)[2].split()[0]
    await desk.dossiers.send_code(token)
    await desk.deliver()
    opened = await desk.dossiers.open(token, desk.couriers[MAIL].to(ANN)[-1].secret)
    assert isinstance(opened, tuple)
    archive = ZipFile(BytesIO(opened[1]))
    told = archive.read("data.txt").decode()
    assert f"paid by {LEFT_OUT}" in told
    assert ASKED in told  # her own words stay whole
    assert archive.read("orders.csv") == orders.read_bytes()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_of_it_are_accessible(browser: Browser, console: Console, scheme: str) -> None:
    reference = await asked(console)
    desk = console.desk
    case = await desk.case()
    await desk.redactions.attach(case.id, "orders.txt", b"2 chairs for Bert Janssens", KIM)
    screen = await open_screen(browser, console, viewport=WIDE, color_scheme=scheme)
    await screen.sign_in(KIM)
    found: list[str] = []
    (draft,) = await desk.drafts()
    for path in ("/tasks", f"/cases/{reference}", f"/cases/{reference}/copy", f"/drafts/{draft.id}"):
        for size in (WIDE, PHONE):
            await screen.page.set_viewport_size(size)  # type: ignore[arg-type]
            found += await violations(screen, path)
            await screen.fits()
    assert found == []
