"""Opt-outs: at once, for all of the person's that is known, and confirmed for exactly what was stopped."""

from collections.abc import Sequence
from typing import Unpack

from bot.core.case import State
from bot.core.drafts import DraftKind
from bot.core.messages import MAIL, PHONE, TELEGRAM, Authentication, Handle
from bot.core.opting_out import RECORD
from bot.core.records import Customer
from bot.core.rights import Entity, RequestType, Scope
from tests.fakes.said import MessageFields
from tests.flow.conftest import ANN, HOUSE, TestDesk

R = RequestType
OLD, MOBILE = "old@example.com", "+31611111111"
ROW = Customer("id-C-7", "C-7", "Ann Peeters", (ANN, OLD), (MOBILE,), (Handle(TELEGRAM, "777"),))


async def covered(desk: TestDesk, handle: Handle, scope: Scope) -> bool:
    return bool(await desk.store.transact(lambda unit: unit.suppressions.blocking([handle], scope)))


async def opt_out(
    desk: TestDesk,
    text: str,
    *scopes: Scope,
    chat: bool = False,
    named: Sequence[tuple[str, str]] = (),
    **changes: Unpack[MessageFields],
) -> None:
    entities = tuple(Entity(kind, value, 0, 1) for kind, value in named)
    desk.reader.tell(text, R.UNSUBSCRIBE, scopes=frozenset(scopes), entities=entities)
    await (desk.chat(text) if chat else desk.mail(text, **changes))
    await desk.deliver()


async def test_stop_in_a_chat_stops_the_mailings_of_the_customer_it_belongs_to(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.directory.put(ROW, desk.clock.now()))
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    for handle in (Handle(TELEGRAM, "777"), Handle(MAIL, ANN), Handle(MAIL, OLD), Handle(PHONE, MOBILE)):
        assert await covered(desk, handle, Scope.EMAIL), handle
    assert await covered(desk, Handle(RECORD, "C-7"), Scope.POST)
    (told,) = desk.couriers[TELEGRAM].to("777")
    assert "extent: here, record" in told.body


async def test_a_chat_that_nobody_knows_stops_the_address_it_names(desk: TestDesk) -> None:
    await opt_out(desk, "stop bea@example.net", Scope.ALL, chat=True, named=(("email", "Bea@example.net"),))
    assert await covered(desk, Handle(MAIL, "bea@example.net"), Scope.EMAIL)
    (told,) = desk.couriers[TELEGRAM].to("777")
    assert "extent: here, named, record" in told.body
    (noticed,) = desk.couriers[MAIL].to("bea@example.net")
    assert noticed.kind is DraftKind.UNSUBSCRIBE_CONFIRMATION


async def test_no_more_calls_stops_the_number_on_record(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.directory.put(ROW, desk.clock.now()))
    await opt_out(desk, "no more calls", Scope.PHONE)
    assert await covered(desk, Handle(PHONE, "+31 6 1111 1111"), Scope.PHONE)
    assert not await covered(desk, Handle(MAIL, ANN), Scope.EMAIL)
    assert not await covered(desk, Handle(PHONE, MOBILE), Scope.SURVEY)


async def test_no_more_calls_stops_the_number_that_is_named(desk: TestDesk) -> None:
    numbers = (("phone", "+31 6 2222-2222"), ("email", HOUSE.contact))
    await opt_out(desk, "stop calling", Scope.PHONE, named=numbers, authentication=Authentication())
    assert await covered(desk, Handle(PHONE, "+31622222222"), Scope.PHONE)
    (told,) = desk.couriers[MAIL].to(ANN)
    assert "extent: here, named\n" in told.body


async def test_a_mere_from_line_stops_no_more_than_the_address_in_it(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.directory.put(ROW, desk.clock.now()))
    await opt_out(desk, "stop", Scope.ALL, authentication=Authentication())
    assert await covered(desk, Handle(MAIL, ANN), Scope.EMAIL)
    assert not await covered(desk, Handle(MAIL, OLD), Scope.EMAIL)
    (told,) = desk.couriers[MAIL].to(ANN)
    assert "extent: here\n" in told.body


async def test_our_own_address_in_the_text_means_us(desk: TestDesk) -> None:
    await opt_out(desk, "stop", Scope.EMAIL, named=(("email", HOUSE.contact),))
    assert not await covered(desk, Handle(MAIL, HOUSE.contact), Scope.EMAIL)


async def test_a_second_opt_out_is_confirmed_in_its_own_words(desk: TestDesk) -> None:
    """Whether the first confirmation has left yet or not."""
    await desk.know(ANN)
    for scope, text in ((Scope.EMAIL, "no newsletters"), (Scope.POST, "and no post")):
        desk.reader.tell(text, R.UNSUBSCRIBE, scopes=frozenset({scope}))
        await desk.mail(text)
    first, second = await desk.outbox()
    assert ("opted out: email" in first.body, "opted out: post" in second.body) == (True, True)
    await desk.deliver()
    case = await desk.case()
    assert [(item.right, item.scopes, item.state) for item in case.items] == [
        (R.UNSUBSCRIBE, frozenset({Scope.EMAIL}), State.ANSWERED),
        (R.UNSUBSCRIBE, frozenset({Scope.POST}), State.ANSWERED),
    ]
    assert await covered(desk, Handle(MAIL, ANN), Scope.POST)


async def test_the_same_opt_out_twice_is_one(desk: TestDesk) -> None:
    for _ in range(2):
        desk.reader.tell("no newsletters", R.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
        await desk.mail("no newsletters")
    assert len((await desk.case()).items) == 1


async def test_an_opt_out_a_colleague_had_to_read_reaches_as_far(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.directory.put(ROW, desk.clock.now()))
    desk.reader.tell(
        "enough", R.UNSUBSCRIBE, scopes=frozenset({Scope.PHONE}), abstain=True, confidence=0.4, any_right=0.5
    )
    await desk.mail("enough")
    (draft,) = await desk.drafts()
    assert draft.kind is DraftKind.ANSWER
    assert not await covered(desk, Handle(PHONE, MOBILE), Scope.PHONE)
    await desk.approval.approve(draft.id, "kim@nexioprojects.com")
    assert await covered(desk, Handle(PHONE, MOBILE), Scope.PHONE)


async def test_a_confirmation_on_its_way_outlasts_a_second_opt_out_and_another_request(desk: TestDesk) -> None:
    for text, scope in (("no mails", Scope.EMAIL), ("no calls", Scope.PHONE)):
        desk.reader.tell(text, R.UNSUBSCRIBE, scopes=frozenset({scope}))
        await desk.mail(text)
    desk.reader.tell("you leaked it", R.COMPLAINT)
    await desk.mail("you leaked it")
    await desk.deliver()
    states = {item.scopes: item.state for item in (await desk.case()).items if item.right is R.UNSUBSCRIBE}
    assert states[frozenset({Scope.EMAIL})] is State.ANSWERED
    assert frozenset({Scope.PHONE}) in states
