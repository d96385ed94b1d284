"""A colleague says what a case asks for: the date stays, the proof stays, the answer is drafted anew."""

import pytest

from bot.core.case import Case, Lane, State
from bot.core.drafts import DraftKind, Question, Role
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL, Attachment, Authentication, Forwarded, Handle
from bot.core.records import Disposition, Suppression
from bot.core.rights import Correction, RequestType
from bot.core.trust import Trust
from bot.core.unit import Unit
from bot.core.vouching import Ground
from bot.flow.rereading import Example, examples, reread
from bot.flow.staff_entry import adopt
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
MAX = "max@nexioprojects.com"
LETTER = Attachment(1, "letter.pdf", "application/pdf", 9000)
ERASE = "Please erase my data"


async def classify(desk: TestDesk, *rights: RequestType, staff: str = KIM) -> Case:
    case = await desk.case()

    def work(unit: Unit) -> Case:
        casework, answering = desk.treatment.casework, desk.treatment.answering
        return reread(unit, casework, answering, case.id, rights, staff, desk.clock.now())

    return await desk.store.transact(work)


async def learnt(desk: TestDesk, staff: str = KIM) -> list[Example]:
    return list(await desk.store.transact(lambda unit: examples(unit, staff)))


def states(case: Case) -> dict[str, str]:
    return {item.right.value: item.state.value for item in case.items}


async def test_a_letter_in_an_attachment_is_read_by_a_colleague_and_gets_its_draft_and_its_old_date(
    desk: TestDesk,
) -> None:
    await desk.know(ANN)
    await desk.mail("", attachments=(LETTER,))
    assert not await desk.drafts()
    desk.clock.turn(days=4)
    case = await classify(desk, R.COMPLAINT, R.ACCESS)
    assert states(case) == {"other": "merged", "access": "review", "complaint": "review"}
    access = next(item for item in case.items if item.right is R.ACCESS)
    assert (str(access.promise_due), str(access.statutory_due)) == ("2026-03-09", "2026-04-02")
    assert case.lane is Lane.DPO
    (draft,) = await desk.drafts()
    assert draft.rights == {R.COMPLAINT}  # nobody has proven yet to be the person whose data are asked for
    assert not await learnt(desk)  # there are no words to learn from


async def test_what_nobody_proved_can_be_asked_for_then(desk: TestDesk) -> None:
    await desk.know(ANN)
    await desk.mail("", attachments=(LETTER,))
    case = await classify(desk, R.ACCESS)
    assert not await desk.drafts()
    await desk.approval.ask_identity(case.id, KIM)
    await desk.mail(await desk.code())
    (draft,) = await desk.drafts()
    assert "street=Canary Lane 7" in draft.body


async def test_a_wrong_reading_is_put_right_while_the_code_is_out(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell(ERASE, R.ACCESS)
    await desk.mail(ERASE)
    case = await classify(desk, R.ERASURE)
    assert states(case) == {"access": "merged", "erasure": "verifying"}
    await desk.mail(await desk.code())
    case = await desk.case()
    assert states(case) == {"access": "merged", "erasure": "review"}
    assert case.items[-1].trust is Trust.PROVEN
    (draft,) = await desk.drafts()
    assert draft.rights == {R.ERASURE}


async def test_a_right_that_was_overlooked_is_added_with_the_proof_of_the_message(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell(ERASE, R.ACCESS)
    await desk.mail(ERASE)
    await desk.mail(await desk.code())
    case = await classify(desk, R.ACCESS, R.ERASURE)
    assert states(case) == {"access": "review", "erasure": "review"}
    (draft,) = await desk.drafts()
    assert draft.rights == {R.ACCESS, R.ERASURE}


async def test_the_proof_of_one_item_does_not_reach_past_an_unproven_one(desk: TestDesk) -> None:
    """What came later, unproven, keeps an added right unproven."""
    await desk.know(ANN)
    desk.reader.tell(ERASE, R.ACCESS)
    await desk.mail(ERASE)
    await desk.mail(await desk.code())
    desk.reader.tell("and correct my street", R.PORTABILITY)
    await desk.mail("and correct my street", authentication=Authentication(), references=("<0@example.com>",))
    case = await classify(desk, R.ACCESS, R.PORTABILITY, R.ERASURE)
    erasure = next(item for item in case.items if item.right is R.ERASURE)
    assert erasure.trust < Trust.PROVEN


async def test_a_right_that_nobody_asked_for_goes_and_the_history_says_so(desk: TestDesk) -> None:
    desk.reader.tell(ERASE, R.ERASURE, R.COMPLAINT)
    await desk.mail(ERASE)
    assert (await desk.case()).lane is Lane.DPO
    case = await classify(desk, R.ERASURE)
    assert (states(case)["complaint"], case.lane) == ("merged", Lane.GENERAL)
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    told = next(link for link in chain if link.event == "classified")
    assert (told.actor, told.data) == (KIM, {"was": "erasure, complaint", "now": "erasure"})


async def test_what_a_colleague_taught_is_kept_for_review_and_the_last_word_counts(desk: TestDesk) -> None:
    desk.reader.tell(ERASE, R.ACCESS)
    await desk.mail(ERASE, subject="My account")
    reference = (await desk.case()).reference
    await classify(desk, R.OBJECTION)
    await classify(desk, R.ERASURE)
    (example,) = await learnt(desk)
    assert (example.case, example.subject, example.text) == (reference, "My account", ERASE)
    assert (example.read, example.labels) == ((R.ACCESS,), (R.ERASURE,))


async def test_what_a_colleague_confirms_teaches_nothing(desk: TestDesk) -> None:
    desk.reader.tell(ERASE, R.ERASURE, abstain=True, any_right=0.5, confidence=0.5)
    await desk.mail(ERASE)
    assert (await desk.case()).items[0].doubtful
    case = await classify(desk, R.ERASURE)
    assert not case.items[0].doubtful
    assert not await learnt(desk)


async def test_an_adopted_mail_teaches_too(desk: TestDesk) -> None:
    await desk.mail("could you take me off that thing")
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.listed(Disposition.OTHER))
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    await desk.store.transact(lambda unit: adopt(unit, casework, answering, kept.id, [R.UNSUBSCRIBE], KIM, now))
    (example,) = await learnt(desk)
    assert (example.read, example.labels) == ((R.OTHER,), (R.UNSUBSCRIBE,))


async def test_of_a_forward_the_persons_words_are_learnt(desk: TestDesk) -> None:
    desk.reader.tell(ERASE, R.ACCESS)
    inside = Forwarded(Handle(MAIL, "zoe@example.net"), "Zoe", "My account", ERASE)
    await desk.mail("FYI, our Zoe again", LEE, forwarded=inside)
    await classify(desk, R.ERASURE)
    (example,) = await learnt(desk)
    assert (example.subject, example.text) == ("My account", ERASE)


async def test_examples_of_another_lane_are_not_shown(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.staff.add(MAX, Role.APPROVER))
    desk.reader.tell(ERASE, R.ACCESS)
    await desk.mail(ERASE)
    await classify(desk, R.COMPLAINT)
    assert await learnt(desk)
    assert not await learnt(desk, MAX)
    assert not await learnt(desk, "eve@example.net")


async def test_refusals_say_what_to_do(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.staff.add(MAX, Role.READER))
    desk.reader.tell(ERASE, R.ERASURE)
    await desk.mail(ERASE)
    with pytest.raises(NotAllowed, match="stands alone"):
        await classify(desk, R.OTHER, R.ERASURE)
    with pytest.raises(NotAllowed, match="for the role approver or dpo or drafter"):
        await classify(desk, R.ACCESS, staff=MAX)
    await classify(desk, R.COMPLAINT)
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    with pytest.raises(NotAllowed, match="on its way"):
        await classify(desk, R.ACCESS)
    await desk.deliver()
    assert (await desk.case()).stage is State.ANSWERED
    with pytest.raises(NotAllowed, match=r"all this has ended .* name what was overlooked"):
        await classify(desk, R.COMPLAINT)


async def test_a_correction_of_the_field_keeps_its_proof_rule(desk: TestDesk) -> None:
    """A new e-mail address is contact data, whoever says that this is a rectification (law.md 12)."""
    await desk.know(ANN)
    desk.reader.tell("new address", R.OTHER, corrections=(Correction("email", "", "x@example.net"),), any_right=0.5)
    await desk.mail("new address")
    case = await classify(desk, R.RECTIFICATION)
    assert case.items[-1].needs is Trust.PROVEN


COPY_AND_BLAME = "A copy of my name, please, and I complain of how you used it"


async def told(desk: TestDesk) -> list[str]:
    """Return what the acknowledgements that left say was understood."""
    await desk.deliver()
    acknowledged = [one for one in await desk.outbox() if one.kind is DraftKind.ACKNOWLEDGEMENT]
    return [line for one in acknowledged for line in one.body.splitlines() if line.startswith("items:")]


async def test_a_right_added_by_hand_lives_from_the_receipt_on_and_the_person_hears_of_it(desk: TestDesk) -> None:
    """The reader heard one of two: the clock is the message's, and what we said we understood is put right."""
    await desk.know(ANN)
    desk.reader.tell(COPY_AND_BLAME, R.RECTIFICATION)
    await desk.mail(COPY_AND_BLAME, message_id="<asked@example.com>")
    assert await told(desk) == ["items: rectification"]
    desk.clock.turn(days=2)
    case = await classify(desk, R.RECTIFICATION, R.COMPLAINT)
    first, complaint = case.items
    assert (complaint.received_at, complaint.promise_due) == (first.received_at, first.promise_due)
    assert (complaint.statutory_due, case.lane) == (None, Lane.DPO)
    assert await told(desk) == ["items: rectification", "items: rectification, complaint"]
    corrected = (await desk.outbox())[-1]
    assert (corrected.recipient.value, corrected.in_reply_to) == (ANN, "<asked@example.com>")
    assert f"question: {Question.READ_ANEW}" in corrected.body
    (draft,) = await desk.drafts()
    assert draft.rights == {R.RECTIFICATION, R.COMPLAINT}
    await classify(desk, R.RECTIFICATION, R.COMPLAINT)
    assert len(await told(desk)) == 2  # the same again is no news


@pytest.mark.rule(16, refused=True)
async def test_whoever_was_not_told_what_was_understood_is_not_told_by_a_correction(desk: TestDesk) -> None:
    desk.reader.tell("you leaked my address", R.COMPLAINT)
    await desk.mail("you leaked my address", authentication=Authentication())
    assert await told(desk) == ["items: "]
    await classify(desk, R.COMPLAINT, R.OBJECTION)
    assert await told(desk) == ["items: "]


@pytest.mark.rule(28)
async def test_an_opt_out_that_a_colleague_hears_is_done_at_once_and_confirmed(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("no more of this, and my name is wrong", R.RECTIFICATION)
    await desk.mail("no more of this, and my name is wrong")
    case = await classify(desk, R.RECTIFICATION, R.UNSUBSCRIBE)
    assert {str(one.handle): str(one.scope) for one in await suppressed(desk)} == {
        f"email:{ANN}": "all",
        "customer:C-1": "all",
    }
    await desk.deliver()
    assert "opted out: all" in (await desk.outbox())[-1].body
    assert states(await desk.case()) == {"rectification": "review", "unsubscribe": "answered"}
    assert case.items[-1].done_at is not None


@pytest.mark.rule(28)
async def test_an_opt_out_that_a_colleague_adopts_is_done_at_once(desk: TestDesk) -> None:
    await desk.mail("could you take me off that thing")
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.listed(Disposition.OTHER))
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    await desk.store.transact(lambda unit: adopt(unit, casework, answering, kept.id, [R.UNSUBSCRIBE], KIM, now))
    assert [str(one.handle) for one in await suppressed(desk)] == [str(Handle(MAIL, ANN))]


async def suppressed(desk: TestDesk) -> list[Suppression]:
    return list(await desk.store.transact(lambda unit: unit.suppressions.listed()))


@pytest.mark.rule(12)
async def test_a_use_that_a_colleague_hears_objected_to_stops_at_once_where_it_is_plausible(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("my name is wrong, stop profiling me", R.RECTIFICATION)
    await desk.mail("my name is wrong, stop profiling me")
    case = await classify(desk, R.RECTIFICATION, R.OBJECTION)
    assert (case.items[-1].provisional, case.attention) == (True, "stop the use now: objection")
    await desk.deliver()
    assert any("provisional_stop" in one.subject for one in desk.couriers[MAIL].to("privacy@nexioprojects.com"))


@pytest.mark.rule(12, refused=True)
async def test_a_use_stops_for_nobody_who_may_be_anybody(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("my name is wrong, stop profiling me", R.RECTIFICATION)
    await desk.mail("my name is wrong, stop profiling me", authentication=Authentication())
    case = await classify(desk, R.RECTIFICATION, R.OBJECTION)
    assert not any(item.provisional for item in case.items)


@pytest.mark.rule(12)
async def test_an_erasure_that_was_overlooked_is_told_to_the_record_before_it_is_done(desk: TestDesk) -> None:
    await desk.know(ANN, "ann@second.example")
    desk.reader.tell(ERASE, R.ACCESS)
    await desk.mail(ERASE)
    await desk.mail(await desk.code())
    await classify(desk, R.ERASURE)
    await desk.deliver()
    assert ["question: was_it_you" in one.body for one in desk.couriers[MAIL].to("ann@second.example")] == [True]


async def test_what_was_overlooked_beside_an_answer_is_added_after_it(desk: TestDesk) -> None:
    """The answer stays given; the complaint has its own, and counts from the day of the message."""
    await desk.know(ANN)
    desk.reader.tell(COPY_AND_BLAME, R.RECTIFICATION)
    await desk.mail(COPY_AND_BLAME)
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    desk.clock.turn(days=3)
    case = await classify(desk, R.RECTIFICATION, R.COMPLAINT)
    assert states(case) == {"rectification": "answered", "complaint": "review"}
    assert case.items[-1].promise_due == case.items[0].promise_due
    (draft,) = await desk.drafts()
    assert draft.rights == {R.COMPLAINT}
    (example,) = await learnt(desk)
    assert example.labels == (R.RECTIFICATION, R.COMPLAINT)


@pytest.mark.rule(13, refused=True)
async def test_a_word_given_for_one_answer_opens_nothing_that_is_added_after_it(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("my client's data, and move them", R.ACCESS)
    await desk.mail("my client's data, and move them", "agent@law.example")
    await desk.mail(await desk.code(), "agent@law.example")
    case = await desk.vouching.vouch((await desk.case()).id, Ground.MANDATE, ANN, "mandate seen", KIM)
    desk.clock.turn(hours=73)
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    case = await classify(desk, R.ACCESS, R.PORTABILITY)
    assert (states(case)["access"], case.items[-1].trust) == ("answered", Trust.CLAIMED)
    assert not await desk.drafts()
