"""Who is let in: lanes bind every deed, and a colleague complained of neither sees nor approves."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import Case, Lane
from bot.core.drafts import Draft, Role
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.messages import MAIL
from bot.core.rights import Flag, RequestType
from bot.core.unit import Unit
from bot.flow.admission import look_at, look_at_draft, record_conflict
from tests.flow.conftest import HOUSE, KIM, LEE, TestDesk, open_test_desk
from tests.flow.test_joining import again, merged, two

R = RequestType
MAX, PAT = "max@nexioprojects.com", "pat@nexioprojects.com"

DEEDS: dict[str, Callable[[TestDesk, Case, Draft, str], Awaitable[object]]] = {
    "approve": lambda desk, _, draft, who: desk.approval.approve(draft.id, who),
    "edit": lambda desk, _, draft, who: desk.approval.edit(draft.id, who, body="mine"),
    "reject": lambda desk, _, draft, who: desk.approval.reject(draft.id, who, "no"),
    "ask": lambda desk, case, _, who: desk.approval.ask_identity(case.id, who),
    "close": lambda desk, case, _, who: desk.approval.close(case.id, who, "spam"),
    "answer anew": lambda desk, case, _, who: desk.approval.answer_anew(case.id, who),
    "show the case": lambda desk, case, _, who: desk.store.transact(
        lambda unit: look_at(unit, case, who, desk.clock.now())
    ),
    "show the draft": lambda desk, _, draft, who: desk.store.transact(
        lambda unit: look_at_draft(unit, draft.id, who, desk.clock.now())
    ),
}


async def complain(desk: TestDesk, *flags: Flag) -> tuple[Case, Draft]:
    desk.reader.tell("You told everybody", R.COMPLAINT, flags=frozenset(flags))
    await desk.mail("You told everybody")
    (draft,) = await desk.drafts()
    return await desk.case(), draft


async def hire(desk: TestDesk, colleague: str, role: Role) -> None:
    await desk.store.transact(lambda unit: unit.staff.add(colleague, role))


async def keep_away(desk: TestDesk, case: Case, colleague: str, staff: str = KIM, *, lifted: bool = False) -> Case:
    def work(unit: Unit) -> Case:
        return record_conflict(
            unit,
            desk.treatment.answering,
            case.id,
            colleague,
            staff,
            desk.clock.now(),
            lifted=lifted,
        )

    return await desk.store.transact(work)


@pytest.mark.rule(31, refused=True)
@pytest.mark.parametrize("deed", DEEDS)
async def test_an_approver_does_nothing_in_the_officers_lane(desk: TestDesk, deed: str) -> None:
    await hire(desk, MAX, Role.APPROVER)
    case, draft = await complain(desk)
    with pytest.raises(NotAllowed, match="lies in the dpo lane: ask an administrator for the role dpo"):
        await DEEDS[deed](desk, case, draft, MAX)
    assert await desk.case() == case
    assert await desk.drafts() == [draft]


@pytest.mark.rule(31, refused=True)
@pytest.mark.parametrize("deed", DEEDS)
async def test_a_colleague_complained_of_neither_sees_nor_handles_it(desk: TestDesk, deed: str) -> None:
    case, _ = await complain(desk)
    case = await keep_away(desk, case, LEE)
    (draft,) = await desk.drafts()
    with pytest.raises(NotAllowed, match=f"is about {LEE}"):
        await DEEDS[deed](desk, case, draft, LEE)
    with pytest.raises(NotAllowed, match=f"is about {LEE}"):
        await keep_away(desk, case, LEE, staff=LEE, lifted=True)
    assert await desk.drafts() == [draft]


@pytest.mark.rule(15)
async def test_an_employees_case_is_for_hr_and_the_officer(desk: TestDesk) -> None:
    await hire(desk, PAT, Role.HR)
    await hire(desk, MAX, Role.APPROVER)
    case, draft = await complain(desk, Flag.EMPLOYEE)
    assert case.lane is Lane.HR
    with pytest.raises(NotAllowed, match="role dpo or hr"):
        await desk.approval.approve(draft.id, MAX)
    assert (await desk.approval.approve(draft.id, PAT)).approvals


@pytest.mark.rule(15, refused=True)
async def test_hr_sees_nobody_elses_case(desk: TestDesk) -> None:
    await hire(desk, PAT, Role.HR)
    case, _ = await complain(desk)
    with pytest.raises(NotAllowed, match="dpo lane"):
        await desk.store.transact(lambda unit: look_at(unit, case, PAT, desk.clock.now()))


async def test_a_yes_given_before_the_conflict_was_known_is_void(desk: TestDesk) -> None:
    desk.reader.tell("send my data", R.ERASURE)
    await desk.mail("send my data")
    await desk.mail(await desk.code())
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, LEE)
    await keep_away(desk, await desk.case(), LEE)
    with pytest.raises(NotApprovable):
        await desk.approval.approve(draft.id, KIM)
    (anew,) = await desk.drafts()
    assert not anew.approvals


async def test_a_conflict_can_be_lifted_by_somebody_else(desk: TestDesk) -> None:
    case, _ = await complain(desk)
    await keep_away(desk, case, LEE)
    await keep_away(desk, case, LEE, lifted=True)
    (draft,) = await desk.drafts()
    assert (await desk.approval.approve(draft.id, LEE)).approvals


@pytest.mark.rule(31, refused=True)
async def test_whoever_is_kept_from_a_merged_case_is_kept_from_where_it_goes_on(desk: TestDesk) -> None:
    first, second = await two(desk)
    survivor = await merged(desk, first, second)
    await keep_away(desk, first, LEE)
    assert LEE in (await again(desk, survivor)).complained_of
    await keep_away(desk, first, LEE, lifted=True)
    assert not (await again(desk, survivor)).complained_of
    assert not (await again(desk, first)).complained_of


async def test_a_mistyped_colleague_is_noticed(desk: TestDesk) -> None:
    case, _ = await complain(desk)
    with pytest.raises(NotAllowed, match="no colleague here"):
        await keep_away(desk, case, "leee@nexioprojects.com")


@pytest.mark.rule(46)
async def test_a_look_is_recorded(desk: TestDesk) -> None:
    case, _ = await complain(desk)
    await desk.store.transact(lambda unit: look_at(unit, case, " KIM@nexioprojects.com", desk.clock.now()))
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert (chain[-1].event, chain[-1].actor) == ("seen", KIM)


@pytest.mark.rule(31, refused=True)
async def test_no_mail_tells_whom_a_complaint_is_about_that_its_date_comes_near(
    database_url: str, tmp_path: Path
) -> None:
    (privacy,) = HOUSE.notify
    async with open_test_desk(database_url, tmp_path / "keys.json", replace(HOUSE, notify=(privacy, LEE))) as desk:
        case, _ = await complain(desk)
        await keep_away(desk, case, LEE)
        desk.clock.turn(days=6)
        await desk.timers.ring()
        await desk.deliver()
        to_all, to_lee = ([one.subject for one in desk.couriers[MAIL].to(address)] for address in (privacy, LEE))
    assert any(case.reference in subject for subject in to_all)
    assert not any(case.reference in subject for subject in to_lee)
