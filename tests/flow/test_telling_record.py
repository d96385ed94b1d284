"""Nobody on record is erased unheard: the notice is written, has left, and is about them (law.md rule 12)."""

from dataclasses import replace

import pytest

from bot.core.case import Case, State
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.messages import MAIL, Authentication, Bounce
from bot.core.rights import Flag, RequestType
from bot.core.vouching import Ground
from bot.flow.joining import merge, split
from bot.flow.reopening import reopen
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
OTHER = "ann@second.example"
NEW, AGENT, BEA = "ann@new.example", "agent@law.example", "bea@example.net"


async def asks(desk: TestDesk, sender: str, text: str, right: RequestType) -> Case:
    """Let somebody ask for something from a mailbox of their own, and type the code that was sent there."""
    desk.reader.tell(text, right)
    await desk.mail(text, sender)
    await desk.mail(await desk.code(), sender)
    return await desk.case_of(sender)


async def approved(desk: TestDesk, kind: DraftKind, *colleagues: str) -> None:
    (draft,) = [one for one in await desk.drafts() if one.kind is kind]
    for colleague in colleagues:
        await desk.approval.approve(draft.id, colleague)


@pytest.mark.rule(12, refused=True)
async def test_who_is_vouched_for_after_a_strangers_code_hears_of_the_erasure_first(desk: TestDesk) -> None:
    """The code was typed while nobody knew whom it was about: that took nothing from who is on record."""
    await desk.know(ANN)
    case = await asks(desk, NEW, "erase me, I lost my mailbox", R.ERASURE)
    await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "called back", KIM)
    desk.clock.turn(hours=73)
    with pytest.raises(NotApprovable, match=f"first send, or send back, the notice to: {ANN}"):
        await approved(desk, DraftKind.ANSWER, KIM)
    await desk.deliver()
    assert ["question: was_it_you" in one.body for one in desk.couriers[MAIL].to(ANN)] == [True]
    await approved(desk, DraftKind.ANSWER, KIM, LEE)


@pytest.mark.rule(12, refused=True)
async def test_a_notice_that_was_refused_told_nobody(desk: TestDesk) -> None:
    """Where nothing else is on record, a colleague sends it again, or sends it back for a reason on file."""
    await desk.know(ANN)
    case = await asks(desk, NEW, "erase me, I lost my mailbox", R.ERASURE)
    await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "called back", KIM)
    await desk.deliver()
    desk.clock.turn(hours=73)
    (notice,) = [one for one in await desk.outbox() if one.kind is DraftKind.RECORD_NOTICE]
    bounce = Bounce(permanent=True, recipients=(ANN,), original_message_id=notice.message_id, status="5.1.1")
    await desk.mail("no such mailbox", "mailer-daemon@example.com", bounce=bounce, automatic="bounce")
    with pytest.raises(NotApprovable, match=f"no notice to the record has arrived: .* send the notice to {ANN}"):
        await approved(desk, DraftKind.ANSWER, KIM)
    await desk.approval.answer_anew(case.id, KIM)
    (again,) = [one for one in await desk.drafts() if one.kind is DraftKind.RECORD_NOTICE]
    with pytest.raises(NotApprovable, match=f"first send, or send back, the notice to: {ANN}"):
        await approved(desk, DraftKind.ANSWER, KIM)
    await desk.approval.reject(again.id, LEE, "that mailbox is gone, spoke to her on the phone")
    await desk.approval.answer_anew(case.id, KIM)
    await approved(desk, DraftKind.ANSWER, KIM, LEE)


@pytest.mark.rule(12, refused=True)
async def test_a_word_for_one_person_is_not_turned_to_another(desk: TestDesk) -> None:
    """A mandate to erase Ann and one to see what is held of Bea erase nobody but Ann."""
    await desk.know(ANN, number="C-1")
    await desk.know(BEA, number="C-2", name="Bea Lind")
    case = await asks(desk, AGENT, "erase my client Ann", R.ERASURE)
    await desk.vouching.vouch(case.id, Ground.MANDATE, ANN, "mandate of Ann, to erase", KIM)
    with pytest.raises(NotAllowed, match="is proven for somebody else: split off first"):
        await desk.vouching.vouch(case.id, Ground.MANDATE, BEA, "mandate of Bea, to see", KIM)
    await desk.vouching.take_back(case.id, "it was Bea's after all", KIM)
    case = await desk.vouching.vouch(case.id, Ground.MANDATE, BEA, "mandate of Bea, to erase", KIM)
    assert case.customer_id == "id-C-2"


@pytest.mark.rule(13, refused=True)
async def test_what_somebody_proved_for_themselves_is_not_done_to_another(desk: TestDesk) -> None:
    """Bea asks to be erased, and for Ann's data: these go to Ann, and nobody erases her."""
    await desk.know(ANN, number="C-1")
    await desk.know(BEA, number="C-2", name="Bea Lind")
    desk.reader.tell("erase me, and send me what you hold of Ann", R.ERASURE, R.ACCESS)
    await desk.mail("erase me, and send me what you hold of Ann", BEA)
    await desk.mail(await desk.code(), BEA)
    with pytest.raises(NotAllowed, match="split off first"):
        await desk.vouching.vouch((await desk.case()).id, Ground.MANDATE, ANN, "Ann's mandate", KIM)


async def notices(desk: TestDesk, case: Case) -> list[str]:
    """Return whom notices of a case went to, or wait for."""
    told = await desk.store.transact(lambda unit: unit.drafts.listed(None, case.id))
    return [one.recipient.value for one in told if one.kind is DraftKind.RECORD_NOTICE and one.status != "stale"]


@pytest.mark.rule(12)
async def test_a_merged_erasure_is_told_to_the_record_at_once(desk: TestDesk) -> None:
    """Nobody has to think of it: the notice is out before anybody can approve the answer."""
    await desk.know(ANN, OTHER)
    erasure = await asks(desk, ANN, "erase me", R.ERASURE)
    desk.reader.tell("and I complain", R.COMPLAINT)
    await desk.mail("and I complain", authentication=Authentication())
    complaint = next(case for case in await desk.cases() if case.id != erasure.id)
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    survivor = await desk.store.transact(
        lambda unit: merge(unit, casework, answering, erasure.id, complaint.id, "one matter", KIM, now)
    )
    assert await notices(desk, survivor) == [OTHER]
    await desk.deliver()
    await approved(desk, DraftKind.INTERIM, KIM)  # "your request goes on under another reference"
    await desk.deliver()
    await approved(desk, DraftKind.ANSWER, KIM, LEE)


@pytest.mark.rule(12)
async def test_an_erasure_that_goes_on_in_a_case_of_its_own_is_told_to_the_record_at_once(desk: TestDesk) -> None:
    await desk.know(ANN, OTHER)
    desk.reader.tell("erase me, and I complain", R.ERASURE, R.COMPLAINT)
    await desk.mail("erase me, and I complain")
    await desk.mail(await desk.code())
    case, casework, answering = await desk.case(), desk.treatment.casework, desk.treatment.answering
    now = desk.clock.now()
    fresh = await desk.store.transact(
        lambda unit: split(unit, casework, answering, case.id, [R.ERASURE], (), "two matters", KIM, now)
    )
    assert await notices(desk, fresh) == [OTHER]


@pytest.mark.rule(12)
async def test_a_notice_goes_with_its_case_and_comes_back_with_it(desk: TestDesk) -> None:
    """What nobody is to erase any more, nobody is told of; taken up again it is told before it is done."""
    await desk.know(OTHER, number="C-1")
    case = await asks(desk, NEW, "erase me, I lost my mailbox", R.ERASURE)
    await desk.store.transact(lambda unit: unit.cases.save(replace(case, flags=frozenset({Flag.UNSAFE}))))
    case = await desk.vouching.vouch(case.id, Ground.FACTS, OTHER, "called back", KIM)
    assert [one.recipient.value for one in await desk.drafts() if one.kind is DraftKind.RECORD_NOTICE] == [OTHER]
    await desk.approval.close(case.id, KIM, "she called: it has time")
    assert not await desk.drafts()
    answering, now = desk.treatment.answering, desk.clock.now()
    case = await desk.store.transact(lambda unit: reopen(unit, answering, case.id, (), "now she wants it", KIM, now))
    assert case.stage is State.REVIEW
    assert await notices(desk, case) == [OTHER]
