"""Clocks as people and colleagues feel them: reminders, news, more time, a breach (law.md rules 3, 5, 6, 8 and 33)."""

from datetime import UTC, date, datetime, timedelta
from typing import Unpack

import pytest

from bot.core.case import State
from bot.core.delivery import Outgoing
from bot.core.drafts import Draft, DraftKind, Role
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.extension import ExtensionReason
from bot.core.messages import MAIL, Bounce
from bot.core.rights import Act, Flag, RequestType
from bot.flow.reopening import reopen
from tests.fakes.said import ReadingFields
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk

R = RequestType
ASK = "Send me my data"
PRIVACY = "privacy@nexioprojects.com"


async def ask(desk: TestDesk, *rights: RequestType, **changes: Unpack[ReadingFields]) -> None:
    desk.reader.tell(ASK, *(rights or (R.ACCESS,)), **changes)
    await desk.mail(ASK)
    await desk.deliver()


async def return_code(desk: TestDesk) -> None:
    await desk.mail(next(one.secret for one in reversed(desk.couriers[MAIL].to(ANN)) if one.secret))


async def later(desk: TestDesk, **by: float) -> list[Outgoing]:
    """Turn the clock, ring, and return what left for Ann since."""
    before = len(desk.couriers[MAIL].to(ANN))
    desk.clock.turn(**by)
    await desk.timers.ring()
    await desk.deliver()
    return list(desk.couriers[MAIL].to(ANN)[before:])


async def proven(desk: TestDesk) -> Draft:
    """Return the answer of a case whose person has shown who they are."""
    await desk.know(ANN)
    await ask(desk)
    await return_code(desk)
    (draft,) = await desk.drafts()
    return draft


async def told(desk: TestDesk) -> list[str]:
    await desk.deliver()
    return [one.body for one in desk.couriers[MAIL].to(PRIVACY)]


async def test_an_open_question_is_put_again_on_the_second_and_the_fifth_day_and_never_more(desk: TestDesk) -> None:
    await ask(desk)
    assert await later(desk, days=1) == []
    (second,) = await later(desk, days=1)
    assert second.kind is DraftKind.REMINDER
    assert "asked: 2026-03-02" in second.body
    assert await later(desk, hours=2) == []
    assert await later(desk, days=2) == []
    (fifth,) = await later(desk, days=1)
    assert fifth.kind is DraftKind.REMINDER
    assert await later(desk, days=1) == []


async def test_people_are_reminded_between_nine_and_six_by_the_companys_clock(desk: TestDesk) -> None:
    await ask(desk)
    desk.clock.at = datetime(2026, 3, 4, 7, 30, tzinfo=UTC)  # half past eight in Amsterdam
    assert await later(desk) == []
    desk.clock.at = datetime(2026, 3, 4, 17, 30, tzinfo=UTC)
    assert await later(desk) == []
    desk.clock.at = datetime(2026, 3, 5, 8, 30, tzinfo=UTC)
    assert len(await later(desk)) == 1


async def test_a_reminder_brings_a_code_that_works(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask(desk)
    await later(desk, days=2)
    await return_code(desk)
    assert (await desk.case()).stage is State.REVIEW


async def test_a_question_of_meaning_is_put_again_as_it_was(desk: TestDesk) -> None:
    await ask(desk, abstain=True, confidence=0.4)
    (reminder,) = await later(desk, days=2)
    assert (reminder.kind, "question: which_right" in reminder.body) == (DraftKind.REMINDER, True)


async def test_a_chat_is_reminded_in_the_chat(desk: TestDesk) -> None:
    desk.reader.tell("Give me my data", R.ACCESS)
    await desk.chat("Give me my data")
    await later(desk, days=2)
    reminder = desk.couriers["telegram"].to("777")[-1]
    assert (reminder.kind, reminder.secret) == (DraftKind.REMINDER, "")


@pytest.mark.rule(17, refused=True)
@pytest.mark.parametrize("flag", [Flag.UNSAFE, Flag.IDENTITY_THEFT])
async def test_rule_17_nobody_is_reminded_in_a_case_that_is_silenced(desk: TestDesk, flag: Flag) -> None:
    await ask(desk)
    desk.reader.tell("he reads this", R.OTHER, flags=frozenset({flag}))
    await desk.mail("he reads this")
    for _ in range(8):
        assert await later(desk, days=1) == []


@pytest.mark.rule(3)
async def test_rule_3_news_in_time_keep_the_promise_where_the_answer_depends_on_the_person(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask(desk)
    (news,) = await later(desk, days=7)
    assert news.kind is DraftKind.STATUS
    assert await later(desk, hours=1) == []
    await return_code(desk)  # it ran out on the second day: a new one comes
    await desk.deliver()
    desk.clock.turn(hours=20)
    await return_code(desk)
    (draft,) = await desk.drafts()
    assert (draft.kind, "late: False" in draft.body) == (DraftKind.ANSWER, True)


async def ask_anew(desk: TestDesk) -> None:
    await desk.approval.answer_anew((await desk.case()).id, KIM)


async def extension_of(desk: TestDesk) -> Draft:
    return next(draft for draft in await desk.drafts() if draft.kind is DraftKind.EXTENSION)


@pytest.mark.rule(3)
async def test_rule_3_a_missed_promise_gets_an_apology_in_the_next_letter(desk: TestDesk) -> None:
    await proven(desk)
    desk.clock.turn(days=8)
    await ask_anew(desk)
    (draft,) = await desk.drafts()
    assert "late: True" in draft.body


async def answered(desk: TestDesk) -> Outgoing:
    """Let Ann get her answer in time, and return the letter."""
    answer = await proven(desk)
    for colleague in (KIM, LEE):
        await desk.approval.approve(answer.id, colleague)
    await desk.deliver()
    return desk.couriers[MAIL].to(ANN)[-1]


@pytest.mark.rule(3)
async def test_rule_3_what_was_answered_in_time_owes_no_apology_when_it_is_taken_up_again(desk: TestDesk) -> None:
    await answered(desk)
    desk.clock.turn(days=20)
    case, now = await desk.case(), desk.clock.now()
    await desk.store.transact(
        lambda unit: reopen(unit, desk.treatment.answering, case.id, (), "one page was missing", KIM, now)
    )
    (draft,) = await desk.drafts()
    assert "late: False" in draft.body
    await desk.timers.ring()
    assert not any(body.startswith("promise_due") for body in await told(desk))


@pytest.mark.rule(3)
async def test_rule_3_a_late_answer_that_is_taken_up_again_apologises_once(desk: TestDesk) -> None:
    await proven(desk)
    desk.clock.turn(days=8)
    await ask_anew(desk)
    (late,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(late.id, colleague)
    await desk.deliver()
    assert "late: True" in desk.couriers[MAIL].to(ANN)[-1].body
    desk.clock.turn(days=2)
    case, now = await desk.case(), desk.clock.now()
    await desk.store.transact(
        lambda unit: reopen(unit, desk.treatment.answering, case.id, (), "one page was missing", KIM, now)
    )
    (draft,) = await desk.drafts()
    assert "late: False" in draft.body


@pytest.mark.rule(3)
async def test_rule_3_whatever_letter_apologised_none_does_so_again(desk: TestDesk) -> None:
    await proven(desk)
    desk.clock.turn(days=8)
    case = await desk.case()
    letter = await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.REDACTION, KIM)
    assert "late: True" in letter.body
    await ask_anew(desk)
    assert all("late: True" in draft.body for draft in await desk.drafts())
    await desk.approval.approve((await extension_of(desk)).id, LEE)
    (answer,) = await desk.drafts()
    assert "late: False" in answer.body
    desk.reader.tell("Where is my answer?", R.OTHER, act=Act.REMINDER)
    await desk.mail("Where is my answer?")
    await desk.deliver()
    extension, news = desk.couriers[MAIL].to(ANN)[-2:]
    assert ["late: True" in one.body for one in (extension, news)] == [True, False]
    assert (await desk.case()).items[0].broke_promise(HOUSE.calendar.civil_date(desk.clock.now()))


@pytest.mark.rule(3)
async def test_rule_3_a_first_letter_that_apologises_is_the_only_one(desk: TestDesk) -> None:
    await desk.know(ANN)
    await ask(desk)
    desk.clock.turn(days=8)
    await return_code(desk)  # it ran out on the second day: a new one comes
    await desk.deliver()
    assert "late: True" in desk.couriers[MAIL].to(ANN)[-1].body
    await return_code(desk)
    (answer,) = await desk.drafts()
    await desk.deliver()
    assert "late: False" in desk.couriers[MAIL].to(ANN)[-1].body
    assert "late: False" in answer.body


@pytest.mark.rule(3, refused=True)
async def test_rule_3_an_apology_that_came_back_was_none(desk: TestDesk) -> None:
    await proven(desk)
    desk.clock.turn(days=8)
    case = await desk.case()
    letter = await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.REDACTION, KIM)
    await desk.approval.approve(letter.id, LEE)
    await desk.deliver()
    sent = desk.couriers[MAIL].to(ANN)[-1]
    bounce = Bounce(permanent=True, recipients=(ANN,), status="5.1.1", original_message_id=sent.message_id)
    await desk.mail("undelivered", sender="mailer-daemon@example.com", bounce=bounce)
    (draft,) = await desk.drafts()
    assert "late: True" in draft.body


@pytest.mark.rule(3, refused=True)
async def test_rule_3_an_answer_that_came_back_kept_no_promise(desk: TestDesk) -> None:
    letter = await answered(desk)
    desk.clock.turn(days=8)
    bounce = Bounce(permanent=True, recipients=(ANN,), status="5.1.1", original_message_id=letter.message_id)
    await desk.mail("undelivered", sender="mailer-daemon@example.com", bounce=bounce)
    (draft,) = await desk.drafts()
    assert "late: True" in draft.body


@pytest.mark.rule(3)
async def test_rule_3_a_promise_that_ends_on_a_free_day_rings_for_the_working_day_before(desk: TestDesk) -> None:
    desk.clock.at = datetime(2026, 3, 30, 9, tzinfo=UTC)  # the promise ends on Easter Monday, 6 April
    await ask(desk, R.COMPLAINT)
    desk.clock.at = datetime(2026, 4, 3, 9, tzinfo=UTC)
    await desk.timers.ring()
    assert any(body.startswith("promise_due 2026-04-03") for body in await told(desk))


@pytest.mark.rule(5)
async def test_rule_5_an_extension_counts_once_it_was_told(desk: TestDesk) -> None:
    answer = await proven(desk)
    case = await desk.case()
    letter = await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.REDACTION, KIM)
    assert "until: 2026-06-02 redaction" in letter.body
    assert (await desk.case()).items[0].extension is None
    assert [draft.id for draft in await desk.drafts()] == [answer.id, letter.id]
    await desk.approval.approve(letter.id, LEE)
    await desk.deliver()
    item = (await desk.case()).items[0]
    assert (item.state, item.legal_due) == (State.REVIEW, date(2026, 6, 2))
    (anew,) = await desk.drafts()
    assert (anew.kind, anew.id != answer.id) == (DraftKind.ANSWER, True)
    desk.clock.at = datetime(2026, 5, 23, 9, tzinfo=UTC)
    await desk.timers.ring()
    assert "statutory_due 2026-06-02 " in await told(desk)


@pytest.mark.rule(5, refused=True)
async def test_rule_5_an_extension_is_told_within_the_first_month_or_not_at_all(desk: TestDesk) -> None:
    await proven(desk)
    case = await desk.case()
    letter = await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.VOLUME, KIM)
    desk.clock.at = datetime(2026, 4, 3, 9, tzinfo=UTC)
    with pytest.raises(NotApprovable, match="ended on 2026-04-02"):
        await desk.approval.approve(letter.id, LEE)
    with pytest.raises(NotAllowed, match="ended on 2026-04-02"):
        await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.VOLUME, KIM)


@pytest.mark.rule(5)
async def test_rule_5_an_extension_waits_on_with_its_case_and_is_taken_back_with_its_end(desk: TestDesk) -> None:
    await proven(desk)
    case = await desk.case()
    letter = await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.REDACTION, KIM)
    letter = await desk.approval.edit(letter.id, KIM, body=letter.body + "\n\nYour call of Monday is noted.")
    desk.reader.tell("and move my data", R.PORTABILITY)
    await desk.mail("and move my data")
    waiting = [draft for draft in await desk.drafts() if draft.kind is DraftKind.EXTENSION]
    assert [(one.id != letter.id, one.concerns) for one in waiting] == [(True, letter.concerns)]
    assert waiting[0].before == letter.version  # what a colleague had changed is shown beside it
    await desk.approval.close(case.id, KIM, "settled on the telephone")
    assert not await desk.drafts()


@pytest.mark.rule(5, refused=True)
async def test_rule_5_a_withdrawn_consent_and_what_is_not_asked_are_not_extended(desk: TestDesk) -> None:
    await ask(desk, R.CONSENT_WITHDRAWAL)
    case = await desk.case()
    with pytest.raises(NotAllowed, match="no extension"):
        await desk.extensions.extend(case.id, [R.CONSENT_WITHDRAWAL], ExtensionReason.VOLUME, KIM)
    with pytest.raises(NotAllowed, match="no open access"):
        await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.VOLUME, KIM)
    with pytest.raises(NotAllowed, match="may not edit"):
        await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.VOLUME, "max@nexioprojects.com")


@pytest.mark.rule(7, refused=True)
async def test_rule_7_an_extension_that_bounced_was_not_told(desk: TestDesk) -> None:
    await proven(desk)
    case = await desk.case()
    letter = await desk.extensions.extend(case.id, [R.ACCESS], ExtensionReason.INFLUX, KIM)
    await desk.approval.approve(letter.id, LEE)
    await desk.deliver()
    sent = desk.couriers[MAIL].to(ANN)[-1]
    bounce = Bounce(permanent=True, recipients=(ANN,), status="5.1.1", original_message_id=sent.message_id)
    await desk.mail("undelivered", sender="mailer-daemon@example.com", bounce=bounce)
    item = (await desk.case()).items[0]
    assert (item.extension, item.legal_due) == (None, item.statutory_due)


@pytest.mark.rule(33, refused=True)
async def test_art_33_the_72_hours_run_from_awareness_until_somebody_assessed_the_breach(desk: TestDesk) -> None:
    await ask(desk, R.COMPLAINT, flags=frozenset({Flag.BREACH}))
    case = await desk.case()
    assert case.aware_at is not None
    for hours in (1, 23, 24, 18, 6):
        desk.clock.turn(hours=hours)
        await desk.timers.ring()
        await desk.timers.ring()
    due = [body for body in await told(desk) if body.startswith("breach_due")]
    assert due == ["breach_due 2026-03-05 10:00"] * 4
    await desk.store.transact(lambda unit: unit.staff.add("dpo@nexioprojects.com", Role.DPO))
    await desk.breaches.assessed(case.id, "dpo@nexioprojects.com", "one letter, returned unread")
    assert (await desk.case()).aware_at is None
    with pytest.raises(NotAllowed, match="no breach waits"):
        await desk.breaches.assessed(case.id, "dpo@nexioprojects.com", "again")


@pytest.mark.rule(33)
async def test_art_33_a_colleague_who_sent_data_to_the_wrong_person_starts_the_72_hours(desk: TestDesk) -> None:
    await proven(desk)
    case = await desk.case()
    started = await desk.breaches.raise_alarm(case.id, KIM, "answer sent to another Ann")
    assert started.aware_at is not None
    assert abs(started.aware_at - desk.clock.at) < timedelta(seconds=1)
    again = await desk.breaches.raise_alarm(case.id, LEE, "I saw it too")
    assert again.aware_at == started.aware_at
    (answer,) = await desk.drafts()
    assert answer.case_version == again.version  # what waits can still be approved
    desk.clock.turn(hours=25)
    await desk.timers.ring()
    assert any(body.startswith("breach_due") for body in await told(desk))


async def test_nobody_is_flooded_with_reminders_over_however_many_cases(desk: TestDesk) -> None:
    for number in range(6):
        desk.clock.turn(hours=25)
        desk.reader.tell(f"{ASK} {number}", R.ACCESS)
        await desk.mail(f"{ASK} {number}")
    await desk.deliver()
    for _ in range(8):
        assert len(await later(desk, days=1)) <= HOUSE.caps.per_sender_a_day


async def test_whoever_asks_how_far_we_are_hears_it_without_anything_of_the_case(desk: TestDesk) -> None:
    await proven(desk)
    await desk.deliver()
    desk.reader.tell("Where is my answer?", R.OTHER, act=Act.REMINDER)
    await desk.mail("Where is my answer?")
    await desk.deliver()
    news = desk.couriers[MAIL].to(ANN)[-1]
    assert (news.kind, "asked: None" in news.body, "items: \n" in news.body) == (DraftKind.STATUS, True, True)
    assert (await desk.case()).attention == "asks how far we are"
    assert (await desk.case()).stage is State.REVIEW
    assert len(await desk.drafts()) == 1


async def test_whoever_asks_while_we_wait_hears_what_for_and_the_question_stays_open(desk: TestDesk) -> None:
    await ask(desk)
    desk.reader.tell("Where is my answer?", R.OTHER, act=Act.REMINDER)
    desk.clock.turn(hours=5)
    await desk.mail("Where is my answer?")
    await desk.deliver()
    news = desk.couriers[MAIL].to(ANN)[-1]
    assert (news.kind, "asked: 2026-03-02" in news.body) == (DraftKind.STATUS, True)
    assert (await desk.case()).stage is State.VERIFYING
    await return_code(desk)
    assert (await desk.case()).stage is State.REVIEW


@pytest.mark.rule(17, refused=True)
async def test_rule_17_a_silenced_case_gives_no_news(desk: TestDesk) -> None:
    await ask(desk, R.ERASURE, flags=frozenset({Flag.IDENTITY_THEFT}))
    desk.reader.tell("Where is my answer?", R.OTHER, act=Act.REMINDER)
    await desk.mail("Where is my answer?")
    await desk.deliver()
    assert desk.couriers[MAIL].to(ANN) == []
