"""Taking a request back, and taking it up again: by the person alone, and never without a colleague's look."""

from typing import Unpack

import pytest

from bot.core.case import Case, State
from bot.core.delivery import Outgoing
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL, TELEGRAM, Authentication, Bounce, Handle, Message
from bot.core.rights import Act, RequestType
from bot.core.verdict import Outcome
from bot.flow.reopening import reopen
from tests.fakes.said import MessageFields
from tests.flow.conftest import ANN, KIM, TestDesk

R = RequestType
ASKS, TAKES_BACK = "Erase all my data.", "Please forget my request."


async def ask(desk: TestDesk, *rights: RequestType) -> Outgoing:
    """Let Ann ask, by default for erasure, and return our question who she is."""
    await desk.know(ANN)
    desk.reader.tell(ASKS, *(rights or (R.ERASURE,)))
    await desk.mail(ASKS)
    await desk.deliver()
    return desk.couriers[MAIL].to(ANN)[-1]


async def take_back(desk: TestDesk, *named: RequestType, **changes: Unpack[MessageFields]) -> None:
    desk.reader.tell(TAKES_BACK, *named, act=Act.WITHDRAWAL)
    await desk.mail(TAKES_BACK, **changes)


async def confirmed(desk: TestDesk) -> None:
    """Let Kim approve the letter that waits, and send it."""
    (draft,) = await desk.drafts()
    assert "outcomes: withdrawn" in draft.body
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()


async def reopened(desk: TestDesk, reason: str = "she wrote", *rights: RequestType) -> Case:
    case, answering, now = await desk.case(), desk.treatment.answering, desk.clock.now()
    return await desk.store.transact(lambda unit: reopen(unit, answering, case.id, rights, reason, KIM, now))


def states(case: Case) -> list[tuple[RequestType, State]]:
    return [(item.right, item.state) for item in case.items]


async def test_whoever_surely_asked_takes_it_back_and_one_colleague_confirms_it(desk: TestDesk) -> None:
    question = await ask(desk)
    await take_back(desk, references=(question.message_id,))
    assert (await desk.case()).stage is State.REVIEW  # nothing ends unread
    (draft,) = await desk.drafts()
    assert (draft.kind, draft.recipient, draft.approvers_needed) == (DraftKind.ANSWER, Handle(MAIL, ANN), 1)
    await confirmed(desk)
    assert states(await desk.case()) == [(R.ERASURE, State.WITHDRAWN)]
    assert not (await desk.case()).is_open
    assert "outcomes: withdrawn" in desk.couriers[MAIL].to(ANN)[-1].body


async def test_a_mere_from_line_takes_nothing_back(desk: TestDesk) -> None:
    question = await ask(desk)
    await take_back(desk, references=(question.message_id,), authentication=Authentication())
    case = await desk.case()
    assert states(case) == [(R.ERASURE, State.VERIFYING)]
    assert case.attention == "wants to withdraw: a person confirms"
    assert not await desk.drafts()
    await desk.mail(question.secret, references=(question.message_id,))
    assert states(await desk.case()) == [(R.ERASURE, State.REVIEW)]  # her own code still counts


async def test_somebody_else_in_the_thread_takes_nothing_back(desk: TestDesk) -> None:
    question = await ask(desk)
    desk.reader.tell(TAKES_BACK, act=Act.WITHDRAWAL)
    await desk.mail(TAKES_BACK, "zoe@example.net", references=(question.message_id,))
    assert states(await desk.case()) == [(R.ERASURE, State.VERIFYING)]


async def test_only_what_is_named_is_taken_back(desk: TestDesk) -> None:
    question = await ask(desk, R.ACCESS, R.ERASURE)
    await desk.mail(question.secret, references=(question.message_id,))
    await take_back(desk, R.ERASURE, references=(question.message_id,))
    (draft,) = await desk.drafts()
    assert "items: access, erasure" in draft.body
    assert "outcomes: , withdrawn" in draft.body
    assert draft.rights == {R.ACCESS}


async def test_what_was_never_asked_is_not_taken_back(desk: TestDesk) -> None:
    question = await ask(desk)
    await take_back(desk, R.CONSENT_WITHDRAWAL, references=(question.message_id,))
    case = await desk.case()
    assert (R.CONSENT_WITHDRAWAL, State.REVIEW) in states(case)
    assert not any(item.outcome for item in case.items)


async def test_a_use_that_was_stopped_is_for_a_person_to_start_again(desk: TestDesk) -> None:
    await ask(desk, R.RESTRICTION)
    await take_back(desk)
    case = await desk.case()
    assert case.attention == "wants to withdraw: a person confirms"
    assert not any(item.outcome for item in case.items)


async def test_nobody_is_reminded_of_a_question_about_what_they_took_back(desk: TestDesk) -> None:
    question = await ask(desk)
    await take_back(desk, references=(question.message_id,))
    desk.clock.turn(days=3)
    await desk.timers.ring()
    assert [one.kind for one in await desk.outbox()] == [DraftKind.IDENTITY_QUESTION]


async def test_whoever_asks_again_before_the_letter_left_goes_on_where_they_were(desk: TestDesk) -> None:
    question = await ask(desk)
    before = (await desk.case()).items[0]
    await take_back(desk, references=(question.message_id,))
    desk.clock.turn(hours=1)
    await desk.mail(ASKS, references=(question.message_id,))
    (item,) = (await desk.case()).items
    assert (item.id, item.received_at, item.outcome) == (before.id, before.received_at, None)
    assert item.state is State.VERIFYING
    assert not await desk.drafts()


@pytest.mark.parametrize("words", ["Sorry, do go on after all.", ASKS])
async def test_a_word_after_the_letter_takes_the_request_up_again(desk: TestDesk, words: str) -> None:
    question = await ask(desk)
    await take_back(desk, references=(question.message_id,))
    await confirmed(desk)
    letter = desk.couriers[MAIL].to(ANN)[-1]
    desk.clock.turn(days=20)
    await desk.mail(words, references=(letter.message_id,))
    case = await desk.case()
    assert case.is_open
    ended, again = case.items
    assert (ended.state, again.right) == (State.WITHDRAWN, R.ERASURE)
    assert again.promise_due > ended.promise_due  # asked anew, so its clock is its own


async def test_in_a_chat_as_well(desk: TestDesk) -> None:
    desk.reader.tell(ASKS, R.ERASURE)
    await desk.chat(ASKS)
    desk.reader.tell(TAKES_BACK, act=Act.WITHDRAWAL)
    await desk.chat(TAKES_BACK)
    await confirmed(desk)
    assert "withdrawn" in desk.couriers[TELEGRAM].to("777")[-1].body
    await desk.chat("no, do go on")
    assert states(await desk.case()) == [(R.ERASURE, State.WITHDRAWN), (R.ERASURE, State.REVIEW)]


async def test_a_confirmation_that_came_back_leaves_the_request_open(desk: TestDesk) -> None:
    await ask(desk)
    await take_back(desk)
    await confirmed(desk)
    letter = desk.couriers[MAIL].to(ANN)[-1]
    bounce = Bounce(permanent=True, recipients=(ANN,), original_message_id=letter.message_id)
    await desk.receive(Message(MAIL, Handle(MAIL, "mailer-daemon@example.com"), bounce=bounce))
    assert (await desk.case()).is_open


async def test_a_colleague_takes_up_what_has_ended_with_its_old_date(desk: TestDesk) -> None:
    await ask(desk)
    before = (await desk.case()).items[0]
    await take_back(desk)
    await confirmed(desk)
    desk.clock.turn(days=5)
    (item,) = (await reopened(desk)).items
    assert (item.state, item.outcome, item.statutory_due) == (State.REVIEW, None, before.statutory_due)
    assert not await desk.drafts()  # nobody has proven anything: a refusal is nothing the desk proposes by itself
    chain = await desk.store.transact(lambda unit: unit.audit.chain((unit.cases.listed()[0]).id))
    assert [(link.actor, link.data["rights"]) for link in chain if link.event == "reopened"] == [(KIM, "erasure")]


async def test_a_colleague_who_knows_better_keeps_a_request_that_was_read_as_taken_back(desk: TestDesk) -> None:
    await ask(desk)
    await take_back(desk)
    case = await reopened(desk, "she only meant the invoice")
    assert [item.outcome for item in case.items] == [None]
    assert not await desk.drafts()


async def test_a_case_that_waits_for_a_code_is_closed_as_well(desk: TestDesk) -> None:
    question = await ask(desk)
    await desk.approval.close((await desk.case()).id, KIM, "spam")
    assert states(await desk.case()) == [(R.ERASURE, State.CLOSED)]
    await desk.mail(question.secret, references=(question.message_id,))
    assert states(await desk.case()) == [(R.ERASURE, State.CLOSED)]


async def test_nothing_is_taken_up_without_a_reason_or_where_nothing_has_ended(desk: TestDesk) -> None:
    await ask(desk)
    with pytest.raises(NotAllowed, match="say why"):
        await reopened(desk, " ")
    with pytest.raises(NotAllowed, match="nothing has ended"):
        await reopened(desk)
    await take_back(desk)
    with pytest.raises(NotAllowed, match="access has not ended in this case: there are erasure"):
        await reopened(desk, "she wrote", R.ACCESS)


async def test_an_ended_case_does_not_swallow_what_might_be_a_request(desk: TestDesk) -> None:
    await ask(desk, R.COMPLAINT)
    await desk.approval.close((await desk.case()).id, KIM, "settled by phone")
    desk.reader.tell("And the rest?", any_right=0.4)
    (sent,) = desk.couriers[MAIL].to(ANN)
    await desk.mail("And the rest?", references=(sent.message_id,))
    assert (await desk.case()).is_open


async def test_the_outcome_is_one_a_colleague_may_choose_as_well(desk: TestDesk) -> None:
    question = await ask(desk, R.ACCESS)
    await desk.mail(question.secret, references=(question.message_id,))
    (draft,) = await desk.drafts()
    await desk.outcomes.choose(draft.id, {R.ACCESS: Outcome.WITHDRAWN}, KIM)
    await confirmed(desk)
    assert states(await desk.case()) == [(R.ACCESS, State.WITHDRAWN)]
