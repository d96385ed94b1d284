"""Passkeys in a real browser, whose device is a virtual one (WebAuthn over the DevTools protocol)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, CDPSession

from bot.core.drafts import Role
from tests.e2e.test_console_in_a_browser import KIM, PHONE, WIDE, Screen, open_screen, violations
from tests.integration.console.conftest import Console, open_console
from tests.servers.chromium import open_chromium
from tests.servers.process import NotInstalledError


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    database = f"sqlite:///{tmp_path / 'desk.db'}"
    async with open_console(database, tmp_path / "keys.json", host="localhost") as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    try:
        async with open_chromium() as opened:
            yield opened
    except NotInstalledError as missing:
        pytest.skip(str(missing))


async def with_device(screen: Screen) -> tuple[CDPSession, str]:
    """Plug a device into the browser; it says yes to everything, until it is told not to."""
    devtools = await screen.page.context.new_cdp_session(screen.page)
    await devtools.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    plugged = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    return devtools, plugged["authenticatorId"]


async def test_a_colleague_adds_a_passkey_and_comes_in_with_it(browser: Browser, console: Console) -> None:
    await console.hire(KIM, Role.APPROVER)
    kim = await open_screen(browser, console, viewport=WIDE)
    devtools, device = await with_device(kim)
    await kim.sign_in(KIM)
    page = kim.page
    await page.goto(f"{console.url}/account")
    await page.get_by_label("A name for this device").fill("work laptop")
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_text("The passkey is added").wait_for()
    for size in (WIDE, PHONE):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await violations(kim, "/account") == []
        await kim.fits()
    made = await devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})
    assert [key["isResidentCredential"] for key in made["credentials"]] == [True]

    await page.get_by_role("button", name="Sign out", exact=True).click()
    assert await violations(kim, "/sign-in") == []
    await page.get_by_role("button", name="Use a passkey").click()
    await page.get_by_role("heading", name="Today").wait_for()

    console.desk.clock.turn(minutes=15)
    await page.goto(f"{console.url}/account")
    await page.get_by_role("link", name="Give it now").click()
    await page.get_by_role("button", name="Use a passkey").click()
    await page.get_by_role("button", name="Remove work laptop").click()
    await page.get_by_text("does not let anybody in any more").wait_for()
    assert kim.complaints == []


async def test_a_device_that_does_not_verify_its_owner_lets_nobody_in(browser: Browser, console: Console) -> None:
    await console.hire(KIM, Role.APPROVER)
    kim = await open_screen(browser, console, viewport=WIDE)
    devtools, device = await with_device(kim)
    await kim.sign_in(KIM)
    await kim.page.goto(f"{console.url}/account")
    await kim.page.get_by_label("A name for this device").fill("phone")
    await kim.page.get_by_role("button", name="Add a passkey").click()
    await kim.page.get_by_text("The passkey is added").wait_for()
    await kim.page.context.clear_cookies()
    await devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    await kim.page.goto(f"{console.url}/sign-in")
    await kim.page.get_by_role("button", name="Use a passkey").click()
    await kim.page.get_by_text("The device did not answer").wait_for()
    assert kim.page.url == f"{console.url}/sign-in"
    assert kim.complaints == []


async def test_without_script_only_the_password_is_offered(browser: Browser, console: Console) -> None:
    stranger = await open_screen(browser, console, java_script_enabled=False)
    await stranger.page.goto(f"{console.url}/sign-in")
    assert not await stranger.page.get_by_role("button", name="Use a passkey").is_visible()
