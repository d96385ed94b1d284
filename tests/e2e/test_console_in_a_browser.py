"""A colleague's morning in a real browser: on a wide screen and a phone, by keyboard alone, with no script at all."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Dialog, Page, expect

from bot.console import live
from bot.console.access import ROUTES
from bot.console.words import LANGUAGES
from bot.core.drafts import Role
from bot.core.messages import MAIL, Handle, Inbound, Message
from bot.core.records import Disposition
from bot.core.rights import Evidence, RequestType
from bot.core.unit import Unit
from tests.flow.conftest import ANN
from tests.integration.console.conftest import PASSWORD, SECRET, Console, open_console
from tests.servers.chromium import open_chromium
from tests.servers.process import NotInstalledError
from tests.storage.samples import a_case

KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"
ASKS = "Please send me everything you hold about me."
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json") as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    try:
        async with open_chromium() as opened:
            yield opened
    except NotInstalledError as missing:
        pytest.skip(str(missing))


@dataclass
class Screen:
    """One tab, and whatever happened in it that never should."""

    page: Page
    console: Console
    complaints: list[str] = field(default_factory=list)

    async def sign_in(self, email: str) -> None:
        await self.page.goto(f"{self.console.url}/sign-in")
        await self.page.get_by_label("E-mail address").fill(email)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in").click()
        self.console.desk.clock.turn(seconds=60)
        code = (await self.console.browser()).code(SECRET)
        await self.page.get_by_label("Code").fill(code)
        await self.page.get_by_role("button", name="Come in").click()
        await self.page.get_by_role("heading", name="Today").wait_for()
        await self.page.wait_for_load_state()  # the keyboard's module has run

    async def fits(self) -> None:
        """Nothing is wider than the screen."""
        page = self.page
        assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), page.url


async def open_screen(browser: Browser, console: Console, **options: object) -> Screen:
    context: BrowserContext = await browser.new_context(**{"locale": "en-GB", **options})  # type: ignore[arg-type]
    screen = Screen(await context.new_page(), console)
    screen.page.on("console", lambda message: screen.complaints.append(message.text))
    screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
    screen.page.on("dialog", lambda dialog: screen.complaints.append(dialog.message))
    screen.page.on(
        "request",
        lambda request: None if request.url.startswith(console.url) else screen.complaints.append(request.url),
    )
    return screen


async def proven_access(console: Console) -> str:
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell(ASKS, RequestType.ACCESS, evidence=(Evidence("access", "send me everything", 7, 25),))
    await desk.mail(ASKS, name="Ann Peeters")
    code = await desk.code()
    await desk.deliver()
    await desk.mail(f"Here: {code}", message_id="<code@example.com>")
    for colleague in (KIM, LEE):
        await console.hire(colleague, Role.APPROVER)
    return (await desk.case()).reference


@pytest.mark.parametrize(
    ("size", "script"),
    [(WIDE, True), (PHONE, True), (WIDE, False)],
    ids=["a wide screen", "a phone", "no script"],
)
async def test_a_morning(browser: Browser, console: Console, size: dict[str, int], script: bool) -> None:
    await proven_access(console)
    kim = await open_screen(browser, console, viewport=size, java_script_enabled=script)
    await kim.sign_in(KIM)
    page = kim.page
    await page.get_by_role("link", name="Read and approve").click()
    await page.get_by_text("address on record; its owner proved it").wait_for()
    await page.get_by_text("Change the words").click()
    text = page.locator("textarea[name=body]")
    await text.fill((await text.input_value()) + "\n\nKind regards, Kim")
    await page.get_by_role("button", name="Only show how it looks").click()
    await page.locator(".sheet", has_text="Kind regards, Kim").wait_for()
    await page.get_by_role("button", name="Keep my words").click()
    await page.get_by_text("Your words are kept").wait_for()
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_text("You have said yes").wait_for()
    if script:
        await kim.fits()

    lee = await open_screen(browser, console, viewport=size, java_script_enabled=script)
    await lee.sign_in(LEE)
    await lee.page.get_by_role("link", name="Give the second yes").click()
    await lee.page.get_by_text("kim@nexioprojects.com has said yes").wait_for()
    await lee.page.get_by_role("button", name="Approve, and the next one").click()
    await lee.page.get_by_text("The letter leaves within seconds").wait_for()
    await lee.page.get_by_text("Nothing waits for you").wait_for()
    await console.desk.deliver()
    assert "Kind regards, Kim" in console.desk.couriers[MAIL].to(ANN)[-1].body
    assert kim.complaints == lee.complaints == []


async def test_on_a_phone_what_a_draft_waits_for_is_in_sight_at_once(browser: Browser, console: Console) -> None:
    """The decision follows the letter and comes before the editor; what is in the way is said while one reads."""
    await proven_access(console)
    (draft,) = await console.desk.drafts()
    kim = await open_screen(browser, console, viewport=PHONE)
    await kim.sign_in(KIM)
    page = kim.page
    await page.goto(f"{console.url}/drafts/{draft.id}")
    await expect(page.get_by_role("heading", name="Your decision")).not_to_be_in_viewport()
    jump = page.get_by_role("link", name="To your decision")
    await expect(jump).to_be_in_viewport(ratio=1)
    await jump.click()
    approve, editor = page.get_by_role("button", name="Approve", exact=True), page.get_by_text("Change the words")
    await expect(approve).to_be_in_viewport(ratio=1)
    assert await approve.evaluate("(it) => it.getBoundingClientRect().y") < await editor.evaluate(
        "(it) => it.getBoundingClientRect().y"
    )
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    await expect(jump).to_be_hidden()
    assert kim.complaints == []


async def test_the_focus_is_on_what_was_done_or_why_not_and_nothing_typed_is_lost(
    browser: Browser, console: Console
) -> None:
    reference = await proven_access(console)
    kim = await open_screen(browser, console, viewport=PHONE)
    await kim.sign_in(KIM)
    page = kim.page
    await page.goto(f"{console.url}/cases/{reference}")
    await page.get_by_text("Write a note").click()
    await page.get_by_label("Note", exact=True).fill("She called, and was kind.")
    await page.get_by_role("button", name="Keep the note").click()
    await page.get_by_role("status").get_by_text("Your note is kept").wait_for()
    assert "Your note is kept" in await page.evaluate("document.activeElement.textContent")
    await page.get_by_text("Does it belong to another case?").click()
    form = page.locator("form[action$=merge]")
    await form.get_by_label("Reference of the case").fill("NX-NONE-NONE")
    await form.get_by_label("Why, for the file").fill("the same person")
    await form.get_by_role("button").click()
    await page.get_by_role("alert").wait_for()
    assert "there is no case NX-NONE-NONE" in await page.evaluate("document.activeElement.textContent")
    assert await form.get_by_label("Why, for the file").input_value() == "the same person"
    assert await form.get_by_label("Why, for the file").is_visible()
    assert all(" 422 " in said for said in kim.complaints), kim.complaints


async def test_what_was_typed_survives_a_crash(browser: Browser, console: Console) -> None:
    await proven_access(console)
    (draft,) = await console.desk.drafts()
    kim = await open_screen(browser, console, viewport=WIDE)
    await kim.sign_in(KIM)
    await kim.page.goto(f"{console.url}/drafts/{draft.id}")
    await kim.page.get_by_text("Change the words").click()
    await kim.page.locator("textarea[name=body]").fill("Words nobody has kept")
    await kim.page.get_by_text("Noted for you, in case something happens").wait_for()
    assert kim.complaints == []
    await kim.page.context.close()  # no goodbye
    again = await open_screen(browser, console, viewport=WIDE)
    await again.sign_in(KIM)
    await again.page.goto(f"{console.url}/drafts/{draft.id}")
    assert await again.page.locator("textarea[name=body]").input_value() == "Words nobody has kept"
    await again.page.get_by_role("button", name="Keep my words").click()
    await again.page.get_by_text("Your words are kept").wait_for()
    assert (await console.desk.drafts())[0].body == "Words nobody has kept"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_a_page_says_that_it_has_changed_and_leaves_words_and_focus_alone(
    browser: Browser, console: Console, size: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SETTLE", 0.0)
    reference = await proven_access(console)
    kim = await open_screen(browser, console, viewport=size)
    await kim.sign_in(KIM)
    await kim.page.goto(f"{console.url}/cases/{reference}")
    await kim.page.evaluate(OPEN_FOLDS)
    words = kim.page.locator("form[action$=close] textarea")
    await words.fill("Settled on the phone, b")
    before = await kim.page.evaluate("scrollY")
    (draft,) = await console.desk.drafts()
    await console.desk.approval.edit(draft.id, LEE, subject=draft.subject, body="By Lee", seen=draft.seal)
    notice = kim.page.get_by_role("status").filter(has_text="This page has changed.")
    await notice.wait_for()
    await kim.page.keyboard.type("y Kim")
    assert await words.input_value() == "Settled on the phone, by Kim"
    assert await kim.page.evaluate("scrollY") == before
    await kim.fits()
    assert kim.complaints == []
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    kim.page.on("dialog", stay)
    await notice.get_by_role("link", name="Show it").click(no_wait_after=True)
    await expect(words).to_have_value("Settled on the phone, by Kim")
    assert asked == ["beforeunload"]
    await words.fill("")
    await notice.get_by_role("link", name="Show it").click()
    await kim.page.get_by_text("changed the draft").wait_for(state="attached")
    assert await kim.page.locator("output.live").inner_text() == ""


async def test_a_hidden_tab_does_not_listen_and_is_told_once_it_is_looked_at(
    browser: Browser, console: Console
) -> None:
    await proven_access(console)
    kim = await open_screen(browser, console, viewport=WIDE)
    await kim.page.add_init_script(
        "Object.defineProperty(Document.prototype, 'hidden', {get: () => globalThis.away ?? false, configurable: true})"
    )
    await kim.sign_in(KIM)
    turn = "away => { globalThis.away = away; document.dispatchEvent(new Event('visibilitychange')); }"
    await kim.page.evaluate(turn, True)
    await console.desk.mail(ASKS, "new@example.com", message_id="<new@example.com>")
    await asyncio.sleep(1.5)
    assert await kim.page.locator("output.live").inner_text() == ""
    await kim.page.evaluate(turn, False)
    await kim.page.get_by_text("This page has changed.").wait_for()


RICH: Final = b"""From: ann@example.com
Content-Type: text/html

<p>Hello <b onclick="alert(1)">in bold</b></p><img src="https://tracker.example/p"><script>alert(1)</script>
<link rel="stylesheet" href="https://tracker.example/s.css"><form action="https://evil.example"><button>x</button></form>
"""


async def test_a_mail_shows_in_a_frame_that_can_do_nothing(browser: Browser, console: Console) -> None:
    desk = console.desk

    def keep(unit: Unit) -> None:
        unit.inbox.keep(Inbound(MAIL, "info/INBOX", "rich", desk.clock.now(), [RICH]), desk.clock.now())
        (claimed,) = unit.inbox.claim(desk.clock.now(), 1, timedelta(minutes=1))
        unit.cases.add(a_case("rich"))
        message = Message(MAIL, Handle(MAIL, ANN), text="Hello", html=True)
        unit.inbox.finish(claimed.message, claimed.fence, Disposition.CASE, parsed=message, case_id="rich")

    await desk.store.transact(keep)
    await console.hire(KIM, Role.READER)
    kim = await open_screen(browser, console, viewport=WIDE)
    await kim.sign_in(KIM)
    await kim.page.goto(f"{console.url}/cases/NX-rich")
    await kim.page.get_by_text("The mail as it looked").click()
    frame = kim.page.frame_locator("iframe")
    await frame.get_by_text("Hello in bold", exact=True).wait_for()
    assert await frame.locator("script, img, link, form").count() == 0
    assert kim.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_accessible(browser: Browser, console: Console, scheme: str) -> None:
    """WCAG 2.2 AA as far as a program can tell, with every fold open, wide and narrow."""
    reference = await proven_access(console)
    await console.desk.mail("Where is the canteen?", "x@example.com", message_id="<other@example.com>")
    await console.hire(KIM, *Role)
    token = await console.office.invitations.invite("nia@nexioprojects.com", frozenset({Role.READER}), KIM)
    (draft,) = await console.desk.drafts()
    screen = await open_screen(browser, console, viewport=WIDE, color_scheme=scheme)
    public = ["/sign-in", f"/welcome/{token}", "/welcome/none", "/unsubscribe/none", "/your-data/none", "/confirm/none"]
    inside = pages_inside(reference, draft.id)
    unseen = [route for route in ROUTES if route.startswith("GET ") and route not in NO_PAGES]
    assert [route for route in unseen if not any(shows(route, path) for path in (*public, *inside))] == []
    found: list[str] = []
    for path in public:
        found += await violations(screen, path)
    await screen.sign_in(KIM)
    for path in inside:
        for size in (WIDE, PHONE):
            await screen.page.set_viewport_size(size)  # type: ignore[arg-type]
            found += await violations(screen, path)
            await screen.fits()
    assert found == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
async def test_every_page_fits_a_phone_in_every_language(browser: Browser, console: Console, language: str) -> None:
    """Longer words than English ones break nothing, with every fold open."""
    reference = await proven_access(console)
    await console.desk.mail("Where is the canteen?", "x@example.com", message_id="<other@example.com>")
    await console.hire(KIM, *Role)
    (draft,) = await console.desk.drafts()
    screen = await open_screen(browser, console, viewport=PHONE)
    await screen.sign_in(KIM)
    account = await console.desk.store.transact(lambda unit: unit.accounts.account(KIM))
    assert account is not None
    await console.desk.store.transact(lambda unit: unit.accounts.keep(replace(account, language=language)))
    await screen.page.goto(console.url)
    assert await screen.page.evaluate("document.documentElement.lang") == language
    for path in pages_inside(reference, draft.id):
        await screen.page.goto(console.url + path)
        await screen.page.evaluate(OPEN_FOLDS)
        await screen.fits()


def pages_inside(reference: str, draft: str) -> list[str]:
    """Return the address of every page that colleagues see."""
    return [
        "/", "/cases", f"/cases/{reference}", f"/cases/{reference}/copy", f"/drafts/{draft}",
        "/tasks", "/enter", "/messages?kind=other", "/deliveries",
        "/suppressions", "/customers", "/customers/import", "/templates", "/templates/status?language=fr", "/people",
        "/account", "/health-of-the-desk", "/audit", "/reports", "/tokens", "/prove",
        "/no/such/page",
    ]  # fmt: skip


OPEN_FOLDS: Final = "for (const fold of document.querySelectorAll('details')) fold.open = true"
NO_PAGES: Final = frozenset(
    f"GET {path}"
    for path in (
        "/static/{name}", "/live/today", "/live/cases/{case}", "/messages/{message}/original",
        "/messages/{message}/html", "/messages/{message}/parts/{part}", "/form-seal", "/drafts/{draft}/unsaved",
        "/sign-in/code", "/sign-in/company", "/sign-in/company/back", "/sign-in/company/leave",
        "/welcome/{token}/company", "/prove/company",
    )
)  # fmt: skip
"""Routes without a page of their own: files, streams, ways to the company’s sign-in; the code is seen on the way in."""


def shows(route: str, path: str) -> bool:
    pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route.removeprefix("GET ")))
    return re.fullmatch(pattern, path.partition("?")[0]) is not None


RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


async def violations(screen: Screen, path: str, *, opened: bool = True) -> list[str]:
    """Return what axe finds on a page, each with where it stands; with every fold `opened`, or as it comes."""
    await screen.page.goto(screen.console.url + path)
    return await faults(screen, path, opened=opened)


async def faults(screen: Screen, path: str, *, opened: bool = True) -> list[str]:
    """Return what axe finds on the page that is shown."""
    if opened:
        await screen.page.evaluate(OPEN_FOLDS)
    results = await Axe().run(screen.page, options=RULES)
    return [
        f"{path}: {found['id']} {node['target']} {node['failureSummary']}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]
