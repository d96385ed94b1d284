"""A colleague's whole morning on the cast's forty cases, in real browsers; `--pictures` keeps what they see."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from bot.console.access import ROUTES
from bot.core.case import OPEN_STATES
from bot.core.drafts import Draft, DraftKind, Role
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from replies import LetterWriter
from replies.policy import PUBLISHED
from tests.e2e import cast_at_the_desk
from tests.e2e.pictures import take_picture
from tests.e2e.test_console_in_a_browser import NO_PAGES, PHONE, WIDE, Screen, browser, open_screen, shows
from tests.flow.conftest import HOUSE
from tests.integration.console.conftest import Console, open_console

__all__ = ["browser"]
KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"
SLOT: Final = re.compile("⟦[^⟦⟧\n]*⟧")


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    house, writer = replace(HOUSE, undo=timedelta(seconds=15)), LetterWriter(replace(PUBLISHED, authority="NL"))
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", house, writer) as opened:
        await cast_at_the_desk.write_to(opened.desk)
        for colleague in (KIM, LEE):
            await opened.hire(colleague, *Role)
        yield opened


async def waiting(console: Console, right: RequestType, language: str = "") -> Draft:
    drafts = await console.desk.drafts()
    return next(
        one
        for one in drafts
        if one.rights == {right}
        and one.kind is DraftKind.ANSWER
        and language in ("", one.language)
        and not one.approvals
    )


async def fill_in(page: Page) -> None:
    """Fill whatever is open, as a colleague does who has looked it up."""
    text = page.locator("textarea[name=body]")
    if not await text.is_visible():
        await page.get_by_text("Change the words").click()
    await text.fill(SLOT.sub("CNIL, cnil.fr", await text.input_value()))
    await page.get_by_role("button", name="Keep my words").click()
    await page.get_by_text("Your words are kept").wait_for()


async def test_a_whole_morning(browser: Browser, console: Console) -> None:
    kim = await open_screen(browser, console, viewport=WIDE)
    lee = await open_screen(browser, console, viewport=PHONE)
    for screen, email in ((kim, KIM), (lee, LEE)):
        screen.page.set_default_timeout(10_000)
        await screen.sign_in(email)
    await expect(kim.page.get_by_role("link", name="40 open")).to_be_visible()
    await approves_thinks_again_and_approves(kim)
    await refuses_with_a_second_yes(kim, lee)
    await corrects_a_reading(kim, await takes_more_time(kim))
    draft = await loses_no_words_to_a_colleague(kim, lee)
    again = await loses_no_words_to_a_crash(browser, kim, draft)
    await approves_by_keyboard(again, draft)
    complaints = [said for screen in (kim, lee, again) for said in screen.complaints]
    assert all(" 409 " in said for said in complaints), complaints  # so the browser notes a page that tells a conflict


async def approves_thinks_again_and_approves(kim: Screen) -> None:
    page, desk = kim.page, kim.console.desk
    draft = await waiting(kim.console, RequestType.OBJECTION, "fr")
    await page.goto(f"{kim.console.url}/drafts/{draft.id}")
    await fill_in(page)
    await page.get_by_text("What was changed").click()
    assert await page.locator(".change ins").count() > 0
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_role("button", name="Take it back").click()
    await page.get_by_text("nothing has left").wait_for()
    desk.clock.turn(minutes=1)
    await desk.deliver()
    assert answers_to(kim.console, draft) == []
    await page.get_by_role("button", name="Approve, and the next one").click()
    await page.get_by_text("till then nobody has it").wait_for()
    desk.clock.turn(seconds=15)
    await desk.deliver()
    (sent,) = answers_to(kim.console, draft)
    assert "⟦" not in sent


async def refuses_with_a_second_yes(kim: Screen, lee: Screen) -> None:
    page = kim.page
    draft = await waiting(kim.console, RequestType.RECTIFICATION, "en")
    await page.goto(f"{kim.console.url}/drafts/{draft.id}")
    await page.get_by_text("It should end differently").click()
    await page.locator("select[name=outcome-rectification]").select_option("refused")
    await page.get_by_role("button", name="Draft it so").click()
    await page.get_by_text("says no", exact=True).wait_for()
    refusal = page.url.partition("?")[0]
    await fill_in(page)
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_text("You have said yes").wait_for()
    await lee.page.goto(refusal)
    await lee.page.get_by_text(f"{KIM} has said yes").wait_for()
    await lee.fits()
    await lee.page.get_by_role("button", name="Approve", exact=True).click()
    await lee.page.get_by_text("till then nobody has it").wait_for()


async def takes_more_time(kim: Screen) -> str:
    """Let the letter of Art. 12(3) leave, and return the case's id."""
    page, desk = kim.page, kim.console.desk
    draft = await waiting(kim.console, RequestType.OBJECTION, "de")
    case = await desk.store.transact(lambda unit: unit.cases.get(draft.case_id))
    await page.goto(f"{kim.console.url}/cases/{case.reference}")
    await page.get_by_text("Take more time").click()
    await page.get_by_role("button", name="Draft the letter").click()
    await page.get_by_text("only once it is approved").wait_for()
    await fill_in(page)
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_text("The letter leaves within seconds").wait_for()
    case = await desk.store.transact(lambda unit: unit.cases.get(draft.case_id))
    assert case.items[0].extension is not None
    return case.id


async def corrects_a_reading(kim: Screen, case_id: str) -> None:
    page, desk = kim.page, kim.console.desk
    case = await desk.store.transact(lambda unit: unit.cases.get(case_id))
    await page.goto(f"{kim.console.url}/cases/{case.reference}")
    await page.get_by_text("That is not what they ask").click()
    form = page.locator("form[action$=reread]")
    await form.get_by_label("correction", exact=True).check()
    await form.get_by_label("objection", exact=True).uncheck()
    await page.get_by_role("button", name="Put it right").click()
    await page.get_by_text("What the person asks for was put right").wait_for()
    now = await desk.store.transact(lambda unit: unit.cases.get(case_id))
    assert {item.right for item in now.items if item.state in OPEN_STATES} == {RequestType.RECTIFICATION}


async def loses_no_words_to_a_colleague(kim: Screen, lee: Screen) -> Draft:
    draft = await waiting(kim.console, RequestType.OBJECTION, "nl")
    for screen in (kim, lee):
        await screen.page.goto(f"{kim.console.url}/drafts/{draft.id}")
    await lee.page.get_by_text(f"{KIM} has this open too").wait_for()
    await fill_in(lee.page)
    mine = kim.page.locator("textarea[name=body]")
    await mine.fill("Words that crossed with Lee's")
    await kim.page.get_by_role("button", name="Keep my words").click()
    await kim.page.get_by_text("somebody changed this draft while you had it open").wait_for()
    assert await mine.input_value() == "Words that crossed with Lee's"
    return draft


async def loses_no_words_to_a_crash(browser: Browser, kim: Screen, draft: Draft) -> Screen:
    """Return the browser that goes on."""
    mine = kim.page.locator("textarea[name=body]")
    await mine.fill("Words nobody has kept")
    await kim.page.get_by_text("Noted for you").wait_for()
    await kim.page.context.close()  # no goodbye
    again = await open_screen(browser, kim.console, viewport=WIDE)
    await again.sign_in(KIM)
    await again.page.goto(f"{kim.console.url}/drafts/{draft.id}")
    assert await again.page.locator("textarea[name=body]").input_value() == "Words nobody has kept"
    await again.page.get_by_role("button", name="Forget what I typed").click()
    await again.page.get_by_role("heading", name="Your decision").wait_for()
    await again.page.wait_for_load_state()
    return again


async def approves_by_keyboard(kim: Screen, draft: Draft) -> None:
    desk = kim.console.desk
    await kim.page.keyboard.press("a")
    await kim.page.keyboard.press("Enter")
    await kim.page.get_by_text("till then nobody has it").wait_for()
    desk.clock.turn(seconds=15)
    await desk.deliver()
    assert len(answers_to(kim.console, draft)) == 1


def answers_to(console: Console, draft: Draft) -> list[str]:
    sent = console.desk.couriers[MAIL].to(draft.recipient.value)
    return [letter.body for letter in sent if letter.kind is DraftKind.ANSWER]


async def test_pictures_of_every_page(browser: Browser, console: Console, pytestconfig: pytest.Config) -> None:
    """Every page fits its picture; with `--pictures` it is written into docs/."""
    draft = await waiting(console, RequestType.OBJECTION, "en")
    case = await console.desk.store.transact(lambda unit: unit.cases.get(draft.case_id))
    copied = next(one for one in await console.desk.cases() if any(i.right is RequestType.ACCESS for i in one.items))
    invitation = await console.office.invitations.invite("nia@nexioprojects.com", frozenset({Role.READER}), KIM)
    pages = {
        "today": "/", "cases": "/cases", "enter": "/enter", "case": f"/cases/{case.reference}",
        "draft": f"/drafts/{draft.id}",
        "messages": "/messages?kind=other", "deliveries": "/deliveries", "opt-outs": "/suppressions",
        "customers": "/customers", "people": "/people", "history": "/audit", "health": "/health-of-the-desk",
        "account": "/account", "to-do": "/tasks", "copy": f"/cases/{copied.reference}/copy",
        "reports": "/reports", "programs": "/tokens",
        "templates": "/templates", "a-letter": "/templates/answer%20access?language=fr", "import": "/customers/import",
        "prove": "/prove",
    }  # fmt: skip
    outside = {"sign-in": "/sign-in", "welcome": f"/welcome/{invitation}"}
    taken = (*outside.values(), *pages.values())
    routes = [route for route in ROUTES if route.startswith("GET ") and route not in NO_PAGES]
    assert [route for route in routes if not any(shows(route, path) for path in taken)] == []
    screen = await open_screen(browser, console, viewport={"width": 1120, "height": 760})
    for name, path in outside.items():
        await screen.page.goto(console.url + path)
        await take_picture(screen.page, name, pytestconfig)
    await screen.sign_in(KIM)
    for name, path in pages.items():
        await screen.page.goto(console.url + path)
        await screen.fits()
        await take_picture(screen.page, name, pytestconfig)
    await screen.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for name in ("today", "cases", "draft"):
        await screen.page.goto(console.url + pages[name])
        await take_picture(screen.page, f"{name}-on-a-phone", pytestconfig)
    assert screen.complaints == []
