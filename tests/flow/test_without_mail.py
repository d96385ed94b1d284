"""Whoever has no e-mail meets no dead end in a chat (law.md rule 42)."""

from dataclasses import replace

import pytest

from bot.core.case import State
from bot.core.commands import CHOICE
from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.letters import RecordField
from bot.core.messages import TELEGRAM, Handle, Message, Way
from bot.core.other_ways import FOR_A_COLLEAGUE, OtherWay
from bot.core.records import Customer
from bot.core.rights import Entity, RequestType
from bot.core.vouching import Ground
from bot.flow.delivery import CALL_THEM, POST_IT
from bot.flow.discretion import data_kept_from
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk

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


@pytest.mark.parametrize(
    ("word", "way"),
    [("by_post", OtherWay.POST), ("by_phone", OtherWay.PHONE), ("neither", OtherWay.NEITHER)],
)
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


@pytest.mark.parametrize(
    ("said", "question"),
    [("tel", "by_phone"), ("whatever", "by_post"), ("not by phone", "by_post"), ("neither", "neither")],
)
async def test_a_short_word_is_an_answer_too(desk: TestDesk, said: str, question: str) -> None:
    await begin(desk)
    await desk.chat(NONE_)
    await desk.chat(said)
    assert await last_question(desk) == f"question: {question}"
    assert (await desk.case()).attention == FOR_A_COLLEAGUE[OtherWay(question)]


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


@pytest.mark.rule(18)
async def test_the_answer_is_posted_to_the_address_on_record_and_nowhere_else(desk: TestDesk) -> None:
    """The chat's owner may be anybody: the answer goes to the record, 72 hours later, once two colleagues said so."""
    desk.reader.tell("what do you know about me", RequestType.ACCESS)
    fields = (RecordField("address", "Dorpsstraat 7, 1234 AB Ons Dorp"), RecordField("note", "a canary of hers"))
    customer = Customer("id-C-7", "C-7", "Ann Peeters", (), fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    await desk.chat("what do you know about me")
    await tap(desk, "no_mail")
    await tap(desk, "by_post")
    case = await desk.case()
    await desk.vouching.vouch(case.id, Ground.POSTAL_ADDRESS, "C-7", "name and last order match", KIM)
    (draft,) = await desk.drafts()
    assert draft.recipient == Handle(Way.LETTER, "Ann Peeters, Dorpsstraat 7, 1234 AB Ons Dorp")
    assert "a canary of hers" in draft.body
    with pytest.raises(NotApprovable, match="this address is new to us"):
        await desk.approval.approve(draft.id, LEE)
    desk.clock.turn(hours=73)
    for colleague in (LEE, KIM):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    (letter,) = [one for one in await desk.outbox() if one.kind is DraftKind.ANSWER]
    assert letter.state is DeliveryState.UNCERTAIN
    assert letter.last_error == POST_IT
    assert not any("canary" in one.body for one in await desk.outbox() if one.recipient.channel == TELEGRAM)


async def asks_for_a_call(desk: TestDesk, right: RequestType = RequestType.ACCESS, *, phones: bool = True) -> str:
    """Let somebody without e-mail, whom no chat tells from others, ask to be called; return the case's id."""
    desk.reader.tell("what do you know about me", right)
    fields = (RecordField("address", "Dorpsstraat 7"), RecordField("bank_account", "BE71 0961 2345 6769"))
    health = (RecordField("health_note", "epilepsy"), RecordField("allergies", "penicillin"))
    numbers = ("+31612345678",) if phones else ()
    customer = Customer("id-C-7", "C-7", "Ann Peeters", (), phones=numbers, fields=(*fields, *health))
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    await desk.chat("what do you know about me")
    await tap(desk, "no_mail")
    await tap(desk, "by_phone")
    return (await desk.case()).id


@pytest.mark.rule(42)
async def test_the_answer_is_told_by_a_call_to_the_number_on_record_and_that_is_on_file(desk: TestDesk) -> None:
    """Art. 12(1): told, as they asked, once shown by other means; 72 hours later, by two colleagues' yes."""
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.PHONE_NUMBER, "C-7", "named the last two orders and the shop", KIM)
    (draft,) = await desk.drafts()
    assert draft.recipient == Handle(Way.CALL, "Ann Peeters, +31612345678")
    assert "Dorpsstraat 7" in draft.body
    with pytest.raises(NotApprovable, match="this address is new to us"):
        await desk.approval.approve(draft.id, LEE)
    desk.clock.turn(hours=73)
    for colleague in (LEE, KIM):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    (letter,) = [one for one in await desk.outbox() if one.kind is DraftKind.ANSWER]
    assert (letter.state, letter.last_error) == (DeliveryState.UNCERTAIN, CALL_THEM)
    await desk.outbox_desk.settle(letter.id, LEE, arrived=True)
    assert [item.state for item in (await desk.case()).items] == [State.ANSWERED]
    told = await desk.store.transact(lambda unit: unit.audit.chain(case_id))
    assert [(row.event, row.actor) for row in told if row.event in {"vouched", "told_by_phone"}] == [
        ("vouched", KIM),
        ("told_by_phone", LEE),
    ]


@pytest.mark.rule(42, refused=True)
async def test_nothing_sensitive_is_said_on_the_telephone_by_whomever(desk: TestDesk) -> None:
    """Who picks up may be anybody: what is sensitive is written; a colleague can't put it back (Art. 9, rule 12)."""
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.PHONE_NUMBER, "C-7", "named the last two orders", KIM)
    (draft,) = await desk.drafts()
    assert all(f"{column}=[…]" in draft.body for column in ("health_note", "allergies", "bank_account"))
    assert not any(value in draft.body for value in ("epilepsy", "penicillin", "0961 2345"))
    desk.clock.turn(hours=73)
    for value in ("epilepsy", "penicillin"):
        await desk.approval.edit(draft.id, KIM, body=f"{draft.body}\nwe know of your {value}")
        with pytest.raises(NotApprovable, match=value):
            await desk.approval.approve(draft.id, LEE)


@pytest.mark.rule(42, refused=True)
@pytest.mark.parametrize("right", [RequestType.PORTABILITY, RequestType.ERASURE])
async def test_on_a_call_nothing_is_handed_over_changed_or_erased(desk: TestDesk, right: RequestType) -> None:
    case_id = await asks_for_a_call(desk, right)
    with pytest.raises(NotAllowed, match="things are only told"):
        await desk.vouching.vouch(case_id, Ground.PHONE_NUMBER, "C-7", "named the last order", KIM)


async def test_nobody_is_called_who_has_no_number_on_record(desk: TestDesk) -> None:
    case_id = await asks_for_a_call(desk, phones=False)
    with pytest.raises(NotAllowed, match="no number is on record of C-7"):
        await desk.vouching.vouch(case_id, Ground.PHONE_NUMBER, "C-7", "named the last order", KIM)


async def test_whom_the_call_did_not_reach_waits_to_be_called_again(desk: TestDesk) -> None:
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.PHONE_NUMBER, "C-7", "named the last order", KIM)
    (draft,) = await desk.drafts()
    desk.clock.turn(hours=73)
    for colleague in (LEE, KIM):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    (letter,) = [one for one in await desk.outbox() if one.kind is DraftKind.ANSWER]
    await desk.outbox_desk.settle(letter.id, LEE, arrived=False)
    await desk.deliver()
    (letter,) = [one for one in await desk.outbox() if one.kind is DraftKind.ANSWER]
    assert (letter.state, letter.last_error) == (DeliveryState.UNCERTAIN, CALL_THEM)


async def test_whom_the_record_names_is_kept_from_the_chat_once_vouched_for(desk: TestDesk) -> None:
    """Nobody in this chat is on record; the case is about somebody who is, all the same."""
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.PHONE_NUMBER, "C-7", "named the last order", KIM)
    (call,) = await desk.drafts()
    chat = replace(call, recipient=Handle(TELEGRAM, "777"))
    kept = await desk.store.transact(lambda unit: data_kept_from(chat, unit, unit.cases.get(case_id), HOUSE))
    assert {"Ann Peeters", "Dorpsstraat 7", "epilepsy", "+31612345678"} <= kept


@pytest.mark.parametrize(
    ("of", "words"), [("C-9", "nobody is on record with the number"), (ANN, "no postal address is on record")]
)
async def test_nothing_is_posted_to_where_nobody_is_on_record(desk: TestDesk, of: str, words: str) -> None:
    desk.reader.tell("what do you know about me", RequestType.ACCESS)
    await desk.know(ANN)
    await desk.chat("what do you know about me")
    with pytest.raises(NotAllowed, match=words):
        await desk.vouching.vouch((await desk.case()).id, Ground.POSTAL_ADDRESS, of, "asked for post", KIM)
