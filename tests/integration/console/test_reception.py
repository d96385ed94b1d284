"""Preferences, status and receipt over real HTTP: GET shows, known and unknown look and take the same."""

import re
from time import perf_counter

import pytest

from bot.console.asking_status import PACE, PATH
from bot.core.messages import MAIL, Handle
from bot.core.rights import RequestType, Scope
from bot.core.tickets import Door
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import Browser, Console

STOP, ASKS = "Stop your mails.", "My data, please."


async def letter(console: Console) -> str:
    await console.desk.deliver()
    return console.desk.couriers[MAIL].to(ANN)[-1].body


def link(body: str, door: Door) -> str:
    return door.path + body.partition(door.path)[2].split()[0]


async def kinds(console: Console) -> set[Scope]:
    rows = await console.desk.store.transact(lambda unit: unit.suppressions.of(Handle(MAIL, ANN)))
    return {row.scope for row in rows}


async def test_a_form_sent_as_it_was_shown_changes_nothing_and_a_choice_does(console: Console) -> None:
    console.desk.reader.tell(STOP, RequestType.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
    await console.desk.mail(STOP)
    path, browser = link(await letter(console), Door.PREFERENCES), await console.browser()
    shown = await browser.http.get(path)
    assert "preferences in en" in shown.text
    assert ANN not in shown.text
    for body in ({"x": "y"}, {"stop": "survey"}, {"keep": "yes", "stop": "email"}):
        await browser.http.post(path, data=body)
        assert await kinds(console) == {Scope.EMAIL}
    kept = await browser.http.post(path, data={"keep": "yes", "stop": ["email", "survey"]})
    assert "preferences_kept" in kept.text
    assert await kinds(console) == {Scope.EMAIL, Scope.SURVEY}
    await browser.http.post(path, data={"keep": "yes"})
    assert await kinds(console) == set()
    gone = await browser.http.post(path[:-1], data={"keep": "yes", "stop": "email"})
    assert (gone.status_code, await kinds(console)) == (404, set())


async def asked(browser: Browser, reference: str) -> tuple[str, str, float]:
    """Ask with a reference; return the page without its ticket, the ticket, and the seconds it took."""
    began = perf_counter()
    page = await browser.http.post(PATH, data={"reference": reference})
    took = perf_counter() - began
    assert page.status_code == 200
    found = re.search(r'name="ticket" value="(\w+)"', page.text)
    assert found is not None
    return page.text.replace(found[1], ""), found[1], took


async def test_known_and_unknown_references_look_and_take_the_same(console: Console) -> None:
    console.desk.reader.tell(ASKS, RequestType.ACCESS)
    await console.desk.mail(ASKS)
    await console.desk.deliver()
    browser, known = await console.browser(), (await console.desk.case()).reference
    assert "status_ask" in (await browser.http.get(PATH)).text
    sent = len(console.desk.couriers[MAIL].sent)
    told = [await asked(browser, reference) for reference in (known, "NX-7F3K-Q2M9", "nonsense")]
    assert len({page for page, _, _ in told}) == 1
    assert len({len(ticket) for _, ticket, _ in told}) == 1
    assert all(PACE <= took < PACE + 1 for _, _, took in told)
    await console.desk.deliver()
    (mail,) = console.desk.couriers[MAIL].sent[sent:]
    assert (mail.recipient.value, known in mail.body) == (ANN, False)
    wrong = [await browser.http.post(PATH, data={"ticket": one, "code": "7K2M-9QXA"}) for _, one, _ in told]
    texts = {page.text.replace(ticket, "") for page, (_, ticket, _) in zip(wrong, told, strict=True)}
    assert len(texts) == 1
    right = await browser.http.post(PATH, data={"ticket": told[0][1], "code": mail.secret})
    assert "status_shown" in right.text
    assert ANN not in right.text
    assert "Ann" not in right.text
    again = await browser.http.post(PATH, data={"ticket": told[0][1], "code": mail.secret})
    assert "status_wrong" in again.text


async def test_a_receipt_is_shown_by_its_link_and_holds_nothing_of_the_person(console: Console) -> None:
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell(ASKS, RequestType.ACCESS)
    await desk.mail(ASKS)
    await desk.mail(f"Here: {await desk.code()}")
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    path, browser = link(await letter(console), Door.RECEIPT), await console.browser()
    page = await browser.http.get(path, headers={"Accept-Language": "fr"})
    assert "receipt in fr" in page.text
    assert not any(word in page.text for word in (ANN, "Peeters", "Canary"))
    assert page.headers["cache-control"] == "no-store"
    assert (await browser.http.get(path[:-2])).status_code == 404
    assert (await browser.http.post(path, data={"x": "y"})).status_code == 405


@pytest.mark.parametrize("door", [Door.PREFERENCES, Door.RECEIPT, Door.CONFIRM, Door.NOT_ME])
async def test_no_door_opens_for_a_made_up_ticket(console: Console, door: Door) -> None:
    browser = await console.browser()
    for word in ("a" * 109, "2" * 40, "%00" * 10, "x" * 2000):
        assert (await browser.http.get(door.path + word)).status_code == 404
