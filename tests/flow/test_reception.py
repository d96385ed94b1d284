"""What people do for themselves on our pages: choose mailings, see how far a request is, keep a receipt."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import State
from bot.core.challenge import MAX_ATTEMPTS
from bot.core.messages import MAIL, Handle
from bot.core.opting_out import RECORD
from bot.core.pages import Progress
from bot.core.rights import Flag, RequestType, Scope
from bot.core.tickets import Door
from bot.core.unit import Unit
from bot.flow.asking_status import CODES_A_DAY
from bot.flow.preferring import KINDS
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, WITH_PAGES, TestDesk, open_test_desk

STOP, ASKS, WRONG = "Stop your mails.", "My data, please.", "7K2M-9QXA"
BEN = "ben@example.org"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_PAGES) as opened:
        opened.reader.tell(STOP, RequestType.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL, Scope.POST}))
        opened.reader.tell(ASKS, RequestType.ACCESS)
        yield opened


async def last_to(desk: TestDesk, address: str) -> str:
    await desk.deliver()
    return desk.couriers[MAIL].to(address)[-1].body


def ticket_in(body: str, door: Door) -> str:
    return body.partition(door.path)[2].split()[0]


# -- preferences -----------------------------------------------------------------------------------


async def stopped(desk: TestDesk, *handles: Handle) -> set[tuple[str, Scope]]:
    rows = await desk.store.transact(lambda unit: [row for one in handles for row in unit.suppressions.of(one)])
    return {(row.handle.channel, row.scope) for row in rows}


async def test_a_wish_is_changed_and_undone_where_it_was_confirmed(desk: TestDesk) -> None:
    await desk.know(ANN)
    record, mail = Handle(RECORD, "C-1"), Handle(MAIL, ANN)
    await desk.mail(STOP)
    ticket = ticket_in(await last_to(desk, ANN), Door.PREFERENCES)
    chosen = await desk.reception.preferences.shown(ticket)
    assert chosen is not None
    assert chosen.stopped == {Scope.EMAIL, Scope.POST}
    await desk.reception.preferences.choose(ticket, frozenset({Scope.SURVEY}))
    assert await stopped(desk, mail, record) == {(MAIL, Scope.SURVEY), (RECORD, Scope.SURVEY)}
    await desk.reception.preferences.choose(ticket, KINDS)
    assert {scope for _, scope in await stopped(desk, mail, record)} == {Scope.ALL}
    again = await desk.reception.preferences.choose(ticket, KINDS - {Scope.POST})
    assert again is not None
    assert again.stopped == KINDS - {Scope.POST}
    assert (RECORD, Scope.POST) not in await stopped(desk, record)
    undone = await desk.reception.preferences.choose(ticket, frozenset())
    assert undone is not None
    assert undone.stopped == frozenset()
    assert await stopped(desk, mail, record) == set()


async def test_choosing_what_is_so_already_changes_nothing(desk: TestDesk) -> None:
    desk.reader.tell("Stop.", RequestType.UNSUBSCRIBE)
    await desk.mail("Stop.")
    ticket = ticket_in(await last_to(desk, ANN), Door.PREFERENCES)
    before = await desk.store.transact(lambda unit: unit.suppressions.listed())
    await desk.reception.preferences.choose(ticket, KINDS)
    assert await desk.store.transact(lambda unit: unit.suppressions.listed()) == before


async def test_nobody_opens_what_somebody_else_on_the_record_stopped(desk: TestDesk) -> None:
    await desk.know(ANN, BEN)
    await desk.mail(STOP, BEN, message_id="<b@example.org>")
    await desk.mail(STOP)
    ticket = ticket_in(await last_to(desk, ANN), Door.PREFERENCES)
    await desk.reception.preferences.choose(ticket, frozenset())
    assert await stopped(desk, Handle(MAIL, BEN)) == {(MAIL, Scope.EMAIL), (MAIL, Scope.POST)}
    assert await stopped(desk, Handle(RECORD, "C-1")) == {(RECORD, Scope.POST)}
    assert await stopped(desk, Handle(MAIL, ANN)) == set()


async def test_no_other_door_s_ticket_shows_preferences(desk: TestDesk) -> None:
    await desk.mail(ASKS)
    other = ticket_in(await last_to(desk, ANN), Door.NOT_ME)
    assert await desk.reception.preferences.shown(other) is None
    assert await desk.reception.preferences.choose(other, KINDS) is None


# -- how far is my request? ------------------------------------------------------------------------


async def code_for(desk: TestDesk, reference: str, address: str = ANN) -> tuple[str, str]:
    """Ask on the page; return the form's ticket and the code that came, or a wrong one."""
    before = len(desk.couriers[MAIL].sent)
    ticket = await desk.reception.statuses.ask(reference)
    await desk.deliver()
    sent = desk.couriers[MAIL].sent[before:]
    new = [one for one in sent if one.recipient.value == address and not one.case_id]
    return ticket, new[0].secret if new else WRONG


async def test_the_code_shows_how_far_each_right_is_once(desk: TestDesk) -> None:
    await desk.know(ANN)
    await desk.mail(ASKS)
    reference = (await desk.case()).reference
    ticket, code = await code_for(desk, f"  {reference.lower()} ")
    assert await desk.reception.statuses.shown(ticket, WRONG) is None
    shown = await desk.reception.statuses.shown(ticket, code)
    assert shown is not None
    assert [(line.right, line.stage) for line in shown.lines] == [(RequestType.ACCESS, Progress.WAITING)]
    assert shown.receipt == ""
    assert await desk.reception.statuses.shown(ticket, code) is None
    assert (await desk.case()).proven is None  # it is no proof of identity


async def test_a_code_counts_only_for_the_form_that_asked(desk: TestDesk) -> None:
    await desk.mail(ASKS)
    reference = (await desk.case()).reference
    _, code = await code_for(desk, reference)
    other = await desk.reception.statuses.ask("NX-0000-0000")
    assert await desk.reception.statuses.shown(other, code) is None


async def test_tries_are_few_and_codes_a_day_too(desk: TestDesk) -> None:
    await desk.mail(ASKS)
    reference = (await desk.case()).reference
    ticket, code = await code_for(desk, reference)
    for _ in range(MAX_ATTEMPTS):
        assert await desk.reception.statuses.shown(ticket, WRONG) is None
    assert await desk.reception.statuses.shown(ticket, code) is None
    codes = [(await code_for(desk, reference))[1] for _ in range(CODES_A_DAY)]
    assert codes.count(WRONG) == 1


async def test_a_reference_whose_case_is_gone_is_asked_like_one_that_never_was(desk: TestDesk) -> None:
    await desk.mail(ASKS)
    case = await desk.case()
    ticket, code = await code_for(desk, case.reference)
    gone = replace(case, merged_into="0" * 32)
    await desk.store.transact(lambda unit: unit.cases.save(gone))
    other, none = await code_for(desk, case.reference)
    assert none == WRONG
    assert len(other) == len(ticket)
    await desk.store.transact(lambda unit: unit.shelves.destroy_case(gone))
    assert await desk.reception.statuses.shown(ticket, code) is None


async def test_another_spelling_of_the_form_s_ticket_is_no_new_form(desk: TestDesk) -> None:
    await desk.mail(ASKS)
    ticket, code = await code_for(desk, (await desk.case()).reference)
    assert await desk.reception.statuses.shown(ticket.upper(), code) is None
    assert await desk.reception.statuses.shown(ticket, code) is not None
    assert await desk.reception.statuses.shown(ticket.capitalize(), code) is None


async def test_a_form_ends_after_an_hour(desk: TestDesk) -> None:
    await desk.mail(ASKS)
    ticket, code = await code_for(desk, (await desk.case()).reference)
    desk.clock.turn(minutes=61)
    assert await desk.reception.statuses.shown(ticket, code) is None


async def test_no_reference_no_case_and_no_mailbox_are_asked_alike_and_send_nothing(desk: TestDesk) -> None:
    await desk.chat(ASKS)
    sent = len(desk.couriers[MAIL].sent)
    tickets = [
        await desk.reception.statuses.ask(word)
        for word in ("", "NX-0000-0000", "x" * 5000, (await desk.case()).reference)
    ]
    await desk.deliver()
    assert len(desk.couriers[MAIL].sent) == sent
    assert len({len(ticket) for ticket in tickets}) == 1


@pytest.mark.parametrize("flag", [Flag.UNSAFE, Flag.IDENTITY_THEFT, Flag.AUTHORITY])
async def test_a_silenced_case_sends_no_code(desk: TestDesk, flag: Flag) -> None:
    await desk.mail(ASKS)
    await desk.deliver()

    def flagged(unit: Unit) -> None:
        (case,) = unit.cases.listed()
        unit.cases.save(replace(case, flags=frozenset({flag})))

    await desk.store.transact(flagged)
    assert (await code_for(desk, (await desk.case()).reference))[1] == WRONG


# -- the receipt -----------------------------------------------------------------------------------


async def answered(desk: TestDesk) -> str:
    """Have Ann's request answered; return the ticket of the receipt in the letter."""
    await desk.know(ANN)
    await desk.mail(ASKS)
    await desk.mail(f"Here: {await desk.code()}")
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    return ticket_in(await last_to(desk, ANN), Door.RECEIPT)


async def test_the_last_letter_leads_to_a_receipt_while_the_case_has_ended(desk: TestDesk) -> None:
    ticket = await answered(desk)
    shown = await desk.reception.receipts.shown(ticket)
    assert shown is not None
    (line,) = shown.lines
    assert (line.right, line.stage, line.asked.isoformat(), line.answered) == (
        RequestType.ACCESS, Progress.ANSWERED, "2026-03-02", HOUSE.calendar.civil_date(desk.clock.now()),
    )  # fmt: skip
    told, code = await code_for(desk, shown.reference)
    progress = await desk.reception.statuses.shown(told, code)
    assert progress is not None
    assert await desk.reception.receipts.shown(progress.receipt) is not None
    desk.reader.tell("And erase me.", RequestType.ERASURE)
    await desk.mail("And erase me.", references=("<x@y>",), subject=shown.reference, message_id="<more@example.com>")
    assert await desk.reception.receipts.shown(ticket) is None  # open again


async def test_a_letter_that_leaves_something_open_has_no_receipt(desk: TestDesk) -> None:
    await desk.mail(ASKS)
    assert Door.RECEIPT.path not in await last_to(desk, ANN)


async def test_a_receipt_shows_nothing_of_somebody_else_s_case_that_carries_on_its_own(desk: TestDesk) -> None:
    """Ann's case is taken up again and merged into Ben's, which is answered to Ben: her letter's link is hers alone."""
    ticket = await answered(desk)
    desk.reader.tell("And erase me.", RequestType.ERASURE)
    ended = await desk.case()
    await desk.mail("And erase me.", references=("<x@y>",), subject=ended.reference, message_id="<more@example.com>")
    await desk.mail(ASKS, BEN, message_id="<ben@example.org>")
    first, other = await desk.case_of(ANN), await desk.case_of(BEN)

    def merged_and_answered(unit: Unit) -> None:
        gone = tuple(replace(item, state=State.MERGED) for item in first.items)
        unit.cases.save(replace(first, items=gone, merged_into=other.id))
        done = tuple(replace(item, state=State.ANSWERED) for item in other.items)
        unit.cases.save(replace(other, items=done, joined=(first.id,)))

    await desk.store.transact(merged_and_answered)
    assert not (await desk.case_of(BEN)).is_open
    assert await desk.reception.receipts.shown(ticket) is None


async def test_a_receipt_that_names_no_mailbox_is_gone(desk: TestDesk) -> None:
    await answered(desk)
    case, now = await desk.case(), desk.clock.now()
    old = await desk.store.transact(lambda unit: unit.tickets.write(Door.RECEIPT, case.id, now))
    assert await desk.reception.receipts.shown(old) is None


async def test_a_receipt_s_link_grows_old(desk: TestDesk) -> None:
    ticket = await answered(desk)
    desk.clock.turn(days=91)
    assert await desk.reception.receipts.shown(ticket) is None


async def test_without_pages_no_letter_names_any(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "other.json") as plain:
        plain.reader.tell(STOP, RequestType.UNSUBSCRIBE)
        plain.reader.tell(ASKS, RequestType.ACCESS)
        await plain.know(ANN)
        await plain.mail(STOP)
        await plain.mail(ASKS, BEN, message_id="<ben@example.org>")
        await plain.deliver()
        assert not any("https://" in letter.body for letter in plain.couriers[MAIL].sent)
