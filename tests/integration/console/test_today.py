"""Today puts first what breaks first, whatever it is, and says what breaks."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import State
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import Role
from bot.core.messages import MAIL, TELEGRAM, Inbound
from bot.core.rights import Flag, RequestType
from bot.core.unit import Unit
from bot.flow import day
from tests.flow.conftest import ANN, HOUSE
from tests.integration.console.conftest import Console, open_console
from tests.integration.console.test_work import draft_of, proven_access

KIM = "kim@nexioprojects.com"
_ROW = re.compile(r"<strong>([^<]*)</strong>")


def needs(page: str) -> list[str]:
    """Return what is to be done, in the order of the page."""
    return _ROW.findall(page.partition('id="mine"')[2])


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    """A desk on which a chat closes after a day, as Meta's platforms do."""
    house = replace(HOUSE, windowed=frozenset({TELEGRAM}))
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", house) as opened:
        yield opened


async def test_a_closing_window_goes_before_a_promise_and_a_breach_by_its_hour(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("My data, please.", RequestType.ACCESS)
    desk.reader.tell("One of your customers wrote to us.", flags=frozenset({Flag.PROCESSOR}))
    await desk.mail("One of your customers wrote to us.", "a@processor.example")
    desk.reader.tell("Enough.", flags=frozenset({Flag.PROCESSOR}))
    await desk.chat("Enough.")
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open("/")
    assert needs(page) == ["Read it: nothing is drafted"] * 2
    assert "the platform’s window" in page.partition("our promise")[0]
    assert "until 3 Mar 2026, 10:00" in page
    mailed = next(case for case in await desk.cases() if case.requester.channel == MAIL)
    await console.office.breaches.raise_alarm(mailed.id, KIM, "a list was lost")
    assert needs(await kim.open("/"))[:2] == ["Read it: nothing is drafted", "Assess the breach"]
    desk.clock.turn(hours=25)
    await kim.sign_in(KIM)
    page = await kim.open("/")
    assert "the platform’s window" not in page
    assert needs(page)[0] == "Assess the breach"


async def test_a_closing_window_is_listed_however_many_dates_end_before(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "_MOST", 2)
    desk = console.desk
    for customer in (ANN, "bo@example.net"):
        desk.reader.tell(f"Stop, I am {customer}", RequestType.COMPLAINT)
        await desk.mail(f"Stop, I am {customer}", customer)
    desk.clock.turn(days=2)
    desk.reader.tell("I complain.", RequestType.COMPLAINT)
    await desk.chat("I complain.")
    await console.colleague(KIM, Role.DPO)

    async def listed(**hours: float) -> list[tuple[str, bool]]:
        desk.clock.turn(**hours)
        house, now = console.office.house, desk.clock.now()
        today = await desk.store.transact(lambda unit: day.day_of(unit, house, KIM, now))
        return [(task.case.requester.channel, task.until is not None) for task in today.tasks if task.case]

    assert await listed() == [(MAIL, False)] * 2
    assert await listed(hours=13) == [(TELEGRAM, True), (MAIL, False), (MAIL, False)]
    assert await listed(hours=12) == [(MAIL, False)] * 2


async def test_nothing_is_well_while_messages_may_not_be_coming_in(console: Console) -> None:
    """Whoever sees no case is told at once too, and who may look after it is led there."""
    kim = await console.colleague(KIM, Role.APPROVER)
    ada = await console.colleague("ada@nexioprojects.com", Role.ADMINISTRATOR)
    for browser in (kim, ada):
        assert 'class="verdict good"' in await browser.open("/")
    console.away.append("info")
    for browser in (kim, ada):
        page = await browser.open("/")
        assert 'class="verdict bad"' in page
        assert "messages by info may not be coming in" in page
        assert "All is well" not in page
    assert "See what is wrong" in ada.page
    assert "Tell whoever looks after the desk." in await kim.open("/")


async def test_a_draft_sent_back_is_told_from_what_was_never_drafted(console: Console) -> None:
    await proven_access(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    ident = await draft_of(console)
    await kim.open(f"/drafts/{ident}")
    await kim.send(f"/drafts/{ident}/reject", reason="say it kindlier")
    assert needs(await kim.open("/")) == ["Draft it anew: it was sent back"]


async def test_an_unproven_identity_shows_once_its_date_is_near(console: Console) -> None:
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell("My data, please.", RequestType.ACCESS)
    await desk.mail("My data, please.")
    assert (await desk.case()).stage is State.VERIFYING
    kim = await console.colleague(KIM, Role.DRAFTER)
    assert needs(await kim.open("/")) == []
    desk.clock.turn(days=5)
    await kim.sign_in(KIM)
    assert needs(await kim.open("/")) == ["Nobody proved yet who asks: ask again, or answer without"]


async def letter_in(console: Console, state: DeliveryState, error: str = "") -> Outgoing:
    """Let the newest letter of the desk be in trouble."""
    letter = (await console.desk.outbox())[-1]
    troubled = replace(letter, state=state, last_error=error)
    await console.desk.store.transact(lambda unit: unit.outbox.save(troubled))
    return troubled


@pytest.mark.parametrize(
    ("state", "error", "told"),
    [
        (DeliveryState.PARKED, "bounced 5.1.1", "A letter came back: answer another way"),
        (DeliveryState.PARKED, "the server refused it", "A letter did not leave: send it again, or another way"),
        (DeliveryState.UNCERTAIN, "", "Say whether the letter arrived"),
    ],
)
async def test_a_letter_in_trouble_is_told_until_its_case_has_ended(
    console: Console, state: DeliveryState, error: str, told: str
) -> None:
    reference = await proven_access(console)
    letter = await letter_in(console, state, error)
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open("/")
    assert told in needs(page)
    assert f'href="/deliveries#{letter.id}"' in page
    assert "1 letter did not leave" in page
    assert "All is well" not in page
    await kim.open(f"/cases/{reference}")
    await kim.send(f"/cases/{reference}/close", reason="settled by telephone")
    still = told in needs(await kim.open("/"))
    assert still is (state is DeliveryState.UNCERTAIN)


async def test_what_no_machine_could_read_stands_where_its_clock_puts_it(console: Console) -> None:
    desk = console.desk
    await proven_access(console)
    desk.clock.turn(days=-1)

    def park(unit: Unit) -> None:
        unit.inbox.keep(Inbound(MAIL, "info/INBOX", "broken", desk.clock.now(), [b"x"]), desk.clock.now())
        (claimed,) = unit.inbox.claim(desk.clock.now(), 1, HOUSE.undo)
        unit.inbox.park(claimed.message, claimed.fence, "no parser could read it")

    await desk.store.transact(park)
    desk.clock.turn(days=1)
    kim = await console.colleague(KIM, Role.APPROVER)
    assert needs(await kim.open("/")) == ["Read what no machine could", "Read and approve"]
    rita = await console.colleague("rita@nexioprojects.com", Role.READER)
    assert needs(await rita.open("/")) == []


async def test_a_day_with_more_than_can_be_listed_says_so_even_where_none_of_it_is_mine(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "_MOST", 1)
    await proven_access(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    more = "all are under Cases"
    assert more in await kim.open("/")
    assert '<span class="count num">1+</span>' in kim.page
    await console.desk.approval.approve(await draft_of(console), KIM)
    assert more in await kim.open("/")
    assert "Time for a coffee" not in kim.page
    monkeypatch.setattr(day, "_MOST", 2)
    assert more not in await kim.open("/")
    assert "Time for a coffee" in kim.page
