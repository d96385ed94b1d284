"""What a front end of one's own does beside drafts: measures upon a case, sharing it, its tasks, letters in trouble."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.console.as_read import as_read
from bot.core.delivery import Outgoing
from bot.core.drafts import DraftKind, Role
from bot.core.errors import NotAllowed, PermanentFailure, UncertainDelivery
from bot.core.lanes import Deed
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from bot.core.tasks import Task, TaskKind
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import Console, open_console
from tests.integration.console.programs import holding, program, proven_request
from tests.integration.console.test_identity import NEW, asked_from_a_new_address
from tests.integration.console.test_tasks import OTHERS, erasure

RITA = "rita@nexioprojects.com"


@pytest.fixture
async def with_systems(tmp_path: Path) -> AsyncIterator[Console]:
    """Serve a desk whose company keeps data elsewhere and passed some on."""
    async with open_console(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other.json", OTHERS) as opened:
        yield opened


async def stuck(console: Console, failure: Exception) -> Outgoing:
    """Have an answer approved and its delivery fail."""
    await proven_request(console)
    desk = console.desk
    await desk.deliver()
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await console.hire(colleague, Role.APPROVER)
        await desk.approval.approve(draft.id, colleague)
    desk.couriers[MAIL].refuse = [failure]
    desk.clock.turn(minutes=2)
    await desk.deliver()
    return next(one for one in await desk.outbox() if one.draft_id == draft.id)


async def test_a_parked_letter_is_sent_again_and_arrives_once(console: Console) -> None:
    letter = await stuck(console, PermanentFailure("554 relay denied"))
    kim = await program(console, KIM, Role.APPROVER)
    (listed,) = await kim.listed("/deliveries", state="parked")
    assert (listed["id"], listed["last_error"], listed["recipient"]) == (letter.id, "554 relay denied", ANN)
    assert (await kim.call("POST", f"/deliveries/{letter.id}/retry"))["state"] == "queued"
    await console.desk.deliver()
    again = await kim.call("POST", f"/deliveries/{letter.id}/retry", 409)
    assert "nothing to try again" in again["detail"]
    answers = [one for one in console.desk.couriers[MAIL].to(ANN) if one.kind is DraftKind.ANSWER]
    assert [one.message_id for one in answers] == [letter.message_id]


async def test_an_uncertain_letter_is_settled_once_and_never_just_tried_again(console: Console) -> None:
    letter = await stuck(console, UncertainDelivery("lost after the dot"))
    kim = await program(console, KIM, Role.APPROVER)
    assert "may have arrived" in (await kim.call("POST", f"/deliveries/{letter.id}/retry", 409))["detail"]
    settled = await kim.call("POST", f"/deliveries/{letter.id}/settle", json={"arrived": True})
    assert settled["state"] == "sent"
    twice = await kim.call("POST", f"/deliveries/{letter.id}/settle", 409, json={"arrived": False})
    assert "only an uncertain one" in twice["detail"]


async def test_what_lands_between_the_look_and_the_deed_is_read_first(console: Console) -> None:
    reference = await proven_request(console)
    await console.hire(KIM, Role.APPROVER)
    read = await console.desk.case_of(ANN)
    case, office = await as_read(console.office, KIM, reference, read.version, Deed.APPROVE)
    went_on = await console.desk.store.transact(lambda unit: unit.cases.save(unit.cases.get(case.id)))
    with pytest.raises(NotAllowed, match="read it again"):
        await office.approval.close(case.id, KIM, "she withdrew it by phone")
    assert await console.desk.case_of(ANN) == went_on


async def test_a_draft_goes_back_for_a_reason_as_it_was_read(console: Console) -> None:
    reference = await proven_request(console)
    kim = await program(console, KIM, Role.DRAFTER)
    (draft,) = await kim.listed("/drafts")
    path, back = f"/drafts/{draft['id']}/reject", {"reason": "warmer", "seal": draft["seal"]}
    assert "read it again" in (await kim.call("POST", path, 409, json=back | {"seal": "0" * 64}))["detail"]
    await kim.call("POST", path, 422, json=back | {"reason": "  "})
    assert (await kim.call("POST", path, json=back))["status"] == "rejected"
    assert "only a waiting one" in (await kim.call("POST", path, 409, json=back))["detail"]
    assert await kim.listed("/drafts") == []
    version = (await kim.call("GET", f"/cases/{reference}"))["version"]
    ends = {"outcomes": {"access": "granted"}, "version": version}
    (anew,) = await kim.call("POST", f"/cases/{reference}/outcomes", json=ends)
    assert (anew["kind"], anew["status"]) == ("answer", "waiting")


async def test_who_it_is_is_asked_once_then_facts_and_nothing_is_done_to_a_case_that_went_on(console: Console) -> None:
    desk, reference = console.desk, await asked_from_a_new_address(console)
    kim = await program(console, KIM, Role.DRAFTER)
    where = f"/cases/{reference}"
    version = (await kim.call("GET", where))["version"]
    elsewhere = await kim.call("POST", f"{where}/ask", 409, json={"at": "x@example.net", "version": version})
    assert "nobody has named x@example.net" in elsewhere["detail"]
    facts = {"of": ANN, "version": version}
    assert "ask for a code" in (await kim.call("POST", f"{where}/ask-facts", 409, json=facts))["detail"]
    await kim.call("POST", f"{where}/ask", json={"version": version})
    assert "went on" in (await kim.call("POST", f"{where}/ask", 409, json={"version": version}))["detail"]
    await desk.mail(await desk.code(), NEW)
    assert "went on" in (await kim.call("POST", f"{where}/ask-facts", 409, json=facts))["detail"]
    read = await kim.call("GET", where)
    await kim.call("POST", f"{where}/ask-facts", json=facts | {"version": read["version"]})
    await desk.deliver()
    assert "question: facts" in desk.couriers[MAIL].to(NEW)[-1].body
    trail = await desk.store.transact(lambda unit: unit.audit.chain(read["id"]))
    assert [(one.event, one.actor) for one in trail if one.event in {"identity_asked", "facts_asked"}] == [
        ("identity_asked", KIM),
        ("facts_asked", KIM),
    ]


async def test_more_time_is_taken_and_a_case_ends_by_whoever_may(console: Console) -> None:
    reference = await proven_request(console)
    lee, kim = await program(console, LEE, Role.DRAFTER), await program(console, KIM, Role.APPROVER)
    where = f"/cases/{reference}"
    version = (await lee.call("GET", where))["version"]
    more = {"rights": ["access"], "reason": "volume", "version": version}
    letter = await lee.call("POST", f"{where}/extend", json=more)
    again = await lee.call("POST", f"{where}/extend", json=more)
    waiting = [one["id"] for one in await lee.listed("/drafts") if one["kind"] == "extension"]
    assert (letter["kind"], waiting) == ("extension", [again["id"]])
    wrong = await lee.call("POST", f"{where}/extend", 409, json=more | {"rights": ["erasure"]})
    assert "no open erasure" in wrong["detail"]
    await lee.call("POST", f"{where}/extend", 422, json=more | {"reason": "staff"})
    await lee.call("POST", f"{where}/close", 403, json={"reason": "by phone", "version": version})
    await kim.call("POST", f"{where}/close", 409, json={"reason": "by phone", "version": version - 1})
    ended = await kim.call("POST", f"{where}/close", json={"reason": "by phone", "version": version})
    assert (ended["open"], ended["stage"]) == (False, "closed")
    assert "answer" not in {one["kind"] for one in await kim.listed("/drafts")}


async def test_a_case_is_handed_on_with_a_note_to_who_may_work_on_it(console: Console) -> None:
    reference = await proven_request(console)
    kim, rita = await program(console, KIM, Role.DRAFTER), await program(console, RITA, Role.READER)
    where = f"/cases/{reference}"
    assert (await kim.call("POST", f"{where}/assign", json={"to": KIM}))["assignee"] == KIM
    refused = await kim.call("POST", f"{where}/assign", 409, json={"to": RITA})
    assert f"{RITA} may not work on {reference}" in refused["detail"]
    for _ in range(2):
        await kim.call("POST", f"{where}/note", json={"text": "Call her after five."})
    await rita.call("GET", f"{where}/history")
    lee = await program(console, LEE, Role.DRAFTER)
    await lee.call("POST", f"{where}/note", json={"text": "I will."})
    await kim.call("POST", f"{where}/note", json={"text": "Call her after five."})
    await kim.call("POST", f"{where}/note", 422, json={"text": " \n"})
    await rita.call("POST", f"{where}/note", 403, json={"text": "I agree."})
    work = await rita.call("GET", f"{where}/work")
    assert (work["assignee"], [(one["by"], one["text"]) for one in work["notes"]]) == (
        KIM,
        [(KIM, "Call her after five."), (LEE, "I will.")],
    )


async def test_tasks_are_worked_through_and_a_mark_is_undone(with_systems: Console) -> None:
    reference = await erasure(with_systems)
    kim, rita = await program(with_systems, KIM, Role.DRAFTER), await program(with_systems, RITA, Role.READER)
    tasks = {one["name"]: one["id"] for one in await kim.listed("/tasks")}
    shop, stripe = f"/tasks/{tasks['web shop']}", f"/tasks/{tasks['Stripe']}"
    await rita.call("POST", f"{shop}/done", 403, json={})
    assert (await kim.call("POST", f"{shop}/done", json={"note": "two orders"}))["by"] == KIM
    assert "marked already" in (await kim.call("POST", f"{shop}/done", 409, json={}))["detail"]
    assert "approve its notice" in (await kim.call("POST", f"{stripe}/done", 409, json={}))["detail"]
    await kim.call("POST", f"{stripe}/except", 422, json={"reason": ""})
    excepted = await kim.call("POST", f"{stripe}/except", json={"reason": "never had her data"})
    assert (excepted["case"], excepted["excepted"], excepted["note"]) == (reference, True, "never had her data")
    assert (await kim.call("POST", f"{shop}/undo"))["ended_at"] is None
    assert "still to be done" in (await kim.call("POST", f"{shop}/undo", 409))["detail"]
    left = {one["name"] for one in await kim.listed("/tasks")}
    assert (left, len(await rita.call("GET", f"/cases/{reference}/tasks"))) == ({"C-1", "web shop", "Brevo <SAS>"}, 4)


async def test_what_lies_in_another_lane_is_answered_like_what_never_was(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("I complain.", RequestType.COMPLAINT)
    await desk.mail("I complain.")
    letter = (await desk.outbox())[-1]
    kim = await program(console, KIM, Role.APPROVER)
    hidden = await kim.call("POST", f"/deliveries/{letter.id}/retry", 404)
    assert hidden["detail"] == f"there is no delivery {letter.id}"
    assert (await kim.call("POST", "/deliveries/none/retry", 404))["detail"] == "there is no delivery none"
    assert (await kim.call("POST", "/tasks/none/undo", 404))["detail"] == "there is no task none"


async def test_a_token_lists_the_tasks_of_its_own_roles_and_not_of_its_owner_s(console: Console) -> None:
    desk, dee = console.desk, "dee@nexioprojects.com"
    desk.reader.tell("I complain.", RequestType.COMPLAINT)
    await desk.mail("I complain.")
    case = await desk.case_of(ANN)
    task = Task(
        "t1", case.id, case.items[0].id, RequestType.ERASURE, TaskKind.CARRY_OUT, "web shop", "", desk.clock.now()
    )
    await desk.store.transact(lambda unit: unit.tasks.add(task))
    await console.hire(dee, Role.DPO, Role.APPROVER)
    secret, _ = await console.office.tokens.make("small", frozenset({Role.APPROVER}), 5, dee)
    small = await holding(console, secret)
    assert await small.listed("/tasks") == []
    await small.call("POST", "/tasks/t1/done", 404, json={})
    whole = await program(console, dee, Role.DPO)
    assert [one["case"] for one in await whole.listed("/tasks")] == [case.reference]
