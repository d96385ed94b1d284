"""A colleague says what a case asks for: the date stays, the proof stays, the answer is drafted anew."""

import pytest

from bot.core.case import Case, Lane, State
from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL, Attachment, Authentication, Forwarded, Handle
from bot.core.records import Disposition
from bot.core.rights import Correction, RequestType
from bot.core.trust import Trust
from bot.core.unit import Unit
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
    with pytest.raises(NotAllowed, match="has ended"):
        await classify(desk, R.ACCESS)


async def test_a_correction_of_the_field_keeps_its_proof_rule(desk: TestDesk) -> None:
    """A new e-mail address is contact data, whoever says that this is a rectification (law.md 12)."""
    await desk.know(ANN)
    desk.reader.tell("new address", R.OTHER, corrections=(Correction("email", "", "x@example.net"),), any_right=0.5)
    await desk.mail("new address")
    case = await classify(desk, R.RECTIFICATION)
    assert case.items[-1].needs is Trust.PROVEN
