"""Figures of real conversations, on both databases; what was destroyed counts on, and holds nothing of anybody."""

from bot.core.case import OPEN_STATES
from bot.core.figures import Measure, Report
from bot.core.rights import RequestType
from bot.flow.figures import report_for
from bot.flow.rereading import reread
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk

M, R = Measure, RequestType


async def figures(desk: TestDesk, year: int = 2026) -> Report:
    return await report_for(desk.store, HOUSE.calendar, desk.clock, year)


async def ask(desk: TestDesk, text: str, right: RequestType, sender: str = ANN) -> None:
    desk.reader.tell(text, right, language="fr")
    await desk.mail(text, sender)


async def answered_in_time(desk: TestDesk) -> None:
    """Let Ann get her data after her code, with two approvals, on the third day."""
    await desk.know(ANN)
    await ask(desk, "A copy of my data, please.", R.ACCESS)
    await desk.mail(await desk.code())
    desk.clock.turn(days=3)
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()


def only(report: Report, measure: Measure) -> dict[str, int]:
    return {value: number for value, number in report.counts[measure].items() if number}


async def test_a_year_of_the_desk_is_counted_question_by_question(desk: TestDesk) -> None:
    await answered_in_time(desk)
    desk.clock.turn(days=7)
    await ask(desk, "Forget me.", R.OBJECTION, "zoe@example.net")
    case = await desk.case_of("zoe@example.net")
    casework, answering, now = desk.treatment.casework, desk.approval.answering, desk.clock.now()
    await desk.store.transact(lambda unit: reread(unit, casework, answering, case.id, [R.ERASURE], KIM, now))
    desk.clock.turn(days=9)
    report = await figures(desk)
    assert report.total == 2
    assert only(report, M.WEEK) == {"2026-03-02": 1, "2026-03-09": 1}
    assert only(report, M.RIGHT) == {"access": 1, "erasure": 1}
    assert only(report, M.LANGUAGE) == {"fr": 2}
    assert only(report, M.CHANNEL) == {"email": 2}
    assert only(report, M.PROMISE) == {"kept": 1, "broken": 1}
    assert only(report, M.MONTH) == {"kept": 1, "running": 1}
    assert only(report, M.FIRST_ANSWER) == {"days_1_3": 1}
    assert only(report, M.READING) == {"as_read": 1, "corrected": 1}
    assert only(report, M.IDENTITY) == {"proved": 1, "not_shown": 1}
    assert only(report, M.HOUR) == {"10": 2}
    assert (await figures(desk, 2025)).total == 0


async def test_what_was_destroyed_counts_on_and_nothing_of_anybody_is_left_in_the_counts(desk: TestDesk) -> None:
    await answered_in_time(desk)
    case = await desk.case()
    assert all(item.state not in OPEN_STATES for item in case.items)
    before = await figures(desk)
    desk.clock.turn(days=5 * 365.25 + 2)
    await desk.retention.run()
    assert not await desk.cases()
    assert (await figures(desk)).counts == before.counts
    await desk.retention.run()
    assert (await figures(desk)).counts == before.counts
