"""An answer behind a link in a chat, over real HTTP: the page takes the code that a colleague drew and told."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from bot.core.drafts import Role
from bot.core.messages import TELEGRAM
from bot.core.packages import PATH
from bot.flow.dossiers import OPENINGS
from tests.flow.conftest import KIM, LEE, WITH_PAGES
from tests.flow.test_without_mail import asks_for_a_call
from tests.integration.console.conftest import open_console


async def test_the_link_takes_the_code_that_a_colleague_told_and_sends_none(tmp_path: Path) -> None:
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", WITH_PAGES) as console:
        desk, kim = console.desk, await console.colleague(KIM, Role.APPROVER)
        await asks_for_a_call(desk)
        case = f"/cases/{(await desk.case()).reference}"
        assert "Give them the code for their answer" not in await kim.open(case)
        assert "no link in this chat can be opened" in await kim.send(f"{case}/code", 422)
        await kim.open(case)
        await kim.send(f"{case}/vouch", ground="chat_link", of="C-7", number="", reason="named the last two orders")
        (draft,) = await desk.drafts()
        desk.clock.turn(hours=73)
        for colleague in (KIM, LEE):
            await desk.approval.approve(draft.id, colleague)
        await desk.deliver()
        path = PATH + desk.couriers[TELEGRAM].to("777")[-1].body.partition(PATH)[2].split()[0]
        browser, before = await console.browser(), len(await desk.outbox())
        page = await browser.http.get(path, headers={"Accept-Language": "nl"})
        assert "package_told in nl" in page.text
        assert 'name="code"' in page.text
        assert "package_told_wrong" in (await browser.http.post(path, data={"code": "7F3K-Q2M9"})).text
        await browser.http.post(path, data={"code": ""})
        assert len(await desk.outbox()) == before
        kim = await console.colleague(KIM, Role.APPROVER)
        assert "Give them the code for their answer" in await kim.open(case)
        shown = await kim.send(f"{case}/code")
        code = shown.partition('<p class="codes">')[2].partition("<")[0]
        assert "+31612345678" in shown
        opened = await browser.http.post(path, data={"code": code})
        assert "Dorpsstraat 7" in ZipFile(BytesIO(opened.content)).read("answer.txt").decode()


async def test_what_is_held_of_a_chat_account_opens_by_a_button_and_never_by_looking(tmp_path: Path) -> None:
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", WITH_PAGES) as console:
        desk, kim = console.desk, await console.colleague(KIM, Role.APPROVER)
        await asks_for_a_call(desk)
        case = f"/cases/{(await desk.case()).reference}"
        await kim.open(case)
        assert "leave their address empty" in await kim.send(
            f"{case}/vouch", 422, ground="chat_account", of="C-7", number="", reason="has no e-mail"
        )
        await kim.open(case)
        await kim.send(f"{case}/vouch", ground="chat_account", of="", number="", reason="has no e-mail")
        (draft,) = await desk.drafts()
        for colleague in (KIM, LEE):
            await desk.approval.approve(draft.id, colleague)
        await desk.deliver()
        path = PATH + desk.couriers[TELEGRAM].to("777")[-1].body.partition(PATH)[2].split()[0]
        browser = await console.browser()
        for _ in range(OPENINGS + 1):  # a platform's preview looks as often as it likes
            page = await browser.http.get(path, headers={"Accept-Language": "nl"})
            assert "package_account in nl" in page.text
            assert 'name="code"' not in page.text
            assert (await browser.http.head(path)).status_code == 200
        for _ in range(OPENINGS):
            opened = await browser.http.post(path, data={"code": ""})
            assert "answer.txt" in ZipFile(BytesIO(opened.content)).namelist()
        assert (await browser.http.post(path, data={"code": ""})).status_code == 404
