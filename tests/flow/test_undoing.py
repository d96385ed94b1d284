"""Our confirmation of an opt-out says that a word undoes it: so it does, at once, for whoever made it."""

import pytest

from bot.core.delivery import Outgoing
from bot.core.messages import MAIL, PHONE, TELEGRAM, Authentication, Handle
from bot.core.records import Suppression
from bot.core.rights import RequestType, Scope
from bot.core.undoing import REMEMBERED
from tests.flow.conftest import ANN, TestDesk
from tests.flow.test_opting_out import MOBILE, ROW, covered, opt_out

R = RequestType
CHAT, MAILBOX = Handle(TELEGRAM, "777"), Handle(MAIL, ANN)
SORRY = "oops, that was a mistake"


async def heard_in_chat(desk: TestDesk) -> list[Outgoing]:
    await desk.deliver()
    return desk.couriers[TELEGRAM].to("777")


@pytest.mark.rule(28)
async def test_the_mailings_go_out_again_and_the_writer_hears_it_at_once(desk: TestDesk) -> None:
    await desk.store.transact(lambda unit: unit.directory.put(ROW, desk.clock.now()))
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    await desk.chat(SORRY)
    for handle in (CHAT, MAILBOX, Handle(PHONE, MOBILE)):
        assert not await covered(desk, handle, Scope.EMAIL), handle
    stopped, undone = await heard_in_chat(desk)
    assert "question: undone" in undone.body
    assert undone.case_id == stopped.case_id
    case = await desk.case()
    assert not case.attention
    told = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert {row.actor for row in told if row.event == "suppression_lifted"} == {"the person"}


async def test_by_mail_in_reply_to_our_confirmation_too(desk: TestDesk) -> None:
    await opt_out(desk, "unsubscribe", Scope.ALL)
    (confirmed,) = desk.couriers[MAIL].to(ANN)
    await desk.mail(SORRY, references=(confirmed.message_id,))
    await desk.deliver()
    assert not await covered(desk, MAILBOX, Scope.EMAIL)
    assert "question: undone" in desk.couriers[MAIL].to(ANN)[-1].body


async def test_after_it_was_undone_a_stop_stops_again_and_the_next_word_undoes_nothing_twice(desk: TestDesk) -> None:
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    await desk.chat(SORRY)
    await desk.chat(SORRY)
    assert len(await heard_in_chat(desk)) == 2
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    assert await covered(desk, CHAT, Scope.EMAIL)


async def test_what_was_stopped_before_and_elsewhere_stays_stopped(desk: TestDesk) -> None:
    earlier = Suppression("s-1", CHAT, Scope.POST, desk.clock.now(), None)
    await desk.store.transact(lambda unit: unit.suppressions.add(earlier))
    await opt_out(desk, "stop mails", Scope.EMAIL, chat=True)
    await desk.chat(SORRY)
    assert not await covered(desk, CHAT, Scope.EMAIL)
    assert await covered(desk, CHAT, Scope.POST)


@pytest.mark.rule(28, refused=True)
async def test_a_mere_from_line_undoes_nothing(desk: TestDesk) -> None:
    await opt_out(desk, "unsubscribe", Scope.ALL)
    (confirmed,) = desk.couriers[MAIL].to(ANN)
    await desk.mail(SORRY, references=(confirmed.message_id,), authentication=Authentication())
    assert await covered(desk, MAILBOX, Scope.EMAIL)


async def test_nobody_undoes_what_another_account_stopped(desk: TestDesk) -> None:
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    await desk.chat(SORRY, sender="888")
    assert await covered(desk, CHAT, Scope.EMAIL)
    assert not desk.couriers[TELEGRAM].to("888")


async def test_a_month_later_a_word_may_be_about_anything(desk: TestDesk) -> None:
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    desk.clock.turn(seconds=REMEMBERED.total_seconds() + 60)
    await desk.chat(SORRY)
    assert await covered(desk, CHAT, Scope.EMAIL)


async def test_while_something_else_is_open_a_person_finds_out_what_is_meant(desk: TestDesk) -> None:
    desk.reader.tell("stop, and delete my account", R.UNSUBSCRIBE, R.ERASURE, scopes=frozenset({Scope.ALL}))
    await desk.chat("stop, and delete my account")
    await desk.chat(SORRY)
    assert await covered(desk, CHAT, Scope.EMAIL)


async def test_whoever_asks_for_something_beside_it_is_answered_for_that(desk: TestDesk) -> None:
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    both = "that was a mistake, delete my account instead"
    desk.reader.tell(both, R.ERASURE)
    await desk.chat(both)
    assert await covered(desk, CHAT, Scope.EMAIL)
    assert {item.right for case in await desk.cases() for item in case.items} == {R.UNSUBSCRIBE, R.ERASURE}


async def test_whoever_stopped_it_twice_undoes_it_with_one_word(desk: TestDesk) -> None:
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    await opt_out(desk, "stop!", Scope.ALL, chat=True)
    await desk.chat(SORRY)
    assert not await covered(desk, CHAT, Scope.EMAIL)


@pytest.mark.rule(28, refused=True)
async def test_nobody_undoes_what_others_asked_for_as_well(desk: TestDesk) -> None:
    """Else a stranger who stops the mailings of an address first could let them out again against its owner's word."""
    await opt_out(desk, f"stop {ANN}", Scope.ALL, chat=True, named=(("email", ANN),))
    await opt_out(desk, "unsubscribe", Scope.ALL)
    await desk.chat(SORRY)
    assert await covered(desk, MAILBOX, Scope.EMAIL)
    assert not await covered(desk, CHAT, Scope.EMAIL)


async def test_what_a_colleague_stopped_as_well_stays_stopped(desk: TestDesk) -> None:
    await opt_out(desk, "stop", Scope.ALL, chat=True)
    again = Suppression("s-2", CHAT, Scope.ALL, desk.clock.now(), None)
    await desk.store.transact(lambda unit: unit.suppressions.add(again))
    await desk.chat(SORRY)
    assert await covered(desk, CHAT, Scope.EMAIL)
    assert len(await heard_in_chat(desk)) == 1  # and nobody is told that it was undone
