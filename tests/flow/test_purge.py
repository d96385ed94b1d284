"""What no case needs is forgotten after a month, and never taken in again; what a case needs stays with it."""

from datetime import timedelta

from bot.core.case import State
from bot.core.messages import MAIL, Bounce, Handle, Inbound, Message
from bot.core.records import Disposition
from bot.core.rights import RequestType
from tests.fakes.ports import MESSAGE
from tests.flow.conftest import ANN, HOUSE, PASSED, TestDesk
from tests.work import each

R = RequestType
OFFER = Message(
    MAIL,
    Handle(MAIL, "shop@example.net"),
    subject="Offer",
    text="Our new prices",
    message_id="<offer@example.net>",
    authentication=PASSED,
)


async def test_our_own_copies_strangers_bounces_and_doubles_go_with_the_other_mail(desk: TestDesk) -> None:
    await desk.receive(OFFER)
    await desk.receive(OFFER)  # offered twice, as after a new UIDVALIDITY
    sent = Message(MAIL, Handle(MAIL, HOUSE.contact), text="The order is on its way", message_id="<o1@nexio>")
    await desk.receive(sent, folder="Sent")
    daemon = Message(MAIL, Handle(MAIL, "mailer-daemon@example.net"), bounce=Bounce(permanent=True, recipients=(ANN,)))
    await desk.receive(daemon)
    assert await kept(desk) == {"other": 1, "duplicate": 1, "ours": 1, "bounce": 1}
    desk.clock.turn(days=29)
    await desk.timers.ring()
    assert sum((await kept(desk)).values()) == 4
    desk.clock.turn(days=2)
    await desk.timers.ring()
    assert not await kept(desk)


async def test_old_mail_that_was_fetched_lately_is_kept_as_long_as_any(desk: TestDesk) -> None:
    arrived = desk.clock.now() - timedelta(days=90)
    raw = [MESSAGE.dump_json(OFFER)]
    await desk.intake.accept([Inbound(MAIL, "ingest", "old", arrived, raw)])
    await desk.room.read_batch()
    await desk.timers.ring()
    assert await kept(desk) == {"other": 1}
    desk.clock.turn(days=31)
    await desk.timers.ring()
    assert not await kept(desk)


async def test_a_purged_mail_that_is_offered_again_stays_forgotten(desk: TestDesk) -> None:
    await desk.receive(OFFER, event="7:1")
    desk.clock.turn(days=31)
    await desk.timers.ring()
    desk.reader.tell(OFFER.text, R.ERASURE)  # a newer reader would even take it for a request
    await desk.receive(OFFER, event="7:1")
    assert not await kept(desk)
    await desk.receive(OFFER, event="8:1")  # the mailbox was rebuilt and names it anew
    assert await kept(desk) == {"duplicate": 1}
    assert not await desk.cases()
    assert not await desk.outbox()


async def test_what_belongs_to_a_case_stays_with_it(desk: TestDesk) -> None:
    desk.reader.tell("Please erase my data", R.ERASURE)
    request = Message(
        MAIL, Handle(MAIL, ANN), text="Please erase my data", message_id="<ask@example.com>", authentication=PASSED
    )
    await desk.receive(request)
    await desk.receive(request)
    await desk.deliver()
    (question,) = await desk.outbox()
    bounce = Bounce(permanent=True, recipients=(ANN,), original_message_id=question.message_id, status="5.1.1")
    await desk.receive(Message(MAIL, Handle(MAIL, "mailer-daemon@example.com"), bounce=bounce))
    desk.clock.turn(days=31)
    await desk.timers.ring()
    assert await kept(desk) == {"case": 1, "duplicate": 1, "bounce": 1}
    case = await desk.case()
    texts = [
        one.message.text
        for one in await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
        if one.message
    ]
    assert texts.count("Please erase my data") == 1  # a double is no second letter of hers
    assert case.stage is State.REVIEW


async def kept(desk: TestDesk) -> dict[str, int]:
    """Count what is still kept, by what became of it."""
    lists = await desk.store.transact(each(Disposition, lambda unit, kind: unit.inbox.listed(kind)))
    return {kind.value: len(listed) for kind, listed in zip(Disposition, lists, strict=True) if listed}
