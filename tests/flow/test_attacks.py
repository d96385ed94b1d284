"""What an attacker tries, and what must not come of it; each of these once worked."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import State, is_proven
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import DraftKind, DraftStatus
from bot.core.errors import NotAllowed, NotApprovable, StorageUnavailable
from bot.core.house import Caps
from bot.core.messages import MAIL, Authentication, Bounce, Handle, Verdict
from bot.core.rights import Act, Correction, Entity, Flag, RequestType, Scope
from bot.core.verdict import Outcome
from bot.flow import steady
from tests.fakes.ports import KeptCourier
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, PASSED, TestDesk, open_test_desk

R = RequestType
UNPROVEN = Authentication(dmarc=Verdict.NONE)
FORGED = Authentication(dmarc=Verdict.FAIL, policy="reject")


def teach(desk: TestDesk) -> None:
    desk.reader.tell("my data", R.ACCESS)
    desk.reader.tell("erase me", R.ERASURE)
    desk.reader.tell("you leaked it", R.COMPLAINT)
    desk.reader.tell("what exactly?", R.ACCESS, abstain=True, any_right=0.97, confidence=0.4)


async def test_a_spoofed_erasure_does_not_ride_on_the_victims_own_code(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await desk.mail("my data")
    (question,) = await desk.outbox()
    await desk.mail("erase me", authentication=UNPROVEN)
    await desk.mail(question.secret, references=(question.message_id,))
    proven = [item.right for case in await desk.cases() for item in case.items if is_proven(item)]
    assert proven == [R.ACCESS]
    assert all(R.ERASURE not in draft.rights or draft.refuses for draft in await desk.drafts())


@pytest.mark.parametrize("own", [PASSED, UNPROVEN], ids=["aligned", "a domain without DMARC"])
async def test_a_spoofed_erasure_does_not_ride_on_a_question_approved_late(
    own: Authentication, database_url: str, tmp_path: Path
) -> None:
    by_hand = replace(HOUSE, auto_send=frozenset())
    async with open_test_desk(database_url, tmp_path / "keys.json", by_hand) as desk:
        teach(desk)
        await desk.know(ANN)
        await desk.mail("my data", authentication=own)
        reference = (await desk.case()).reference
        desk.clock.turn(hours=1)
        await desk.mail("erase me", subject=reference, authentication=UNPROVEN)
        (question,) = [draft for draft in await desk.drafts() if draft.kind is DraftKind.IDENTITY_QUESTION]
        await desk.approval.approve(question.id, KIM)
        await desk.deliver()
        (sent,) = desk.couriers[MAIL].to(ANN)
        await desk.mail(sent.secret, references=(sent.message_id,), authentication=PASSED)
        items = {item.right: item for item in (await desk.case()).items}
        assert is_proven(items[R.ACCESS])
        assert not is_proven(items[R.ERASURE])
        assert items[R.ERASURE].state is State.REVIEW


@pytest.mark.rule(12, refused=True)
async def test_a_request_of_her_own_does_not_prove_what_was_asked_in_her_name_before(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await desk.mail("erase me", authentication=UNPROVEN)
    (first,) = await desk.outbox()
    desk.clock.turn(hours=1)
    await desk.mail("my data")
    own = (await desk.outbox())[-1]
    assert own.secret != first.secret
    await desk.mail(own.secret, references=(own.message_id,))
    items = {item.right: item for item in (await desk.case()).items}
    assert is_proven(items[R.ACCESS])
    assert not is_proven(items[R.ERASURE])
    assert items[R.ERASURE].state is State.REVIEW


async def test_two_codes_for_two_requests_never_lie_in_one_mailbox(desk: TestDesk) -> None:
    """Rule 12: a code proves who reads the mailbox, not which of two requests is theirs."""
    teach(desk)
    await desk.know(ANN)
    await desk.mail("my data")
    await desk.mail("erase me", authentication=UNPROVEN)
    assert [bool(one.secret) for one in await desk.outbox()] == [True, False]
    (erasing,) = [case for case in await desk.cases() if case.items[0].right is R.ERASURE]
    assert erasing.stage is State.REVIEW
    with pytest.raises(NotAllowed, match="a code lies in this mailbox"):
        await desk.approval.ask_identity(erasing.id, KIM)


async def test_her_own_request_takes_back_what_was_asked_in_her_name(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await desk.mail("erase me", authentication=UNPROVEN)
    planted = await desk.code()
    await desk.mail("you leaked it", authentication=UNPROVEN)  # two cases in her name: hers is neither
    await desk.mail("my data")
    await desk.mail(planted)
    assert not any(is_proven(item) for case in await desk.cases() for item in case.items if item.right is R.ERASURE)


async def test_whoever_typed_a_code_hears_what_was_asked_in_their_name(desk: TestDesk) -> None:
    """Rule 12: before data are erased, the address on record hears of it; the question itself names no right."""
    teach(desk)
    await desk.know(ANN)
    await desk.mail("erase me", authentication=UNPROVEN)
    await desk.mail(await desk.code(), references=((await desk.outbox())[0].message_id,))
    question, thanks = await desk.outbox()
    assert ("items: erasure" in question.body, "items: erasure" in thanks.body) == (False, True)
    assert thanks.recipient == Handle(MAIL, ANN)


async def test_a_proven_stranger_is_told_nothing_was_done_to_anybodys_data(desk: TestDesk) -> None:
    """Rule 16: control of an address that is not on record is no proof of being the customer whose number one knows."""
    teach(desk)
    await desk.know(ANN)
    await desk.mail("erase me", "eve@example.org")
    await desk.mail(await desk.code(), "eve@example.org")
    (draft,) = await desk.drafts()
    (draft,) = await desk.outcomes.choose(draft.id, {R.ERASURE: Outcome.GRANTED}, KIM)
    with pytest.raises(NotApprovable, match="nobody is on record"):
        await desk.approval.approve(draft.id, KIM)
    (draft,) = await desk.outcomes.choose(draft.id, {R.ERASURE: Outcome.NO_DATA}, KIM)
    await desk.approval.approve(draft.id, KIM)


async def test_a_forged_case_is_not_fulfilled_by_the_victims_own_request(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await desk.mail("erase me", authentication=FORGED)
    await desk.mail("my data")
    await desk.mail(await desk.code())
    proven = [item.right for case in await desk.cases() for item in case.items if is_proven(item)]
    assert proven == [R.ACCESS]


async def test_a_spoofed_mail_after_the_proof_adds_nothing(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await desk.mail("my data")
    await desk.mail(await desk.code())
    await desk.mail("erase me", authentication=UNPROVEN)
    assert not any(R.ERASURE in draft.rights and not draft.refuses for draft in await desk.drafts())


async def test_whoever_takes_over_a_chat_cannot_turn_it_to_another_address(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    for address in (ANN, "mallory@example.net"):
        desk.reader.tell(address, act=Act.ANSWER, entities=(Entity("email", address, 0, len(address)),))
    await desk.chat("my data")
    await desk.chat(ANN)
    await desk.chat(await desk.code())
    await desk.chat("erase me")
    await desk.chat("mallory@example.net")
    await desk.chat(await desk.code())
    (case,) = await desk.cases()
    assert case.proven == Handle(MAIL, ANN)
    assert all(draft.recipient == Handle(MAIL, ANN) for draft in await desk.drafts())


async def test_one_colleague_in_two_spellings_is_one_approver(desk: TestDesk) -> None:
    teach(desk)
    await desk.mail("my data")
    await desk.mail(await desk.code())
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    with pytest.raises(NotApprovable, match="different colleague"):
        await desk.approval.approve(draft.id, " Kim@NexioProjects.com ")


@pytest.mark.rule(12, refused=True)
@pytest.mark.parametrize("field", ["iban", "address", "email", "phone"])
async def test_contact_data_are_not_changed_on_a_plausible_word(desk: TestDesk, field: str) -> None:
    await desk.know(ANN)
    desk.reader.tell("my new one is X", R.RECTIFICATION, corrections=(Correction(field, "", "X"),))
    await desk.mail("my new one is X")
    await desk.mail("I can't find the code")
    assert all(draft.refuses for draft in await desk.drafts())


async def test_a_forger_cannot_hide_behind_machine_mail(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await desk.mail("my data")
    before = await desk.case()
    (question,) = await desk.outbox()
    desk.reader.tell("unsafe", R.ACCESS, flags=frozenset({Flag.UNSAFE}))
    await desk.mail("unsafe", automatic="auto", authentication=FORGED, references=(question.message_id,))
    assert await desk.case() == before


@pytest.mark.parametrize("text", ["what exactly?", "erase me", "stop"])
async def test_nobody_is_flooded_through_us(desk: TestDesk, text: str) -> None:
    teach(desk)
    desk.reader.tell("stop", R.UNSUBSCRIBE, scopes=frozenset({Scope.ALL}))
    for _ in range(20):
        await desk.mail(text, authentication=UNPROVEN)
    assert len(await desk.outbox()) <= 4


async def test_a_stranger_in_a_chat_opts_nobody_else_out_unnoticed(desk: TestDesk) -> None:
    """An opt-out needs no proof and is reversible; whose address it is hears of it at once, and once a day."""
    named = (Entity("email", ANN, 0, len(ANN)),)
    desk.reader.tell("no more mail", R.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}), entities=named)
    for stranger in ("777", "778", "779"):
        await desk.chat("no more mail", stranger)
    await desk.deliver()
    (told,) = desk.couriers[MAIL].to(ANN)
    assert (told.kind, "opted out: email" in told.body) == (DraftKind.UNSUBSCRIBE_CONFIRMATION, True)


async def test_a_stranger_by_mail_opts_nobody_else_out(desk: TestDesk) -> None:
    named = (Entity("email", ANN, 0, len(ANN)),)
    desk.reader.tell("no more mail", R.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}), entities=named)
    await desk.mail("no more mail", "eve@example.org")
    assert not await desk.store.transact(lambda unit: unit.suppressions.blocking([Handle(MAIL, ANN)], Scope.EMAIL))


async def test_ordinary_numbers_are_no_codes(desk: TestDesk) -> None:
    teach(desk)
    await desk.mail("my data")
    desk.reader.tell("erase order 12345678 from 2024-2025", R.ERASURE)
    await desk.mail("erase order 12345678 from 2024-2025")
    assert {item.right for item in (await desk.case()).items} == {R.ACCESS, R.ERASURE}


async def test_what_comes_with_the_right_code_is_heard_too(desk: TestDesk) -> None:
    teach(desk)
    await desk.mail("my data")
    code = await desk.code()
    desk.reader.tell(f"{code} and erase me", R.ERASURE)
    await desk.mail(f"{code} and erase me")
    assert all(is_proven(item) for item in (await desk.case()).items)
    (draft,) = await desk.drafts()
    assert draft.rights == {R.ACCESS, R.ERASURE}


async def test_small_talk_in_a_chat_does_not_end_the_loop(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    desk.reader.tell(ANN, act=Act.ANSWER, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat("my data")
    await desk.chat("sorry what?")
    await desk.chat("", command="status")
    await desk.chat(ANN)
    await desk.chat(await desk.code())
    assert (await desk.case()).proven == Handle(MAIL, ANN)


@pytest.mark.rule(38)
async def test_a_new_request_in_an_old_thread_has_its_own_clock(desk: TestDesk) -> None:
    desk.reader.tell("you leaked it", R.COMPLAINT)
    await desk.mail("you leaked it")
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    desk.clock.turn(days=90)
    await desk.mail("you leaked it", references=("<0@example.com>",))
    old, new = sorted((item for case in await desk.cases() for item in case.items), key=lambda item: item.received_at)
    assert (old.state, new.state) == (State.ANSWERED, State.REVIEW)
    assert (new.promise_due - old.promise_due).days == 90


async def test_an_edit_in_a_chat_asks_nothing_again(desk: TestDesk) -> None:
    teach(desk)
    await desk.chat("my data", message_id="tg:777:1")
    await desk.chat("my data", message_id="tg:777:1", version_of="tg:777:1")
    assert len(await desk.outbox()) == 1
    assert (await desk.case()).attention


async def test_an_opt_out_a_person_read_is_carried_out_with_the_answer(desk: TestDesk) -> None:
    desk.reader.tell("stop", R.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
    await desk.mail("stop", automatic="portal")
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    assert await desk.store.transact(lambda unit: unit.suppressions.blocking([Handle(MAIL, ANN)], Scope.EMAIL))


async def test_a_courier_with_a_fault_of_its_own_parks_one_message_only(desk: TestDesk) -> None:
    teach(desk)
    desk.couriers[MAIL].refuse = [RuntimeError("boom")]
    await desk.mail("my data")
    await desk.mail("my data", "zoe@example.net")
    await desk.deliver()
    assert sorted(one.state.value for one in await desk.outbox()) == ["parked", "sent"]


async def test_a_storage_that_is_away_ends_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    async def away() -> int:
        calls.append(1)
        raise StorageUnavailable("locked") if len(calls) == 1 else RuntimeError("bug")

    monkeypatch.setattr(steady, "AFTER_A_FAILURE", 0.001)
    task = asyncio.create_task(steady.work_steadily("x", away, lambda: asyncio.sleep(0)))
    await asyncio.sleep(0.05)
    assert not task.done()
    assert len(calls) > 2
    task.cancel()


async def test_a_closed_case_keeps_its_reason_and_sends_nothing(desk: TestDesk) -> None:
    teach(desk)
    await desk.mail("my data")
    await desk.mail(await desk.code())
    case = await desk.approval.close((await desk.case()).id, KIM, "settled by phone")
    assert case.stage is State.CLOSED
    assert not await desk.drafts()
    stale = await desk.store.transact(lambda unit: unit.drafts.listed(DraftStatus.STALE))
    assert len(stale) == 1


async def test_a_machine_does_not_void_what_a_colleague_approved(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await desk.mail("my data")
    await desk.mail(await desk.code())
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.mail("I am out of office", automatic="auto-replied", references=("<0@example.com>",))
    await desk.approval.approve(draft.id, LEE)
    await desk.deliver()
    assert desk.couriers[MAIL].to(ANN)[-1].body == draft.body


async def test_a_second_report_of_one_bounce_voids_nothing(desk: TestDesk) -> None:
    desk.reader.tell("you leaked it", R.COMPLAINT)
    await desk.mail("you leaked it")
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    lost = desk.couriers[MAIL].to(ANN)[-1]
    bounce = Bounce(permanent=True, recipients=(ANN,), original_message_id=lost.message_id, status="5.2.2")
    await desk.mail("full", "mailer-daemon@example.com", bounce=bounce, automatic="bounce")
    before = await desk.case()
    await desk.mail("still full", "mailer-daemon@example.com", bounce=bounce, automatic="bounce")
    assert await desk.case() == before


async def test_a_bounce_that_is_faster_than_the_receipt_stays_a_bounce(desk: TestDesk) -> None:
    desk.reader.tell("you leaked it", R.COMPLAINT)
    await desk.mail("you leaked it")
    await desk.deliver()
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    desk.couriers[MAIL] = HastyCourier(desk)
    await desk.deliver()
    assert (await desk.outbox())[-1].state is DeliveryState.PARKED
    assert (await desk.case()).stage is State.REVIEW


class HastyCourier(KeptCourier):
    """A server that takes a message, and whose bounce arrives before its receipt is written down."""

    def __init__(self, desk: TestDesk) -> None:
        super().__init__()
        self.desk = desk

    async def send(self, outgoing: Outgoing) -> str:
        receipt = await super().send(outgoing)
        if outgoing.case_id:
            bounce = Bounce(permanent=True, recipients=(ANN,), original_message_id=outgoing.message_id, status="5.1.1")
            await self.desk.mail("no such user", "mailer-daemon@example.com", bounce=bounce, automatic="bounce")
        return receipt


@pytest.mark.parametrize("text", ["my data", "what exactly?"])
async def test_a_question_that_comes_back_is_a_persons_work(desk: TestDesk, text: str) -> None:
    teach(desk)
    await desk.mail(text)
    await desk.deliver()
    (question,) = desk.couriers[MAIL].to(ANN)
    bounce = Bounce(permanent=True, recipients=(ANN,), original_message_id=question.message_id, status="5.2.2")
    await desk.mail("full", "mailer-daemon@example.com", bounce=bounce, automatic="bounce")
    assert (await desk.case()).stage is State.REVIEW


async def test_who_could_not_be_asked_what_is_meant_is_a_persons_work(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    for number in range(4):  # as many mails as may go to one sender in a day
        desk.reader.tell(f"stop {number}", R.UNSUBSCRIBE, scopes=frozenset({Scope.ALL}))
        await desk.mail(f"stop {number}")
        await desk.deliver()
    await desk.mail("what exactly?")
    assert len(await desk.outbox()) == 4
    assert {case.stage for case in await desk.cases()} == {State.ANSWERED, State.REVIEW}


async def test_greetings_stop_when_everybody_comes_at_once(database_url: str, tmp_path: Path) -> None:
    house = replace(HOUSE, caps=Caps(automatic_an_hour=3))
    async with open_test_desk(database_url, tmp_path / "keys.json", house) as desk:
        for person in range(6):
            await desk.chat("", str(person), command="start")
        await desk.deliver()
        assert len(desk.couriers["telegram"].sent) == 3
