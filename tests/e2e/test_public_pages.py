"""The public pages as people meet them: real words in a real browser, without script, in light and dark, on a phone."""

from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

import replies
from bot.console.asking_status import PATH as STATUS
from bot.core.drafts import Draft
from bot.core.letters import Flaw
from bot.core.messages import MAIL, Handle
from bot.core.one_click import PATH as UNSUBSCRIBE
from bot.core.packages import PATH as DATA
from bot.core.packages import PackageKind
from bot.core.rights import RequestType, Scope
from bot.core.tickets import Door
from tests.e2e.pictures import take_picture
from tests.e2e.test_console_in_a_browser import PHONE, RULES, WIDE
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import Console, open_console
from tests.servers.chromium import open_chromium
from tests.servers.process import NotInstalledError

ASKS, STOP = "Please send me everything you hold about me.", "Stop your mails."
COMPANY: Final = replies.Company("Nexio Projects", "info@nexioprojects.com", authority="NL")


class Filled(replies.LetterWriter):
    """The real letters, before colleagues whom no lint warns."""

    def findings(self, draft: Draft, private: Collection[str] = ()) -> tuple[Flaw, ...]:  # noqa: ARG002
        return ()


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    async with open_console(url, tmp_path / "keys.json", writer=Filled(COMPANY)) as opened:
        opened.desk.reader.tell(ASKS, RequestType.ACCESS)
        opened.desk.reader.tell(STOP, RequestType.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    try:
        async with open_chromium() as opened:
            yield opened
    except NotInstalledError as missing:
        pytest.skip(str(missing))


async def letter(console: Console) -> str:
    """Return the last letter to Ann."""
    await console.desk.deliver()
    return console.desk.couriers[MAIL].to(ANN)[-1].body


async def code(console: Console) -> str:
    await console.desk.deliver()
    return next(one.secret for one in reversed(console.desk.couriers[MAIL].to(ANN)) if one.secret)


async def visit(browser: Browser, console: Console, path: str, locale: str = "en-GB") -> Page:
    """Open a page on a phone, without script."""
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False, locale=locale)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(console.url + path)
    return page


def path_in(body: str, door: Door) -> str:
    return door.path + body.partition(door.path)[2].split()[0]


async def test_somebody_confirms_with_the_code(browser: Browser, console: Console) -> None:
    await console.desk.know(ANN)
    await console.desk.mail(ASKS)
    page = await visit(browser, console, path_in(await letter(console), Door.CONFIRM))
    await page.get_by_label("Code").fill("7K2M-9QXA")
    await page.get_by_role("button", name="Yes, it was me").click()
    await page.get_by_role("heading", name="That code does not fit").wait_for()
    await page.get_by_label("Code").fill(await code(console))
    await page.get_by_role("button", name="Try again").click()
    await page.get_by_role("heading", name="Thank you, that is the right code").wait_for()
    assert (await console.desk.case()).proven == Handle(MAIL, ANN)


async def test_somebody_stops_what_they_did_not_ask(browser: Browser, console: Console) -> None:
    await console.desk.mail(ASKS)
    page = await visit(browser, console, path_in(await letter(console), Door.NOT_ME), "de-DE")
    await page.get_by_role("button", name="Anfrage stoppen").click()  # the browser asks for the tick
    assert (await console.desk.case()).denied_at is None
    await page.get_by_label("Ich war das nicht, und ich habe niemanden damit beauftragt").check()
    await page.get_by_role("button", name="Anfrage stoppen").click()
    await page.get_by_role("heading", name="Die Anfrage ist gestoppt").wait_for()
    assert (await console.desk.case()).denied_at is not None


async def test_somebody_chooses_mailings_and_changes_their_mind(browser: Browser, console: Console) -> None:
    await console.desk.mail(STOP)
    page = await visit(browser, console, path_in(await letter(console), Door.PREFERENCES), "fr-FR")
    assert await page.get_by_label("d’actualités ni d’offres par e-mail").is_checked()
    await page.get_by_label("d’invitations à des enquêtes").check()
    await page.get_by_role("button", name="Enregistrer mon choix").click()
    await page.get_by_role("heading", name="Votre choix est enregistré").wait_for()
    await page.get_by_label("d’actualités ni d’offres par e-mail").uncheck()
    await page.get_by_role("button", name="Enregistrer mon choix").click()
    await page.get_by_role("heading", name="Votre choix est enregistré").wait_for()
    assert await stopped(console) == {Scope.SURVEY}
    await page.get_by_role("button", name="Tout remettre comme avant").click()
    await page.get_by_label("d’actualités ni d’offres par e-mail").and_(page.locator(":checked")).wait_for()
    assert await stopped(console) == {Scope.EMAIL, Scope.SURVEY}
    async with page.expect_navigation():
        await page.get_by_role("button", name="Enregistrer mon choix").click()
    assert await page.get_by_role("button", name="Tout remettre comme avant").count() == 0


async def stopped(console: Console) -> set[Scope]:
    """Return which mailings do not go to Ann."""
    rows = await console.desk.store.transact(lambda unit: unit.suppressions.of(Handle(MAIL, ANN)))
    return {row.scope for row in rows}


async def answered(console: Console, *, with_data: bool = False) -> str:
    """Have Ann's request answered, and her data handed over if asked; return the last letter."""
    desk = console.desk
    await desk.know(ANN)
    await desk.mail(ASKS)
    await desk.mail(f"Here: {await code(console)}", message_id="<code@example.com>")
    (draft,) = await desk.drafts()
    if with_data:
        _, draft = await desk.dossiers.make(draft.case_id, PackageKind.ACCESS, KIM)
    filled = draft.body
    for slot in draft.open_slots:
        filled = filled.replace(slot, "CNIL, cnil.fr")
    await desk.approval.edit(draft.id, KIM, body=filled)
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    return await letter(console)


async def test_somebody_looks_how_far_their_request_is_and_prints_the_receipt(
    browser: Browser, console: Console
) -> None:
    assert f"https://desk.example{STATUS}" in await answered(console)
    page = await visit(browser, console, STATUS, "nl-NL")
    reference = (await console.desk.case()).reference
    await page.get_by_label("Kenmerk").fill(reference)
    await page.get_by_role("button", name="Stuur mij een code").click()
    await page.get_by_role("heading", name="Kijk in uw mail").wait_for()
    await page.get_by_label("Code").fill(await code(console))
    await page.get_by_role("button", name="Laat zien hoe het ermee staat").click()
    await page.get_by_role("heading", name=f"Verzoek {reference}").wait_for()
    assert "2 maart 2026" in await page.locator("dd").inner_text()
    await page.get_by_role("link", name="Overzicht van dit verzoek, om af te drukken").click()
    await page.get_by_role("heading", name=f"Overzicht van verzoek {reference}").wait_for()
    text = await page.locator("main").inner_text()
    assert "een klacht indienen bij de toezichthouder" in text
    assert ANN not in text
    assert len(await page.pdf()) > 1000


async def test_pictures_of_every_public_page(browser: Browser, console: Console, pytestconfig: pytest.Config) -> None:
    """Each fits a phone, in one of the four languages; with `--pictures` it is written into docs/."""
    await console.desk.mail(STOP, message_id="<stop@example.com>")
    preferences = path_in(await letter(console), Door.PREFERENCES)
    last = await answered(console, with_data=True)
    await console.desk.mail(ASKS, "ben@example.org", message_id="<ben@example.org>")
    await console.desk.deliver()
    question = console.desk.couriers[MAIL].to("ben@example.org")[-1].body
    ((_, stop),) = await console.desk.suppressions.links([ANN], Scope.EMAIL)
    shown = {
        "confirm": (path_in(question, Door.CONFIRM), "fr-BE"),
        "not-me": (path_in(question, Door.NOT_ME), "de-DE"),
        "preferences": (preferences, "nl-NL"),
        "status": (STATUS, "en-GB"),
        "receipt": (path_in(last, Door.RECEIPT), "fr-BE"),
        "unsubscribe": (UNSUBSCRIBE + stop, "de-DE"),
        "your-data": (DATA + last.partition(DATA)[2].split()[0], "nl-NL"),
    }
    for name, (path, locale) in shown.items():
        page = await visit(browser, console, path, locale)
        assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), path
        await take_picture(page, f"public-{name}", pytestconfig)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_public_page_is_accessible(browser: Browser, console: Console, scheme: str) -> None:
    """WCAG 2.2 AA as far as a program can tell, wide and narrow, what forms lead to included."""
    await console.desk.mail(STOP, message_id="<stop@example.com>")
    preferences = path_in(await letter(console), Door.PREFERENCES)
    receipt = path_in(await answered(console), Door.RECEIPT)
    await console.desk.mail(ASKS, "ben@example.org", message_id="<ben@example.org>")
    await console.desk.deliver()
    question = console.desk.couriers[MAIL].to("ben@example.org")[-1].body
    context = await browser.new_context(viewport=WIDE, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    found: list[str] = []
    for path in (preferences, receipt, STATUS, path_in(question, Door.CONFIRM), path_in(question, Door.NOT_ME)):
        for size in (WIDE, PHONE):
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            await page.goto(console.url + path)
            found += await violations(page)
            assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), path
    await page.goto(console.url + preferences)
    await page.get_by_role("button", name="Save my choice").click()
    found += await violations(page)
    await page.goto(console.url + STATUS)
    await page.get_by_label("Reference").fill("NX-7F3K-Q2M9")
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Code").wait_for()
    found += await violations(page)
    assert found == []
    assert complaints == []


async def violations(page: Page) -> list[str]:
    """Return what axe finds on the page that is open, each with where it stands."""
    results = await Axe().run(page, options=RULES)
    return [
        f"{page.url}: {found['id']} {node['target']} {node['failureSummary']}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]
