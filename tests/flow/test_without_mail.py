"""Whoever has no e-mail meets no dead end in a chat (law.md rule 42)."""

import pytest

from bot.core.case import State
from bot.core.commands import CHOICE
from bot.core.messages import TELEGRAM, Handle, Message
from bot.core.other_ways import FOR_A_COLLEAGUE, OtherWay
from bot.core.rights import Entity, RequestType
from tests.flow.conftest import ANN, TestDesk

ASKED, NONE_, STOP_LIKE = "please delete my account", "I have no e-mail", "I don't use mail"


async def begin(desk: TestDesk) -> None:
    desk.reader.tell(ASKED, RequestType.ERASURE)
    desk.reader.tell(STOP_LIKE, RequestType.UNSUBSCRIBE)
    await desk.chat(ASKED)


async def tap(desk: TestDesk, word: str) -> None:
    await desk.receive(Message(TELEGRAM, Handle(TELEGRAM, "777"), text="…", command=CHOICE, payload=word))


async def last_question(desk: TestDesk) -> str:
    return next(line for line in (await desk.outbox())[-1].body.split("\n") if line.startswith("question: "))


@pytest.mark.parametrize("known", [True, False])
async def test_the_same_is_said_to_known_and_unknown_and_a_colleague_goes_on(desk: TestDesk, known: bool) -> None:
    if known:
        await desk.know(ANN, telegram="777")
    await begin(desk)
    await desk.chat(NONE_)
    assert await last_question(desk) == "question: other_way"
    case = await desk.case()
    assert [item.state for item in case.items] == [State.REVIEW]
    assert case.other_way is OtherWay.ANY
    assert case.attention == FOR_A_COLLEAGUE[OtherWay.ANY]


@pytest.mark.parametrize(("word", "way"), [("by_post", OtherWay.POST), ("by_phone", OtherWay.PHONE)])
async def test_what_is_tapped_is_recorded_and_confirmed(desk: TestDesk, word: str, way: OtherWay) -> None:
    await begin(desk)
    await tap(desk, "no_mail")
    await tap(desk, word)
    case = await desk.case()
    assert case.other_way is way
    assert case.attention == FOR_A_COLLEAGUE[way]
    assert await last_question(desk) == f"question: {word}"
    told = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert [row.data["way"] for row in told if row.event == "without_mail"] == ["no_mail", word]


async def test_a_call_that_is_asked_for_is_no_opt_out(desk: TestDesk) -> None:
    await begin(desk)
    await desk.chat(STOP_LIKE)
    desk.reader.tell("call me", RequestType.UNSUBSCRIBE)
    await desk.chat("call me")
    case = await desk.case()
    assert case.other_way is OtherWay.PHONE
    assert {item.right for item in case.items} == {RequestType.ERASURE}


async def test_it_can_be_said_with_the_request_itself(desk: TestDesk) -> None:
    said = "delete my account, I have no email"
    desk.reader.tell(said, RequestType.ERASURE)
    await desk.chat(said)
    assert await last_question(desk) == "question: other_way"
    assert (await desk.case()).stage is State.REVIEW


async def test_an_address_that_comes_after_all_is_sent_its_code(desk: TestDesk) -> None:
    await desk.know(ANN)
    await begin(desk)
    await desk.chat(NONE_)
    desk.reader.tell(f"use {ANN} then", entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat(f"use {ANN} then")
    await desk.chat(await desk.code())
    case = await desk.case()
    assert case.proven == Handle("email", ANN)
    assert case.other_way is None
    assert not case.attention


async def test_nobody_is_proven_by_saying_so(desk: TestDesk) -> None:
    await desk.know(ANN, telegram="777")
    await begin(desk)
    await tap(desk, "by_post")
    case = await desk.case()
    assert case.proven is None
    assert all(item.trust < item.needs for item in case.items)


async def test_out_of_nothing_it_opens_no_case(desk: TestDesk) -> None:
    await desk.chat(NONE_)
    assert await desk.cases() == []
