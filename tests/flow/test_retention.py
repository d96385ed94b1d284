"""Four shelves, each with its end, and the hold that stops them (law.md rule 44; Art. 5(1)(e))."""

import pytest

from bot.core.case import Case
from bot.core.drafts import Role
from bot.core.errors import NotAllowed, NotFound
from bot.core.messages import MAIL, Handle, Message
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.core.shelves import Shelf
from tests.flow.conftest import ANN, KIM, PASSED, TestDesk

YEARS = 5 * 365.25
REQUEST = Message(MAIL, Handle(MAIL, ANN), text="Erase my data.", message_id="<ask@example.com>", authentication=PASSED)


async def closed_case(desk: TestDesk) -> Case:
    """Return a case with a message, a sent question, a challenge and a draft, closed by a colleague."""
    await desk.know(ANN)
    desk.reader.tell(REQUEST.text, RequestType.ERASURE)
    await desk.receive(REQUEST, event="7:1")
    await desk.deliver()
    desk.clock.turn(days=25)
    await desk.timers.ring()  # nobody answered the code: the request is a colleague's now
    return await desk.approval.close((await desk.case()).id, KIM, "settled on the phone")


async def fates(desk: TestDesk, *, dry_run: bool = False) -> dict[Shelf, tuple[int, str, bool]]:
    return {fate.shelf: (fate.count, fate.case, bool(fate.held)) for fate in await desk.retention.run(dry_run=dry_run)}


async def test_a_dry_run_says_what_would_go_and_nothing_goes(desk: TestDesk) -> None:
    case = await closed_case(desk)
    await desk.mail("Our new prices", sender="shop@example.net")
    desk.clock.turn(days=YEARS + 1)
    told = {Shelf.OTHER_MAIL: (1, "", False), Shelf.EVIDENCE: (1, case.reference, False)}
    told[Shelf.ARCHIVE] = (1, case.reference, False)
    for _ in range(2):
        assert await fates(desk, dry_run=True) == told
    (archive,) = [fate for fate in await desk.retention.run(dry_run=True) if fate.shelf is Shelf.ARCHIVE]
    assert archive.why == "the case is closed and quiet; kept 5 years"
    assert await fates(desk) == told
    assert await fates(desk) == {}


@pytest.mark.rule(44)
async def test_each_shelf_has_its_own_end(desk: TestDesk) -> None:
    case = await closed_case(desk)
    desk.clock.turn(days=6)
    assert await fates(desk) == {}
    desk.clock.turn(days=2)
    assert await fates(desk) == {Shelf.EVIDENCE: (1, case.reference, False)}
    desk.clock.turn(days=YEARS - 10)
    assert await fates(desk) == {}
    assert await desk.cases()
    desk.clock.turn(days=3)
    assert await fates(desk) == {Shelf.ARCHIVE: (1, case.reference, False)}
    assert not await desk.cases()


@pytest.mark.rule(44)
async def test_of_a_destroyed_case_only_a_count_and_an_anonymous_history_are_left(desk: TestDesk) -> None:
    case = await closed_case(desk)
    desk.clock.turn(days=YEARS + 1)
    await desk.timers.ring()  # once a day the service does it by itself
    with pytest.raises(NotFound):
        await desk.store.transact(lambda unit: unit.cases.get(case.id))
    assert await desk.store.transact(lambda unit: unit.outbox.listed(case_id=case.id)) == []
    assert await desk.store.transact(lambda unit: unit.drafts.listed(None, case.id)) == []
    assert await desk.store.transact(lambda unit: unit.cases.of_requester(case.requester)) == []
    (count,) = await desk.store.transact(lambda unit: unit.shelves.counts())
    assert (count.month, count.right, count.ended, count.number) == ("2026-03", "erasure", "closed", 1)
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert (chain[-1].event, chain[-1].actor) == ("erased", "desk")
    assert await desk.store.transact(lambda unit: unit.audit.verify()) == []
    assert await desk.store.transact(lambda unit: unit.directory.find(Handle(MAIL, ANN)))  # the customer stays one


@pytest.mark.rule(44, refused=True)
async def test_a_destroyed_request_that_is_offered_again_opens_nothing(desk: TestDesk) -> None:
    await closed_case(desk)
    desk.clock.turn(days=YEARS + 1)
    await desk.retention.run()
    await desk.receive(REQUEST, event="7:1")
    await desk.receive(REQUEST, event="8:1")  # the mailbox was rebuilt and names it anew
    assert not await desk.cases()
    assert not await desk.store.transact(lambda unit: unit.inbox.listed(Disposition.CASE))


async def test_an_open_case_and_one_that_went_on_are_kept(desk: TestDesk) -> None:
    case = await closed_case(desk)
    desk.clock.turn(days=YEARS - 1)
    desk.reader.tell("And my orders?", RequestType.ACCESS)
    await desk.mail("And my orders?", references=tuple(one.message_id for one in await desk.outbox()))
    desk.clock.turn(days=YEARS)
    assert (await desk.case()).is_open
    assert await fates(desk) == {}
    assert (await desk.case()).id == case.id


async def test_a_look_keeps_no_case_from_growing_old(desk: TestDesk) -> None:
    case = await closed_case(desk)
    desk.clock.turn(days=YEARS)
    await desk.store.transact(lambda unit: unit.audit.record(case.id, "seen", KIM, desk.clock.now()))
    desk.clock.turn(days=1)
    assert Shelf.ARCHIVE in await fates(desk, dry_run=True)


@pytest.mark.rule(44, refused=True)
async def test_a_hold_stops_every_shelf_until_it_is_released(desk: TestDesk) -> None:
    case = await closed_case(desk)
    await desk.retention.hold(case.id, KIM, "claim before the court")
    desk.clock.turn(days=YEARS + 1)
    kept = {Shelf.EVIDENCE: (1, case.reference, True), Shelf.ARCHIVE: (1, case.reference, True)}
    assert await fates(desk) == kept
    assert await fates(desk) == kept
    await desk.retention.release(case.id, KIM, "settled")
    assert await fates(desk) == {}  # the release itself happened to the case
    desk.clock.turn(days=YEARS + 1)
    assert not any(held for _, _, held in (await fates(desk)).values())
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert [link.event for link in chain if link.actor == KIM][-2:] == ["held", "released"]
    assert not any("court" in value for link in chain for value in link.data.values())


async def test_a_hold_leaves_what_waits_in_the_case_approvable(desk: TestDesk) -> None:
    desk.reader.tell("Stop using my data.", RequestType.OBJECTION)
    await desk.know(ANN)
    await desk.mail("Stop using my data.")
    case = await desk.retention.hold((await desk.case()).id, KIM, "claim before the court")
    assert {draft.case_version for draft in await desk.drafts()} == {case.version}


@pytest.mark.rule(44, refused=True)
async def test_only_the_officer_holds_and_only_for_a_reason(desk: TestDesk) -> None:
    case = await closed_case(desk)
    await desk.store.transact(lambda unit: unit.staff.add("max@nexioprojects.com", Role.APPROVER))
    for deed in (desk.retention.hold, desk.retention.release):
        with pytest.raises(NotAllowed, match="ask an administrator for the role dpo"):
            await deed(case.id, "max@nexioprojects.com", "a dispute")
        with pytest.raises(NotAllowed, match="say why"):
            await deed(case.id, KIM, " ")
    with pytest.raises(NotAllowed, match="nothing holds case"):
        await desk.retention.release(case.id, KIM, "a dispute")
