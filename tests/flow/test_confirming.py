"""The code of an identity question, typed on our page: it counts as the one that comes back by mail, and no more."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import State
from bot.core.challenge import MAX_ATTEMPTS, ChallengeOutcome
from bot.core.drafts import Question
from bot.core.messages import MAIL, Authentication, Verdict
from bot.core.rights import Flag, RequestType
from bot.core.tickets import Door
from bot.core.trust import Trust
from bot.core.unit import Unit
from tests.flow.conftest import ANN, WITH_PAGES, TestDesk, open_test_desk
from tests.work import each

ASKS = "Erase everything, please."
WRONG = "7K2M-9QXA"
THIEF = "max@example.net"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_PAGES) as opened:
        yield opened


@pytest.fixture
async def ticket(desk: TestDesk) -> str:
    """Let Ann ask; return the ticket of the link in our question."""
    await desk.know(ANN)
    desk.reader.tell(ASKS, RequestType.ERASURE)
    await desk.mail(ASKS)
    await desk.deliver()
    return ticket_in(desk, ANN)


def ticket_in(desk: TestDesk, address: str) -> str:
    """Return the ticket in the last letter to somebody."""
    letter = desk.couriers[MAIL].to(address)[-1]
    return letter.body.partition(f"https://desk.example{Door.CONFIRM.path}")[2].split()[0]


def code_of(desk: TestDesk, address: str = ANN) -> str:
    """Return the last code that reached somebody."""
    return next(letter.secret for letter in reversed(desk.couriers[MAIL].to(address)) if letter.secret)


async def outcome(desk: TestDesk, ticket: str, typed: str) -> ChallengeOutcome | None:
    asked = await desk.reception.confirmations.confirm(ticket, typed)
    return asked.outcome if asked else ChallengeOutcome.USED


async def test_the_right_code_proves_what_it_was_put_for_and_is_thanked_for(desk: TestDesk, ticket: str) -> None:
    assert await outcome(desk, ticket, f" {code_of(desk).lower()} ") is ChallengeOutcome.ACCEPTED
    (item,) = (await desk.case()).items
    assert (item.state, item.trust) == (State.REVIEW, Trust.PROVEN)
    await desk.deliver()
    (_, thanks) = desk.couriers[MAIL].to(ANN)
    assert f"question: {Question.CODE_RIGHT}" in thanks.body
    assert "items: erasure" in thanks.body  # whoever did not ask for it can stop it
    (draft,) = await desk.drafts()
    assert draft.rights == {RequestType.ERASURE}


async def test_looking_changes_nothing_however_often(desk: TestDesk, ticket: str) -> None:
    before = await desk.case()
    for _ in range(9):
        assert await desk.reception.confirmations.asked(ticket) is not None
    assert await desk.case() == before


@pytest.mark.parametrize("typed", ["", "yes", "on", "test@example.com", "Yes, it was me", "12345678"])
async def test_a_scanner_that_presses_the_button_confirms_nothing_and_uses_up_no_try(
    desk: TestDesk, ticket: str, typed: str
) -> None:
    for _ in range(MAX_ATTEMPTS + 1):
        assert await outcome(desk, ticket, typed) is None
    assert await outcome(desk, ticket, code_of(desk)) is ChallengeOutcome.ACCEPTED


async def test_a_link_confirms_once(desk: TestDesk, ticket: str) -> None:
    code = code_of(desk)
    await outcome(desk, ticket, code)
    version = (await desk.case()).version
    assert await desk.reception.confirmations.confirm(ticket, code) is None
    assert await desk.reception.confirmations.asked(ticket) is None
    assert (await desk.case()).version == version


async def test_a_code_sent_back_by_mail_ends_the_page_too(desk: TestDesk, ticket: str) -> None:
    code = code_of(desk)
    await desk.mail(f"Here: {code}")
    assert await desk.reception.confirmations.confirm(ticket, code) is None


async def test_tries_by_mail_and_on_the_page_are_counted_together(desk: TestDesk, ticket: str) -> None:
    await desk.mail(f"Here: {WRONG}")
    tries = [await outcome(desk, ticket, WRONG) for _ in range(MAX_ATTEMPTS - 1)]
    assert tries == [ChallengeOutcome.WRONG] * (MAX_ATTEMPTS - 2) + [ChallengeOutcome.EXHAUSTED]
    assert await desk.reception.confirmations.confirm(ticket, code_of(desk)) is None
    (item,) = (await desk.case()).items
    assert (item.state, item.trust >= item.needs) == (State.REVIEW, False)  # a person goes on


async def test_parallel_guesses_do_not_outrun_the_count(desk: TestDesk, ticket: str) -> None:
    tries = await asyncio.gather(*(outcome(desk, ticket, WRONG) for _ in range(20)))
    assert tries.count(ChallengeOutcome.WRONG) == MAX_ATTEMPTS - 1
    assert tries.count(ChallengeOutcome.EXHAUSTED) == 1


async def test_of_many_who_type_the_right_code_at_once_one_is_heard(desk: TestDesk, ticket: str) -> None:
    code = code_of(desk)
    tries = await asyncio.gather(*(outcome(desk, ticket, code) for _ in range(10)))
    assert tries.count(ChallengeOutcome.ACCEPTED) == 1
    await desk.deliver()
    assert len(desk.couriers[MAIL].to(ANN)) == 2


async def test_a_code_and_its_link_end_after_a_day(desk: TestDesk, ticket: str) -> None:
    desk.clock.turn(hours=25)
    assert await desk.reception.confirmations.confirm(ticket, code_of(desk)) is None


async def test_another_case_s_code_proves_nothing_here(desk: TestDesk, ticket: str) -> None:
    await desk.know(THIEF, number="C-2")
    await desk.mail(ASKS, THIEF, message_id="<t@example.net>")
    await desk.deliver()
    theirs = code_of(desk, THIEF)
    assert await outcome(desk, ticket, theirs) is ChallengeOutcome.WRONG
    assert await outcome(desk, ticket_in(desk, THIEF), theirs) is ChallengeOutcome.ACCEPTED
    assert (await desk.case_of(ANN)).proven is None


@pytest.mark.parametrize("flag", [Flag.UNSAFE, Flag.IDENTITY_THEFT])
async def test_a_case_that_sends_nothing_by_itself_takes_no_code_either(
    desk: TestDesk, ticket: str, flag: Flag
) -> None:
    def flagged(unit: Unit) -> None:
        (case,) = unit.cases.listed()
        unit.cases.save(replace(case, flags=frozenset({flag})))

    await desk.store.transact(flagged)
    assert await desk.reception.confirmations.confirm(ticket, code_of(desk)) is None


async def test_a_code_that_has_to_be_typed_elsewhere_has_no_page(desk: TestDesk) -> None:
    """Whoever reads the mailbox must not confirm by a click what a stranger asks in a chat (rule 42)."""
    await desk.know(ANN)
    desk.reader.tell(f"{ASKS} I am {ANN}", RequestType.ERASURE, entities=())
    desk.reader.tell(ASKS, RequestType.ERASURE)
    await desk.mail(ASKS, THIEF, authentication=Authentication(dmarc=Verdict.PASS))
    case = await desk.case()
    await desk.store.transact(
        lambda unit: desk.treatment.correspondence.ask(
            unit, unit.cases.get(case.id), desk.clock.now(), replace(case.requester, value=ANN)
        )
    )
    await desk.deliver()
    (letter,) = desk.couriers[MAIL].to(ANN)
    assert "code" in letter.body
    assert Door.CONFIRM.path not in letter.body
    stolen = ticket_in_first(desk)  # the thief's own link, from the question before
    assert await desk.reception.confirmations.confirm(stolen, code_of(desk)) is None
    assert (await desk.case()).proven is None


def ticket_in_first(desk: TestDesk) -> str:
    letter = desk.couriers[MAIL].to(THIEF)[0]
    return letter.body.partition(Door.CONFIRM.path)[2].split()[0]


async def test_tickets_open_their_own_door_for_their_time_and_show_nothing(desk: TestDesk, ticket: str) -> None:
    case, now = await desk.case(), desk.clock.now()
    assert case.id not in ticket
    assert case.reference.lower() not in ticket

    def read(unit: Unit, word: str, days: int = 0) -> str | None:
        return unit.tickets.read(Door.CONFIRM, word, now.replace(day=now.day + days))

    changed = [ticket[:at] + ("a" if ticket[at] != "a" else "b") + ticket[at + 1 :] for at in (0, 20, 50, 100)]
    wrong = (*changed, ticket[:-3], ticket + "a" * 8, "", "é" * 30, "a" * 5000, "1" * 90)
    assert set(await desk.store.transact(each(wrong, read))) == {None}
    assert await desk.store.transact(lambda unit: read(unit, ticket)) == case.id
    assert await desk.store.transact(lambda unit: read(unit, ticket, days=8)) is None
