"""What a front end of one's own does with whole cases: who it is, again, together, apart, and what guards them."""

from typing import Any

import pytest

from bot.core.drafts import Role
from bot.core.messages import MAIL
from bot.core.rights import Flag, RequestType
from tests.flow.conftest import ANN, KIM, LEE
from tests.flow.test_denying import links_of
from tests.integration.console.conftest import Console
from tests.integration.console.programs import Program, program, proven_request
from tests.integration.console.test_identity import NEW, asked_from_a_new_address
from tests.integration.console.test_joins import two_matters
from tests.integration.console.test_life import asks

OLD: dict[str, Any] = {"reason": "asked twice", "version": 1}
DEE, RITA = "dee@nexioprojects.com", "rita@nexioprojects.com"


async def upon(caller: Program, reference: str, deed: str, status: int = 200, **wish: Any) -> Any:
    """Do something with a case as it is now."""
    version = (await caller.call("GET", f"/cases/{reference}"))["version"]
    return await caller.call("POST", f"/cases/{reference}/{deed}", status, json=wish | {"version": version})


async def test_a_colleague_vouches_by_a_program_and_takes_it_back(console: Console) -> None:
    reference = await asked_from_a_new_address(console)
    kim = await program(console, KIM, Role.APPROVER)
    await upon(kim, reference, "vouch", 422, ground="nonsense", of=ANN, reason="seen")
    await upon(kim, reference, "vouch", 422, ground="own_address", of=ANN, reason=" ")
    nobody = await upon(kim, reference, "vouch", 409, ground="own_address", of=NEW, reason="no mandate came")
    assert f"nobody is on record under {NEW}" in nobody["detail"]
    told = await upon(kim, reference, "vouch", ground="own_address", of=ANN, reason=" no mandate came ")
    assert told["vouched_by"] == KIM
    (draft,) = [one for one in await kim.listed("/drafts") if one["kind"] == "answer"]
    assert draft["recipient"] == ANN
    assert (await upon(kim, reference, "unvouch", reason="it came after all"))["vouched_by"] == ""
    trail = await console.desk.store.transact(lambda unit: unit.audit.chain(told["id"]))
    assert [one.event for one in trail if one.actor == KIM and one.event.startswith("vouch")] == [
        "vouched",
        "vouch_ended",
    ]


@pytest.mark.rule(10)
async def test_a_doubt_is_raised_by_a_program_with_a_reason_and_withdrawn_with_another(console: Console) -> None:
    reference = await proven_request(console)
    lee, kim = await program(console, LEE, Role.DRAFTER), await program(console, KIM, Role.APPROVER)
    assert "say why you doubt" in (await upon(lee, reference, "ask", 409, reason=" "))["detail"]
    told = await upon(lee, reference, "ask", reason="The tone is not hers.")
    assert (told["doubted"], told["stage"]) == (True, "verifying")
    await upon(lee, reference, "undoubt", 403, reason="She rang us.")
    await upon(kim, reference, "undoubt", 422, reason=" ")
    told = await upon(kim, reference, "undoubt", reason="She rang us.")
    assert (told["doubted"], told["stage"]) == (False, "review")
    assert "nobody doubts" in (await upon(kim, reference, "undoubt", 409, reason="again"))["detail"]


async def test_a_case_goes_on_in_another_one_only_where_both_may_be_seen(console: Console) -> None:
    first, second = await asks(console, "My name is Ann."), await asks(console, "Ann, not Anne!")
    console.desk.reader.tell("I complain.", RequestType.COMPLAINT)
    await console.desk.mail("I complain.", "zoe@example.net")
    hidden = next(one for one in await console.desk.cases() if one.requester.value == "zoe@example.net").reference
    kim = await program(console, KIM, Role.DRAFTER)
    gone = await upon(kim, second, "merge", 404, into=hidden, reason="asked twice")
    assert gone["detail"] == f"there is no case {hidden}"
    assert "into itself" in (await upon(kim, second, "merge", 409, into=second, reason="x"))["detail"]
    told = await upon(kim, second, "merge", into=first.lower(), reason="asked twice")
    assert (told["reference"], len(told["items"])) == (first, 1)
    assert "went on" in (await kim.call("POST", f"/cases/{second}/merge", 409, json=OLD | {"into": first}))["detail"]
    assert "take that one up" in (await upon(kim, second, "reopen", 409, reason="oh"))["detail"]


async def test_two_matters_become_two_cases_and_part_of_one_is_taken_up_again(console: Console) -> None:
    reference = await two_matters(console)
    kim = await program(console, KIM, Role.APPROVER)
    said = [one["id"] for one in await kim.call("GET", f"/cases/{reference}/messages") if not one["ours"]]
    await upon(kim, reference, "split", 409, rights=["access"], messages=["none"], reason="two matters")
    fresh = await upon(kim, reference, "split", rights=["access"], messages=said[:1], reason="two matters")
    assert [one["right"] for one in fresh["items"]] == ["access"]
    moved = await kim.call("GET", f"/cases/{fresh['reference']}/messages")
    assert said[0] in {one["id"] for one in moved}
    await upon(kim, fresh["reference"], "close", reason="by mistake")
    again = await upon(kim, fresh["reference"], "reopen", reason="it was none")
    assert (again["open"], [one["state"] for one in again["items"]]) == (True, ["review"])
    missing = await upon(kim, fresh["reference"], "reopen", 409, rights=["erasure"], reason="x")
    assert "erasure has not ended" in missing["detail"]


async def test_a_case_is_answered_in_another_language_and_drafted_anew(console: Console) -> None:
    reference = await proven_request(console)
    kim = await program(console, KIM, Role.DRAFTER)
    (before,) = await kim.listed("/drafts")
    assert (await upon(kim, reference, "language", language="nl"))["language"] == "nl"
    assert "already" in (await upon(kim, reference, "language", 409, language="nl"))["detail"]
    await upon(kim, reference, "language", 422, language="es")
    (after,) = await kim.listed("/drafts")
    assert (before["language"], after["language"]) == ("en", "nl")
    (anew,) = await upon(kim, reference, "anew")
    assert (anew["status"], anew["id"] != after["id"]) == ("waiting", True)


async def test_a_colleague_is_kept_away_and_let_in_again(console: Console) -> None:
    reference = await proven_request(console)
    kim, lee = await program(console, KIM, Role.APPROVER), await program(console, LEE, Role.APPROVER)
    assert (await upon(lee, reference, "conflict", colleague=KIM))["kept_away"] == [KIM]
    await kim.call("GET", f"/cases/{reference}", 404)
    assert (await kim.call("GET", "/cases"))["cases"] == []
    assert await kim.listed("/drafts") == []
    stranger = await upon(lee, reference, "conflict", 409, colleague="x@example.net")
    assert "no colleague here" in stranger["detail"]
    assert (await upon(lee, reference, "conflict-lifted", colleague=KIM))["kept_away"] == []
    assert (await kim.call("GET", f"/cases/{reference}"))["reference"] == reference


async def test_a_breach_is_alarmed_by_a_reader_and_assessed_by_an_approver(console: Console) -> None:
    reference = await proven_request(console)
    rita, kim = await program(console, RITA, Role.READER), await program(console, KIM, Role.APPROVER)
    alarmed = await upon(rita, reference, "breach", reason="the letter went to a neighbour")
    assert alarmed["breach_known_at"]
    await upon(rita, reference, "breach-assessed", 403, reason="nothing to it")
    assert (await upon(kim, reference, "breach-assessed", reason="told the authority"))["breach_known_at"] is None
    again = await upon(kim, reference, "breach-assessed", 409, reason="again")
    assert "no breach waits" in again["detail"]


async def test_the_officer_holds_a_case_and_notes_an_authority_s_day(console: Console) -> None:
    console.desk.reader.tell("Please comment.", RequestType.COMPLAINT, flags=frozenset({Flag.AUTHORITY}))
    await console.desk.mail("Please comment.")
    reference = (await console.desk.case()).reference
    dee = await program(console, DEE, Role.DPO)
    assert (await upon(dee, reference, "hold", reason="a claim"))["held_for"] == "a claim"
    assert (await upon(dee, reference, "release", reason="settled"))["held_for"] == ""
    assert "nothing holds" in (await upon(dee, reference, "release", 409, reason="settled"))["detail"]
    late = await upon(dee, reference, "authority-day", 409, day="2020-01-01", reason="page 2")
    assert "is over" in late["detail"]
    told = await upon(dee, reference, "authority-day", day="2026-12-15", reason="page 2")
    assert told["authority_due"] == "2026-12-15"


async def test_a_case_somebody_denied_goes_on_once_that_is_settled(console: Console) -> None:
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell("My data.", RequestType.ACCESS)
    await desk.mail("My data.")
    await desk.deliver()
    await desk.reception.denials.deny(links_of(desk)[-1])
    reference = (await desk.case()).reference
    kim, dee = await program(console, KIM, Role.APPROVER), await program(console, DEE, Role.DPO)
    await kim.call("GET", f"/cases/{reference}", 404)
    assert (await dee.call("GET", f"/cases/{reference}"))["denied_at"]
    assert (await upon(dee, reference, "denial-settled", reason="she called"))["denied_at"] is None
    assert "nobody denies" in (await upon(dee, reference, "denial-settled", 409, reason="again"))["detail"]


async def test_a_stolen_token_of_an_approver_sends_a_thief_nothing(console: Console) -> None:
    """Whoever holds it may do what its owner may: vouch, ask, approve once. It takes another colleague to send data."""
    reference = await asked_from_a_new_address(console)
    await console.desk.mail(console.desk.couriers[MAIL].to(NEW)[-1].secret, NEW)
    stolen = await program(console, KIM, Role.APPROVER)
    elsewhere = await upon(stolen, reference, "vouch", 409, ground="second_channel", of=ANN, reason="called back")
    assert "a second channel adds to a proof" in elsewhere["detail"]
    await upon(stolen, reference, "vouch", ground="document", of=ANN, reason="looked genuine")
    (draft,) = [one for one in await stolen.listed("/drafts") if one["kind"] == "answer"]
    fresh = await stolen.call("POST", f"/drafts/{draft['id']}/approve", 409, json={"seal": draft["seal"]})
    assert "this address is new to us" in fresh["detail"]
    console.desk.clock.turn(hours=73)
    yes = {"seal": draft["seal"]}
    once = await stolen.call("POST", f"/drafts/{draft['id']}/approve", json=yes)
    assert (once["status"], once["approvals"]) == ("waiting", [KIM])
    again = await program(console, KIM, Role.APPROVER)  # another token of the same colleague
    for token in (stolen, again):
        refused = await token.call("POST", f"/drafts/{draft['id']}/approve", 409, json=yes)
        assert "a second, different colleague" in refused["detail"]
    await console.desk.deliver()
    told = console.desk.couriers[MAIL].sent
    assert not any("Canary" in one.body for one in told)
    assert any("question: was_it_you" in one.body and one.recipient.value == ANN for one in told)
