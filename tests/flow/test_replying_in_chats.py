"""In a chat somebody replies to one text among many: what they say belongs to the case of that text."""

import pytest

from bot.core.case import Case
from bot.core.messages import TELEGRAM, Handle
from bot.core.rights import Act, Entity, RequestType
from bot.core.trust import Trust
from bot.core.unit import Unit
from tests.flow.conftest import ANN, KIM, TestDesk

BLAME, WISH = "you gave my data to a stranger", "correct my street please"
NAMED = f"my address is {ANN}"
UNHAPPY = "that is not an answer"
PERSON = "777"


@pytest.fixture
async def two(desk: TestDesk) -> tuple[Case, Case]:
    """Somebody whose complaint was answered in the chat, and who asks for something else there now."""
    desk.reader.tell(BLAME, RequestType.COMPLAINT)
    desk.reader.tell(WISH, RequestType.RECTIFICATION)
    desk.reader.tell(UNHAPPY, RequestType.COMPLAINT, act=Act.REMINDER)
    await desk.chat(BLAME, message_id="tg:777:1")
    (draft,) = await desk.drafts()
    await desk.approval.edit(draft.id, KIM, body="We have looked into it.")
    await desk.approval.approve(draft.id, KIM)
    desk.clock.turn(minutes=1)
    await desk.deliver()
    ended = await desk.case()
    assert not ended.is_open
    desk.clock.turn(days=3)
    await desk.chat(WISH, message_id="tg:777:5")
    await desk.deliver()
    (going_on,) = [case for case in await desk.cases() if case.is_open]
    return ended, going_on


async def reply_to(desk: TestDesk, case: Case, text: str, sender: str = PERSON) -> None:
    """Reply to the last text of a case, as Telegram tells it."""
    ours = await desk.store.transact(lambda unit: unit.outbox.listed(case_id=case.id))
    answered = next(one.receipt for one in ours if one.recipient == Handle(TELEGRAM, PERSON))
    await desk.chat(text, sender, references=(f"tg:777:{answered}",))


async def said_in(desk: TestDesk, case: Case) -> list[str]:
    def look(unit: Unit) -> list[str]:
        return [kept.message.text for kept in unit.inbox.correspondence(case.id) if kept.message]

    return await desk.store.transact(look)


async def test_a_reply_to_an_answer_belongs_to_what_was_answered(desk: TestDesk, two: tuple[Case, Case]) -> None:
    ended, going_on = two
    await reply_to(desk, ended, UNHAPPY)
    assert await said_in(desk, ended) == [BLAME, UNHAPPY]
    assert await said_in(desk, going_on) == [WISH]


async def test_what_replies_to_nothing_belongs_to_what_goes_on(desk: TestDesk, two: tuple[Case, Case]) -> None:
    ended, going_on = two
    await desk.chat(UNHAPPY)
    assert await said_in(desk, ended) == [BLAME]
    assert await said_in(desk, going_on) == [WISH, UNHAPPY]


async def test_a_reply_to_ones_own_words_belongs_to_where_they_were_said(
    desk: TestDesk, two: tuple[Case, Case]
) -> None:
    ended, _ = two
    await desk.chat(UNHAPPY, references=("tg:777:1",))
    assert await said_in(desk, ended) == [BLAME, UNHAPPY]


async def test_nobody_reaches_a_case_by_replying_to_somebody_elses_text(desk: TestDesk, two: tuple[Case, Case]) -> None:
    ended, going_on = two
    await reply_to(desk, ended, UNHAPPY, sender="999")
    assert await said_in(desk, ended) == [BLAME]
    assert await said_in(desk, going_on) == [WISH]


async def test_a_code_is_taken_whichever_text_it_replies_to(desk: TestDesk, two: tuple[Case, Case]) -> None:
    ended, going_on = two
    await desk.know(ANN)
    desk.reader.tell(NAMED, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat(NAMED)
    await reply_to(desk, ended, await desk.code())
    (now,) = [case for case in await desk.cases() if case.id == going_on.id]
    assert now.trust is Trust.PROVEN
