"""Which case a message belongs to: a code finds its own, an alias is seen by a person, and nobody gains trust by it."""

import pytest

from bot.core.case import State
from bot.core.messages import MAIL, Authentication, Handle, Verdict
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.core.trust import Trust
from tests.fakes.said import MessageFields
from tests.flow.conftest import ANN, KIM, TestDesk

R = RequestType
UNPROVEN = Authentication(dmarc=Verdict.NONE)
FORGED = Authentication(dmarc=Verdict.FAIL, policy="reject")
THREAD = ("<0@example.com>",)


async def two_cases(desk: TestDesk) -> tuple[str, str]:
    """Open two cases of one sender, as somebody does who goes back to an old thread, and return the codes."""
    desk.reader.tell("my data", R.ACCESS)
    desk.reader.tell("erase me", R.ERASURE)
    await desk.know(ANN)
    await desk.mail("my data")
    for _ in range(5):
        await desk.mail("K7QM-2XPA")
    await desk.approval.close((await desk.case()).id, KIM, "never heard of again")
    desk.clock.turn(days=2)
    await desk.mail("erase me")
    await desk.mail("my data", references=THREAD)
    *_, erasing, asking = [one.secret for one in await desk.outbox() if one.secret]
    return asking, erasing


async def proven(desk: TestDesk) -> set[RequestType]:
    return {item.right for case in await desk.cases() for item in case.items if item.trust >= Trust.PROVEN}


@pytest.mark.parametrize(("which", "right"), [(0, R.ACCESS), (1, R.ERASURE)])
async def test_a_code_in_a_new_mail_finds_the_case_it_was_sent_for(
    desk: TestDesk, which: int, right: RequestType
) -> None:
    codes = await two_cases(desk)
    await desk.mail(f"here: {codes[which]}")
    assert await proven(desk) == {right}
    await desk.mail(f"and the other: {codes[1 - which]}")
    assert await proven(desk) == {R.ACCESS, R.ERASURE}


async def test_a_mere_from_line_tries_no_code_without_its_thread(desk: TestDesk) -> None:
    codes = await two_cases(desk)
    await desk.mail(f"here: {codes[0]}", authentication=UNPROVEN)
    assert await proven(desk) == set()
    assert any("several cases" in case.attention for case in await desk.cases())


async def test_five_guesses_end_every_open_code_of_the_sender(desk: TestDesk) -> None:
    codes = await two_cases(desk)
    for _ in range(5):
        await desk.mail("K7QM-2XPA")
    for code in codes:
        await desk.mail(code)
    assert await proven(desk) == set()
    assert {case.stage for case in await desk.cases()} <= {State.REVIEW, State.VERIFYING}


@pytest.mark.parametrize("alias", ["ann+rights@example.com", "ann.peeters@work.example"])
async def test_an_answer_from_an_alias_is_seen_by_a_person_and_proves_nothing(desk: TestDesk, alias: str) -> None:
    desk.reader.tell("my data", R.ACCESS)
    await desk.know(ANN, "ann.peeters@work.example")
    await desk.mail("my data")
    (question,) = await desk.outbox()
    await desk.mail(f"the code is {question.secret}", alias, references=(question.message_id,))
    (case,) = await desk.cases()
    assert (case.stage, case.proven, case.trust) == (State.VERIFYING, None, Trust.PLAUSIBLE)
    assert "from another address" in case.attention
    kept = await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    assert [one.message.sender for one in kept if one.message] == [Handle(MAIL, ANN), Handle(MAIL, alias)]
    assert len(await desk.outbox()) == 1  # nothing is written to an address that nobody proved


async def test_a_stranger_in_the_thread_is_no_alias(desk: TestDesk) -> None:
    desk.reader.tell("my data", R.ACCESS)
    await desk.know(ANN)
    await desk.mail("my data")
    (question,) = await desk.outbox()
    await desk.mail("hello", "ann+x@example.org", references=(question.message_id,))
    assert not (await desk.case()).attention
    others = await desk.store.transact(lambda unit: unit.inbox.listed(Disposition.OTHER))
    assert len(others) == 1


@pytest.mark.parametrize("wrote", [{"authentication": FORGED}, {"automatic": "auto-replied"}])
async def test_neither_a_forger_nor_a_machine_behind_an_alias_voids_an_approval(
    desk: TestDesk, wrote: MessageFields
) -> None:
    desk.reader.tell("my data", R.ACCESS)
    await desk.know(ANN)
    await desk.mail("my data")
    (question,) = await desk.outbox()
    before = await desk.case()
    await desk.mail("I am away", "ann+x@example.com", **(wrote | {"references": (question.message_id,)}))
    await desk.mail("K7QM-2XPA", ANN, **(wrote | {"authentication": FORGED}))
    assert await desk.case() == before


async def test_a_request_from_an_alias_has_its_own_clock(desk: TestDesk) -> None:
    desk.reader.tell("my data", R.ACCESS)
    desk.reader.tell("erase me", R.ERASURE)
    await desk.know(ANN)
    await desk.mail("my data")
    (question,) = await desk.outbox()
    await desk.mail("erase me", "ann+x@example.com", references=(question.message_id,))
    assert {item.right for case in await desk.cases() for item in case.items} == {R.ACCESS, R.ERASURE}
