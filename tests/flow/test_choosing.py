"""Somebody without e-mail, told that the platform reads along, wants the answer in the chat (law.md rule 42)."""

from pathlib import Path

import pytest

from bot.core.case import State
from bot.core.choice import Told, without_chosen
from bot.core.delivery import DeliveryState
from bot.core.drafts import Draft, Role
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.letters import RecordField
from bot.core.messages import MAIL, TELEGRAM, Handle, Message, Way
from bot.core.records import Customer
from bot.core.rights import Flag, RequestType
from bot.core.vouching import Ground
from bot.flow.delivery import NO_LONGER_CHOSEN
from bot.flow.joining import merge
from tests.flow.conftest import ANN, KIM, LEE, WITH_PAGES, TestDesk, open_test_desk
from tests.flow.test_denying import links_of
from tests.flow.test_without_mail import ASKED, asks_for_a_call, tap

MAX = "max@nexioprojects.com"
CHAT = Handle(TELEGRAM, "777")
WHY = "wants to read it here, and nowhere else"


async def shown(desk: TestDesk, right: RequestType = RequestType.ACCESS) -> str:
    """Let somebody without e-mail be told who reads along, and show who they are; return the case's id."""
    case_id = await asks_for_a_call(desk, right)
    await tap(desk, "neither")
    await desk.deliver()
    await desk.vouching.vouch(case_id, Ground.DOCUMENT, "C-7", "saw it at the counter", KIM)
    return case_id


async def shown_with_mail(desk: TestDesk) -> str:
    """Let whoever says to have no e-mail, though one is on record, show who they are; the record hears of it."""
    case_id = await asks_for_a_call(desk)
    await tap(desk, "neither")
    fields = (RecordField("address", "Dorpsstraat 7"),)
    customer = Customer("id-C-7", "C-7", "Ann Peeters", (ANN,), phones=("+31612345678",), fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    await desk.vouching.vouch(case_id, Ground.DOCUMENT, "C-7", "saw it at the counter", KIM)
    await desk.deliver()
    return case_id


async def chosen(desk: TestDesk, *fields: str) -> str:
    case_id = await shown(desk)
    await desk.choosing.record(case_id, fields or ("name", "address", "phones"), Told.SENT, WHY, LEE)
    return case_id


async def answer(desk: TestDesk) -> Draft:
    (draft,) = await desk.drafts()
    return draft


async def approved(desk: TestDesk) -> None:
    draft = await answer(desk)
    desk.clock.turn(hours=73)
    for colleague in (LEE, KIM):
        await desk.approval.approve(draft.id, colleague)


@pytest.mark.rule(42)
async def test_what_was_chosen_and_nothing_else_is_read_in_the_chat(desk: TestDesk) -> None:
    case_id = await chosen(desk)
    draft = await answer(desk)
    assert draft.recipient == CHAT
    assert "record: name=Ann Peeters, phones=+31612345678, address=Dorpsstraat 7\n" in draft.body
    with pytest.raises(NotApprovable, match="this address is new to us"):
        await desk.approval.approve(draft.id, LEE)
    desk.clock.turn(hours=73)
    await desk.approval.approve(draft.id, LEE)
    await desk.deliver()
    assert not any("Dorpsstraat" in one.body for one in desk.couriers[TELEGRAM].to("777"))
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    assert "Dorpsstraat 7" in desk.couriers[TELEGRAM].to("777")[-1].body
    assert [item.state for item in (await desk.case()).items] == [State.ANSWERED]
    told = await desk.store.transact(lambda unit: unit.audit.chain(case_id))
    (row,) = [one for one in told if one.event == "chosen"]
    assert row.actor == LEE
    assert row.data == {"fields": "name, address, phones", "how": "in_chat", "told": "The platform reads along, in en."}


@pytest.mark.rule(42, refused=True)
@pytest.mark.parametrize("value", ["epilepsy and asthma", "C-7", "BE71 0961 2345 6769"])
async def test_a_colleague_can_add_nothing_that_was_not_named(desk: TestDesk, value: str) -> None:
    await chosen(desk)
    draft = await answer(desk)
    row = Customer(
        "id-C-7",
        "C-7",
        "Ann Peeters",
        (),
        phones=("+31612345678",),
        fields=(
            RecordField("address", "Dorpsstraat 7"),
            RecordField("bank_account", "BE71 0961 2345 6769"),
            RecordField("health_note", "epilepsy and asthma"),
        ),
    )
    await desk.store.transact(lambda unit: unit.directory.put(row, desk.clock.now()))
    desk.clock.turn(hours=73)
    await desk.approval.edit(draft.id, KIM, body=f"{draft.body}\n{value}")
    with pytest.raises(NotApprovable, match=value):
        await desk.approval.approve(draft.id, LEE)


@pytest.mark.rule(42, refused=True)
@pytest.mark.parametrize("never", ["health_note", "allergies", "bank_account", "handles", "shoe_size"])
async def test_what_is_sensitive_or_unknown_is_never_chosen(desk: TestDesk, never: str) -> None:
    case_id = await shown(desk)
    with pytest.raises(NotAllowed, match=f"may not stand in a chat, or is not on record: {never}; there are name"):
        await desk.choosing.record(case_id, ("address", never), Told.SENT, WHY, LEE)


@pytest.mark.rule(42, refused=True)
async def test_only_the_officer_records_it_for_a_reason_and_what_is_named(desk: TestDesk) -> None:
    case_id = await shown(desk)
    await desk.store.transact(lambda unit: unit.staff.add(MAX, Role.APPROVER))
    with pytest.raises(NotAllowed, match="data protection officer alone"):
        await desk.choosing.record(case_id, ("address",), Told.SENT, WHY, MAX)
    with pytest.raises(NotAllowed, match="goes on file"):
        await desk.choosing.record(case_id, ("address",), Told.SENT, " ", LEE)
    with pytest.raises(NotAllowed, match="column by column"):
        await desk.choosing.record(case_id, (), Told.SENT, WHY, LEE)
    assert (await desk.case()).choice is None


@pytest.mark.rule(42, refused=True)
async def test_whoever_was_not_told_has_not_chosen(desk: TestDesk) -> None:
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.DOCUMENT, "C-7", "saw it at the counter", KIM)
    with pytest.raises(NotAllowed, match="read it to them: The platform reads along, in en"):
        await desk.choosing.record(case_id, ("address",), Told.SENT, WHY, LEE)
    assert (await desk.choosing.record(case_id, ("address",), Told.READ, WHY, LEE)).chosen is not None


@pytest.mark.rule(42, refused=True)
@pytest.mark.parametrize("ground", [None, Ground.POSTAL_ADDRESS, Ground.PHONE_NUMBER])
async def test_it_takes_a_proof_of_who_holds_the_chat(desk: TestDesk, ground: Ground | None) -> None:
    case_id = await asks_for_a_call(desk)
    if ground:
        await desk.vouching.vouch(case_id, ground, "C-7", "named two orders", KIM)
    with pytest.raises(NotAllowed, match="vouch on document or facts first"):
        await desk.choosing.record(case_id, ("address",), Told.READ, WHY, LEE)


@pytest.mark.rule(42, refused=True)
async def test_an_account_on_record_of_somebody_else_reads_nothing(desk: TestDesk) -> None:
    case_id = await shown(desk)
    await desk.know(ANN, telegram="777")
    with pytest.raises(NotAllowed, match="on record of somebody else"):
        await desk.choosing.record(case_id, ("address",), Told.SENT, WHY, LEE)


@pytest.mark.rule(42, refused=True)
async def test_nothing_is_erased_on_it(desk: TestDesk) -> None:
    case_id = await shown(desk, RequestType.ERASURE)
    with pytest.raises(NotAllowed, match="does not do for erasure"):
        await desk.choosing.record(case_id, ("address",), Told.SENT, WHY, LEE)


@pytest.mark.rule(42, refused=True)
async def test_taken_back_it_keeps_even_an_approved_answer_from_leaving(desk: TestDesk) -> None:
    case_id = await chosen(desk)
    await approved(desk)
    with pytest.raises(NotAllowed, match="goes on file"):
        await desk.choosing.take_back(case_id, " ", KIM)
    await desk.choosing.take_back(case_id, "they would rather have it by post", KIM)
    await desk.deliver()
    assert not any("Dorpsstraat" in one.body for one in desk.couriers[TELEGRAM].to("777"))
    (kept,) = [one for one in await desk.outbox() if "Dorpsstraat 7" in one.body]
    assert (kept.state, kept.last_error) == (DeliveryState.PARKED, NO_LONGER_CHOSEN)
    assert (await answer(desk)).recipient.channel == Way.LETTER
    with pytest.raises(NotAllowed, match="nothing is chosen"):
        await desk.choosing.take_back(case_id, "again", KIM)


@pytest.mark.rule(42, refused=True)
async def test_it_ends_with_the_word_it_rests_on_and_never_comes_back(desk: TestDesk) -> None:
    case_id = await chosen(desk)
    await desk.vouching.take_back(case_id, "the document was somebody else's", KIM)
    await desk.vouching.vouch(case_id, Ground.DOCUMENT, "C-7", "saw another one", KIM)
    assert (await desk.case()).choice is None
    assert (await answer(desk)).recipient.channel == Way.LETTER


@pytest.mark.rule(17, refused=True)
async def test_it_ends_where_an_account_turns_out_to_be_a_thiefs(desk: TestDesk) -> None:
    case_id = await chosen(desk)
    desk.reader.tell("my account was stolen", RequestType.ACCESS, flags=frozenset({Flag.IDENTITY_THEFT}))
    await desk.chat("my account was stolen")
    assert (await desk.case()).choice is None
    with pytest.raises(NotAllowed, match="while it is flagged"):
        await desk.choosing.record(case_id, ("address",), Told.SENT, WHY, LEE)


@pytest.mark.rule(42, refused=True)
async def test_it_ends_for_good_where_whoever_is_on_record_answers_that_it_was_not_them(desk: TestDesk) -> None:
    """By answering the notice: what was chosen rests on a word that no longer stands."""
    case_id = await shown_with_mail(desk)
    await desk.choosing.record(case_id, ("address",), Told.SENT, WHY, LEE)
    await desk.mail("that was not me", references=(desk.couriers[MAIL].to(ANN)[-1].message_id,))
    case = await desk.case()
    assert (case.vouch, case.choice) == (None, None)
    with pytest.raises(NotAllowed, match="vouch on document or facts first"):
        await desk.choosing.record(case_id, ("address",), Told.SENT, WHY, LEE)


@pytest.mark.rule(17, refused=True)
async def test_it_ends_and_can_not_be_recorded_once_somebody_denies_the_case(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_PAGES) as desk:
        case_id = await shown_with_mail(desk)
        await desk.choosing.record(case_id, ("name", "address"), Told.SENT, WHY, LEE)
        await approved(desk)
        await desk.reception.denials.deny(links_of(desk)[-1])
        await desk.deliver()
        assert (await desk.case()).choice is None
        assert not any("Dorpsstraat" in one.body for one in desk.couriers[TELEGRAM].to("777"))
        with pytest.raises(NotAllowed, match="was not them"):
            await desk.choosing.record(case_id, ("address",), Told.SENT, WHY, LEE)
        assert await desk.store.transact(lambda unit: desk.choosing.choosable(unit, unit.cases.get(case_id))) == ()


@pytest.mark.rule(42, refused=True)
async def test_what_is_asked_for_in_a_group_is_told_to_nobody(desk: TestDesk) -> None:
    """Neither there nor in the chat: the choice is for what was asked in private."""
    await chosen(desk)
    await approved(desk)
    await desk.deliver()
    before = len(await desk.outbox())
    desk.reader.tell("tell us what you have on me", RequestType.ACCESS)
    await desk.chat("tell us what you have on me", automatic="group")
    await desk.deliver()
    assert len(await desk.outbox()) == before
    (asked_there,) = [one for one in await desk.cases() if one.choice is None]
    with pytest.raises(NotAllowed, match="vouch on document or facts first"):
        await desk.choosing.record(asked_there.id, ("address",), Told.READ, WHY, LEE)


@pytest.mark.rule(42, refused=True)
async def test_another_account_of_the_case_reads_nothing_and_a_merged_case_has_no_choice(desk: TestDesk) -> None:
    case_id = await chosen(desk)
    desk.reader.tell(ASKED, RequestType.ACCESS)
    await desk.receive(Message(TELEGRAM, Handle(TELEGRAM, "888"), text=ASKED))
    (other,) = [one for one in await desk.cases() if one.id != case_id]
    work = desk.treatment.casework, desk.approval.answering
    now = desk.clock.now()
    await desk.store.transact(lambda unit: merge(unit, *work, other.id, case_id, "the same person", LEE, now))
    survivor = await desk.store.transact(lambda unit: unit.cases.get(case_id))
    assert survivor.choice is None
    with pytest.raises(NotAllowed, match="carried on in another one"):
        await desk.choosing.record(other.id, ("address",), Told.READ, WHY, LEE)


@pytest.mark.rule(42, refused=True)
async def test_whoever_wrote_by_mail_is_answered_there(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("what do you know", RequestType.ACCESS)
    await desk.mail("what do you know")
    with pytest.raises(NotAllowed, match="not asked in a chat"):
        await desk.choosing.record((await desk.case()).id, ("name",), Told.READ, WHY, LEE)


async def test_a_longer_value_that_holds_a_chosen_one_is_still_kept(desk: TestDesk) -> None:
    await chosen(desk, "address")
    draft = await answer(desk)
    assert "Dorpsstraat 7" not in without_chosen(draft, {"Dorpsstraat 7"}, {"Dorpsstraat 7"}).body
    longer = "Dorpsstraat 7, red door"
    edited = await desk.approval.edit(draft.id, KIM, body=f"at {longer}")
    assert longer in without_chosen(edited, {"Dorpsstraat 7"}, {longer}).body
