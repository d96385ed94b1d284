"""Who wrote by letter or phone and has no e-mail is no dead end: what is seen is answered at the address on record."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.case import Case, State
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.letters import RecordField
from bot.core.messages import EnteredBy, Handle, Message, Way
from bot.core.records import Customer
from bot.core.register import Processing
from bot.core.rights import RequestType
from bot.core.tasks import System, TaskKind
from bot.core.vouching import Ground
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk, open_test_desk

R = RequestType
GIVEN = Handle(Way.LETTER, "Ann Peeters, Elsewhere 9, Gent")
"""What the letter gives: anybody can write an address on a letter."""

ON_RECORD = Handle(Way.LETTER, "Ann Peeters, Dorpsstraat 7, 1234 AB Ons Dorp")
SEEN = "passport seen at the counter and given back, photo and name match"
CALLED_BACK = "named the last two orders, called back on the number on record"


async def writes(desk: TestDesk, right: RequestType, way: Way = Way.LETTER, *, on_record: str = "address") -> Case:
    """Let Ann, who has no e-mail on record, write or call, and a colleague enter it."""
    known = {
        "address": (RecordField("address", "Dorpsstraat 7, 1234 AB Ons Dorp"), RecordField("note", "a canary of hers")),
        "number": (),
    }
    phones = ("+31612345678",) if on_record == "number" else ()
    customer = Customer("id-7", "C-7", "Ann Peeters", (), phones=phones, fields=known[on_record])
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    desk.reader.tell("please do what I ask", right)
    entered = EnteredBy(KIM, way, "came by post")
    sender = replace(GIVEN, channel=way)
    await desk.receive(Message(way, sender, text="please do what I ask", name="Ann Peeters", entered=entered))
    return await desk.case()


async def printed(desk: TestDesk, kind: DraftKind) -> Outgoing:
    """Let a colleague take the one letter of a kind to the post."""
    await desk.deliver()
    (letter,) = [one for one in await desk.outbox() if one.kind is kind and one.state is DeliveryState.UNCERTAIN]
    await desk.outbox_desk.settle(letter.id, KIM, arrived=True)
    return letter


async def approved(desk: TestDesk, kind: DraftKind, *colleagues: str) -> None:
    (draft,) = [one for one in await desk.drafts() if one.kind is kind]
    for colleague in colleagues:
        await desk.approval.approve(draft.id, colleague)


@pytest.mark.rule(12)
@pytest.mark.parametrize(("ground", "why"), [(Ground.DOCUMENT, SEEN), (Ground.FACTS, CALLED_BACK)])
async def test_who_wrote_by_letter_is_erased_and_told_at_the_address_on_record(
    desk: TestDesk, ground: Ground, why: str
) -> None:
    """Rule 12: proven, the record told first; two colleagues; nothing goes to the address the letter gives."""
    case = await writes(desk, R.ERASURE)
    case = await desk.vouching.vouch(case.id, ground, "C-7", why, KIM)
    assert case.vouch is not None
    assert case.vouch.to == ON_RECORD
    desk.clock.turn(hours=73)
    with pytest.raises(NotApprovable, match="first send, or send back, the notice to: Ann Peeters, Dorpsstraat 7"):
        await approved(desk, DraftKind.ANSWER, KIM)
    await approved(desk, DraftKind.RECORD_NOTICE, LEE)
    with pytest.raises(NotApprovable, match="first send, or send back, the notice to: Ann Peeters, Dorpsstraat 7"):
        await approved(desk, DraftKind.ANSWER, KIM)
    notice = await printed(desk, DraftKind.RECORD_NOTICE)
    assert (notice.recipient, "question: was_it_you" in notice.body) == (ON_RECORD, True)
    desk.clock.turn(days=11)
    await approved(desk, DraftKind.ANSWER, KIM, LEE)
    assert (await printed(desk, DraftKind.ANSWER)).recipient == ON_RECORD
    (task,) = await desk.store.transact(lambda unit: unit.tasks.of_case(case.id))
    assert task.kind is TaskKind.ERASE_ROW
    await desk.tasks.done(task.id, LEE)
    assert [one.state for one in (await desk.case()).items] == [State.ANSWERED]
    assert await desk.store.transact(lambda unit: unit.directory.numbered("C-7")) is None
    assert GIVEN not in {one.recipient for one in await desk.outbox()}


@pytest.mark.rule(12, refused=True)
async def test_nothing_is_erased_before_who_got_the_notice_by_post_could_object(desk: TestDesk) -> None:
    """Rule 12: the wait runs from the posting, and never ends before the day the letter names; no clock moves."""
    case = await writes(desk, R.ERASURE)
    case = await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)
    dates = [(item.promise_due, item.legal_due) for item in case.items]
    (drafted,) = [one for one in await desk.drafts() if one.kind is DraftKind.RECORD_NOTICE]
    named = HOUSE.calendar.civil_date(drafted.created_at + timedelta(days=14))
    assert f"until: {named}" in drafted.body
    desk.clock.turn(days=3)
    await approved(desk, DraftKind.RECORD_NOTICE, LEE)
    desk.clock.turn(days=4)
    await printed(desk, DraftKind.RECORD_NOTICE)
    until = HOUSE.calendar.said(desk.clock.now() + timedelta(days=10))
    for _day in range(10):
        with pytest.raises(NotApprovable, match=f"went by post: who got it may object until {until}"):
            await approved(desk, DraftKind.ANSWER, KIM)
        desk.clock.turn(days=1)
    await approved(desk, DraftKind.ANSWER, KIM, LEE)
    assert [(item.promise_due, item.legal_due) for item in (await desk.case()).items] == dates


@pytest.mark.rule(12, refused=True)
async def test_a_notice_posted_the_same_day_waits_till_the_day_it_names(desk: TestDesk) -> None:
    case = await writes(desk, R.ERASURE)
    await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)
    await approved(desk, DraftKind.RECORD_NOTICE, LEE)
    await printed(desk, DraftKind.RECORD_NOTICE)
    desk.clock.turn(days=13)
    with pytest.raises(NotApprovable, match="may object until"):
        await approved(desk, DraftKind.ANSWER, KIM)
    desk.clock.turn(days=1)
    await approved(desk, DraftKind.ANSWER, KIM)


@pytest.mark.rule(12, refused=True)
async def test_no_system_is_cleared_while_who_was_told_by_post_may_object(database_url: str, tmp_path: Path) -> None:
    house = replace(HOUSE, systems=(System("Shop"),))
    async with open_test_desk(database_url, tmp_path / "keys.json", house) as desk:
        case = await writes(desk, R.ERASURE)
        await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)
        tasks = await desk.store.transact(lambda unit: unit.tasks.of_case(case.id))
        (shop,) = [task for task in tasks if task.kind is TaskKind.CARRY_OUT]
        with pytest.raises(NotAllowed, match="first send, or send back, the notice to"):
            await desk.tasks.done(shop.id, KIM)
        await approved(desk, DraftKind.RECORD_NOTICE, LEE)
        await printed(desk, DraftKind.RECORD_NOTICE)
        with pytest.raises(NotAllowed, match="may object until"):
            await desk.tasks.done(shop.id, KIM)
        desk.clock.turn(days=14)
        assert (await desk.tasks.done(shop.id, KIM)).by == KIM


async def test_a_notice_that_waited_too_long_is_drafted_anew_with_a_later_day(desk: TestDesk) -> None:
    case = await writes(desk, R.ERASURE)
    await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)
    desk.clock.turn(days=5)
    with pytest.raises(NotApprovable, match="this notice waited too long"):
        await approved(desk, DraftKind.RECORD_NOTICE, LEE)
    await desk.approval.answer_anew(case.id, KIM)
    named = HOUSE.calendar.civil_date(desk.clock.now() + timedelta(days=14))
    (fresh,) = [one for one in await desk.drafts() if one.kind is DraftKind.RECORD_NOTICE]
    assert f"until: {named}" in fresh.body
    await approved(desk, DraftKind.RECORD_NOTICE, LEE)


@pytest.mark.rule(12)
async def test_sensitive_data_are_posted_to_whose_document_was_seen(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "keys.json", HOUSE) as desk:
        health = Processing("health_notes", {}, sensitive=True)
        await desk.store.transact(lambda unit: unit.register.replace([health]))
        case = await writes(desk, R.ACCESS)
        with pytest.raises(NotAllowed, match="a second proof is asked for access"):
            await desk.vouching.vouch(case.id, Ground.FACTS, "C-7", CALLED_BACK, KIM)
        await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)
        desk.clock.turn(hours=73)
        await approved(desk, DraftKind.ANSWER, KIM, LEE)
        letter = await printed(desk, DraftKind.ANSWER)
        assert (letter.recipient, "a canary of hers" in letter.body) == (ON_RECORD, True)


@pytest.mark.rule(12)
async def test_who_called_and_has_but_a_number_on_record_is_told_there_that_they_were_erased(desk: TestDesk) -> None:
    case = await writes(desk, R.ERASURE, Way.CALL, on_record="number")
    case = await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)
    assert case.vouch is not None
    assert case.vouch.to == Handle(Way.CALL, "Ann Peeters, +31612345678")
    desk.clock.turn(hours=73)
    with pytest.raises(NotApprovable, match=r"notice.*\+31612345678"):
        await approved(desk, DraftKind.ANSWER, KIM)
    await approved(desk, DraftKind.RECORD_NOTICE, LEE)
    assert (await printed(desk, DraftKind.RECORD_NOTICE)).recipient == case.vouch.to
    desk.clock.turn(days=15)
    await approved(desk, DraftKind.ANSWER, KIM, LEE)


@pytest.mark.rule(12)
async def test_who_wrote_from_the_very_address_on_record_is_told_there_too(desk: TestDesk) -> None:
    """Anybody can write that address on a letter: nobody thanked whoever lives there for a code."""
    await writes(desk, R.ERASURE)
    entered = EnteredBy(KIM, Way.LETTER, "came by post")
    await desk.receive(Message(Way.LETTER, ON_RECORD, text="please do what I ask", name="Ann Peeters", entered=entered))
    case = next(one for one in await desk.cases() if one.requester == ON_RECORD)
    await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)
    waiting = [one.recipient for one in await desk.drafts() if one.kind is DraftKind.RECORD_NOTICE]
    assert waiting == [ON_RECORD]


@pytest.mark.rule(12, refused=True)
async def test_nothing_is_shown_by_a_call_however_sure_we_are(desk: TestDesk) -> None:
    case = await writes(desk, R.ACCESS, Way.CALL, on_record="number")
    with pytest.raises(NotAllowed, match="no postal address is on record of C-7: have their record completed"):
        await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)


@pytest.mark.rule(12, refused=True)
async def test_who_wrote_by_mail_shows_their_mailbox_first(desk: TestDesk) -> None:
    """A mail proves nothing, and a code can be asked: the post is for whoever has no mailbox."""
    desk.reader.tell("erase me", R.ERASURE)
    await desk.know(ANN)
    await desk.mail("erase me", "eve@example.org")
    with pytest.raises(NotAllowed, match=r"nobody has shown yet that eve@example\.org is theirs"):
        await desk.vouching.vouch((await desk.case()).id, Ground.DOCUMENT, ANN, SEEN, KIM)


async def test_the_word_taken_back_leaves_nothing_proven(desk: TestDesk) -> None:
    case = await writes(desk, R.ERASURE)
    await desk.vouching.vouch(case.id, Ground.DOCUMENT, "C-7", SEEN, KIM)
    case = await desk.vouching.take_back(case.id, "the passport was somebody else's", LEE)
    assert (case.proven, case.items[0].trust < case.items[0].needs) == (None, True)
