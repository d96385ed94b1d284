"""The company's own sign-in in a real browser, whose address bar goes there and back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.core.drafts import Role
from tests.e2e.test_console_in_a_browser import WIDE, open_screen, violations
from tests.integration.console.test_company_sign_in import ADA, KIM, Company, open_company
from tests.servers.chromium import open_chromium
from tests.servers.process import NotInstalledError


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    try:
        async with open_chromium() as opened:
            yield opened
    except NotInstalledError as missing:
        pytest.skip(str(missing))


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    async with open_company(tmp_path) as opened:
        yield opened


async def test_a_colleague_takes_an_invitation_up_and_comes_back_another_day(
    browser: Browser, company: Company
) -> None:
    company.introduces(KIM)
    token = await company.console.office.invitations.invite(KIM, frozenset({Role.APPROVER}), ADA)
    kim = await open_screen(browser, company.console, viewport=WIDE)
    page, url = kim.page, company.console.url
    assert await violations(kim, f"/welcome/{token}") == []
    await page.get_by_role("link", name="Sign in with the house login").click()
    await page.get_by_role("heading", name="Today").wait_for()
    for path in ("/account", "/prove"):
        assert await violations(kim, path) == []
    await page.goto(f"{url}/prove?next=/cases")
    await page.get_by_role("link", name="Sign in with the house login once more").click()
    await page.get_by_role("heading", name="Cases").wait_for()
    await page.get_by_text("Kim Jansen", exact=True).click()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.get_by_role("link", name="Sign out of the house login too").wait_for()
    assert await violations(kim, "/sign-in?left=company") == []
    await page.get_by_role("link", name="Sign in with the house login").click()
    await page.get_by_role("heading", name="Today").wait_for()
    assert {said for said in kim.complaints if not said.startswith(company.provider.url)} == set()
