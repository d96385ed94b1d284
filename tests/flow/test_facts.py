"""Facts to match: asked of who lost their address, compared, capped, and kept nowhere (law.md rule 12)."""

import pytest

from bot.core.case import Case
from bot.core.errors import NotAllowed, NotFound
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from bot.core.vouching import Ground
from tests.flow.conftest import ANN, KIM, TestDesk

NEW = "ann@new.example"
RIGHT, WRONG = "I live in Canary Lane 7, my number is C-1001", "I live in Sparrow Lane 9, my number is C-1001"


async def asked(desk: TestDesk, sender: str = NEW) -> Case:
    """Let somebody without the address on record ask, prove their own, and be asked for facts."""
    desk.reader.tell("my data", RequestType.ACCESS)
    await desk.know(ANN, number="C-1001")
    await desk.mail("my data", sender)
    await desk.mail(await desk.code(), sender)
    case = await desk.case_of(sender)
    return await desk.facts.ask(case.id, ANN, KIM)


async def test_the_question_names_what_is_asked_and_nothing_on_record(desk: TestDesk) -> None:
    await asked(desk)
    await desk.deliver()
    question = desk.couriers[MAIL].to(NEW)[-1]
    assert "question: facts" in question.body
    assert "Canary" not in question.body
    assert "C-1001" not in question.body


@pytest.mark.rule(12)
async def test_the_right_answer_is_told_to_colleagues_and_kept_nowhere(desk: TestDesk) -> None:
    case = await asked(desk)
    await desk.mail(RIGHT, NEW, subject=f"Re: {RIGHT}")
    case = await desk.case_of(NEW)
    assert (case.attention, case.facts and case.facts.matched) == ("the facts match", True)
    kept = (await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id)))[-1]
    assert "Canary" not in repr(kept)
    assert kept.message is not None
    assert "compared, and not kept" in kept.message.text
    with pytest.raises(NotFound, match="destroyed"):
        await desk.store.transact(lambda unit: unit.inbox.raw(kept.id))
    assert "Canary" not in repr(await desk.store.transact(lambda unit: unit.audit.chain(case.id)))
    assert not any("Canary" in draft.body for draft in await desk.drafts())
    await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "facts match, called back on the number on record", KIM)


async def test_three_wrong_answers_end_the_question_and_no_colleague_overlooks_it(desk: TestDesk) -> None:
    case = await asked(desk)
    for _ in range(3):
        await desk.mail(WRONG, NEW)
        assert (await desk.case_of(NEW)).attention.startswith("the facts do not match")
    await desk.mail(RIGHT, NEW)
    assert (await desk.case_of(NEW)).attention == "no more tries at the facts"
    with pytest.raises(NotAllowed, match="have not matched"):
        await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "sounded nice on the phone", KIM)
    answers = await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    assert not any("Lane" in repr(kept) for kept in answers)


async def test_tries_are_counted_for_the_customer_whoever_asks(desk: TestDesk) -> None:
    await asked(desk)
    for _ in range(3):
        await desk.mail(WRONG, NEW)
    await asked(desk, "somebody@else.example")
    await desk.mail(RIGHT, "somebody@else.example")
    assert (await desk.case_of("somebody@else.example")).attention == "no more tries at the facts"


async def test_right_or_wrong_the_person_hears_the_same(desk: TestDesk) -> None:
    await asked(desk)
    await desk.mail(WRONG, NEW)
    after_wrong = len(await desk.outbox())
    await desk.mail(RIGHT, NEW)
    assert len(await desk.outbox()) == after_wrong


async def test_a_machine_or_somebody_else_uses_up_no_try(desk: TestDesk) -> None:
    case = await asked(desk)
    await desk.mail("I am away", NEW, automatic="auto-replied")
    await desk.mail(WRONG, "eve@example.org")
    await desk.mail(RIGHT, NEW)
    assert (await desk.store.transact(lambda unit: unit.cases.get(case.id))).attention == "the facts match"


async def test_facts_are_asked_only_of_a_proven_address_and_only_where_two_are_on_record(desk: TestDesk) -> None:
    desk.reader.tell("my data", RequestType.ACCESS)
    await desk.know(ANN)  # her number is too short to be asked
    await desk.mail("my data", NEW)
    case = await desk.case_of(NEW)
    with pytest.raises(NotAllowed, match="first let the person show"):
        await desk.facts.ask(case.id, ANN, KIM)
    await desk.mail(await desk.code(), NEW)
    with pytest.raises(NotAllowed, match="fewer than 2 of the facts"):
        await desk.facts.ask(case.id, ANN, KIM)
    with pytest.raises(NotAllowed, match="nobody is on record"):
        await desk.facts.ask(case.id, "nobody@example.org", KIM)


@pytest.mark.rule(12, refused=True)
async def test_facts_of_one_customer_do_not_vouch_for_another(desk: TestDesk) -> None:
    case = await asked(desk)
    await desk.know("lea@example.com", number="C-9999", name="Lea Jansen")
    await desk.mail(RIGHT, NEW)
    for ground in (Ground.FACTS, Ground.PHONE_NUMBER):
        with pytest.raises(NotAllowed, match="are not those of C-9999"):
            await desk.vouching.vouch(case.id, ground, "lea@example.com", "facts match", KIM)
