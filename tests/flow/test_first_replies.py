"""First replies: true when they leave, whoever had to approve them; and nobody genuine is left without a word."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import State
from bot.core.drafts import Draft, DraftKind
from bot.core.errors import NotApprovable, TransientFailure
from bot.core.messages import MAIL, Authentication, Handle, Verdict
from bot.core.rights import Act, Entity, RequestType, Scope
from bot.core.trust import Trust
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk, open_test_desk

R = RequestType
STRANGER = "zoe@example.net"
UNPROVEN = Authentication(dmarc=Verdict.NONE)


@pytest.fixture
async def asking(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    """A desk where nothing leaves without a colleague: `auto_send = []`."""
    async with open_test_desk(database_url, tmp_path / "keys.json", replace(HOUSE, auto_send=frozenset())) as opened:
        teach(opened)
        yield opened


def teach(desk: TestDesk) -> None:
    desk.reader.tell("my data", R.ACCESS)
    desk.reader.tell("erase me", R.ERASURE)
    desk.reader.tell("you leaked it", R.COMPLAINT)
    desk.reader.tell("stop", R.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
    desk.reader.tell(ANN, act=Act.ANSWER, entities=(Entity("email", ANN, 0, len(ANN)),))


async def waiting(desk: TestDesk, kind: DraftKind) -> list[Draft]:
    return [draft for draft in await desk.drafts() if draft.kind is kind]


async def only(desk: TestDesk, kind: DraftKind) -> Draft:
    (draft,) = await waiting(desk, kind)
    return draft


async def test_a_question_approved_after_a_day_still_brings_the_data(asking: TestDesk) -> None:
    desk = asking
    await desk.know(ANN)
    await desk.mail("my data")
    desk.clock.turn(days=3)
    await desk.approval.approve((await only(desk, DraftKind.IDENTITY_QUESTION)).id, KIM)
    await desk.deliver()
    (question,) = desk.couriers[MAIL].to(ANN)
    desk.clock.turn(hours=23)
    await desk.mail(question.secret, references=(question.message_id,))
    assert (await desk.case()).trust is Trust.PROVEN
    assert "Canary Lane 7" in (await only(desk, DraftKind.ANSWER)).body


async def test_a_question_whose_case_went_on_is_asked_anew_for_all_of_it(asking: TestDesk) -> None:
    desk = asking
    await desk.mail("my data")
    old = await only(desk, DraftKind.IDENTITY_QUESTION)
    await desk.mail("hello? anybody there?", references=("<0@example.com>",))
    await desk.mail("erase me", references=("<0@example.com>",))
    with pytest.raises(NotApprovable, match="stale"):
        await desk.approval.approve(old.id, KIM)
    await desk.approval.approve((await only(desk, DraftKind.IDENTITY_QUESTION)).id, KIM)
    await desk.mail(await desk.code())
    assert {item.trust for item in (await desk.case()).items} == {Trust.PROVEN}


async def test_an_acknowledgement_waits_beside_the_answer_and_goes_with_it(asking: TestDesk) -> None:
    desk = asking
    await desk.mail("you leaked it")
    await desk.mail("hello? anybody there?", references=("<0@example.com>",))
    acknowledgement, answer = await only(desk, DraftKind.ACKNOWLEDGEMENT), await only(desk, DraftKind.ANSWER)
    assert acknowledgement.case_version == answer.case_version == (await desk.case()).version
    await desk.approval.approve(answer.id, KIM)
    await desk.deliver()
    assert not await desk.drafts()  # who has the answer needs no acknowledgement


async def test_an_opt_out_is_confirmed_once_with_the_newest_reply(asking: TestDesk) -> None:
    desk = asking
    await desk.mail("stop")
    await only(desk, DraftKind.UNSUBSCRIBE_CONFIRMATION)
    await desk.mail("my data", references=("<0@example.com>",))
    (question,) = await desk.drafts()
    assert (question.kind, "opted out: email" in question.body) == (DraftKind.IDENTITY_QUESTION, True)
    await desk.approval.approve(question.id, KIM)
    await desk.deliver()
    assert {item.right: item.state for item in (await desk.case()).items} == {
        R.UNSUBSCRIBE: State.ANSWERED,
        R.ACCESS: State.VERIFYING,
    }


async def test_a_question_nobody_wants_asked_leaves_its_item_to_a_person(asking: TestDesk) -> None:
    desk = asking
    await desk.mail("my data")
    question = await only(desk, DraftKind.IDENTITY_QUESTION)
    await desk.approval.reject(question.id, KIM, "we know her")
    assert (await desk.case()).stage is State.REVIEW


async def test_a_code_is_not_sent_once_its_day_is_over(desk: TestDesk) -> None:
    teach(desk)
    await desk.mail("my data")
    desk.couriers[MAIL].refuse = [TransientFailure("450 greylisted")] * 60
    for _ in range(60):
        await desk.deliver()
        desk.clock.turn(hours=1)
    assert "gave up" in (await desk.outbox())[0].last_error


async def test_over_the_cap_of_codes_everybody_gets_the_same_plain_word(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    desk.reader.tell(STRANGER, act=Act.ANSWER, entities=(Entity("email", STRANGER, 0, len(STRANGER)),))
    for sender in (ANN, STRANGER):
        for chat in ("1", "2", "3"):
            await desk.chat("my data", chat + sender)
            await desk.chat(sender, chat + sender)
        await desk.mail("erase me", sender)
    written = await desk.outbox()
    known, unknown = ([one for one in written if one.recipient.value == who] for who in (ANN, STRANGER))
    assert [one.kind for one in known] == [DraftKind.IDENTITY_QUESTION] * 3 + [DraftKind.ACKNOWLEDGEMENT]
    assert [one.kind for one in known] == [one.kind for one in unknown]
    words = [one.body.replace(reference(one.body), "NX") for one in (known[-1], unknown[-1])]
    assert words[0] == words[1]
    assert "erasure" not in words[0]
    unasked = [case for case in await desk.cases() if case.items[0].right is R.ERASURE]
    assert {case.stage for case in unasked} == {State.REVIEW}  # nobody was asked: a person looks


def reference(body: str) -> str:
    return body.rpartition("reference: ")[2].split("\n")[0]


async def test_over_the_cap_a_chat_hears_when_we_answer_and_of_no_code(desk: TestDesk) -> None:
    teach(desk)
    for person in ("1", "2", "3", "4"):
        await desk.chat("my data", person)
        await desk.chat(ANN, person)
    assert len([one for one in await desk.outbox() if one.recipient == Handle(MAIL, ANN)]) == 3
    last = [one for one in await desk.outbox() if one.recipient.value == "4"][-1]
    assert (last.kind, "code_sent" in last.body) == (DraftKind.ACKNOWLEDGEMENT, False)
    (case,) = [case for case in await desk.cases() if case.requester.value == "4"]
    assert case.stage is State.REVIEW
    desk.clock.turn(hours=25)
    await desk.chat(ANN, "4")  # the next day the address may be tried again
    await desk.chat(await desk.code(), "4")
    assert (await desk.case_of("4")).trust is Trust.PROVEN


async def test_a_right_code_is_thanked_for_in_the_chat(desk: TestDesk) -> None:
    teach(desk)
    await desk.chat("my data")
    await desk.chat(ANN)
    await desk.chat(await desk.code())
    thanks = [one for one in await desk.outbox() if one.recipient.value == "777"][-1]
    assert "question: code_right" in thanks.body


async def test_known_and_unknown_are_thanked_in_the_same_words(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    said = []
    for sender in (ANN, STRANGER):
        await desk.mail("my data", sender, name="Somebody")
        await desk.mail(await desk.code(), sender, name="Somebody")
        thanks = (await desk.outbox())[-1]
        assert (thanks.recipient.value, "question: code_right" in thanks.body) == (sender, True)
        said.append(thanks.body.replace(reference(thanks.body), "NX"))
    assert said[0] == said[1]


async def test_the_end_of_the_tries_is_told_in_the_chat_once(desk: TestDesk) -> None:
    teach(desk)
    await desk.chat("my data")
    await desk.chat(ANN)
    for _ in range(8):
        await desk.chat("K7QM-2XPA")
    told = [one.body for one in await desk.outbox() if "code_wrong" in one.body]
    assert ["tries left: 0" in body for body in told] == [False] * 4 + [True]


async def test_a_spoofed_addition_is_not_proven_by_the_open_code(desk: TestDesk) -> None:
    """Whoever knows the reference and writes another's From line adds nothing to what her code proves."""
    teach(desk)
    await desk.know(ANN)
    await desk.mail("my data")
    case = await desk.case()
    await desk.mail("erase me", authentication=UNPROVEN, subject=case.reference)
    await desk.mail(await desk.code())
    (case,) = await desk.cases()
    assert {item.right: item.trust for item in case.items}[R.ERASURE] < Trust.PROVEN
    for draft in await desk.drafts():
        assert R.ERASURE not in draft.rights


async def test_what_nobody_could_ask_about_does_not_wait_for_silence(desk: TestDesk) -> None:
    """Over the thread's cap no question left for the new item: it must not wait for an answer to the old one."""
    teach(desk)
    await desk.know(ANN)
    await desk.mail("my data")
    await desk.mail("K7QM-2XPA")
    case = await desk.case()
    desk.clock.turn(hours=23, minutes=59)
    await desk.mail("erase me", authentication=UNPROVEN, subject=case.reference)
    assert {item.right: item.state for item in (await desk.case()).items}[R.ERASURE] is State.REVIEW


async def test_two_approvers_and_an_acknowledgement_do_not_stand_in_each_others_way(asking: TestDesk) -> None:
    desk = asking
    await desk.know(ANN)
    await desk.mail("my data")
    await desk.approval.approve((await only(desk, DraftKind.IDENTITY_QUESTION)).id, KIM)
    await desk.mail(await desk.code())
    answer = await only(desk, DraftKind.ANSWER)
    await desk.approval.approve(answer.id, KIM)
    await desk.approval.approve((await only(desk, DraftKind.ACKNOWLEDGEMENT)).id, LEE)
    await desk.deliver()
    await desk.approval.approve(answer.id, LEE)
    await desk.deliver()
    assert [one.kind for one in desk.couriers[MAIL].to(ANN)][-1] is DraftKind.ANSWER


async def test_a_colleague_may_ask_again_once_a_code_was_forgotten(desk: TestDesk) -> None:
    teach(desk)
    await desk.know(ANN)
    await desk.mail("my data")
    desk.clock.turn(days=4)
    await desk.approval.ask_identity((await desk.case()).id, KIM)
    await desk.mail(await desk.code())
    assert (await desk.case()).trust is Trust.PROVEN
