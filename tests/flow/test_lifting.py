"""A restriction ends no sooner than seven days after the person was told (Art. 18(3), law.md rule 25)."""

import pytest

from bot.core.case import State
from bot.core.drafts import Draft, DraftKind
from bot.core.errors import NotApprovable
from bot.core.extension import ExtensionReason
from bot.core.messages import MAIL, Bounce
from bot.core.rights import RequestType
from bot.core.verdict import Outcome
from bot.flow.reopening import reopen
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R, O = RequestType, Outcome  # noqa: E741 - outcomes are read beside rights


async def restricted(desk: TestDesk) -> Draft:
    """Return the draft that waits about Ann's restriction."""
    await desk.know(ANN)
    desk.reader.tell("Use them no more.", R.RESTRICTION)
    await desk.mail("Use them no more.")
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    return draft


async def announce(desk: TestDesk, draft: Draft) -> Draft:
    """Send the notice, and return the draft that says the restriction was lifted."""
    (notice,) = await desk.outcomes.choose(draft.id, {R.RESTRICTION: O.LIFT_NOTICE}, KIM)
    assert notice.kind is DraftKind.INTERIM
    await desk.approval.approve(notice.id, KIM)
    await desk.deliver()
    (answer,) = await desk.drafts()
    (lifted,) = await desk.outcomes.choose(answer.id, {R.RESTRICTION: O.LIFTED}, KIM)
    return lifted


@pytest.mark.rule(25)
async def test_seven_days_after_the_notice_the_letter_may_say_that_it_ended(desk: TestDesk) -> None:
    lifted = await announce(desk, await restricted(desk))
    desk.clock.turn(days=7)
    await desk.approval.approve(lifted.id, KIM)
    await desk.deliver()
    assert (await desk.case()).items[0].state is State.ANSWERED


@pytest.mark.rule(7)
async def test_no_month_rings_for_a_restriction_that_is_taken_up_again_to_be_lifted(desk: TestDesk) -> None:
    """Rule 7: its clock stopped when the use was stopped and the letter said so."""
    draft = await restricted(desk)
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    desk.clock.turn(days=60)
    await taken_up(desk)
    assert not any(body.startswith("statutory_due") for body in await rung(desk))
    (draft,) = await desk.drafts()
    lifted = await announce(desk, draft)
    desk.clock.turn(days=7)
    assert not any(body.startswith("statutory_due") for body in await rung(desk))
    await desk.approval.approve(lifted.id, LEE)


@pytest.mark.rule(7, refused=True)
async def test_the_month_rings_again_where_the_letter_came_back(desk: TestDesk) -> None:
    draft = await restricted(desk)
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    letter = desk.couriers[MAIL].to(ANN)[-1]
    bounce = Bounce(permanent=True, recipients=(ANN,), status="5.1.1", original_message_id=letter.message_id)
    await desk.mail("undelivered", sender="mailer-daemon@example.com", bounce=bounce)
    desk.clock.turn(days=25)
    assert any(body.startswith("statutory_due") for body in await rung(desk))


async def taken_up(desk: TestDesk) -> None:
    case, now = await desk.case(), desk.clock.now()
    await desk.store.transact(
        lambda unit: reopen(unit, desk.treatment.answering, case.id, (), "the dispute is settled", KIM, now)
    )


async def rung(desk: TestDesk) -> list[str]:
    """Ring what is due, and return what colleagues were told."""
    await desk.timers.ring()
    await desk.deliver()
    return [one.body for one in desk.couriers[MAIL].to("privacy@nexioprojects.com")]


@pytest.mark.rule(25, refused=True)
async def test_without_a_notice_or_before_its_days_are_over_nothing_is_lifted(desk: TestDesk) -> None:
    draft = await restricted(desk)
    (lifted,) = await desk.outcomes.choose(draft.id, {R.RESTRICTION: O.LIFTED}, KIM)
    with pytest.raises(NotApprovable, match="was not told"):
        await desk.approval.approve(lifted.id, KIM)
    lifted = await announce(desk, lifted)
    desk.clock.turn(days=6, hours=23)
    with pytest.raises(NotApprovable, match="announced to end from 2026-03-09 on"):
        await desk.approval.approve(lifted.id, LEE)


async def test_a_notice_that_came_back_announced_nothing(desk: TestDesk) -> None:
    await announce(desk, await restricted(desk))
    (letter,) = [one for one in await desk.outbox() if one.kind is DraftKind.INTERIM]
    bounce = Bounce(permanent=True, recipients=(ANN,), status="5.1.1", original_message_id=letter.message_id)
    await desk.mail("undelivered", sender="mailer-daemon@example.com", bounce=bounce)
    assert (await desk.case()).items[0].lift_told_at is None


async def test_more_time_that_was_told_before_outlasts_a_notice_that_came_back(desk: TestDesk) -> None:
    draft = await restricted(desk)
    more = await desk.extensions.extend(draft.case_id, [R.RESTRICTION], ExtensionReason.SOURCES, KIM)
    filled = await desk.approval.edit(more.id, KIM, body=more.body.replace("⟦", "").replace("⟧", ""))
    await desk.approval.approve(filled.id, KIM)
    await desk.deliver()
    (waiting,) = await desk.drafts()
    await announce(desk, waiting)
    (letter,) = [one for one in await desk.outbox() if one.kind is DraftKind.INTERIM]
    bounce = Bounce(permanent=True, recipients=(ANN,), status="5.1.1", original_message_id=letter.message_id)
    await desk.mail("undelivered", sender="mailer-daemon@example.com", bounce=bounce)
    (item,) = (await desk.case()).items
    assert item.extension is not None
    assert item.lift_told_at is None
