"""What an authority wrote has a day of its own that rings (law.md rule 15; Art. 31)."""

from datetime import date

import pytest

from bot.core.case import Case, Lane
from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL
from bot.core.rights import Flag, RequestType
from bot.core.unit import Unit
from bot.flow.authorities import proposed_days
from tests.flow.conftest import HOUSE, KIM, TestDesk

R = RequestType
PRIVACY = "privacy@nexioprojects.com"
RIA = "ria@nexioprojects.com"
DAY = date(2026, 3, 16)
WHY = "letter of 2 March, page 2"


async def written(desk: TestDesk, *flags: Flag) -> Case:
    """Let somebody write, an authority by its flag, and return the case."""
    desk.reader.tell("Please comment.", R.COMPLAINT, flags=frozenset(flags))
    await desk.mail("Please comment.")
    return await desk.case()


async def rung(desk: TestDesk) -> int:
    """Ring, and return how often colleagues heard of the day so far."""
    await desk.timers.ring()
    await desk.deliver()
    return sum(one.body.startswith("authority_due") for one in desk.couriers[MAIL].to(PRIVACY))


@pytest.mark.rule(15)
async def test_the_day_of_an_authority_rings_ten_five_and_one_days_before_and_on_it(desk: TestDesk) -> None:
    case = await written(desk, Flag.AUTHORITY)
    assert case.lane is Lane.AUTHORITY
    assert (await desk.authorities.set_day(case.id, DAY, KIM, WHY)).authority_due == DAY
    assert await rung(desk) == 0
    heard = []
    for days in (4, 1, 4, 1, 3, 1, 1):  # 6, 7, 11, 12, 15, 16 and 17 March
        desk.clock.turn(days=days)
        heard.append(await rung(desk))
    assert heard == [1, 1, 2, 2, 3, 4, 4]
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    (noted,) = [link for link in chain if link.event == "authority_day"]
    assert (noted.actor, noted.data["due"], noted.why) == (KIM, "2026-03-16", WHY)


async def test_another_day_rings_anew_and_an_ended_case_rings_no_more(desk: TestDesk) -> None:
    case = await written(desk, Flag.AUTHORITY)
    await desk.authorities.set_day(case.id, date(2026, 3, 5), KIM, WHY)
    assert await rung(desk) == 1
    await desk.authorities.set_day(case.id, date(2026, 3, 9), KIM, "they gave us four days more")
    assert await rung(desk) == 2
    await desk.approval.close(case.id, KIM, "answered by the officer on paper")
    desk.clock.turn(days=6)
    assert await rung(desk) == 2


@pytest.mark.rule(15, refused=True)
async def test_only_the_officer_sets_it_with_a_reason_for_an_authority_and_a_day_to_come(desk: TestDesk) -> None:
    case = await written(desk, Flag.AUTHORITY)
    await desk.store.transact(lambda unit: unit.staff.add(RIA, Role.APPROVER))
    with pytest.raises(NotAllowed, match="role dpo"):
        await desk.authorities.set_day(case.id, DAY, RIA, WHY)
    with pytest.raises(NotAllowed, match="say where the day stands"):
        await desk.authorities.set_day(case.id, DAY, KIM, " ")
    with pytest.raises(NotAllowed, match="is over"):
        await desk.authorities.set_day(case.id, date(2026, 3, 1), KIM, WHY)


async def test_what_no_authority_wrote_has_the_dates_of_the_law(desk: TestDesk) -> None:
    case = await written(desk)
    with pytest.raises(NotAllowed, match="no letter of an authority"):
        await desk.authorities.set_day(case.id, DAY, KIM, WHY)


async def proposed(desk: TestDesk) -> list[date]:
    def read(unit: Unit) -> list[date]:
        case = unit.cases.listed()[0]
        messages = unit.inbox.correspondence(case.id)
        return [found.day for found in proposed_days(case, messages, HOUSE.calendar)]

    return await desk.store.transact(read)


@pytest.mark.rule(15)
async def test_the_day_is_proposed_from_the_letter_and_noted_by_the_officer_alone(desk: TestDesk) -> None:
    words = "Please send us your comments by 16 March 2026."
    desk.reader.tell(words, R.COMPLAINT, flags=frozenset({Flag.AUTHORITY}))
    await desk.mail(words)
    case = await desk.case()
    assert await proposed(desk) == [DAY]
    assert case.authority_due is None
    desk.clock.turn(days=13)
    assert await rung(desk) == 0  # a proposal rings nothing
    await desk.authorities.set_day(case.id, DAY, KIM, WHY)
    assert await proposed(desk) == []


@pytest.mark.rule(15, refused=True)
async def test_what_somebody_else_writes_in_the_case_of_an_authority_proposes_nothing(desk: TestDesk) -> None:
    await written(desk, Flag.AUTHORITY)
    desk.reader.tell("Answer me by 9 March 2026!", R.OTHER)
    await desk.mail("Answer me by 9 March 2026!", references=tuple(one.message_id for one in await desk.outbox()))
    assert await proposed(desk) == []
