"""A colleague's doubt who writes: with a reason on file it asks for more than the table does (law.md rules 10, 12)."""

import pytest

from bot.core.case import Item, State
from bot.core.drafts import DraftKind, Question, Role
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.messages import MAIL, TELEGRAM, Handle, Message, Way
from bot.core.packages import PackageKind
from bot.core.rights import Entity, RequestType
from bot.core.trust import Trust
from bot.core.unit import Unit
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
DEE = "dee@nexioprojects.com"
WHY = "Their tone is not Ann's, and Ann rang yesterday from abroad."
STRANGER = "zoe@example.net"


async def item(desk: TestDesk, right: RequestType) -> Item:
    return next(one for one in (await desk.case()).items if one.right is right)


async def asked(desk: TestDesk, *rights: RequestType, sender: str = ANN) -> str:
    """Let somebody ask, and send back the code where one is asked; return the case's id."""
    desk.reader.tell("please", *rights)
    await desk.know(ANN, "ann@work.example")
    await desk.mail("please", sender)
    if (await desk.case()).stage is State.VERIFYING:
        await desk.mail(await desk.code(), sender)
    await desk.deliver()
    return (await desk.case()).id


async def told(desk: TestDesk, case_id: str) -> list[tuple[str, str, str]]:
    trail = await desk.store.transact(lambda unit: unit.audit.chain(case_id))
    return [(one.event, one.actor, one.why) for one in trail if "doubt" in one.event or one.event == "identity_asked"]


@pytest.mark.rule(10, refused=True)
async def test_what_the_table_does_not_ask_takes_a_reason(desk: TestDesk) -> None:
    case_id = await asked(desk, R.RESTRICTION)
    before, sent = await desk.case(), len(desk.couriers[MAIL].to(ANN))
    for nothing in ("", " \n"):
        with pytest.raises(NotAllowed, match="say why you doubt who writes"):
            await desk.approval.ask_identity(case_id, KIM, reason=nothing)
    await desk.deliver()
    assert (await desk.case(), len(desk.couriers[MAIL].to(ANN))) == (before, sent)
    assert await told(desk, case_id) == []


@pytest.mark.rule(10)
async def test_where_the_table_asks_anyway_no_reason_is_demanded(desk: TestDesk) -> None:
    desk.reader.tell("erase me, I think", R.ERASURE, abstain=True, any_right=0.5, confidence=0.5)
    await desk.know(ANN)
    await desk.mail("erase me, I think")
    case = await desk.approval.ask_identity((await desk.case()).id, KIM)
    assert (case.stage, await told(desk, case.id)) == (State.VERIFYING, [("identity_asked", KIM, "")])


@pytest.mark.rule(10)
async def test_a_doubt_asks_for_a_code_and_what_waits_goes_on_once_it_came(desk: TestDesk) -> None:
    case_id = await asked(desk, R.RESTRICTION)
    (draft,) = await desk.drafts()
    await desk.approval.ask_identity(case_id, KIM, reason=WHY)
    code, waiting = await desk.code(), await item(desk, R.RESTRICTION)
    assert (waiting.state, waiting.needs, waiting.asks) == (State.VERIFYING, Trust.PLAUSIBLE, Trust.PROVEN)
    with pytest.raises(NotApprovable):
        await desk.approval.approve(draft.id, LEE)
    assert not await desk.drafts()
    await desk.deliver()
    letter = desk.couriers[MAIL].to(ANN)[-1]
    assert letter.kind is DraftKind.IDENTITY_QUESTION
    assert "tone" not in letter.body + letter.subject
    await desk.mail(code)
    assert (await item(desk, R.RESTRICTION)).state is State.REVIEW
    assert [one.kind for one in await desk.drafts()] == [DraftKind.ANSWER]
    assert await told(desk, case_id) == [("doubted", KIM, WHY)]


@pytest.mark.rule(10, refused=True)
async def test_what_was_proven_once_is_not_disclosed_before_a_second_proof(desk: TestDesk) -> None:
    case_id = await asked(desk, R.ACCESS)
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.approval.ask_identity(case_id, KIM, reason=WHY)
    with pytest.raises(NotApprovable):
        await desk.approval.approve(draft.id, LEE)
    with pytest.raises(NotAllowed, match="second proof is still missing"):
        await desk.dossiers.make(case_id, PackageKind.ACCESS, KIM)
    question = await _question(desk)
    assert question is Question.SECOND_PROOF
    await desk.mail(await desk.code(), ANN)  # the same mailbox again is no second proof
    assert (await item(desk, R.ACCESS)).trust is Trust.PROVEN
    await desk.deliver()
    assert not any("Canary" in one.body for one in desk.couriers[MAIL].sent)


@pytest.mark.rule(10)
async def test_a_code_that_comes_back_from_elsewhere_on_record_settles_the_doubt(desk: TestDesk) -> None:
    case_id = await asked(desk, R.ACCESS)
    desk.clock.turn(days=91)
    await desk.approval.ask_identity(case_id, KIM, reason=WHY)
    await desk.mail(await desk.code(), "ann@work.example")
    assert (await item(desk, R.ACCESS)).trust is Trust.MATCHED
    assert [one.kind for one in await desk.drafts()] == [DraftKind.ANSWER]


@pytest.mark.rule(10, refused=True)
async def test_what_is_asked_later_in_the_case_needs_the_same_proof_and_an_opt_out_none(desk: TestDesk) -> None:
    case_id = await asked(desk, R.ACCESS)
    await desk.approval.ask_identity(case_id, KIM, reason=WHY)
    desk.reader.tell("tell me what you know, and no more mailings", R.INFORMATION, R.UNSUBSCRIBE)
    letter = desk.couriers[MAIL].to(ANN)[-1]
    await desk.mail("tell me what you know, and no more mailings", references=(letter.message_id,))
    assert len(await desk.cases()) == 1
    later = await item(desk, R.INFORMATION)
    assert (later.asks, later.state) == (Trust.MATCHED, State.VERIFYING)
    stopped = await item(desk, R.UNSUBSCRIBE)
    assert stopped.asks is Trust.CLAIMED
    assert stopped.done_at is not None


@pytest.mark.rule(10)
async def test_a_colleague_withdraws_the_doubt_with_a_reason_and_the_case_goes_on(desk: TestDesk) -> None:
    case_id = await asked(desk, R.ACCESS)
    with pytest.raises(NotAllowed, match="nobody doubts who writes"):
        await desk.approval.withdraw_doubt(case_id, "mistaken", KIM)
    await desk.approval.ask_identity(case_id, KIM, reason=WHY)
    with pytest.raises(NotAllowed, match="say why"):
        await desk.approval.withdraw_doubt(case_id, " ", LEE)
    assert (await item(desk, R.ACCESS)).state is State.VERIFYING
    await desk.approval.withdraw_doubt(case_id, "Ann confirmed it by telephone.", LEE)
    again = await item(desk, R.ACCESS)
    assert (again.state, again.asks) == (State.REVIEW, Trust.PROVEN)
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    assert "Canary Lane 7" in desk.couriers[MAIL].to(ANN)[-1].body
    assert await told(desk, case_id) == [
        ("doubted", KIM, WHY),
        ("doubt_withdrawn", LEE, "Ann confirmed it by telephone."),
    ]


@pytest.mark.rule(10, refused=True)
async def test_a_drafter_raises_a_doubt_and_does_not_withdraw_it(desk: TestDesk) -> None:
    def hire(unit: Unit) -> None:
        unit.staff.add(DEE, Role.DRAFTER)

    case_id = await asked(desk, R.ACCESS)
    with pytest.raises(NotAllowed):
        await desk.approval.ask_identity(case_id, DEE, reason=WHY)
    await desk.store.transact(hire)
    await desk.approval.ask_identity(case_id, DEE, reason=WHY)
    with pytest.raises(NotAllowed, match="role"):
        await desk.approval.withdraw_doubt(case_id, "never mind", DEE)
    assert (await item(desk, R.ACCESS)).state is State.VERIFYING


@pytest.mark.rule(10, refused=True)
async def test_an_opt_out_is_never_held_up_by_a_doubt(desk: TestDesk) -> None:
    desk.reader.tell("no more mailings", R.UNSUBSCRIBE)
    await desk.know(ANN)
    await desk.mail("no more mailings")
    before = await desk.case()
    with pytest.raises(NotAllowed, match="needs no proof"):
        await desk.approval.ask_identity(before.id, KIM, reason=WHY)
    assert await desk.case() == before


@pytest.mark.rule(10)
@pytest.mark.rule(42)
async def test_in_a_chat_without_an_address_the_doubt_stands_and_asks_for_one(desk: TestDesk) -> None:
    """The person then goes the usual way: they name the address, type its code in the chat, and the case goes on."""
    desk.reader.tell("you told my neighbour", R.COMPLAINT)
    desk.reader.tell(ANN, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.know(ANN)
    await desk.chat("you told my neighbour")
    case = await desk.approval.ask_identity((await desk.case()).id, KIM, reason=WHY)
    assert (case.stage, await told(desk, case.id)) == (State.VERIFYING, [("doubted", KIM, WHY)])
    await desk.deliver()
    assert "question: which_address" in desk.couriers[TELEGRAM].sent[-1].body
    await desk.chat(ANN)
    await desk.chat(await desk.code())
    assert (await item(desk, R.COMPLAINT)).trust is Trust.PROVEN
    assert [one.recipient.value for one in await desk.drafts()] == [ANN]


@pytest.mark.rule(10, refused=True)
@pytest.mark.parametrize("way", [Way.LETTER, Way.CALL])
async def test_a_doubt_stands_where_nothing_can_be_asked(desk: TestDesk, way: Way) -> None:
    """A colleague asks then, by that way; nothing is told before the person, or a colleague for them, shows more."""
    desk.reader.tell("you told my neighbour", R.COMPLAINT)
    await desk.receive(Message(way, Handle(way, "Ann Peeters"), text="you told my neighbour"))
    case_id = (await desk.case()).id
    case = await desk.approval.ask_identity(case_id, KIM, reason=WHY)
    assert (case.stage, case.attention.partition(":")[0]) == (State.REVIEW, "the desk can't write there")
    assert ((await item(desk, R.COMPLAINT)).asks, await told(desk, case_id)) == (Trust.PROVEN, [("doubted", KIM, WHY)])
    assert await desk.drafts() == []
    await desk.approval.withdraw_doubt(case_id, "We rang them back.", LEE)
    assert [one.kind for one in await desk.drafts()] == [DraftKind.ANSWER]


@pytest.mark.rule(10, refused=True)
async def test_a_doubt_stands_while_no_more_codes_may_go_to_an_address(desk: TestDesk) -> None:
    case_id = await asked(desk, R.RESTRICTION)
    for _ in range(9):
        await desk.approval.ask_identity(case_id, KIM, reason=WHY)
        await desk.deliver()
    assert (await desk.case()).attention == "too many codes went to this address today: try again tomorrow"
    assert (await item(desk, R.RESTRICTION)).asks is Trust.PROVEN
    assert await desk.drafts() == []


@pytest.mark.rule(16)
async def test_known_and_unknown_are_asked_in_the_same_words(desk: TestDesk) -> None:
    """Whoever is doubted learns nothing from the question of whether anything is held of them."""
    seen = []
    for sender in (ANN, STRANGER):
        desk.reader.tell(f"my data {sender}", R.ACCESS)
        await desk.know(ANN)
        await desk.mail(f"my data {sender}", sender)
        await desk.mail(await desk.code(), sender)
        case = await desk.case_of(sender)
        await desk.approval.ask_identity(case.id, KIM, reason=WHY)
        await desk.deliver()
        letters = desk.couriers[MAIL].to(sender)
        seen.append([(one.kind, one.body.replace(case.reference, "REF")) for one in letters])
    assert seen[0] == seen[1]
    assert [kind for kind, _ in seen[0]].count(DraftKind.IDENTITY_QUESTION) == 2


async def _question(desk: TestDesk) -> Question | None:
    case = await desk.case()
    sent = await desk.store.transact(lambda unit: unit.drafts.listed(None, case.id))
    return next(one.question for one in reversed(sent) if one.kind is DraftKind.IDENTITY_QUESTION)
