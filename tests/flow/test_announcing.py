"""What other systems hear of a case: each thing once, in order, with nothing personal in it, and never too little."""

from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Unpack

import pytest

from bot.core.announcing import ABOUT_CASES, MOST_TRIES, Happening
from bot.core.errors import NotFound, PermanentFailure, TransientFailure, UncertainDelivery
from bot.core.messages import Authentication
from bot.core.rights import RequestType, Scope
from bot.flow.announcing import SubscriberDesk, Telling
from bot.flow.joining import merge
from bot.flow.reopening import reopen
from tests.fakes.ports import CountedEntropy, KeptHerald
from tests.fakes.said import MessageFields
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk, open_test_desk

H, R = Happening, RequestType
HOUSE_THAT_TELLS = replace(HOUSE, subscribers={"crm": frozenset(H), "statistics": frozenset({H.CLOSED})})


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", HOUSE_THAT_TELLS) as opened:
        yield opened


def telling(desk: TestDesk, **heralds: KeptHerald) -> Telling:
    return Telling(desk.store, heralds, desk.clock, CountedEntropy("telling"))


def subscribers(desk: TestDesk) -> SubscriberDesk:
    return SubscriberDesk(desk.store, HOUSE_THAT_TELLS.subscribers, desk.clock)


async def tell_all(desk: TestDesk, **heralds: KeptHerald) -> None:
    while await telling(desk, **heralds).tell_batch():
        pass


async def ask(desk: TestDesk, text: str = "A copy of my data, please.", **changes: Unpack[MessageFields]) -> None:
    desk.reader.tell(text, R.ACCESS)
    await desk.mail(text, **changes)


async def test_a_case_is_heard_of_from_the_first_mail_to_the_end_and_nobody_is_named(desk: TestDesk) -> None:
    crm, statistics = KeptHerald(), KeptHerald()
    await desk.know(ANN)
    await ask(desk)
    await desk.mail(await desk.code())
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    await tell_all(desk, crm=crm, statistics=statistics)
    case = await desk.case()
    assert [one.news.happening for one in crm.heard] == [H.OPENED, H.PROVEN, H.DRAFTED, H.ANSWERED, H.CLOSED]
    assert [one.news.happening for one in statistics.heard] == [H.CLOSED]
    assert {one.news.facts["reference"] for one in crm.heard} == {case.reference}
    assert [one.news.facts["draft"] for one in crm.heard if one.news.happening is H.DRAFTED] == [draft.id]
    told = str([asdict(one) for one in crm.heard])
    assert not [word for word in (ANN, "Ann", "Peeters", "Canary", "access", case.token) if word in told]
    assert [(one.waiting, one.parked) for one in await subscribers(desk).standing()] == [(0, 0), (0, 0)]

    await desk.store.transact(
        lambda unit: reopen(unit, desk.approval.answering, case.id, (), "she asks again", KIM, desk.clock.now())
    )
    await tell_all(desk, crm=crm, statistics=statistics)
    assert [one.news.happening for one in crm.heard][5:] == [H.REOPENED, H.DRAFTED]


async def test_a_date_that_comes_near_and_a_case_that_goes_on_in_another_are_told(desk: TestDesk) -> None:
    crm = KeptHerald()
    await ask(desk, authentication=Authentication())
    desk.clock.turn(days=3)
    await ask(desk, "Where is my copy?", authentication=Authentication())
    desk.clock.turn(days=2)
    await desk.timers.ring()
    await desk.timers.ring()
    await tell_all(desk, crm=crm)
    (due,) = [one.news for one in crm.heard if one.news.happening is H.DUE_SOON]
    older, newer = sorted(await desk.cases(), key=lambda case: case.opened_at)
    assert (due.facts["clock"], due.facts["date"]) == ("promise", str(older.items[0].promise_due))
    desk.clock.turn(days=1)  # no code is on its way any more
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    await desk.store.transact(lambda unit: merge(unit, casework, answering, older.id, newer.id, "one matter", KIM, now))
    await tell_all(desk, crm=crm)
    (merged,) = [one.news for one in crm.heard if one.news.happening is H.MERGED]
    assert (merged.happening, merged.case_id, merged.facts["into"]) == (H.MERGED, older.id, newer.id)


async def test_what_did_not_happen_is_not_told(desk: TestDesk) -> None:
    """News belong to the commit: a unit that fails leaves none."""
    await ask(desk)
    crm = KeptHerald()
    await tell_all(desk, crm=crm)
    before = len(crm.heard)
    case = await desk.case()

    def fail(unit: object) -> None:
        unit.cases.save(replace(case, items=()))  # type: ignore[attr-defined]
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        await desk.store.transact(fail)
    await tell_all(desk, crm=crm)
    assert len(crm.heard) == before


@pytest.mark.parametrize("failure", [TransientFailure("away"), UncertainDelivery("the line broke")])
async def test_a_system_that_is_away_is_told_later_under_the_same_id(desk: TestDesk, failure: Exception) -> None:
    crm = KeptHerald(refuse=[failure])
    await ask(desk)
    await tell_all(desk, crm=crm)
    assert not crm.heard
    (seen, _) = await subscribers(desk).standing()
    assert (seen.waiting, seen.parked, seen.last_error) == (1, 0, str(failure))
    desk.clock.turn(minutes=5)
    await tell_all(desk, crm=crm)
    (one,) = crm.heard
    assert one.attempts == 2


async def test_a_system_that_never_answers_is_given_up_after_some_days_and_told_when_it_is_mended(
    desk: TestDesk,
) -> None:
    crm = KeptHerald(refuse=[TransientFailure("crm.example.com answers 401", retry_after=10**9)] * MOST_TRIES)
    await ask(desk)
    began = desk.clock.at
    while not (await subscribers(desk).standing())[0].parked:
        desk.clock.turn(hours=4)
        await tell_all(desk, crm=crm)
    assert timedelta(days=2) < desk.clock.at - began < timedelta(days=7)
    (seen, _) = await subscribers(desk).standing()
    assert (seen.waiting, seen.parked, seen.last_error) == (0, 1, "gave up trying: crm.example.com answers 401")
    assert await subscribers(desk).release("crm") == 1
    await tell_all(desk, crm=crm)
    assert [one.news.happening for one in crm.heard] == [H.OPENED]


async def test_what_a_system_refuses_is_set_aside_at_once_and_stops_no_other(desk: TestDesk) -> None:
    broken, statistics = KeptHerald(refuse=[PermanentFailure("400"), ValueError("x")]), KeptHerald()
    await ask(desk)
    case = await desk.case()
    await desk.approval.close(case.id, KIM, "spam")
    await tell_all(desk, crm=broken, statistics=statistics)
    assert len(statistics.heard) == 1
    (seen, _) = await subscribers(desk).standing()
    assert seen.parked == 2
    assert await subscribers(desk).drop("crm") == 2
    with pytest.raises(NotFound, match="there is no webhook cmr; there is crm, statistics"):
        await subscribers(desk).drop("cmr")


async def test_a_system_that_left_the_settings_is_seen_until_somebody_decides(desk: TestDesk) -> None:
    await ask(desk)
    await tell_all(desk)
    (seen, _) = await subscribers(desk).standing()
    assert (seen.parked, "[[webhook]]" in seen.last_error) == (1, True)


MAILER = replace(HOUSE, subscribers={"mailer": frozenset({H.STOPPED, H.ALLOWED}), "crm": ABOUT_CASES})


@pytest.mark.rule(28)
async def test_whoever_sends_mailings_hears_of_every_opt_out_and_nobody_else_does(
    database_url: str, tmp_path: Path
) -> None:
    """Rule 28: at once, and reversible."""
    async with open_test_desk(database_url, tmp_path / "keys.json", MAILER) as desk:
        mailer, crm = KeptHerald(), KeptHerald()
        await desk.know(ANN, "ann@work.example")
        desk.reader.tell("no more mails", R.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
        await desk.mail("no more mails")
        await desk.suppressions.add("+31612345678", Scope.PHONE, KIM, "said so on the phone")
        await desk.suppressions.add("+31612345678", Scope.PHONE, KIM, "said so again")
        await desk.suppressions.lift("+31612345678", Scope.PHONE, KIM, "signed up again")
        await tell_all(desk, mailer=mailer, crm=crm)
        heard = [(one.news.happening, one.news.facts["value"], one.news.facts["scope"]) for one in mailer.heard]
        assert heard == [
            (H.STOPPED, ANN, "email"),
            (H.STOPPED, "ann@work.example", "email"),
            (H.STOPPED, "+31612345678", "phone"),
            (H.ALLOWED, "+31612345678", "phone"),
        ]
        assert not {"mailing.stopped", "mailing.allowed"} & {one.news.happening.value for one in crm.heard}
        assert "@" not in "".join("".join(one.news.facts.values()) for one in crm.heard)


async def test_a_mailing_system_that_is_away_hears_later_and_is_parked_in_the_end(
    database_url: str, tmp_path: Path
) -> None:
    async with open_test_desk(database_url, tmp_path / "keys.json", MAILER) as desk:
        await desk.suppressions.add(ANN, Scope.POST, KIM, "on the phone")
        away = KeptHerald(refuse=[TransientFailure("away")] * MOST_TRIES)
        for _ in range(MOST_TRIES):
            await tell_all(desk, mailer=away)
            desk.clock.turn(hours=5)
        (standing,) = [
            one
            for one in await SubscriberDesk(desk.store, MAILER.subscribers, desk.clock).standing()
            if one.subscriber == "mailer"
        ]
        assert (standing.waiting, standing.parked, standing.last_error) == (0, 1, "gave up trying: away")
