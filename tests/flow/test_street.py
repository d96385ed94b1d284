"""The street, end to end over both databases: what a person writes, what they get, what waits for a colleague."""

import re
from dataclasses import replace
from typing import Unpack

import pytest

from bot.core.case import State
from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed, NotApprovable, PermanentFailure, TransientFailure, UncertainDelivery
from bot.core.messages import MAIL, Authentication, Bounce, Forwarded, Handle, Message, Oddity, Verdict
from bot.core.records import Disposition
from bot.core.rights import Act, Entity, Flag, RequestType, Scope
from bot.core.trust import Trust
from bot.core.unit import Unit
from bot.flow.staff_entry import adopt
from tests.fakes.said import MessageFields, ReadingFields
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk

R = RequestType
STRANGER = "zoe@example.net"


async def ask_for_access(desk: TestDesk, sender: str = ANN, **changes: Unpack[MessageFields]) -> None:
    desk.reader.tell("Please send me a copy of my data.", R.ACCESS)
    await desk.mail("Please send me a copy of my data.", sender, **changes)


async def test_a_customer_gets_her_data_after_the_code_and_two_approvals(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    await desk.deliver()
    (question,) = desk.couriers[MAIL].to(ANN)
    assert question.kind is DraftKind.IDENTITY_QUESTION
    assert not await desk.drafts()

    await desk.mail(f"Here it is: {question.secret}", references=(question.message_id,))
    case = await desk.case()
    assert (case.trust, case.proven, case.stage) == (Trust.PROVEN, Handle(MAIL, ANN), State.REVIEW)
    (draft,) = await desk.drafts()
    assert "street=Canary Lane 7" in draft.body

    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    assert [one.kind for one in desk.couriers[MAIL].to(ANN)][1:] == [DraftKind.ACKNOWLEDGEMENT]  # one yes is not enough
    await desk.approval.approve(draft.id, LEE)
    await desk.deliver()
    answer = desk.couriers[MAIL].to(ANN)[-1]
    assert (answer.kind, answer.body) == (DraftKind.ANSWER, draft.body)
    assert (await desk.case()).stage is State.ANSWERED


@pytest.mark.rule(16)
async def test_the_first_reply_is_the_same_for_known_and_unknown(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    await ask_for_access(desk, STRANGER)
    known, unknown = await desk.outbox()
    references = [case.reference for case in await desk.cases()]

    def words(text: str) -> str:
        for reference in references:
            text = text.replace(reference, "NX")
        return re.sub(r"/confirm/\w+", lambda link: "x" * len(link[0]), text)  # sealed anew each time, always as long

    assert words(known.subject + known.body + known.html) == words(unknown.subject + unknown.body + unknown.html)


@pytest.mark.rule(16, refused=True)
async def test_a_stranger_proves_only_the_own_address_and_learns_nothing(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk, STRANGER)
    await desk.mail(await desk.code(), STRANGER)
    (draft,) = await desk.drafts()
    assert draft.recipient == Handle(MAIL, STRANGER)
    assert "Canary" not in draft.body
    assert "finding: nothing" in draft.body


async def test_the_secret_is_gone_once_it_was_sent(desk: TestDesk) -> None:
    await ask_for_access(desk)
    assert await desk.code()
    await desk.deliver()
    (sent,) = await desk.outbox()
    assert (sent.state, sent.secret) == (DeliveryState.SENT, "")


async def test_a_forged_sender_gets_nothing_and_moves_nothing(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    before = await desk.case()
    forged = Authentication(dmarc=Verdict.FAIL, policy="reject")
    (question,) = await desk.outbox()
    await ask_for_access(desk, authentication=forged, references=(question.message_id,))
    await desk.mail(question.secret, authentication=forged, references=(question.message_id,))
    assert await desk.case() == before
    assert len(await desk.outbox()) == 1


@pytest.mark.parametrize("oddity", [Oddity.SEVERAL_FROM, Oddity.BARE_LINE_BREAK])
async def test_a_malformed_sender_is_for_a_person(desk: TestDesk, oddity: Oddity) -> None:
    await ask_for_access(desk, oddities=frozenset({oddity}))
    assert (await desk.case()).stage is State.REVIEW
    assert not await desk.outbox()


async def test_another_persons_code_and_thread_open_nothing(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    (question,) = await desk.outbox()
    await desk.mail(f"code {question.secret}", "mallory@example.org", references=(question.message_id,))
    (case,) = await desk.cases()
    assert case.trust < Trust.PROVEN
    assert case.stage is State.VERIFYING


@pytest.mark.rule(39, refused=True)
async def test_an_out_of_office_that_quotes_the_code_proves_nothing(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    (question,) = await desk.outbox()
    await desk.mail(f"I am away. {question.secret}", automatic="auto-replied", references=(question.message_id,))
    case = await desk.case()
    assert case.trust < Trust.PROVEN
    assert len(await desk.outbox()) == 1


async def test_five_wrong_codes_bring_a_person(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    for _ in range(5):
        await desk.mail("K7QM-2XPA")
    case = await desk.case()
    assert (case.stage, case.trust) == (State.REVIEW, Trust.PLAUSIBLE)
    _, wrong, spent = await desk.outbox()  # the question, once "that was not the code", and that the tries are over
    assert ("tries left: 4" in wrong.body, "tries left: 0" in spent.body) == (True, True)
    await desk.mail(await desk.code())
    assert len(await desk.outbox()) == 3
    (draft,) = await desk.drafts()
    assert "Canary" not in draft.body


async def test_an_expired_code_is_replaced(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    old = await desk.code()
    desk.clock.turn(hours=25)
    await desk.mail(old)
    fresh = await desk.code()
    assert fresh != old
    await desk.mail(fresh)
    assert (await desk.case()).trust is Trust.PROVEN


@pytest.mark.rule(28)
async def test_an_opt_out_works_at_once_and_is_confirmed(desk: TestDesk) -> None:
    desk.reader.tell("stop", R.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
    await desk.mail("stop", STRANGER)
    assert await desk.store.transact(lambda unit: unit.suppressions.blocking([Handle(MAIL, STRANGER)], Scope.EMAIL))
    assert not await desk.store.transact(lambda unit: unit.suppressions.blocking([Handle(MAIL, STRANGER)], Scope.POST))
    await desk.deliver()
    (confirmation,) = desk.couriers[MAIL].to(STRANGER)
    assert confirmation.kind is DraftKind.UNSUBSCRIBE_CONFIRMATION
    assert (await desk.case()).stage is State.ANSWERED
    assert not await desk.drafts()


@pytest.mark.rule(38)
async def test_an_opt_out_beside_another_right_is_confirmed_in_the_first_reply(desk: TestDesk) -> None:
    desk.reader.tell("stop and erase", R.UNSUBSCRIBE, R.ERASURE, scopes=frozenset({Scope.ALL}))
    await desk.mail("stop and erase")
    (reply,) = await desk.outbox()
    assert reply.kind is DraftKind.IDENTITY_QUESTION
    assert "opted out: all" in reply.body


async def test_other_mail_opens_nothing(desk: TestDesk) -> None:
    await desk.mail("Invoice 12 attached")
    assert not await desk.cases()
    assert not await desk.outbox()


@pytest.mark.rule(31)
async def test_a_complaint_is_acknowledged_and_drafted_for_one_approver(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    (reply,) = await desk.outbox()
    assert (reply.kind, "items: complaint" in reply.body) == (DraftKind.ACKNOWLEDGEMENT, True)
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    assert (await desk.case()).stage is State.SENDING


@pytest.mark.rule(16)
async def test_the_unproven_hear_neither_right_nor_name(desk: TestDesk) -> None:
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address", STRANGER, name="Zoe Secret", authentication=Authentication())
    (reply,) = await desk.outbox()
    assert "complaint" not in reply.body
    assert "Zoe" not in reply.body


@pytest.mark.rule(17)
@pytest.mark.parametrize("flag", [Flag.UNSAFE, Flag.IDENTITY_THEFT, Flag.AUTHORITY])
async def test_danger_silences_the_desk_and_tells_colleagues(desk: TestDesk, flag: Flag) -> None:
    desk.reader.tell("he reads my mail", R.ERASURE, flags=frozenset({flag}))
    await desk.mail("he reads my mail")
    assert not await desk.outbox()
    assert (await desk.case()).stage is State.REVIEW
    await desk.deliver()
    (notice,) = desk.couriers[MAIL].to("privacy@nexioprojects.com")
    assert notice.subject.startswith(flag.value)


@pytest.mark.rule(42)
async def test_a_chat_goes_on_by_mail(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("what do you know about me", R.ACCESS)
    await desk.chat("what do you know about me")
    desk.reader.tell(ANN, entities=(Entity("email", ANN, 0, len(ANN)),), act=Act.ANSWER)
    await desk.chat(ANN)
    await desk.deliver()
    (mail,) = desk.couriers[MAIL].to(ANN)
    first, second = desk.couriers["telegram"].to("777")
    assert ("which_address" in first.body, "code_sent" in second.body) == (True, True)
    await desk.chat(mail.secret)
    case = await desk.case()
    assert (case.trust, case.proven) == (Trust.PROVEN, Handle(MAIL, ANN))
    (draft,) = await desk.drafts()
    assert draft.recipient == Handle(MAIL, ANN)


async def test_a_chat_that_names_an_unknown_address_looks_the_same(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("erase me", R.ERASURE)
    for person, address in (("1", ANN), ("2", "nobody@example.org")):
        desk.reader.tell(address, entities=(Entity("email", address, 0, len(address)),))
        await desk.chat("erase me", person)
        await desk.chat(address, person)
    await desk.deliver()
    told = [[one.body for one in desk.couriers["telegram"].to(person)] for person in ("1", "2")]
    for reference in [case.reference for case in await desk.cases()]:
        told = [[body.replace(reference, "NX") for body in bodies] for bodies in told]
    assert told[0] == told[1]
    assert len(desk.couriers[MAIL].to(ANN)) == len(desk.couriers[MAIL].to("nobody@example.org")) == 1


async def test_a_new_message_makes_a_waiting_draft_stale(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    (old,) = await desk.drafts()
    await desk.mail("You leaked my address", references=("<0@example.com>",))
    with pytest.raises(NotApprovable, match="stale"):
        await desk.approval.approve(old.id, KIM)
    assert len(await desk.drafts()) == 1


async def test_what_nobody_proved_waits_for_a_colleague_to_ask(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("erase me, I think", R.ERASURE, abstain=True, any_right=0.5, confidence=0.5)
    await desk.mail("erase me, I think")
    assert not await desk.drafts()
    case = await desk.approval.ask_identity((await desk.case()).id, KIM)
    assert case.stage is State.VERIFYING
    await desk.mail(await desk.code())
    (draft,) = await desk.drafts()
    assert not draft.refuses
    with pytest.raises(NotAllowed, match="nothing in this case waits for a proof"):
        await desk.approval.ask_identity(case.id, KIM)


async def test_the_lint_keeps_a_draft_from_approval(desk: TestDesk) -> None:
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    (draft,) = await desk.drafts()
    await desk.approval.edit(draft.id, KIM, body="a forbidden word")
    with pytest.raises(NotApprovable, match="the forbidden word"):
        await desk.approval.approve(draft.id, KIM)


@pytest.mark.rule(7)
async def test_a_bounce_reopens_the_item_at_its_old_date(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    due = (await desk.case()).items[0].promise_due
    answer = desk.couriers[MAIL].to(ANN)[-1]
    bounce = Bounce(permanent=True, recipients=(ANN,), original_message_id=answer.message_id, status="5.1.1")
    await desk.mail("failed", "mailer-daemon@example.com", bounce=bounce, automatic="bounce")
    case = await desk.case()
    assert (case.stage, case.items[0].promise_due) == (State.REVIEW, due)
    assert await desk.drafts()


async def test_a_colleagues_forward_opens_a_case_for_the_person_inside(desk: TestDesk) -> None:
    desk.reader.tell("Delete my account", R.ERASURE)
    inside = Forwarded(Handle(MAIL, STRANGER), "Zoe", "My account", "Delete my account")
    await desk.mail("FYI", "sales@nexioprojects.com", forwarded=inside)
    case = await desk.case()
    assert (case.requester, case.stage, case.items[0].doubtful) == (Handle(MAIL, STRANGER), State.REVIEW, True)
    assert not await desk.outbox()


async def test_a_look_alike_of_a_colleague_cannot_enter_requests(desk: TestDesk) -> None:
    desk.reader.tell("Delete my account", R.ERASURE)
    inside = Forwarded(Handle(MAIL, ANN), "Ann", "My account", "Delete my account")
    await desk.mail("FYI", "sales@nexioprojects.com", forwarded=inside, authentication=Authentication())
    assert not any(case.requester == Handle(MAIL, ANN) for case in await desk.cases())


@pytest.mark.rule(39, refused=True)
async def test_our_own_mail_never_starts_a_loop(desk: TestDesk) -> None:
    desk.reader.tell("erase", R.ERASURE)
    await desk.mail("erase", "info@nexioprojects.com")
    assert not await desk.cases()


async def test_an_answer_sent_by_hand_counts(desk: TestDesk) -> None:
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    await desk.receive(
        sent_by_hand(references=("<0@example.com>",), recipients=("legal@nexioprojects.com",)),
        folder="Sent",
    )
    assert (await desk.case()).stage is State.REVIEW  # forwarded to a third party: the person has no answer yet
    await desk.receive(
        sent_by_hand(references=("<0@example.com>",), recipients=(ANN,), message_id="<second@nexioprojects.com>"),
        folder="Sent",
    )
    assert (await desk.case()).stage is State.ANSWERED
    assert not await desk.drafts()


def sent_by_hand(**changes: Unpack[MessageFields]) -> Message:
    changes.setdefault("message_id", "<hand@nexioprojects.com>")
    return Message(MAIL, Handle(MAIL, "info@nexioprojects.com"), text="Sorry", **changes)


async def test_the_same_mail_twice_is_one_case(desk: TestDesk) -> None:
    desk.reader.tell("Please send me a copy of my data.", R.ACCESS)
    for event in ("1:1", "2:7"):
        await desk.mail("Please send me a copy of my data.", message_id="<same@example.com>")
        assert event
    assert len(await desk.cases()) == 1
    assert len(await desk.outbox()) == 1


@pytest.mark.rule(39)
async def test_two_robots_fall_silent(desk: TestDesk) -> None:
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    for _ in range(6):
        await desk.mail("You leaked my address", STRANGER, authentication=Authentication())
    assert len(await desk.outbox()) <= 2


async def test_a_delivery_that_fails_for_now_is_tried_again(desk: TestDesk) -> None:
    desk.couriers[MAIL].refuse = [TransientFailure("450 busy")]
    await ask_for_access(desk)
    await desk.deliver()
    (waiting,) = await desk.outbox()
    assert (waiting.state, waiting.last_error) == (DeliveryState.QUEUED, "450 busy")
    desk.clock.turn(minutes=5)
    await desk.deliver()
    assert [one.message_id for one in desk.couriers[MAIL].to(ANN)] == [waiting.message_id]


async def test_a_delivery_that_fails_for_good_comes_back_to_a_person(desk: TestDesk) -> None:
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    await desk.deliver()
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    desk.couriers[MAIL].refuse = [PermanentFailure("550 no such user")]
    await desk.deliver()
    assert (await desk.case()).stage is State.REVIEW
    assert (await desk.outbox())[-1].state is DeliveryState.PARKED


async def test_an_answer_that_may_have_arrived_is_for_a_person_and_a_question_is_sent_again(desk: TestDesk) -> None:
    desk.couriers[MAIL].refuse = [UncertainDelivery("lost after the dot")]
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    await desk.deliver()
    desk.clock.turn(minutes=5)
    await desk.deliver()
    assert [one.kind for one in desk.couriers[MAIL].to(ANN)] == [DraftKind.ACKNOWLEDGEMENT]
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    desk.couriers[MAIL].refuse = [UncertainDelivery("lost after the dot")]
    await desk.deliver()
    assert (await desk.outbox())[-1].state is DeliveryState.UNCERTAIN
    assert len(desk.couriers[MAIL].to(ANN)) == 1


@pytest.mark.rule(8)
async def test_silence_brings_an_open_question_to_a_person_before_the_month_is_over(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    desk.clock.turn(days=15)
    await desk.timers.ring()
    assert (await desk.case()).stage is State.VERIFYING
    desk.clock.turn(days=8)
    await desk.timers.ring()
    assert (await desk.case()).stage is State.REVIEW
    (draft,) = await desk.drafts()
    assert draft.refuses
    assert "asked: 2026-03-02" in draft.body  # Art. 12(4): the letter says of itself when the proof was asked for


async def test_bells_ring_once(desk: TestDesk) -> None:
    desk.reader.tell("You leaked my address", R.COMPLAINT)
    await desk.mail("You leaked my address")
    desk.clock.turn(days=5)
    for _ in range(3):
        await desk.timers.ring()
    await desk.deliver()
    subjects = [one.subject for one in desk.couriers[MAIL].to("privacy@nexioprojects.com")]
    assert sum(subject.startswith("promise_due") for subject in subjects) == 1
    assert sum(subject.startswith("digest") for subject in subjects) == 1


@pytest.mark.rule(31)
async def test_no_morning_mail_counts_what_is_kept_from_whom_it_goes_to(desk: TestDesk) -> None:
    notified = "privacy@nexioprojects.com"
    desk.reader.tell("Your officer leaked my address", R.COMPLAINT)
    await desk.mail("Your officer leaked my address")
    case = await desk.case()

    async def morning(kept_away: frozenset[str]) -> str:
        def work(unit: Unit) -> None:
            unit.cases.save(replace(unit.cases.get(case.id), complained_of=kept_away))

        await desk.store.transact(work)
        desk.clock.turn(days=1)
        await desk.timers.ring()
        await desk.deliver()
        mails = desk.couriers[MAIL].to(notified)
        return [one for one in mails if one.subject.startswith("digest")][-1].body

    assert "review" in await morning(frozenset())
    assert "review" not in await morning(frozenset({notified}))


async def test_the_history_is_whole_after_all_this(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    await desk.mail(await desk.code())
    await desk.deliver()
    assert not await desk.store.transact(lambda unit: list(unit.audit.verify()))


async def test_a_colleague_makes_other_mail_a_case_with_its_old_date(desk: TestDesk) -> None:
    await desk.mail("could you take me off that thing")
    desk.clock.turn(days=3)
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.listed(Disposition.OTHER))
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    with pytest.raises(NotAllowed, match="may not make a message a case: ask an administrator"):
        await desk.store.transact(lambda unit: adopt(unit, casework, answering, kept.id, [R.ERASURE], ANN, now))
    await desk.store.transact(lambda unit: adopt(unit, casework, answering, kept.id, [R.ERASURE], KIM, now))
    case = await desk.case()
    assert (case.stage, case.items[0].promise_due.isoformat()) == (State.REVIEW, "2026-03-09")
    with pytest.raises(NotAllowed, match="belongs to case NX-"):
        await desk.store.transact(lambda unit: adopt(unit, casework, answering, kept.id, [R.ERASURE], KIM, now))


@pytest.mark.rule(11)
async def test_whoever_was_refused_for_want_of_proof_may_try_again(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask_for_access(desk)
    desk.clock.turn(days=23)
    await desk.timers.ring()
    (refusal,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(refusal.id, colleague)
    await desk.deliver()
    assert (await desk.case()).stage is State.ANSWERED
    await desk.mail("I was on holiday, I do want it", references=(desk.couriers[MAIL].to(ANN)[-1].message_id,))
    await desk.mail(await desk.code())
    assert (await desk.case()).trust is Trust.PROVEN
    (draft,) = await desk.drafts()
    assert "Canary Lane 7" in draft.body


@pytest.mark.rule(28)
async def test_an_objection_to_marketing_is_done_and_confirmed_not_weighed(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("no profiling for ads", R.OBJECTION, flags=frozenset({Flag.MARKETING}))
    await desk.mail("no profiling for ads")
    await desk.deliver()
    case = await desk.case()
    assert (case.stage, case.items[0].provisional) == (State.ANSWERED, False)
    assert not await desk.drafts()


async def test_a_chat_is_welcomed_once_and_opens_no_case(desk: TestDesk) -> None:
    for _ in range(2):
        await desk.chat("", command="start", language="fr")
    await desk.deliver()
    (welcome,) = desk.couriers["telegram"].to("777")
    assert "question: welcome" in welcome.body
    (sent,) = await desk.store.transact(lambda unit: unit.outbox.listed(DeliveryState.SENT))
    assert sent.id == welcome.id
    assert not await desk.cases()


@pytest.mark.parametrize(("command", "greeting"), [("help", "help"), ("status", "nothing_open"), ("start", "welcome")])
async def test_a_command_that_asks_for_nothing_is_answered_and_opens_nothing(
    desk: TestDesk, command: str, greeting: str
) -> None:
    await desk.chat(f"/{command}", command=command)
    await desk.deliver()
    (said,) = desk.couriers["telegram"].to("777")
    assert f"question: {greeting}" in said.body
    assert not await desk.cases()


async def test_help_is_told_a_few_times_a_day_and_not_for_ever(desk: TestDesk) -> None:
    for _ in range(10):
        await desk.chat("/help", command="help")
    await desk.deliver()
    assert len(desk.couriers["telegram"].to("777")) == HOUSE.caps.helps_a_day


async def test_help_in_the_middle_of_a_case_moves_nothing(desk: TestDesk) -> None:
    desk.reader.tell("erase me", RequestType.ERASURE)
    await desk.chat("erase me")
    before = await desk.case()
    for command in ("help", "start"):
        await desk.chat(f"/{command}", command=command)
    await desk.chat("/status", command="status")
    await desk.deliver()
    case = await desk.case()
    assert [item.state for item in case.items] == [item.state for item in before.items]
    said = [one.body.split("\n")[:2] for one in desk.couriers["telegram"].to("777")]
    assert said[1:] == [
        ["kind: acknowledgement", "question: help"],
        ["kind: acknowledgement", "question: welcome"],
        ["kind: status", "question: None"],
    ]


async def test_a_tapped_answer_is_read_without_a_reader(desk: TestDesk) -> None:
    unclear: ReadingFields = {"confidence": 0.4, "abstain": True, "any_right": 0.99}
    desk.reader.tell("about my data", RequestType.ACCESS, **unclear)
    await desk.chat("about my data")
    await desk.chat("Delete my data", command="choice", payload="erasure")
    case = await desk.case()
    assert [(item.right, item.state) for item in case.items] == [(RequestType.ERASURE, State.VERIFYING)]
    await desk.chat("Stop all marketing", command="choice", payload="unsubscribe")
    assert await desk.store.transact(lambda unit: unit.suppressions.blocking([Handle("telegram", "777")], Scope.EMAIL))


async def test_the_stop_command_needs_no_reader(desk: TestDesk) -> None:
    await desk.chat("", command="stop", language="nl")
    assert await desk.store.transact(lambda unit: unit.suppressions.blocking([Handle("telegram", "777")], Scope.EMAIL))
    assert (await desk.case()).language == "nl"


async def test_a_sticker_moves_nothing(desk: TestDesk) -> None:
    await desk.chat("")
    assert not await desk.cases()
    assert not await desk.outbox()
