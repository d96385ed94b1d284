"""A use that stops before it is weighed: colleagues hear of it at once, without personal data, and once."""

from pathlib import Path
from typing import Unpack

import pytest

from bot.core.messages import MAIL, Authentication
from bot.core.rights import RequestType
from replies import LetterWriter
from replies.policy import PUBLISHED
from tests.fakes.said import MessageFields
from tests.flow.conftest import ANN, TestDesk, open_test_desk

R = RequestType
PRIVACY = "privacy@nexioprojects.com"


async def ask(desk: TestDesk, right: RequestType, **changes: Unpack[MessageFields]) -> None:
    desk.reader.tell("Leave my data alone for now", right)
    await desk.mail("Leave my data alone for now", **changes)
    await desk.deliver()


@pytest.mark.rule(27)
@pytest.mark.parametrize("right", [R.RESTRICTION, R.OBJECTION, R.CONSENT_WITHDRAWAL])
async def test_colleagues_are_told_to_stop_the_use_and_the_case_shows_it(desk: TestDesk, right: RequestType) -> None:
    await desk.know(ANN)
    await ask(desk, right)
    case = await desk.case()
    (notice,) = desk.couriers[MAIL].to(PRIVACY)
    assert notice.subject == f"provisional_stop {case.reference}"
    assert ANN not in notice.body
    assert case.attention == f"stop the use now: {right}"
    assert case.items[0].provisional


async def test_they_are_told_once(desk: TestDesk) -> None:
    await desk.know(ANN)
    for _ in range(2):
        await ask(desk, R.RESTRICTION)
    assert len(desk.couriers[MAIL].to(PRIVACY)) == 1


@pytest.mark.rule(12)
async def test_who_asks_for_data_too_hears_of_it_once_they_are_proven(database_url: str, tmp_path: Path) -> None:
    """The question who writes says nothing of it: it is the same for known and unknown (rule 16)."""
    async with open_test_desk(database_url, tmp_path / "keys.json", writer=LetterWriter(PUBLISHED)) as desk:
        await desk.know(ANN)
        desk.reader.tell("Stop profiling me. What do you have?", R.OBJECTION, R.ACCESS)
        await desk.mail("Stop profiling me. What do you have?")
        await desk.mail(await desk.code())
        await desk.deliver()
    question, thanks = desk.couriers[MAIL].to(ANN)
    assert "We have suspended the use you object to." not in question.body
    assert "We have suspended the use you object to." in thanks.body


@pytest.mark.rule(27, refused=True)
async def test_nothing_stops_on_an_unproven_word_and_nobody_is_told(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask(desk, R.RESTRICTION, authentication=Authentication())
    assert not desk.couriers[MAIL].to(PRIVACY)
    assert not (await desk.case()).items[0].provisional
