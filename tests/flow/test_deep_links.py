"""A link in the code's mail hands the code to the bot: once, in time, and from the account that was written from."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import State
from bot.core.drafts import CODE_SLOT
from bot.core.messages import MAIL, Handle
from bot.core.rights import Entity, RequestType
from bot.core.trust import Trust
from replies import LetterWriter
from replies.policy import PUBLISHED
from tests.flow.conftest import ANN, HOUSE, TestDesk, open_test_desk

ASKED, NAMED = "delete my account", f"it is {ANN}"
VICTIM, THIEF = "777", "666"


@pytest.fixture
async def linking(tmp_path: Path) -> AsyncIterator[TestDesk]:
    house = replace(HOUSE, telegram_bot="nexio_rights_bot")
    url, keys = f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json"
    async with open_test_desk(url, keys, house, LetterWriter(PUBLISHED)) as desk:
        await desk.know(ANN)
        desk.reader.tell(ASKED, RequestType.ERASURE)
        desk.reader.tell(NAMED, entities=(Entity("email", ANN, 0, len(ANN)),))
        yield desk


async def code_mailed(desk: TestDesk, sender: str) -> str:
    """Let somebody ask in a chat and name Ann's address; return the code of its mail."""
    await desk.chat(ASKED, sender)
    await desk.chat(NAMED, sender)
    return await desk.code()


async def press(desk: TestDesk, sender: str, code: str) -> None:
    """Open the link and press Start: Telegram says so for the account that did."""
    await desk.chat(f"/start {code}", sender, command="start", payload=code)


async def test_the_mail_holds_a_link_with_the_codes_own_slot(linking: TestDesk) -> None:
    await code_mailed(linking, VICTIM)
    (mail,) = [one for one in await linking.outbox() if one.secret]
    assert mail.recipient == Handle(MAIL, ANN)
    assert f"https://t.me/nexio_rights_bot?start={CODE_SLOT}" in mail.body
    assert not any("t.me" in one.body for one in await linking.outbox() if one.recipient.channel != MAIL)


async def test_it_proves_what_the_code_proves_and_once(linking: TestDesk) -> None:
    code = await code_mailed(linking, VICTIM)
    await press(linking, VICTIM, code)
    case = await linking.case()
    assert (case.proven, case.items[0].state) == (Handle(MAIL, ANN), State.REVIEW)
    told = len(await linking.outbox())
    await press(linking, VICTIM, code)
    assert len(await linking.outbox()) == told
    assert (await linking.case()).items == case.items


async def test_a_planted_link_proves_nothing_for_whoever_planted_it(linking: TestDesk) -> None:
    """A thief asks in Ann's name; Ann presses the link she finds in her mailbox, from her own account."""
    code = await code_mailed(linking, THIEF)
    await press(linking, VICTIM, code)
    case = await linking.case_of(THIEF)
    assert case.proven is None
    assert case.items[0].trust is Trust.CLAIMED


async def test_a_thiefs_own_link_ties_nobody_to_the_thiefs_case(linking: TestDesk) -> None:
    code = await code_mailed(linking, VICTIM)
    await press(linking, THIEF, code)
    assert (await linking.case_of(VICTIM)).proven is None
    assert [case.requester.value for case in await linking.cases()] == [VICTIM]


async def test_it_ends_with_the_codes_day(linking: TestDesk) -> None:
    code = await code_mailed(linking, VICTIM)
    linking.clock.turn(hours=25)
    await press(linking, VICTIM, code)
    assert (await linking.case()).proven is None


async def test_without_a_bots_name_there_is_no_link(tmp_path: Path) -> None:
    url, keys = f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json"
    async with open_test_desk(url, keys, HOUSE, LetterWriter(PUBLISHED)) as desk:
        desk.reader.tell(ASKED, RequestType.ERASURE)
        desk.reader.tell(NAMED, entities=(Entity("email", ANN, 0, len(ANN)),))
        await code_mailed(desk, VICTIM)
        assert not any("t.me" in one.body for one in await desk.outbox())
