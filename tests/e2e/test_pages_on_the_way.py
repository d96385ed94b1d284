"""Pages that no address leads to, but a form: on the way in, after a search, and when a session has ended."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from playwright.async_api import Browser

from bot.core.drafts import Role
from tests.e2e.pictures import take_picture
from tests.e2e.test_console_in_a_browser import (
    PHONE,
    Screen,
    browser,
    console,
    faults,
    open_screen,
    proven_access,
)
from tests.flow.conftest import KIM
from tests.flow.test_behind_link import linked
from tests.integration.console.conftest import PASSWORD, Console

__all__ = ["browser", "console"]
WIDE: Final = {"width": 1120, "height": 760}
TYPED: Final = "She called, and was kind."


async def on_the_way(screen: Screen, reference: str) -> AsyncIterator[str]:
    """Come in as a new colleague and as a known one, look for somebody, and be away too long; name each page."""
    page, office, url = screen.page, screen.console.office, screen.console.url
    token = await office.invitations.invite("nia@nexioprojects.com", frozenset({Role.READER}), KIM)
    secret = bytes.fromhex((await office.invitations.look(token)).one_time_secret)
    await page.goto(f"{url}/welcome/{token}")
    await page.get_by_label("Your name").fill("Nia")
    await page.get_by_label("A password").fill(PASSWORD)
    await page.get_by_label("The six digits").fill((await screen.console.browser()).code(secret))
    await page.get_by_role("button", name="Make my account").click()
    await page.get_by_role("heading", name="Keep these recovery codes").wait_for()
    yield "recovery-codes"
    await page.get_by_role("link", name="I have kept them").click()
    await page.locator("summary", has_text="Nia").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_label("E-mail address").fill(KIM)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="One more proof").wait_for()
    yield "second-proof"
    await screen.sign_in(KIM)
    await page.get_by_role("searchbox").fill("nobody@example.com")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_role("heading", name="Search").wait_for()
    yield "search"
    await page.goto(f"{url}/cases/NX-NONE-NONE")
    yield "not-shown"
    await page.goto(f"{url}/cases/{reference}")
    await page.get_by_text("Write a note").click()
    await page.get_by_label("Note", exact=True).fill(TYPED)
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Keep the note").click()
    await page.get_by_role("heading", name="Your session has ended").wait_for()
    assert await page.get_by_label("This is what you wrote").input_value() == TYPED
    yield "session-ended"


async def code_to_tell(screen: Screen) -> None:
    """Have a code created for an answer behind a link in a chat."""
    desk = screen.console.desk
    await linked(desk)
    await screen.sign_in(KIM)
    await screen.page.goto(f"{screen.console.url}/cases/{(await desk.case()).reference}")
    await screen.page.get_by_text("Give them the code for their answer").click()
    await screen.page.get_by_role("button", name="Create the code").click()
    await screen.page.get_by_role("heading", name="Give them this code").wait_for()


async def look_at(screen: Screen, name: str, scheme: str, options: pytest.Config) -> list[str]:
    """Take a page's picture, see that it fits a phone, and return what is not accessible in it."""
    if scheme == "light":
        await take_picture(screen.page, name, options)
    found = []
    for size in (PHONE, WIDE):
        await screen.page.set_viewport_size(size)  # type: ignore[arg-type]
        await screen.fits()
        found += await faults(screen, name)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_each_is_accessible_fits_a_phone_and_has_its_picture(
    browser: Browser, console: Console, scheme: str, pytestconfig: pytest.Config
) -> None:
    reference = await proven_access(console)
    await console.hire(KIM, *Role)
    screen = await open_screen(browser, console, viewport=WIDE, color_scheme=scheme)
    seen: list[str] = []
    found: list[str] = []
    async for name in on_the_way(screen, reference):
        seen.append(name)
        found += await look_at(screen, name, scheme, pytestconfig)
    assert found == []
    assert len(seen) == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_so_is_the_code_to_tell(
    browser: Browser, console: Console, scheme: str, pytestconfig: pytest.Config
) -> None:
    await console.hire(KIM, *Role)
    screen = await open_screen(browser, console, viewport=WIDE, color_scheme=scheme)
    await code_to_tell(screen)
    assert await look_at(screen, "code-to-tell", scheme, pytestconfig) == []
