"""What colleagues bring in: a request somebody forwarded, a mail taken for other mail."""

import pytest

from bot.core.case import Case, Lane, State
from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL, Forwarded, Handle
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.flow.staff_entry import adopt
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
ZOE, RIA = "zoe@example.net", "ria@nexioprojects.com"
WORDS = "Delete my account,\nplease. I wrote twice already."


def forwarded(text: str = WORDS, sender: str = ZOE) -> Forwarded:
    return Forwarded(Handle(MAIL, sender), "Zoe", "My account", text)


async def adopted(desk: TestDesk, right: RequestType, staff: str = KIM) -> Case:
    """Let a colleague make the only other mail a case."""
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.listed(Disposition.OTHER))
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    return await desk.store.transact(lambda unit: adopt(unit, casework, answering, kept.id, [right], staff, now))


async def test_the_right_a_colleague_chose_settles_who_may_see_the_case(desk: TestDesk) -> None:
    await desk.mail("You told my boss what I bought")
    assert (await adopted(desk, R.COMPLAINT)).lane is Lane.DPO


async def test_whoever_may_only_read_makes_no_cases(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.staff.add(RIA, Role.READER))
    await desk.mail("You told my boss what I bought")
    with pytest.raises(NotAllowed, match="ask an administrator for the role approver, dpo or drafter"):
        await adopted(desk, R.COMPLAINT, RIA)
    assert not await desk.cases()


async def test_the_first_letter_of_an_adopted_case_tells_what_becomes_of_the_persons_data(desk: TestDesk) -> None:
    await desk.mail("You told my boss what I bought")
    await adopted(desk, R.COMPLAINT)
    (draft,) = await desk.drafts()
    assert "first: True" in draft.body


async def test_an_answer_after_a_first_reply_does_not_repeat_it(desk: TestDesk) -> None:
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    (draft,) = await desk.drafts()
    assert "first: False" in draft.body


async def test_two_colleagues_who_forward_one_request_make_one_case(desk: TestDesk) -> None:
    desk.reader.tell(WORDS, R.ERASURE)
    await desk.mail("FYI", KIM, forwarded=forwarded())
    rewrapped = WORDS.replace(",\n", ", ").replace(". ", ".\n\n")
    desk.reader.tell(rewrapped, R.ERASURE)
    await desk.mail("Did anybody see this?", LEE, forwarded=forwarded(rewrapped))
    case = await desk.case()
    assert [item.right for item in case.items] == [R.ERASURE]
    assert len(await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))) == 2
    by = [link.data.get("by") for link in await desk.store.transact(lambda unit: unit.audit.chain(case.id))]
    assert by.count(f"email:{LEE}") == 1


async def test_a_forward_of_what_the_person_sent_us_as_well_joins_it(desk: TestDesk) -> None:
    desk.reader.tell(WORDS, R.ERASURE)
    await desk.mail(WORDS, ZOE)
    await desk.mail("FYI", KIM, forwarded=forwarded())
    assert (await desk.case()).requester == Handle(MAIL, ZOE)


async def test_other_words_and_other_people_keep_a_case_of_their_own(desk: TestDesk) -> None:
    for text in (WORDS, "And my invoices too"):
        desk.reader.tell(text, R.ERASURE)
        await desk.mail("FYI", KIM, forwarded=forwarded(text))
    await desk.mail("FYI", KIM, forwarded=forwarded(sender=ANN))
    assert len(await desk.cases()) == 3


async def test_a_request_made_again_after_its_answer_is_a_new_one(desk: TestDesk) -> None:
    desk.reader.tell(WORDS, R.ERASURE)
    await desk.mail("FYI", KIM, forwarded=forwarded())
    await desk.approval.close((await desk.case()).id, KIM, "settled by phone")
    await desk.mail("FYI", LEE, forwarded=forwarded())
    assert sorted(case.stage for case in await desk.cases()) == [State.CLOSED, State.REVIEW]
