"""The page "is it you?" over real HTTP: GET shows, POST with the code acts, nothing tells who is known."""

from itertools import pairwise

import pytest

from bot.console.doorstep import POSTS_AN_HOUR
from bot.core.case import State
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from bot.core.tickets import Door
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console

ASKS = "My data, please."
STRANGER = "nobody@example.net"


async def asked(console: Console, address: str) -> str:
    """Let somebody ask; return the path of the link in our question."""
    desk = console.desk
    desk.reader.tell(ASKS, RequestType.ACCESS)
    await desk.mail(ASKS, address, message_id=f"<{address}>")
    await desk.deliver()
    return Door.CONFIRM.path + desk.couriers[MAIL].to(address)[-1].body.partition(Door.CONFIRM.path)[2].split()[0]


def code_of(console: Console, address: str) -> str:
    return next(letter.secret for letter in reversed(console.desk.couriers[MAIL].to(address)) if letter.secret)


async def test_a_look_changes_nothing_and_the_code_confirms_once(console: Console) -> None:
    await console.desk.know(ANN)
    path, browser = await asked(console, ANN), await console.browser()
    code = code_of(console, ANN)
    for method in ("GET", "HEAD", "GET"):
        seen = await browser.http.request(method, path, headers={"Accept-Language": "nl"})
        assert seen.status_code == 200
    assert "confirm_ask in nl" in seen.text
    assert (await console.desk.case()).proven is None
    pressed = await browser.http.post(path, data={"code": ""})
    assert "confirm_ask" in pressed.text
    wrong = await browser.http.post(path, data={"code": "7K2M-9QXA"})
    assert "confirm_wrong" in wrong.text
    done = await browser.http.post(path, data={"code": code})
    assert (done.status_code, "confirm_done" in done.text) == (200, True)
    (item,) = (await console.desk.case()).items
    assert item.state is State.REVIEW
    again = await browser.http.post(path, data={"code": code})
    assert (again.status_code, "confirm_gone" in again.text) == (404, True)


async def test_no_page_tells_who_is_known(console: Console) -> None:
    await console.desk.know(ANN)
    browser, told = await console.browser(), []
    for address in (ANN, STRANGER):
        path = await asked(console, address)
        pages = [
            await browser.http.get(path),
            await browser.http.post(path, data={"code": "7K2M-9QXA"}),
            await browser.http.post(path, data={"code": code_of(console, address)}),
            await browser.http.get(path),
        ]
        told.append([(page.status_code, page.text) for page in pages])
        assert not any(address in page.text for page in pages)
    assert told[0] == told[1]


async def test_the_page_is_kept_by_nobody_and_tells_nobody(console: Console) -> None:
    page = await (await console.browser()).http.get(await asked(console, ANN))
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in page.headers
    assert "<script" not in page.text


async def test_made_up_and_used_links_look_the_same(console: Console) -> None:
    path, browser = await asked(console, ANN), await console.browser()
    await browser.http.post(path, data={"code": code_of(console, ANN)})
    wrong = (path, path[:-2], Door.CONFIRM.path + "a" * 109, Door.CONFIRM.path + "%C3%A9" * 20)
    pages = [await browser.http.get(one) for one in wrong]
    pages += [await browser.http.post(one, data={"code": "7K2M-9QXA"}) for one in wrong]
    assert {page.status_code for page in pages} == {404}
    assert all(one.text == other.text for one, other in pairwise(pages))


@pytest.mark.parametrize("body", [b"code=" + b"A" * 3_000_000, b"\xff\xfe", b"code=" + b"&a=" * 400])
async def test_what_no_browser_sends_is_refused(console: Console, body: bytes) -> None:
    path, browser = await asked(console, ANN), await console.browser()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await browser.http.post(path, content=body, headers=kind)).status_code in {400, 413}


async def test_one_address_can_t_try_without_end(console: Console) -> None:
    path, browser = await asked(console, ANN), await console.browser()
    answers = [await browser.http.post(path, data={"code": ""}) for _ in range(POSTS_AN_HOUR + 1)]
    assert [answer.status_code for answer in answers] == [200] * POSTS_AN_HOUR + [429]
    right = await browser.http.post(path, data={"code": code_of(console, ANN)})
    assert right.status_code == 429  # nothing was done
    console.desk.clock.turn(hours=1)
    assert "confirm_done" in (await browser.http.post(path, data={"code": code_of(console, ANN)})).text
