"""The JSON API over real HTTP: who may call what, what a token is worth, and what refusals say to do."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from bot.console.api import PATH, ROUTERS, build_api
from bot.console.api.access import CALLS
from bot.console.api.gate import MOST_A_MINUTE, NOT_THIS
from bot.core.drafts import DraftKind, Role
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.messages import MAIL
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import PASSWORD, Console
from tests.integration.console.programs import BODIES, WORDS, Program, holding, program, proven_request

DEE = "dee@nexioprojects.com"
DESCRIPTION = Path(__file__).parents[3] / "docs" / "openapi.json"


def test_the_table_and_the_calls_are_the_same() -> None:
    calls = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert {f"{method} {route.path}" for route in calls for method in route.methods or ()} == set(CALLS)


@pytest.mark.parametrize("role", Role)
async def test_every_role_meets_every_call_as_declared(console: Console, role: Role) -> None:
    caller = await program(console, "rita@nexioprojects.com", role)
    for called, rule in CALLS.items():
        method, _, path = called.partition(" ")
        for name, word in WORDS.items():
            path = path.replace("{" + name + "}", word)
        query = {"state": "parked"} if path == "/deliveries" else None
        response = await caller.http.request(method, PATH + path, json=BODIES.get(called), params=query)
        refused = response.status_code == 403 and "roles do not include this" in response.text
        assert refused is not rule.admits(frozenset({role})), f"{role}: {called} said {response.status_code}"
        assert response.status_code < 500


async def test_who_has_no_token_that_holds_is_told_where_to_get_one(console: Console) -> None:
    caller = await program(console, KIM, Role.APPROVER, days=1)
    nobody = await holding(console, "nexio_guessed")
    for called in CALLS:
        method, _, path = called.partition(" ")
        assert "Programs" in (await nobody.call(method, path, 401, json=BODIES.get(called)))["detail"]
    assert "makes tokens" in (await nobody.call("GET", "/cases", 401))["detail"]
    await caller.call("GET", "/cases")
    console.desk.clock.turn(days=1)
    await caller.call("GET", "/cases", 401)


async def test_a_token_ends_with_its_owner_s_word_an_administrator_s_and_loses_roles_with_its_owner(
    console: Console,
) -> None:
    first, second = [await program(console, KIM, Role.APPROVER) for _ in range(2)]
    tokens, store = console.office.tokens, console.desk.store
    (one, two) = await store.transact(lambda unit: unit.tokens.listed(KIM))
    await console.hire(LEE, Role.APPROVER)
    with pytest.raises(Exception, match="there is no token"):
        await tokens.end(one.id, LEE)
    await tokens.end(one.id, KIM)
    await console.hire(DEE, Role.ADMINISTRATOR)
    await tokens.end(two.id, DEE)
    for ended in (first, second):
        await ended.call("GET", "/cases", 401)
    third = await program(console, KIM, Role.APPROVER)
    await console.hire(KIM, Role.READER)
    await third.call("GET", "/cases", 403)
    with pytest.raises(NotAllowed, match="your own roles only"):
        await tokens.make("greedy", frozenset({Role.DPO}), 5, KIM)
    with pytest.raises(NotAllowed, match="a year"):
        await tokens.make("for ever", frozenset({Role.READER}), 5000, KIM)


async def test_a_front_end_reads_edits_approves_and_takes_back(console: Console) -> None:
    reference = await proven_request(console)
    kim = await program(console, KIM, Role.APPROVER)
    (listed,) = (await kim.call("GET", "/cases"))["cases"]
    assert (listed["reference"], listed["stage"], listed["requester"]) == (reference, "review", ANN)
    said = await kim.call("GET", f"/cases/{reference}/messages")
    assert next(one["text"] for one in said if not one["ours"]) == "A copy of my data, please."
    (draft,) = await kim.listed("/drafts")
    assert [one["id"] for one in await kim.call("GET", f"/cases/{reference}/drafts")] == [draft["id"]]
    events = [one["event"] for one in await kim.call("GET", f"/cases/{reference}/history")]
    assert {"opened", "challenged", "seen"} <= set(events)
    early = await kim.call("POST", f"/drafts/{draft['id']}/take-back", 409)
    assert "nothing to take back" in early["detail"]
    assert (await kim.call("GET", f"/drafts/{draft['id']}"))["in_the_way"] == []
    words = {"subject": draft["subject"], "body": draft["body"] + "\nKind regards", "seal": draft["seal"]}
    edited = await kim.call("PUT", f"/drafts/{draft['id']}", json=words)
    assert edited["seal"] != draft["seal"]
    stale = await kim.call("PUT", f"/drafts/{draft['id']}", 409, json=words)
    assert "read it again" in stale["detail"]
    assert (
        "read it again"
        in (await kim.call("POST", f"/drafts/{draft['id']}/approve", 409, json={"seal": draft["seal"]}))["detail"]
    )
    half = await kim.call("POST", f"/drafts/{draft['id']}/approve", json={"seal": edited["seal"]})
    assert (half["status"], half["approvals"], half["approvers_needed"]) == ("waiting", [KIM], 2)
    lee = await program(console, LEE, Role.APPROVER)
    whole = await lee.call("POST", f"/drafts/{draft['id']}/approve", json={"seal": edited["seal"]})
    assert whole["status"] == "approved"
    back = await kim.call("POST", f"/drafts/{draft['id']}/take-back")
    assert (back["status"], back["approvals"]) == ("waiting", [])
    for one in (kim, lee):
        await one.call("POST", f"/drafts/{back['id']}/approve", json={"seal": back["seal"]})
    await console.desk.deliver()
    (answer,) = [one for one in console.desk.couriers[MAIL].to(ANN) if one.kind is DraftKind.ANSWER]
    assert answer.body.endswith("Kind regards")
    assert "too late" in (await kim.call("POST", f"/drafts/{back['id']}/take-back", 409))["detail"]


async def test_a_token_is_never_the_second_of_two_beside_its_owner(console: Console) -> None:
    await proven_request(console)
    first = await program(console, KIM, Role.APPROVER)
    second = await program(console, KIM, Role.APPROVER)
    (draft,) = await first.listed("/drafts")
    path, yes = f"/drafts/{draft['id']}/approve", {"seal": draft["seal"]}
    await first.call("POST", path, json=yes)
    await second.call("POST", path, 409, json=yes)
    with pytest.raises(NotApprovable):
        await console.desk.approval.approve(draft["id"], KIM)
    assert not [one for one in console.desk.couriers[MAIL].to(ANN) if one.kind is DraftKind.ANSWER]


async def test_a_token_sees_the_lanes_of_its_roles_and_not_of_its_owner(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("I complain.", RequestType.COMPLAINT)
    await desk.mail("I complain.")
    complaint = await desk.case_of(ANN)
    await console.hire(DEE, Role.DPO, Role.APPROVER)
    secret, _ = await console.office.tokens.make("small", frozenset({Role.APPROVER}), 5, DEE)
    small = await holding(console, secret)
    assert (await small.call("GET", "/cases"))["cases"] == []
    gone = await small.call("GET", f"/cases/{complaint.reference}", 404)
    never = await small.call("GET", "/cases/NX-0000-0000", 404)
    assert gone["detail"].replace(complaint.reference, "") == never["detail"].replace("NX-0000-0000", "")
    for draft in await desk.drafts():
        await small.call("GET", f"/drafts/{draft.id}", 404)
        await small.call("POST", f"/drafts/{draft.id}/approve", 404, json={"seal": draft.seal})
    whole = await program(console, DEE, Role.DPO)
    assert (await whole.call("GET", f"/cases/{complaint.reference}"))["lane"] == "dpo"
    events = await whole.call("GET", "/audit", params={"limit": 200})
    assert {"token_made"} <= {one["event"] for one in events["entries"]}


async def test_every_act_of_a_token_is_on_file_and_a_correction_is_one(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("Forget me.", RequestType.OBJECTION)
    await desk.mail("Forget me.")
    case = await desk.case_of(ANN)
    kim = await program(console, KIM, Role.DRAFTER)
    said = {"rights": ["erasure"], "version": case.version}
    told = await kim.call("POST", f"/cases/{case.reference}/reading", json=said)
    assert [one["right"] for one in told["items"] if one["state"] != "merged"] == ["erasure"]
    twice = await kim.call("POST", f"/cases/{case.reference}/reading", 409, json=said)
    assert "went on since you read it" in twice["detail"]
    trail = await desk.store.transact(lambda unit: unit.audit.chain("people"))
    used, _ = [one for one in trail if one.event == "token_used"]
    assert (used.actor, used.data["token"], used.data["call"]) == (
        KIM,
        "front end",
        "POST /cases/{reference}/reading",
    )


async def test_pages_go_on_by_key(console: Console) -> None:
    for number in range(5):
        console.desk.reader.tell(f"My data {number}", RequestType.ACCESS)
        await console.desk.mail(f"My data {number}", f"person{number}@example.org")
    kim = await program(console, KIM, Role.READER)
    seen, after = [], ""
    for _ in range(3):
        page = await kim.call("GET", "/cases", params={"limit": 2, "after": after})
        seen += [one["reference"] for one in page["cases"]]
        after = page["next"]
    assert (len(set(seen)), after) == (5, "")
    await kim.call("GET", "/cases", 404, params={"after": "nobody"})


async def test_every_list_goes_on_by_key_and_is_filtered(console: Console) -> None:
    desk = console.desk
    for number in range(5):
        desk.reader.tell(f"My data {number}", RequestType.ACCESS)
        await desk.know(f"person{number}@example.org", number=f"C-{number}")
        await desk.mail(f"My data {number}", f"person{number}@example.org")
        await desk.mail(await desk.code(), f"person{number}@example.org")
    kim = await program(console, KIM, Role.APPROVER, exports=True)
    for number in range(4):
        stop = {"recipient": f"zoe{number}@example.net", "scope": "phone" if number == 0 else "email", "reason": "x"}
        await kim.call("POST", "/suppressions", json=stop)
    assert len({one["id"] for one in await kim.listed("/drafts")}) == len(await kim.listed("/drafts")) == 5
    assert await kim.listed("/drafts", kind="extension") == []
    stopped = [one["value"] for one in await kim.listed("/suppressions")]
    assert stopped == [f"zoe{number}@example.net" for number in (3, 2, 1, 0)]
    assert [one["value"] for one in await kim.listed("/suppressions", scope="phone")] == ["zoe0@example.net"]
    letters = await kim.listed("/deliveries")
    assert len({one["id"] for one in letters}) == len(letters) > 5
    assert [one["created_at"] for one in letters] == sorted((one["created_at"] for one in letters), reverse=True)
    for path in ("/cases", "/drafts", "/suppressions", "/deliveries"):
        refused = await kim.call("GET", path, 404, params={"after": "nobody"})
        assert "to go on from" in refused["detail"]
    mine = (await kim.call("GET", "/cases", params={"assignee": KIM}))["cases"]
    late = (await kim.call("GET", "/cases", params={"due_by": "2020-01-01"}))["cases"]
    assert (mine, late) == ([], [])


async def test_too_much_is_refused_before_it_is_read(console: Console) -> None:
    kim = await program(console, KIM, Role.APPROVER)
    await kim.call("PUT", "/drafts/x", 413, content=b"x" * (2 << 20))

    async def pieces() -> Any:
        yield b"{}"

    await kim.call("PUT", "/drafts/x", 411, content=pieces())
    await kim.call("POST", "/suppressions", 422, json={"recipient": "zoe@example.net", "reason": "x", "other": 1})
    for method, path, status in (("GET", "/no/such/call", 404), ("DELETE", "/cases", 405)):
        assert "openapi.json" in (await kim.call(method, path, status))["detail"]
    answers = [(await kim.http.get(f"{PATH}/suppressions")).status_code for _ in range(MOST_A_MINUTE + 1)]
    assert answers[-1] == 429
    console.desk.clock.turn(minutes=1)
    await kim.listed("/suppressions")


async def documented(console: Console, folder: Path, name: str, caller: Program, **environment: str) -> list[str]:
    """Run an example of docs/api.md as it stands there, and return the lines it prints."""
    page = DESCRIPTION.with_name("api.md").read_text(encoding="utf-8")
    (example,) = re.findall(rf"```python\n(# {re.escape(name)}:.*?)```", page, re.DOTALL)
    (folder / name).write_text(example)
    told = {
        "URL": console.url,
        "TOKEN": caller.http.headers["Authorization"].partition(" ")[2],
        "no_proxy": "127.0.0.1",
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        str(folder / name),
        env=os.environ | told | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate()
    return said.decode().splitlines()


async def test_the_documented_program_says_yes(console: Console, tmp_path: Path) -> None:
    reference = await proven_request(console)
    kim = await program(console, KIM, Role.APPROVER)
    assert await documented(console, tmp_path, "approve.py", kim) == [
        f"{reference} answer to {ANN} from nobody yet",
        "in the way: nothing",
        "1 of 2",
    ]


async def test_the_documented_program_walks_the_pages_and_tells_a_refusal(console: Console, tmp_path: Path) -> None:
    for number in range(3):
        console.desk.reader.tell(f"My data {number}", RequestType.ACCESS)
        await console.desk.mail(f"My data {number}", f"person{number}@example.org")
    references = {case.reference for case in await console.desk.cases()}
    kim, rita = await program(console, KIM, Role.DRAFTER), await program(console, "rita@x.example", Role.READER)
    told = await documented(console, tmp_path, "late.py", kim, DAY="2026-12-31")
    assert {line.partition(" ")[0] for line in told} == references
    assert len(told) == 3
    (work,) = [await kim.call("GET", f"/cases/{one}/work") for one in sorted(references)][:1]
    assert [note["text"] for note in work["notes"]] == ["told the team on 2026-12-31"]
    refused = await documented(console, tmp_path, "late.py", rita, DAY="2026-12-31")
    assert refused[-1] == NOT_THIS


async def test_a_token_is_made_at_the_console_after_the_password_and_shown_once(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open("/tokens")
    console.desk.clock.turn(minutes=11)
    await kim.send("/tokens/make", name="late", role="approver", days="9")
    assert await console.desk.store.transact(lambda unit: unit.tokens.listed()) == []
    await kim.open("/prove?next=/tokens")
    await kim.send("/prove", password=PASSWORD, next="/tokens")
    assert "your own roles only" in await kim.send("/tokens/make", 422, name="x", role="dpo", days="9")
    assert "a year at most" in await kim.send("/tokens/make", 422, name="x", role="approver", days="²")
    page = await kim.send("/tokens/make", name="front end", role="approver", days="9", exports="yes")
    assert "May export" in page.partition("<tbody>")[2].partition("</tbody>")[0]
    (secret,) = re.findall(r"nexio_[\w-]+", page)
    assert secret not in await kim.open("/tokens")
    await (await holding(console, secret)).call("GET", "/cases")
    (token,) = await console.desk.store.transact(lambda unit: unit.tokens.listed())
    assert token.may_export
    lee = await console.colleague(LEE, Role.APPROVER)
    assert "front end" not in await lee.open("/tokens")
    await lee.send("/tokens/end", 404, token=token.id)
    ada = await console.colleague(DEE, Role.ADMINISTRATOR)
    assert "front end" in await ada.open("/tokens")
    await ada.send("/tokens/end", token=token.id)
    await (await holding(console, secret)).call("GET", "/cases", 401)


def test_the_description_is_current() -> None:
    """Written anew by `python -m bot.console.api > docs/openapi.json`."""
    assert json.loads(DESCRIPTION.read_text(encoding="utf-8")) == build_api().openapi()


def test_what_is_done_with_a_case_as_a_whole_names_the_version_that_was_read() -> None:
    """But for what is kept or handed over once whatever went on, names the seal of a draft, or only takes out."""
    described = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    unversioned = set()
    for path, calls in described["paths"].items():
        deed = re.fullmatch(r".*/cases/{reference}/([\w-]+)", path)
        if deed and "post" in calls:
            body = re.search(r"schemas/(\w+)", str(calls["post"].get("requestBody")))
            if not body or "version" not in described["components"]["schemas"][body[1]]["required"]:
                unversioned.add(deed[1])
    assert unversioned == {"assign", "note", "packages", "pack"}


async def test_whatever_the_description_allows_or_forbids_breaks_nothing(console: Console) -> None:
    """Schemathesis calls everything with a token of every role; a fixed seed, a few examples each."""
    await proven_request(console)
    caller = await program(console, KIM, *Role)
    headers = {"Authorization": caller.http.headers["Authorization"]}
    schema = schemathesis.openapi.from_dict(build_api().openapi())
    failures: list[str] = []

    def run() -> None:
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()

            @given(case=operation.as_strategy())
            @settings(
                max_examples=12,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def call(case: Any) -> None:
                response = case.call(base_url=console.url + PATH, headers=headers)
                if response.status_code >= 500:
                    failures.append(f"{case.method} {case.formatted_path}: {response.status_code}")
                case.validate_response(response, checks=[response_schema_conformance])
                console.desk.clock.turn(seconds=1)

            call()

    await asyncio.to_thread(run)
    assert failures == []
