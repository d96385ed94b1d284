"""The page "it was not me" over real HTTP, and what colleagues then see."""

from itertools import pairwise

from bot.core.drafts import Role
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from bot.core.tickets import Door
from tests.flow.conftest import ANN, KIM
from tests.integration.console.conftest import Console

ASKS = "My data, please."


async def path_of(console: Console) -> str:
    desk = console.desk
    desk.reader.tell(ASKS, RequestType.ACCESS)
    await desk.mail(ASKS)
    await desk.deliver()
    return Door.NOT_ME.path + desk.couriers[MAIL].to(ANN)[-1].body.partition(Door.NOT_ME.path)[2].split()[0]


async def test_neither_a_look_nor_a_button_alone_stops_anything(console: Console) -> None:
    """Scanners follow links, and some press what they find; none ticks a box."""
    path, browser = await path_of(console), await console.browser()
    for method in ("GET", "HEAD"):
        assert (await browser.http.request(method, path)).status_code == 200
    for body in ({"code": ""}, {"sure": ""}, {"sure": "on"}):
        pressed = await browser.http.post(path, data=body)
        assert "deny_ask" in pressed.text
    assert (await console.desk.case()).denied_at is None
    done = await browser.http.post(path, data={"sure": "yes"}, headers={"Accept-Language": "de"})
    assert "deny_done in de" in done.text
    assert (await console.desk.case()).denied_at is not None
    again = await browser.http.post(path, data={"sure": "yes"})
    assert "deny_done" in again.text


async def test_the_page_says_nothing_of_the_case(console: Console) -> None:
    path, browser = await path_of(console), await console.browser()
    case = await console.desk.case()
    for page in (await browser.http.get(path), await browser.http.post(path, data={"sure": "yes"})):
        assert case.reference not in page.text
        assert ANN not in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-robots-tag"] == "noindex, nofollow"


async def test_made_up_links_look_the_same(console: Console) -> None:
    path, browser = await path_of(console), await console.browser()
    wrong = (path[:-2], Door.NOT_ME.path + "a" * 109, path.replace(Door.NOT_ME.path, Door.CONFIRM.path)[:-1])
    pages = [await browser.http.post(one, data={"sure": "yes"}) for one in wrong[:2]]
    pages += [await browser.http.get(one) for one in wrong[:2]]
    assert {page.status_code for page in pages} == {404}
    assert all(one.text == other.text for one, other in pairwise(pages))
    assert (await browser.http.get(wrong[2])).status_code == 404
    assert (await console.desk.case()).denied_at is None


async def test_a_colleague_sees_it_on_the_day_and_settles_it_with_a_reason(console: Console) -> None:
    path, stranger = await path_of(console), await console.browser()
    await stranger.http.post(path, data={"sure": "yes"})
    reference = (await console.desk.case()).reference
    officer = await console.colleague(KIM, Role.DPO)
    day = await officer.open("/")
    assert "1 person says it was not them" in day
    assert reference in day
    page = await officer.open(f"/cases/{reference}")
    assert "says that it was not them" in page
    await officer.send(f"/cases/{reference}/denial-settled", 422, reason=" ")
    page = await officer.send(f"/cases/{reference}/denial-settled", reason="She called back")
    assert "The case goes on" in page
    assert "1 person says" not in await officer.open("/")
    approver = await console.colleague("lee@nexioprojects.com", Role.APPROVER)
    await approver.open(f"/cases/{reference}", 404)  # a lane of its own
