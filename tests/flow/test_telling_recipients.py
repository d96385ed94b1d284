"""Recipients of the data are told by as many colleagues as the answer takes, and were told once a letter left."""

from dataclasses import replace
from typing import Unpack

import pytest

from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.errors import NotAllowed, NotApprovable, PermanentFailure, TransientFailure
from bot.core.messages import MAIL, Bounce, Handle
from bot.core.rights import Correction, RequestType
from bot.core.tickets import Door
from bot.core.trust import Trust
from bot.core.verdict import Outcome
from bot.flow.bounces import take_back_delivery
from tests.fakes.said import ReadingFields
from tests.flow.conftest import ANN, KIM, LEE, TestDesk
from tests.flow.test_tasks import BREVO, answer, approved, asked, desk, tasks, waiting

__all__ = ["desk"]
R = RequestType
DAEMON = Handle(MAIL, "mailer-daemon@example.com")
STREET = (Correction("street", "Canary Lane 7", "Elm Street 9"),)


async def notice_to_brevo(desk: TestDesk, right: RequestType = R.ERASURE, **changes: Unpack[ReadingFields]) -> Draft:
    """Let an erasure be carried out in the shop, and leave the other recipient out; return Brevo's notice."""
    await asked(desk, right, **changes)
    marks = await tasks(desk)
    await desk.tasks.except_(marks["Stripe"].id, KIM, "has closed down")
    await desk.tasks.done(marks["shop"].id, KIM)
    (notice,) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    return notice


async def letter_to_brevo(desk: TestDesk) -> Outgoing:
    return next(one for one in reversed(await desk.outbox()) if one.recipient.value == BREVO.contact)


async def refused(desk: TestDesk, notice: Draft) -> None:
    """Let a notice be approved, and its mail be refused for good."""
    desk.couriers[MAIL].refuse.append(PermanentFailure("550 no such user"))
    await approved(desk, notice)


async def denied(desk: TestDesk) -> None:
    """Let Ann say, by the link she was sent, that it was not her."""
    case, now = await desk.case(), desk.clock.now()
    about = f"{case.id} {ANN} {int(now.timestamp())}"
    ticket = await desk.store.transact(lambda unit: unit.tickets.write(Door.NOT_ME, about, now))
    assert await desk.reception.denials.deny(ticket)


async def is_told(desk: TestDesk) -> bool:
    return not (await tasks(desk))[BREVO.name].is_open


@pytest.mark.rule(30, refused=True)
async def test_nobody_alone_has_data_erased_at_a_recipient(desk: TestDesk) -> None:
    """Marking, wording and approving are one person's work at most up to the first yes."""
    notice = await notice_to_brevo(desk)
    edited = await desk.approval.edit(notice.id, KIM, body=notice.body + "\nPlease hurry.")
    once = await desk.approval.approve(edited.id, KIM)
    assert (once.status, once.approvers_needed) == (DraftStatus.WAITING, 2)
    await desk.deliver()
    assert not desk.couriers[MAIL].to(BREVO.contact)
    with pytest.raises(NotApprovable, match="a second, different colleague"):
        await desk.approval.approve(edited.id, KIM)
    await desk.approval.approve(edited.id, LEE)
    await desk.deliver()
    assert len(desk.couriers[MAIL].to(BREVO.contact)) == 1


@pytest.mark.rule(30)
async def test_what_one_may_correct_one_may_tell(desk: TestDesk) -> None:
    notice = await notice_to_brevo(desk, R.RECTIFICATION, corrections=STREET)
    assert notice.approvers_needed == (await answer(desk)).approvers_needed == 1


async def test_what_is_corrected_only_in_part_takes_two_for_the_notice_as_for_the_answer(desk: TestDesk) -> None:
    notice = await notice_to_brevo(desk, R.RECTIFICATION, corrections=STREET)
    await desk.outcomes.choose_in(notice.case_id, {R.RECTIFICATION: Outcome.PARTLY}, KIM)
    (again,) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    assert again.id == notice.id
    assert again.approvers_needed == (await answer(desk)).approvers_needed == 2


@pytest.mark.rule(12, refused=True)
async def test_a_notice_goes_nowhere_while_nobody_has_proven_to_be_the_person(desk: TestDesk) -> None:
    """Even where it still waits: the proof is looked at when it is approved."""
    notice = await notice_to_brevo(desk)
    case = await desk.case()
    unproven = tuple(replace(item, trust=Trust.CLAIMED) for item in case.items)
    await desk.store.transact(lambda unit: unit.cases.save(replace(case, items=unproven)))
    with pytest.raises(NotApprovable, match="nobody has proven yet to be the person: erasure"):
        await desk.approval.approve(notice.id, KIM)


@pytest.mark.rule(30, refused=True)
async def test_a_recipient_was_told_once_the_letter_arrived(desk: TestDesk) -> None:
    notice = await notice_to_brevo(desk)
    desk.couriers[MAIL].refuse.append(TransientFailure("451 later"))
    await approved(desk, notice)
    assert not await is_told(desk)
    with pytest.raises(NotApprovable, match="not done yet, and not excepted either: Brevo SAS"):
        await desk.approval.approve((await answer(desk)).id, KIM)
    brevo = (await tasks(desk))[BREVO.name]
    with pytest.raises(NotAllowed, match="being told now"):
        await desk.tasks.undo(brevo.id, KIM)
    with pytest.raises(NotAllowed, match="being told now"):
        await desk.tasks.except_(brevo.id, KIM, "after all")
    desk.clock.turn(hours=1)
    await desk.deliver()
    assert await is_told(desk)
    assert (await tasks(desk))[BREVO.name].by == LEE
    await approved(desk, await answer(desk))


@pytest.mark.rule(30, refused=True)
async def test_a_notice_that_can_not_be_delivered_is_drafted_anew_or_sent_again(desk: TestDesk) -> None:
    await refused(desk, await notice_to_brevo(desk))
    assert not await is_told(desk)
    with pytest.raises(NotApprovable, match="not done yet"):
        await desk.approval.approve((await answer(desk)).id, KIM)
    parked = await letter_to_brevo(desk)
    await desk.tasks.undo((await tasks(desk))[BREVO.name].id, KIM)
    with pytest.raises(NotAllowed, match="the case went on"):
        await desk.outbox_desk.retry(parked.id, KIM)  # another notice took its place
    (fresh,) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    await refused(desk, fresh)
    await desk.outbox_desk.retry((await letter_to_brevo(desk)).id, KIM)
    with pytest.raises(NotAllowed, match="being told now"):
        await desk.tasks.undo((await tasks(desk))[BREVO.name].id, KIM)
    await desk.deliver()
    assert await is_told(desk)
    assert len(desk.couriers[MAIL].to(BREVO.contact)) == 1


@pytest.mark.rule(30, refused=True)
async def test_what_comes_back_after_the_answer_left_is_to_be_told_still(desk: TestDesk) -> None:
    await approved(desk, await notice_to_brevo(desk))
    await approved(desk, await answer(desk))
    lost = (await letter_to_brevo(desk)).message_id
    bounce = Bounce(permanent=True, recipients=(BREVO.contact,), original_message_id=lost, status="5.1.1")
    now = desk.clock.now()
    await desk.store.transact(lambda unit: take_back_delivery(unit, desk.treatment.answering, bounce, DAEMON, now))
    still, _ = await desk.tasks.open(KIM)
    assert [task.name for task, _ in still] == ["C-1", BREVO.name]
    await desk.tasks.undo((await tasks(desk))[BREVO.name].id, KIM)
    (fresh,) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    await approved(desk, fresh)
    assert await is_told(desk)


@pytest.mark.rule(30, refused=True)
async def test_a_denial_stops_the_notice_and_nobody_counts_as_told(desk: TestDesk) -> None:
    notice = await notice_to_brevo(desk)
    for colleague in (KIM, LEE):
        await desk.approval.approve(notice.id, colleague)
    await denied(desk)
    await desk.deliver()
    assert not desk.couriers[MAIL].to(BREVO.contact)
    assert BREVO.name not in await tasks(desk)
    case = await desk.reception.denials.settle(notice.case_id, KIM, "Ann called: it was her")
    await desk.approval.ask_identity(case.id, KIM)
    await desk.mail(await desk.code())
    (fresh,) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    await approved(desk, fresh)
    assert await is_told(desk)
    assert len(desk.couriers[MAIL].to(BREVO.contact)) == 1


@pytest.mark.rule(17, refused=True)
@pytest.mark.parametrize("state", [DeliveryState.PARKED, DeliveryState.UNCERTAIN])
async def test_nothing_that_got_stuck_is_sent_again_while_the_case_is_denied(
    desk: TestDesk, state: DeliveryState
) -> None:
    await desk.know(ANN)
    desk.reader.tell("erase me", R.ERASURE)
    await desk.mail("erase me")
    code = await desk.code()
    await desk.deliver()
    desk.couriers[MAIL].refuse.append(PermanentFailure("550 no such user"))
    await desk.mail(code)  # our thanks for it answer nothing and carry no code
    await desk.deliver()
    (stuck,) = [one for one in await desk.outbox() if one.state is DeliveryState.PARKED]
    await desk.store.transact(lambda unit: unit.outbox.save(replace(stuck, state=state)))
    await denied(desk)
    if state is DeliveryState.PARKED:
        with pytest.raises(NotAllowed, match="it was not them"):
            await desk.outbox_desk.retry(stuck.id, KIM)
    else:
        settled = await desk.outbox_desk.settle(stuck.id, KIM, arrived=False)
        assert settled.state is DeliveryState.PARKED
    before = len(desk.couriers[MAIL].sent)
    desk.clock.turn(days=1)
    await desk.deliver()
    assert stuck.id not in {one.id for one in desk.couriers[MAIL].sent[before:]}


EMAIL = (Correction("email", ANN, "ann@new.example"),)


@pytest.mark.rule(12, refused=True)
@pytest.mark.rule(30)
async def test_a_recipient_hears_of_a_new_address_only_once_the_old_one_had_time_to_object(desk: TestDesk) -> None:
    """A thief's door is not known to the courier before the owner read that it was changed."""
    await desk.know(ANN)
    desk.reader.tell("please", R.RECTIFICATION, corrections=EMAIL)
    await desk.mail("please")
    await desk.mail(await desk.code())
    await desk.deliver()
    marks = await tasks(desk)
    await desk.tasks.except_(marks["Stripe"].id, KIM, "has closed down")
    await desk.tasks.done(marks["shop"].id, KIM)
    (notice,) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    with pytest.raises(NotApprovable, match="new contact data wait first: recipients may hear of them from 2026-03-05"):
        await desk.approval.approve(notice.id, KIM)
    desk.clock.turn(hours=73)
    await approved(desk, notice)
    assert len(desk.couriers[MAIL].to(BREVO.contact)) == 1


@pytest.mark.rule(12, refused=True)
@pytest.mark.rule(30)
async def test_nothing_is_erased_at_a_recipient_on_the_word_of_an_address_that_came_on_record_lately(
    desk: TestDesk,
) -> None:
    await desk.know(ANN)
    await desk.know(new := "ann@new.example", number="C-1")
    desk.reader.tell("please", R.ERASURE)
    await desk.mail("please", new)
    await desk.mail(await desk.code(), new)
    await desk.deliver()
    marks = await tasks(desk)
    await desk.tasks.except_(marks["Stripe"].id, KIM, "has closed down")
    await desk.tasks.done(marks["shop"].id, KIM)
    (notice,) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    with pytest.raises(NotApprovable, match="this address is new to us"):
        await desk.approval.approve(notice.id, KIM)
    await desk.deliver()
    assert not desk.couriers[MAIL].to(BREVO.contact)
    desk.clock.turn(hours=73)
    await approved(desk, notice)
