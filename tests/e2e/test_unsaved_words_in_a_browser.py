"""Words typed into a draft outlive the end of the session and a crash of the server, and go under no other name."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect

import storage
from bot.console.passwords import Argon2Passwords
from bot.core.accounts import IDLE, Account
from bot.core.drafts import Draft, Role
from bot.core.one_time import password_at, step_of
from bot.core.unit import Unit
from bot.settings import load_settings
from replies import LetterWriter
from replies.policy import PUBLISHED
from tests.e2e.test_console_in_a_browser import (
    KIM,
    LEE,
    RULES,
    WIDE,
    Screen,
    browser,
    console,
    open_screen,
    proven_access,
)
from tests.integration.console.conftest import PASSWORD, SECRET, Console, open_console
from tests.servers.process import HOST, PATIENCE, free_ports, listening
from tests.servers.settings import write_settings
from tests.storage.samples import a_case, a_draft

__all__ = ["browser", "console"]

NOTED: Final = "Noted for you, in case something happens"
ENDED: Final = "Your session has ended. Your words are only on this page"


def words_of(page: Page) -> Locator:
    return page.locator("textarea[name=body]")


async def opened(browser: Browser, console: Console, scheme: str = "light") -> Screen:
    """Return Kim's draft, open and ready to type in."""
    await proven_access(console)
    (draft,) = await console.desk.drafts()
    kim = await open_screen(browser, console, viewport=WIDE, color_scheme=scheme)
    await kim.sign_in(KIM)
    await kim.page.goto(f"{console.url}/drafts/{draft.id}")
    if not await words_of(kim.page).is_visible():
        await kim.page.get_by_text("Change the words").click()
    await words_of(kim.page).fill("Half a sent")
    await kim.page.get_by_text(NOTED).wait_for()
    return kim


async def out_of_time(kim: Screen) -> Locator:
    """Let the session end while Kim types on, and return what the page says to it."""
    kim.console.desk.clock.turn(seconds=IDLE.total_seconds() + 60)
    await words_of(kim.page).press_sequentially("ence nobody has kept")
    told = kim.page.get_by_role("status").filter(has_text=ENDED)
    await told.wait_for()
    assert f"once you have signed in again as {KIM}. Nobody else can keep them." in await told.inner_text()
    assert await kim.page.evaluate("document.activeElement.name") == "body"
    return told


async def sign_in_beside(kim: Screen, told: Locator, email: str) -> Screen:
    """Follow the page's link to another tab, and come in there."""
    async with kim.page.context.expect_page() as beside:
        await told.get_by_role("link", name="Sign in in another tab").click()
    other = Screen(await beside.value, kim.console)
    await other.sign_in(email)
    return other


async def noted(console: Console, email: str) -> str:
    """Return the words the desk has noted for a colleague."""
    (draft,) = await console.desk.drafts()
    found = await console.desk.store.transact(lambda unit: unit.unsaved.of(draft.id, email))
    return found.body if found else ""


async def test_an_ended_session_loses_no_words_and_the_page_goes_on_after_signing_in(
    browser: Browser, console: Console
) -> None:
    kim = await opened(browser, console)
    told = await out_of_time(kim)
    assert await noted(console, KIM) == "Half a sent"
    await sign_in_beside(kim, told, KIM)
    await words_of(kim.page).press_sequentially(", until now")
    await kim.page.get_by_text(NOTED).wait_for()
    assert await noted(console, KIM) == "Half a sentence nobody has kept, until now"
    await kim.page.get_by_role("button", name="Keep my words").click()
    await kim.page.get_by_text("Your words are kept").wait_for()
    (draft,) = await console.desk.drafts()
    assert draft.body == "Half a sentence nobody has kept, until now"
    assert await kim.page.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_the_letter_shows_as_it_is_typed_and_no_yes_is_offered_to_other_words(
    browser: Browser, console: Console
) -> None:
    """Without a click, and without a look on file for every pause."""
    kim = await opened(browser, console)
    letter, approve = kim.page.locator(".letter"), kim.page.get_by_role("button", name="Approve", exact=True)
    await expect(letter).to_contain_text("Half a sent")
    await expect(approve).to_have_count(0)
    (draft,) = await console.desk.drafts()
    looks = len(await console.desk.store.transact(lambda unit: unit.audit.chain(draft.case_id)))
    await words_of(kim.page).fill("Hello Ann")
    await expect(letter).to_contain_text("Hello Ann")
    assert await kim.page.evaluate("document.activeElement.name") == "body"
    assert len(await console.desk.store.transact(lambda unit: unit.audit.chain(draft.case_id))) == looks
    await words_of(kim.page).fill(draft.body)
    await expect(approve).to_be_visible()  # the draft's own words again
    assert kim.complaints == []


async def test_a_finding_stands_beside_its_line_while_it_is_typed(browser: Browser, tmp_path: Path) -> None:
    writer = LetterWriter(replace(PUBLISHED, authority="NL"))
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", writer=writer) as console:
        kim = await opened(browser, console)
        letter = kim.page.locator(".letter")
        await words_of(kim.page).fill("# Your data\n\nHello ⟦name⟧")
        await expect(letter.get_by_role("heading", name="Your data")).to_be_visible()
        await expect(letter.locator(".beside", has_text="fill in or delete ⟦name⟧")).to_be_visible()
        await expect(kim.page.locator(".jump")).to_contain_text("9 things are in the way")  # the law's own points too
        await words_of(kim.page).fill("# Your data\n\nHello Ann")
        await expect(letter).to_contain_text("Hello Ann")
        await expect(letter.locator(".beside", has_text="fill in")).to_have_count(0)
        await expect(kim.page.locator(".jump")).to_contain_text("8 things are in the way")
        await expect(kim.page.get_by_text("the HTML does not say the same")).to_have_count(0)
        await kim.fits()
        assert kim.complaints == []


async def test_keeping_words_after_the_session_ended_leaves_them_there(browser: Browser, console: Console) -> None:
    kim = await opened(browser, console)
    console.desk.clock.turn(seconds=IDLE.total_seconds() + 60)
    keep = kim.page.get_by_role("button", name="Keep my words")
    await keep.click()
    told = kim.page.get_by_role("status").filter(has_text=ENDED)
    await told.wait_for()
    assert await words_of(kim.page).input_value() == "Half a sent"
    await sign_in_beside(kim, told, KIM)
    await keep.click()
    await kim.page.get_by_text("Your words are kept").wait_for()
    assert (await console.desk.drafts())[0].body == "Half a sent"


async def test_a_colleague_who_signs_in_beside_gets_none_of_the_words(browser: Browser, console: Console) -> None:
    kim = await opened(browser, console)
    before = (await console.desk.drafts())[0].body
    lee = await sign_in_beside(kim, await out_of_time(kim), LEE)
    refusal = kim.page.get_by_role("status").filter(has_text="nothing of it goes under another name")
    await words_of(kim.page).press_sequentially("!")
    await refusal.wait_for()
    assert KIM in await refusal.inner_text()
    await kim.page.get_by_role("button", name="Keep my words").click()
    await expect(words_of(kim.page)).to_have_value("Half a sentence nobody has kept!")
    await refusal.wait_for()
    assert await noted(console, LEE) == ""
    assert (await console.desk.drafts())[0].body == before
    await lee.page.locator("summary", has_text="Lee").click()
    await lee.page.get_by_role("button", name="Sign out").click()
    await lee.page.get_by_role("heading", name="Sign in").wait_for()
    await lee.sign_in(KIM)
    await kim.page.get_by_role("button", name="Keep my words").click()
    await kim.page.get_by_text("Your words are kept").wait_for()
    assert (await console.desk.drafts())[0].body == "Half a sentence nobody has kept!"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_the_page_says_of_the_ended_session_is_accessible(
    browser: Browser, console: Console, scheme: str
) -> None:
    kim = await opened(browser, console, scheme)
    await out_of_time(kim)
    results = await Axe().run(kim.page, options=RULES)
    assert [found["id"] for found in results.response["violations"]] == []
    await kim.fits()


class Process:
    """A console in a process of its own, with one colleague and one draft, that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://{HOST}:{self.port}"
        self.config = write_settings(folder, self.port)
        self.settings = load_settings(self.config)
        self.settings.make_data_dir()
        storage.migrate(self.settings.database_url)

    async def furnish(self) -> None:
        account = Account(KIM, "Kim", Argon2Passwords().hash(PASSWORD), SECRET.hex(), "en", datetime.now(UTC))
        case = a_case("crash")

        def work(unit: Unit) -> None:
            unit.staff.add(KIM, Role.APPROVER)
            unit.accounts.keep(account)
            unit.cases.add(case)
            unit.drafts.add(a_draft(case, "letter"))

        async with storage.open_store(self.settings.database_url, self.settings.keys_path) as store:
            await store.transact(work)

    async def draft(self) -> Draft:
        async with storage.open_store(self.settings.database_url, self.settings.keys_path) as store:
            return await store.transact(lambda unit: unit.drafts.get("letter"))

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve until the end of the block, which comes as a crash does."""
        command = [sys.executable, "-m", "bot", "serve", "--role", "console", "--config", str(self.config)]
        with subprocess.Popen(command) as service:
            try:
                until = time.monotonic() + PATIENCE
                while not listening(self.port):
                    assert service.poll() is None
                    assert time.monotonic() < until
                    time.sleep(0.05)
                yield
            finally:
                service.kill()


async def test_a_crash_of_the_server_loses_no_words_and_the_open_page_goes_on(browser: Browser, tmp_path: Path) -> None:
    process = Process(tmp_path)
    await process.furnish()
    page = await browser.new_page(locale="en-GB")
    with process.serving():
        await page.goto(f"{process.url}/sign-in?next=/drafts/letter")
        await page.get_by_label("E-mail address").fill(KIM)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_label("Code").fill(password_at(SECRET, step_of(datetime.now(UTC))))
        await page.get_by_role("button", name="Come in").click()
        summary = page.get_by_text("Change the words")
        await summary.wait_for()
        if not await words_of(page).is_visible():
            await summary.click()
        await words_of(page).fill("Before the crash")
        await page.get_by_text(NOTED).wait_for()
    await words_of(page).press_sequentially(" and during it")
    silent = page.get_by_role("status").filter(has_text="The desk does not answer")
    await silent.wait_for()
    await page.get_by_role("button", name="Keep my words").click()
    await expect(words_of(page)).to_have_value("Before the crash and during it")
    with process.serving():
        await words_of(page).press_sequentially(", and after")
        await page.get_by_text(NOTED).wait_for()
        await page.get_by_role("button", name="Keep my words").click()
        await page.get_by_text("Your words are kept").wait_for()
    assert (await process.draft()).body == "Before the crash and during it, and after"
