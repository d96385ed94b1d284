"""It was not me: whoever reads a mailbox we asked stops what was asked in their name; a colleague alone undoes it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.case import Lane, State
from bot.core.day import Need
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.denial import DENIED
from bot.core.errors import NotAllowed, NotApprovable, TransientFailure
from bot.core.messages import MAIL
from bot.core.packages import PackageKind
from bot.core.rights import Flag, RequestType
from bot.core.tickets import Door
from bot.core.trust import Trust
from bot.core.vouching import Ground
from bot.flow.day import day_of
from bot.flow.delivery import LEASE
from bot.flow.joining import merge
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, WITH_PAGES, TestDesk, open_test_desk

ASKS = "My data, please."


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_PAGES) as opened:
        yield opened


@pytest.fixture
async def ticket(desk: TestDesk) -> str:
    """Let somebody ask in Ann's name; return the ticket of the link in the question she got."""
    await desk.know(ANN)
    desk.reader.tell(ASKS, RequestType.ACCESS)
    await desk.mail(ASKS)
    await desk.deliver()
    return links_of(desk)[-1]


def links_of(desk: TestDesk, address: str = ANN) -> list[str]:
    """Return the tickets in the letters to somebody, oldest first."""
    bodies = [letter.body for letter in desk.couriers[MAIL].to(address)]
    return [body.partition(Door.NOT_ME.path)[2].split()[0] for body in bodies if Door.NOT_ME.path in body]


def code_of(desk: TestDesk) -> str:
    return next(letter.secret for letter in reversed(desk.couriers[MAIL].to(ANN)) if letter.secret)


async def test_a_denial_ends_the_question_and_alerts_colleagues(desk: TestDesk, ticket: str) -> None:
    sent = len(desk.couriers[MAIL].to(ANN))
    assert await desk.reception.denials.deny(ticket) == "en"
    case = await desk.case()
    assert (case.attention, Flag.IDENTITY_THEFT in case.flags, case.lane) == (DENIED, True, Lane.DPO)
    assert [item.state for item in case.items] == [State.REVIEW]
    await desk.mail(f"Here: {code_of(desk)}")
    assert (await desk.case()).proven is None
    await desk.deliver()
    assert len(desk.couriers[MAIL].to(ANN)) == sent  # nothing is told to a thief, nor to anybody else
    notices = [letter.subject for letter in desk.couriers[MAIL].to("privacy@nexioprojects.com")]
    assert notices == [f"identity_theft {case.reference}"]


@dataclass
class DeniedMeanwhile:
    """A mail server that is slow and then away; whoever reads the mailbox denies the case in the meantime."""

    desk: TestDesk
    ticket: str

    async def send(self, outgoing: Outgoing) -> str:
        await self.desk.reception.denials.deny(self.ticket)
        raise TransientFailure(f"no answer about {outgoing.id}")


async def test_an_answer_that_was_leaving_when_it_was_denied_is_not_tried_again(desk: TestDesk, ticket: str) -> None:
    await desk.mail(f"Here: {code_of(desk)}")
    await desk.deliver()
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    usual = desk.couriers[MAIL]
    desk.delivery.couriers[MAIL] = DeniedMeanwhile(desk, ticket)  # type: ignore[index]
    desk.clock.turn(hours=1)
    await desk.delivery.deliver_batch()
    desk.delivery.couriers[MAIL] = usual  # type: ignore[index]
    for _ in range(3):
        desk.clock.turn(hours=5)
        await desk.deliver()
    assert not any("Canary" in letter.body for letter in desk.couriers[MAIL].to(ANN))
    (letter,) = [one for one in await desk.outbox() if one.draft_id == draft.id]
    assert (letter.state, letter.last_error) == (DeliveryState.PARKED, DENIED)
    case = await desk.case()
    assert (case.items[0].state, case.items[0].trust) == (State.REVIEW, Trust.CLAIMED)
    await desk.reception.denials.settle(case.id, KIM, "it was her after all")
    with pytest.raises(NotAllowed, match="went on since"):
        await desk.outbox_desk.retry(letter.id, KIM)


async def test_a_crash_while_sending_sends_nothing_again_once_it_was_denied(desk: TestDesk) -> None:
    """What only asks or acknowledges is sent again after a crash, but never to a mailbox that said no."""
    desk.reader.tell(ASKS, RequestType.ACCESS)
    await desk.mail(ASKS, "stranger@example.net")
    now = desk.clock.now()
    leaving = await desk.store.transact(lambda unit: unit.outbox.claim(now, 8, LEASE))
    assert [one.recipient.value for one in leaving] == ["stranger@example.net"]
    case = await desk.case()
    await desk.store.transact(lambda unit: unit.cases.save(replace(case, denied_at=now)))
    desk.clock.turn(hours=1)
    await desk.deliver()
    assert desk.couriers[MAIL].to("stranger@example.net") == []
    (letter,) = [one for one in await desk.outbox() if one.recipient.value == "stranger@example.net"]
    assert (letter.state, letter.last_error) == (DeliveryState.PARKED, DENIED)


async def test_looking_stops_nothing(desk: TestDesk, ticket: str) -> None:
    before = await desk.case()
    for _ in range(5):
        assert await desk.reception.denials.language(ticket) == "en"
    assert await desk.case() == before


async def test_twice_is_once(desk: TestDesk, ticket: str) -> None:
    await desk.reception.denials.deny(ticket)
    before = await desk.case()
    await desk.reception.denials.deny(ticket)
    assert await desk.case() == before


async def test_the_day_shows_it_until_a_colleague_settled_it(desk: TestDesk, ticket: str) -> None:
    await desk.reception.denials.deny(ticket)
    now = desk.clock.now()
    day = await desk.store.transact(lambda unit: day_of(unit, HOUSE, KIM, now))
    found = [task.case.id for task in day.tasks if task.need is Need.WHO and task.case]
    assert (found, day.is_fine) == ([(await desk.case()).id], False)
    case = await desk.reception.denials.settle((await desk.case()).id, KIM, "Ann called: it was her after all")
    assert (case.denied_at, case.flags) == (None, frozenset())
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert "Ann called: it was her after all" in {link.why for link in chain}
    day = await desk.store.transact(lambda unit: day_of(unit, HOUSE, KIM, now))
    assert day.denied == 0
    with pytest.raises(NotAllowed, match="nobody denies"):
        await desk.reception.denials.settle(case.id, KIM, "again")


async def test_who_asks_has_to_be_shown_anew_afterwards(desk: TestDesk, ticket: str) -> None:
    await desk.mail(f"Here: {code_of(desk)}")
    await desk.reception.denials.deny(ticket)
    case = await desk.reception.denials.settle((await desk.case()).id, KIM, "looked into")
    assert (case.proven, case.trust, case.items[0].trust) == (None, Trust.CLAIMED, Trust.CLAIMED)
    await desk.approval.ask_identity(case.id, KIM)
    await desk.deliver()
    await desk.mail(f"Here: {code_of(desk)}")
    assert (await desk.case()).items[0].trust is Trust.PROVEN


@pytest.mark.usefixtures("ticket")
async def test_what_was_proven_is_proven_no_longer_and_an_approved_answer_stays(desk: TestDesk) -> None:
    """A thief in the mailbox typed the code; its owner reads our thanks and stops the data before they leave."""
    await desk.mail(f"Here: {code_of(desk)}")
    await desk.deliver()
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    (_, from_our_thanks) = links_of(desk)
    await desk.reception.denials.deny(from_our_thanks)
    await desk.deliver()
    assert not any("Canary" in letter.body for letter in desk.couriers[MAIL].to(ANN))
    (letter,) = [one for one in await desk.outbox() if one.draft_id == draft.id]
    assert letter.state is DeliveryState.TAKEN_BACK
    case = await desk.case()
    assert (case.proven, case.items[0].state, case.items[0].trust) == (None, State.REVIEW, Trust.CLAIMED)


async def test_colleagues_can_t_go_on_before_it_is_settled(desk: TestDesk, ticket: str) -> None:
    await desk.mail(f"Here: {code_of(desk)}")
    case = await desk.case()
    await desk.reception.denials.deny(ticket)
    for deed in (
        desk.approval.ask_identity(case.id, KIM),
        desk.facts.ask(case.id, ANN, KIM),
        desk.vouching.vouch(case.id, Ground.OWN_ADDRESS, ANN, "sure", KIM),
    ):
        with pytest.raises(NotAllowed, match="it was not them"):
            await deed
    (draft,) = await desk.drafts()
    with pytest.raises(NotApprovable, match="it was not them"):
        await desk.approval.approve(draft.id, KIM)


async def test_a_package_link_ends_with_the_denial(desk: TestDesk, ticket: str) -> None:
    await desk.mail(f"Here: {code_of(desk)}")
    _, draft = await desk.dossiers.make((await desk.case()).id, PackageKind.ACCESS, KIM)
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    token = draft.body.partition("/your-data/")[2].split()[0]
    assert await desk.dossiers.offered(token) is not None
    await desk.reception.denials.deny(ticket)
    assert await desk.dossiers.offered(token) is None


async def test_only_who_handles_such_cases_settles_it(desk: TestDesk, ticket: str) -> None:
    await desk.reception.denials.deny(ticket)
    with pytest.raises(NotAllowed):
        await desk.reception.denials.settle((await desk.case()).id, "nobody@nexioprojects.com", "because")


async def test_an_old_link_stops_nothing_and_the_code_s_link_is_another(desk: TestDesk, ticket: str) -> None:
    confirm = desk.couriers[MAIL].to(ANN)[-1].body.partition(Door.CONFIRM.path)[2].split()[0]
    assert await desk.reception.denials.deny(confirm) is None
    assert await desk.reception.confirmations.asked(ticket) is None
    desk.clock.at += timedelta(days=31)
    assert await desk.reception.denials.deny(ticket) is None
    assert (await desk.case()).denied_at is None


async def test_a_link_from_before_a_denial_was_settled_stops_nothing_again(desk: TestDesk, ticket: str) -> None:
    """Else whoever holds a letter of ours could hold a case up for a month; a newer letter's link does stop it."""
    await desk.reception.denials.deny(ticket)
    desk.clock.turn(minutes=5)
    case = await desk.reception.denials.settle((await desk.case()).id, KIM, "Ann called: it was her after all")
    assert await desk.reception.denials.language(ticket) is None
    assert await desk.reception.denials.deny(ticket) is None
    assert (await desk.case()).denied_at is None
    await desk.approval.ask_identity(case.id, KIM)
    await desk.deliver()
    assert await desk.reception.denials.deny(links_of(desk)[-1]) == "en"
    assert (await desk.case()).denied_at is not None


async def test_a_settled_link_stops_no_case_that_its_own_was_merged_into(desk: TestDesk, ticket: str) -> None:
    await desk.mail(f"Here: {code_of(desk)}")
    first = await desk.case()
    await desk.reception.denials.deny(ticket)
    desk.clock.turn(minutes=5)
    await desk.reception.denials.settle(first.id, KIM, "looked into")
    desk.reader.tell("And erase me.", RequestType.ERASURE)
    await desk.mail("And erase me.", "ann.home@example.net", message_id="<home@example.net>")
    other = await desk.case_of("ann.home@example.net")

    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    await desk.store.transact(lambda unit: merge(unit, casework, answering, first.id, other.id, "one person", KIM, now))
    assert await desk.reception.denials.deny(ticket) is None
    assert (await desk.case_of("ann.home@example.net")).denied_at is None


@pytest.mark.usefixtures("ticket")
async def test_a_link_that_names_no_mailbox_is_gone(desk: TestDesk) -> None:
    case, now = await desk.case(), desk.clock.now()
    old = await desk.store.transact(lambda unit: unit.tickets.write(Door.NOT_ME, case.id, now))
    assert await desk.reception.denials.language(old) is None
    assert await desk.reception.denials.deny(old) is None
    assert (await desk.case()).denied_at is None


async def test_a_merged_case_s_link_stops_the_one_that_carries_it_on(desk: TestDesk, ticket: str) -> None:
    await desk.mail(f"Here: {code_of(desk)}")
    first = await desk.case()
    desk.reader.tell("And erase me.", RequestType.ERASURE)
    await desk.mail("And erase me.", "ann.home@example.net", message_id="<home@example.net>")
    other = await desk.case_of("ann.home@example.net")

    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    await desk.store.transact(lambda unit: merge(unit, casework, answering, first.id, other.id, "one person", KIM, now))
    await desk.reception.denials.deny(ticket)
    assert (await desk.case_of("ann.home@example.net")).denied_at is not None
