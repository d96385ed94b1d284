"""Somebody opens their data over real HTTP: looking sends nothing, a press sends the code, the code opens."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.core.messages import MAIL
from bot.core.packages import PATH, PackageKind
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import Console


@pytest.fixture
async def path(console: Console) -> str:
    """Hand a package over by an approved answer; return the path of its link."""
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell("My data, please.", RequestType.ACCESS)
    await desk.mail("My data, please.")
    await desk.mail(await desk.code())
    _, draft = await desk.dossiers.make((await desk.case()).id, PackageKind.ACCESS, KIM)
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    return PATH + draft.body.partition(PATH)[2].split()[0]


async def test_a_look_sends_nothing_and_the_code_from_the_mail_opens(console: Console, path: str) -> None:
    browser, courier = await console.browser(), console.desk.couriers[MAIL]
    sent = len(courier.to(ANN))
    for method in ("GET", "HEAD", "GET"):
        page = await browser.http.request(method, path, headers={"Accept-Language": "nl"})
        assert page.status_code == 200
    await console.desk.deliver()
    assert len(courier.to(ANN)) == sent
    assert "package_ask in nl" in page.text
    assert ANN not in page.text
    assert "set-cookie" not in page.headers
    asked = await browser.http.post(path, data={"again": ""})
    await console.desk.deliver()
    assert 'name="code"' in asked.text
    (mail,) = courier.to(ANN)[sent:]
    wrong = await browser.http.post(path, data={"code": "7F3K-Q2M9"})
    assert "package_wrong" in wrong.text
    right = await browser.http.post(path, data={"code": mail.secret})
    assert right.headers["content-type"] == "application/zip"
    assert right.headers["content-disposition"] == 'attachment; filename="access-2026-03-02.zip"'
    assert right.headers["cache-control"] == "no-store"
    assert "Ann Peeters" in ZipFile(BytesIO(right.content)).read("data.txt").decode()
    again = await browser.http.post(path, data={"code": mail.secret})
    assert "package_wrong" in again.text  # a code opens once


async def test_a_link_that_never_was_and_one_that_is_over_look_the_same(console: Console, path: str) -> None:
    browser = await console.browser()
    console.desk.clock.turn(days=31)
    pages = [
        (await browser.http.request(method, where, data={"code": "7F3K-Q2M9"} if method == "POST" else None))
        for where in (path, PATH + "x" * 26)
        for method in ("GET", "POST")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
