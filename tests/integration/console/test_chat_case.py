"""A case that came by chat: its window, its versions, and files that could not be copied."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.drafts import Role
from bot.core.errors import PermanentFailure
from bot.core.messages import TELEGRAM, Attachment
from bot.core.rights import RequestType
from bot.flow.copying import Copying
from tests.flow.conftest import HOUSE
from tests.integration.console.conftest import Console, open_console

KIM = "kim@nexioprojects.com"
ASKED = "what do you know about me"


class GoneFiles:
    """A platform that keeps nothing."""

    async def fetch(self, reference: str) -> bytes:
        raise PermanentFailure(f"Telegram has {reference} no more (410)")


async def page_of(console: Console) -> str:
    kim = await console.colleague(KIM, Role.APPROVER)
    return await kim.open(f"/cases/{(await console.desk.case()).reference}")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (3, "takes our texts until"),
        (30, "The 24 hours since they wrote are over"),
        (200, "takes no more texts of ours"),
    ],
)
async def test_the_window_is_shown_with_what_may_be_done(tmp_path: Path, hours: int, words: str) -> None:
    house = replace(HOUSE, windowed=frozenset({TELEGRAM}))
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", house) as console:
        console.desk.reader.tell(ASKED, RequestType.ACCESS)
        await console.desk.chat(ASKED)
        console.desk.clock.turn(hours=hours)
        page = await page_of(console)
    assert words in page
    assert ("20 h are left" in page) is (hours == 3)


async def test_versions_and_lost_files_are_shown(tmp_path: Path) -> None:
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json") as console:
        desk = console.desk
        desk.reader.tell(ASKED, RequestType.ACCESS)
        picture = Attachment(1, "photo", "image/jpeg", 9, reference="p1")
        await desk.chat(ASKED, message_id="tg:1", attachments=(picture,))
        await desk.chat("nothing, forget it", message_id="tg:1:v2", version_of="tg:1")
        await desk.chat("", message_id="tg:1:v3", version_of="tg:1")
        await Copying(desk.store, {TELEGRAM: GoneFiles()}, desk.treatment.answering, desk.clock).copy_batch()
        page = await page_of(console)
    assert "changed later" in page
    assert "deleted there" in page
    assert page.count("What it said before") == 2
    assert "could not be copied" in page
    assert "has p1 no more (410)" in page
    assert "takes our texts until" not in page
