"""Second thoughts at the console: a button for as long as the letter waits."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.drafts import DraftKind, Role
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, HOUSE
from tests.integration.console.conftest import Browser, Console, open_console
from tests.integration.console.test_work import draft_of, seal

KIM, DEE = "kim@nexioprojects.com", "dee@nexioprojects.com"


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    house = replace(HOUSE, undo=timedelta(seconds=15))
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", house) as opened:
        yield opened


async def approve(console: Console, then: str) -> tuple[Browser, str]:
    desk = console.desk
    desk.reader.tell("Stop using my data.", RequestType.OBJECTION)
    await desk.know(ANN)
    await desk.mail("Stop using my data.")
    await desk.deliver()
    ident = await draft_of(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open(f"/drafts/{ident}")
    await kim.send(f"/drafts/{ident}/approve", seal=seal(page), then=then)
    return kim, ident


@pytest.mark.parametrize("then", ["stay", "next"])
async def test_a_yes_is_taken_back_wherever_one_is_then(console: Console, then: str) -> None:
    kim, ident = await approve(console, then)
    assert "It leaves in 15 seconds; till then nobody has it." in kim.page
    assert f'action="/drafts/{ident}/take-back"' in kim.page
    reader = await console.colleague(DEE, Role.READER)
    assert "take-back" not in await reader.open(f"/drafts/{ident}")
    assert "The draft waits again" in await kim.send(f"/drafts/{ident}/take-back")
    console.desk.clock.turn(minutes=1)
    await console.desk.deliver()
    assert all(sent.kind is not DraftKind.ANSWER for sent in console.desk.couriers[MAIL].to(ANN))
    assert "Read and approve" in await kim.open("/")


async def test_who_is_too_late_is_told_so(console: Console) -> None:
    kim, ident = await approve(console, "stay")
    console.desk.clock.turn(seconds=16)
    await console.desk.deliver()
    assert "it is too late" in await kim.send(f"/drafts/{ident}/take-back", 409)
    assert "take-back" not in await kim.open(f"/drafts/{ident}?undo={ident}")
    await kim.open("/?done=sent&undo=nonsense")
    await kim.send("/drafts/none/take-back", 404)
