"""Who writes from another address than the one on record shows that they read it too (law.md rule 12)."""

import pytest

from bot.core.case import is_proven
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL, Handle
from bot.core.rights import Act, Entity, RequestType
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

NEW = "ann@new.example"
TEXT = f"my data, you know me as {ANN}"


async def asked(desk: TestDesk) -> str:
    """Let somebody write from a new address and name the old one; return the case's id."""
    named = (Entity("email", ANN, TEXT.index(ANN), len(TEXT)),)
    desk.reader.tell(TEXT, RequestType.ACCESS, entities=named)
    await desk.know(ANN)
    await desk.mail(TEXT, NEW)
    return (await desk.case_of(NEW)).id


async def code_at(desk: TestDesk, address: str) -> str:
    return next(one.secret for one in reversed(await desk.outbox()) if one.secret and one.recipient.value == address)


@pytest.mark.parametrize("own_first", [False, True], ids=["at once", "after their own address"])
async def test_a_code_from_the_old_address_typed_at_the_new_one_gets_the_data_to_the_old(
    desk: TestDesk, *, own_first: bool
) -> None:
    case_id = await asked(desk)
    if own_first:
        await desk.mail(await code_at(desk, NEW), NEW)
    await desk.approval.ask_identity(case_id, KIM, ANN)
    code, word = sorted((await desk.outbox())[-2:], key=lambda one: one.secret, reverse=True)
    assert (code.recipient.value, "question: code_elsewhere" in code.body) == (ANN, True)
    assert (word.recipient.value, "question: code_sent" in word.body, word.secret) == (NEW, True, "")
    await desk.mail(await code_at(desk, ANN), NEW)
    case = await desk.case_of(NEW)
    assert (case.proven, is_proven(case.items[0])) == (Handle(MAIL, ANN), True)
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    assert "Canary Lane 7" in desk.couriers[MAIL].to(ANN)[-1].body
    assert "Canary" not in "".join(one.body for one in desk.couriers[MAIL].to(NEW))


async def test_a_code_that_came_too_late_goes_to_the_same_address_again(desk: TestDesk) -> None:
    case_id = await asked(desk)
    await desk.approval.ask_identity(case_id, KIM, ANN)
    old = await code_at(desk, ANN)
    desk.clock.turn(hours=30)
    desk.reader.tell(old, act=Act.ANSWER)
    await desk.mail(old, NEW)
    fresh = await code_at(desk, ANN)
    assert fresh != old
    await desk.mail(fresh, NEW)
    assert (await desk.case_of(NEW)).proven == Handle(MAIL, ANN)


async def test_nobody_is_asked_at_an_address_they_did_not_name(desk: TestDesk) -> None:
    """The letter would tell them what is on record."""
    desk.reader.tell("my data", RequestType.ACCESS)
    await desk.know(ANN)
    await desk.mail("my data", NEW)
    with pytest.raises(NotAllowed, match="nobody has named"):
        await desk.approval.ask_identity((await desk.case_of(NEW)).id, KIM, ANN)


async def test_an_address_on_record_that_was_proven_gives_way_to_none(desk: TestDesk) -> None:
    named = (Entity("email", NEW, 0, len(NEW)),)
    desk.reader.tell("my data", RequestType.ACCESS, entities=named)
    await desk.know(ANN)
    await desk.mail("my data")
    await desk.mail(await code_at(desk, ANN))
    with pytest.raises(NotAllowed, match="nothing in this case waits for a proof"):
        await desk.approval.ask_identity((await desk.case()).id, KIM, NEW)
