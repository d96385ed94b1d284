"""The desk by keyboard alone, and its keys turned off by whoever dictates."""

from playwright.async_api import Browser, expect

from tests.e2e.test_console_in_a_browser import WIDE, browser, console, open_screen, proven_access
from tests.flow.conftest import KIM
from tests.integration.console.conftest import Console

__all__ = ["browser", "console"]


async def test_the_keyboard_alone_goes_from_the_day_to_the_decision(browser: Browser, console: Console) -> None:
    await proven_access(console)
    kim = await open_screen(browser, console, viewport=WIDE)
    await kim.sign_in(KIM)
    keys = kim.page.keyboard
    await keys.press("?")
    await kim.page.locator("dialog.keys").wait_for()
    await keys.press("Escape")
    await keys.press("/")
    assert await kim.page.evaluate("document.activeElement.name") == "words"
    await keys.type("jk")  # typing is typing
    assert await kim.page.evaluate("document.activeElement.value") == "jk"
    await kim.page.evaluate("document.activeElement.blur()")
    await keys.press("j")
    await keys.press("Enter")
    await kim.page.get_by_text("Who gets it").wait_for()
    await keys.press("e")
    assert await kim.page.evaluate("document.activeElement.name") == "body"
    await kim.page.evaluate("document.activeElement.blur()")
    await keys.press("r")
    assert await kim.page.evaluate("document.activeElement.name") == "reason"
    await kim.page.evaluate("document.activeElement.blur()")
    await keys.press("a")
    assert (await console.desk.drafts())[0].approvals == ()  # a goes to the button and does not press it
    await keys.press("Enter")
    await kim.page.get_by_text("You have said yes").wait_for()
    assert kim.complaints == []


async def test_whoever_dictates_turns_the_keys_off_and_the_browser_remembers(
    browser: Browser, console: Console
) -> None:
    """WCAG 2.1.4: a spoken word is many keys."""
    await proven_access(console)
    kim = await open_screen(browser, console, viewport=WIDE)
    await kim.sign_in(KIM)
    page, keys, row = kim.page, kim.page.keyboard, kim.page.locator("[data-rows] a").first
    await page.locator("summary", has_text="Kim").click()
    await page.get_by_role("button", name="Turn the shortcut keys off").click()
    switch = page.get_by_role("button", name="Turn the shortcut keys on")
    await expect(switch).to_be_focused()
    for _ in range(2):
        for key in "j?/":
            await keys.press(key)
        await expect(page.locator("dialog.keys")).to_have_count(0)
        await expect(row).not_to_be_focused()
        assert await page.evaluate("document.activeElement.name") != "words"
        await page.reload()
    await page.locator("summary", has_text="Kim").click()
    await switch.click()
    await keys.press("j")
    await expect(row).to_be_focused()
    await keys.press("?")
    await expect(page.locator("dialog.keys")).to_contain_text("Under your name you can turn them off.")
    assert kim.complaints == []
