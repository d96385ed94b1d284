"""Letters, calls and the like: a message as any other, whose clock runs since it came, and which proves nobody."""

from typing import Unpack

from bot.core.case import State
from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind
from bot.core.messages import MAIL, EnteredBy, Handle, Message, Way
from bot.core.rights import Act, Flag, RequestType, Scope
from bot.core.trust import Trust
from bot.flow.delivery import POST_IT
from tests.fakes.said import ReadingFields
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
HOME = Handle(Way.LETTER, "Ann Peeters, Dorpsstraat 1, Gent")
WORDS = "Please correct my name."


async def enter(
    desk: TestDesk, *rights: RequestType, sender: Handle = HOME, text: str = WORDS, **reads: Unpack[ReadingFields]
) -> None:
    desk.reader.tell(text, *rights, **reads)
    channel = sender.channel
    entered = EnteredBy(KIM, Way.LETTER, "came by post")
    await desk.receive(Message(channel, sender, text=text, name="Ann Peeters", entered=entered))


async def test_a_letter_is_a_case_for_a_person_and_nothing_leaves_by_itself(desk: TestDesk) -> None:
    await enter(desk, R.ACCESS)
    case = await desk.case()
    assert (case.stage, case.trust, case.requester) == (State.REVIEW, Trust.CLAIMED, HOME)
    assert not await desk.outbox()
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    (entered,) = [link for link in chain if link.event == "entered"]
    assert (entered.actor, dict(entered.data)) == (KIM, {"way": "letter"})


async def test_words_that_hold_no_right_are_looked_at_all_the_same(desk: TestDesk) -> None:
    await enter(desk, text="Hello there.")
    assert (await desk.case()).stage is State.REVIEW
    await enter(desk, text="Never mind.", sender=Handle(MAIL, "zoe@example.net"), act=Act.WITHDRAWAL)
    assert len(await desk.cases()) == 2


async def test_who_gave_an_address_is_asked_there_as_by_any_mail_nobody_can_authenticate(desk: TestDesk) -> None:
    await desk.know(ANN)
    await enter(desk, R.ACCESS, sender=Handle(MAIL, ANN))
    (question,) = await desk.outbox()
    assert (question.kind, question.recipient) == (DraftKind.IDENTITY_QUESTION, Handle(MAIL, ANN))
    assert (await desk.case()).trust is Trust.CLAIMED


async def test_a_caller_who_says_stop_is_left_alone_at_once(desk: TestDesk) -> None:
    await enter(desk, R.UNSUBSCRIBE, text="Stop your letters.", scopes=frozenset({Scope.POST}))
    case = await desk.case()
    assert case.items[0].done_at is not None


async def test_a_letter_of_somebody_in_danger_alarms_colleagues(desk: TestDesk) -> None:
    await enter(desk, R.ACCESS, flags=frozenset({Flag.UNSAFE}))
    notices = await desk.store.transact(lambda unit: unit.outbox.listed())
    assert [one.kind for one in notices] == [DraftKind.NOTICE]


async def test_the_answer_to_a_letter_is_printed_and_posted_by_a_colleague(desk: TestDesk) -> None:
    await enter(desk, R.COMPLAINT, text="You leaked my address.")
    (draft,) = await desk.drafts()
    assert draft.recipient == HOME
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    (letter,) = await desk.outbox()
    assert (letter.state, letter.last_error) == (DeliveryState.UNCERTAIN, POST_IT)
    assert (await desk.case()).items[0].state is State.SENDING
    await desk.outbox_desk.settle(letter.id, LEE, arrived=True)
    assert (await desk.case()).items[0].state is State.ANSWERED


async def test_nobody_takes_back_or_joins_a_case_by_the_name_on_a_letter(desk: TestDesk) -> None:
    await enter(desk, R.COMPLAINT, text="You leaked my address.")
    await enter(desk, text="Forget it.", act=Act.WITHDRAWAL)
    assert len(await desk.cases()) == 2
    assert not any(item.outcome for case in await desk.cases() for item in case.items)
