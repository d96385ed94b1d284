"""One-click unsubscribe over real HTTP: POST acts, GET only shows (RFC 8058; law.md rule 40)."""

import pytest

from bot.console.doorstep import POSTS_AN_HOUR
from bot.core.messages import MAIL, Handle
from bot.core.one_click import PATH, headers
from bot.core.rights import Scope
from bot.flow.suppressing import MAILINGS
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def ticket(console: Console, scope: Scope = Scope.EMAIL) -> str:
    ((_, made),) = await console.desk.suppressions.links([ANN], scope)
    return made


async def blocked(console: Console, scope: Scope = Scope.EMAIL) -> bool:
    (checked,) = await console.desk.suppressions.check([ANN], scope)
    return not checked.allowed


@pytest.mark.rule(40)
async def test_looking_changes_nothing_and_the_mail_program_s_word_acts(console: Console) -> None:
    made, browser = await ticket(console), await console.browser()
    url = PATH + made
    assert ANN not in made
    for method in ("GET", "HEAD", "GET"):
        seen = await browser.http.request(method, url)
        assert "set-cookie" not in seen.headers
    assert not await blocked(console)
    done = await browser.http.post(url, data=ONE_CLICK, headers={"Sec-Fetch-Site": "cross-site"})
    assert (done.status_code, "set-cookie" in done.headers, "location" in done.headers) == (200, False, False)
    assert await blocked(console)
    assert not await blocked(console, Scope.SURVEY)  # the mailing named its kind
    again = await browser.http.post(url, files={"List-Unsubscribe": (None, "One-Click")})
    assert again.status_code == 200
    chain = await console.desk.store.transact(lambda unit: unit.audit.chain(MAILINGS))
    assert [(link.actor, link.event) for link in chain] == [("one click", "suppressed")]


@pytest.mark.rule(40)
async def test_a_mail_provider_stops_for_everybody_from_one_address_and_a_flood_of_one_link_writes_nothing(
    console: Console,
) -> None:
    """No limit: one by address would refuse people, and one by link would cost the write that a repeat does not."""
    people = [f"p{number}@example.net" for number in range(POSTS_AN_HOUR + 1)]
    made, browser = await console.desk.suppressions.links(people, Scope.EMAIL), await console.browser()
    for _, link in made:
        assert (await browser.http.post(PATH + link, data=ONE_CLICK)).status_code == 200
    assert all(not one.allowed for one in await console.desk.suppressions.check(people, Scope.EMAIL))
    whole = await console.desk.store.transact(lambda unit: unit.audit.chain(MAILINGS))
    for _ in range(POSTS_AN_HOUR + 1):
        assert (await browser.http.post(PATH + made[0][1], data=ONE_CLICK)).status_code == 200
    assert await console.desk.store.transact(lambda unit: unit.audit.chain(MAILINGS)) == whole
    assert len(await console.desk.store.transact(lambda unit: unit.suppressions.listed())) == len(people)
    assert not await console.desk.outbox()
    asked = await browser.http.post("/status", data={"reference": "NX-0000-0000"})
    assert asked.status_code != 429  # nor does it use up what this address may ask elsewhere


@pytest.mark.rule(40, refused=True)
@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "yes"}, {"One-Click": "x" * 5000}])
async def test_a_post_that_is_no_one_click_stops_nothing(console: Console, body: dict[str, str]) -> None:
    browser = await console.browser()
    assert (await browser.http.post(PATH + await ticket(console), data=body)).status_code == 404
    assert not await blocked(console)


async def test_a_link_cut_short_or_made_up_tells_what_to_do_and_nothing_else(console: Console) -> None:
    made, browser = await ticket(console), await console.browser()
    for wrong in (made[:-4], made[:-1] + ("A" if made[-1] != "A" else "B"), "x" * 80, "%C3%A9" * 30):
        for method in ("GET", "POST"):
            answer = await browser.http.request(method, PATH + wrong, data=ONE_CLICK if method == "POST" else None)
            assert answer.status_code == 404
            assert "stop_unknown" in answer.text
    assert not await blocked(console)


@pytest.mark.parametrize(("wanted", "language"), [("nl-BE,fr;q=0.5", "nl"), ("it,de;q=0.8", "de"), ("ja", "en")])
async def test_the_page_speaks_the_person_s_language(console: Console, wanted: str, language: str) -> None:
    browser = await console.browser()
    page = await browser.http.get(PATH + await ticket(console), headers={"Accept-Language": wanted})
    assert f"stop_ask in {language}" in page.text
    assert f'<html lang="{language}">' in page.text


async def test_the_mailto_address_stops_the_mailing_from_whatever_address_it_is_sent(console: Console) -> None:
    written = headers(await ticket(console), "https://desk.example/", "info@nexioprojects.com")
    assert written["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mailto = written["List-Unsubscribe"].partition("<mailto:info@nexioprojects.com?subject=")[2].rstrip(">")
    await console.desk.mail("", sender="ann.home@example.net", subject=mailto.replace("%20", " "))
    assert await blocked(console)
    stopped = await console.desk.store.transact(lambda unit: unit.suppressions.listed())
    assert {one.handle for one in stopped} == {Handle(MAIL, ANN), Handle(MAIL, "ann.home@example.net")}
    assert {one.scope for one in stopped} == {Scope.EMAIL}
    await console.desk.deliver()
    (told,) = console.desk.couriers[MAIL].to("ann.home@example.net")
    assert "opted out: email" in told.body


async def test_a_made_up_ticket_in_a_subject_is_ordinary_mail(console: Console) -> None:
    await console.desk.mail("", subject="unsubscribe " + "x" * 80)
    assert not await blocked(console)
    assert await console.desk.cases() == []
