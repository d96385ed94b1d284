"""The list of cases on a small phone: its rows are in sight at once, narrowed or not, with a script and without."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, expect

from bot.core.case import Case
from bot.core.drafts import Role
from bot.core.unit import Unit
from tests.e2e.test_console_in_a_browser import WIDE, browser, open_screen, violations
from tests.flow.conftest import KIM
from tests.integration.console.conftest import Console, open_console
from tests.storage.samples import a_case

__all__ = ["browser"]
SMALL: Final = {"width": 360, "height": 640}


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json") as opened:
        await opened.hire(KIM, *Role)
        for number in range(3):
            await opened.desk.store.transact(partial(_add, a_case(f"{number:04}")))
        yield opened


def _add(case: Case, unit: Unit) -> None:
    unit.cases.add(case)


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
async def test_the_first_rows_are_in_sight_and_so_is_what_they_are_narrowed_to(
    browser: Browser, console: Console, script: bool
) -> None:
    kim = await open_screen(browser, console, viewport=SMALL, java_script_enabled=script)
    await kim.sign_in(KIM)
    page = kim.page
    await page.goto(f"{console.url}/cases")
    row, language = page.locator("[data-rows] li").first, page.get_by_label("Language")
    await expect(row).to_be_in_viewport(ratio=1)
    await expect(language).to_be_hidden()
    await page.get_by_text("Filter").click()
    await language.select_option("en")
    await page.get_by_label("Who sees to it").select_option("nobody")
    await page.get_by_role("button", name="Show").click()
    await page.get_by_text("English · Who sees to it: nobody").wait_for()
    await expect(row).to_be_in_viewport(ratio=1)
    await expect(language).to_be_hidden()
    await page.get_by_text("Filter").click()
    await expect(language).to_have_value("en")
    await language.select_option("fr")
    await page.get_by_role("button", name="Show").click()
    await page.get_by_text("No case fits").wait_for()
    await page.goto(f"{console.url}/cases?right=nonsense&due=x")
    await expect(page.locator(".narrow summary")).to_have_text("Filter")
    assert kim.complaints == []


async def test_on_a_wide_screen_the_filters_stand_above_the_rows_without_a_fold(
    browser: Browser, console: Console
) -> None:
    kim = await open_screen(browser, console, viewport=WIDE)
    await kim.sign_in(KIM)
    page = kim.page
    await page.goto(f"{console.url}/cases?language=en")
    await expect(page.get_by_label("Language")).to_have_value("en")
    await expect(page.get_by_label("Language")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_text("Filter")).to_be_hidden()
    await page.get_by_label("Right").select_option("access")
    await page.get_by_role("button", name="Show").click()
    await page.get_by_text("No case fits").wait_for()


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
async def test_the_fold_is_accessible_open_and_closed(browser: Browser, console: Console, size: dict[str, int]) -> None:
    kim = await open_screen(browser, console, viewport=size)
    await kim.sign_in(KIM)
    assert await violations(kim, "/cases?language=en") == []
    assert await violations(kim, "/cases?language=en", opened=False) == []
