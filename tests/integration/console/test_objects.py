"""Each role meets each kind of case by each route as one table says; whoever a complaint is about meets none of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Final

import pytest

from bot.console.access import ROUTES
from bot.console.api import PATH
from bot.console.api.access import CALLS
from bot.core.case import Case, Lane, State
from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind, Role
from bot.core.lanes import MAY, Deed
from bot.core.messages import MAIL, Attachment, Handle, Inbound, Message
from bot.core.records import LOOKS, Disposition
from bot.core.rights import RequestType
from bot.core.tasks import Task, TaskKind
from bot.core.unit import Unit
from bot.flow.sight import CASE_OF
from tests.integration.console.conftest import Browser, Console
from tests.integration.console.programs import BODIES, Program, program
from tests.storage.samples import a_case, a_draft, an_item, an_outgoing

ME, OTHER = "rita@nexioprojects.com", "otto@nexioprojects.com"
ROLE: Final = "Your role does not include this"
PERSON: Final = "zelda@example.net"
RAW: Final = (
    b"From: zelda@example.net\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: text/plain\r\n"
    b"Content-Disposition: attachment; filename=a.txt\r\n\r\nfile\r\n--b--\r\n"
)

DEEDS: Final[Mapping[str, Deed]] = {
    "GET /live/cases/{case}": Deed.SEE,
    "GET /cases/{case}": Deed.SEE,
    "GET /drafts/{draft}": Deed.SEE,
    "GET /messages/{message}/original": Deed.SEE,
    "GET /messages/{message}/html": Deed.SEE,
    "GET /messages/{message}/parts/{part}": Deed.SEE,
    "POST /cases/{case}/breach": Deed.SEE,
    "POST /cases/{case}/hold": Deed.SEE,
    "POST /cases/{case}/release": Deed.SEE,
    "POST /cases/{case}/pack": Deed.SEE,
    "POST /cases/{case}/authority-day": Deed.SEE,
    "POST /cases/{case}/assign": Deed.EDIT,
    "POST /cases/{case}/note": Deed.EDIT,
    "POST /cases/{case}/language": Deed.EDIT,
    "POST /cases/{case}/ask": Deed.EDIT,
    "POST /cases/{case}/ask-facts": Deed.EDIT,
    "POST /cases/{case}/undoubt": Deed.APPROVE,
    "POST /cases/{case}/anew": Deed.EDIT,
    "POST /cases/{case}/reread": Deed.EDIT,
    "POST /cases/{case}/conflict": Deed.EDIT,
    "POST /cases/{case}/conflict-lifted": Deed.EDIT,
    "POST /cases/{case}/denial-settled": Deed.APPROVE,
    "POST /cases/{case}/reopen": Deed.EDIT,
    "POST /cases/{case}/merge": Deed.EDIT,
    "POST /cases/{case}/split": Deed.EDIT,
    "POST /cases/{case}/outcome": Deed.EDIT,
    "POST /cases/{case}/extend": Deed.EDIT,
    "POST /cases/{case}/package": Deed.EDIT,
    "POST /cases/{case}/code": Deed.APPROVE,
    "POST /cases/{case}/task": Deed.EDIT,
    "POST /cases/{case}/take-along": Deed.EDIT,
    "GET /cases/{case}/copy": Deed.EDIT,
    "POST /cases/{case}/copy/file": Deed.EDIT,
    "POST /cases/{case}/copy/take-away": Deed.EDIT,
    "POST /cases/{case}/copy/leave-out": Deed.EDIT,
    "POST /cases/{case}/copy/put-back": Deed.EDIT,
    "POST /drafts/{draft}/edit": Deed.EDIT,
    "POST /drafts/{draft}/unsaved": Deed.EDIT,
    "GET /drafts/{draft}/unsaved": Deed.EDIT,
    "POST /drafts/{draft}/forget": Deed.EDIT,
    "POST /drafts/{draft}/outcomes": Deed.EDIT,
    "POST /drafts/{draft}/reject": Deed.EDIT,
    "POST /cases/{case}/vouch": Deed.APPROVE,
    "POST /cases/{case}/unvouch": Deed.APPROVE,
    "POST /cases/{case}/choose": Deed.APPROVE,
    "POST /cases/{case}/unchoose": Deed.APPROVE,
    "POST /cases/{case}/close": Deed.APPROVE,
    "POST /cases/{case}/breach-assessed": Deed.APPROVE,
    "POST /messages/{message}/destroy": Deed.APPROVE,
    "POST /drafts/{draft}/approve": Deed.APPROVE,
    "POST /drafts/{draft}/take-back": Deed.APPROVE,
    "POST /deliveries/{outgoing}/retry": Deed.APPROVE,
    "POST /deliveries/{outgoing}/settle": Deed.APPROVE,
}
"""What each route about one object does with the case it belongs to."""

CALLED: Final[Mapping[str, Deed]] = {
    "GET /cases/{reference}": Deed.SEE,
    "GET /cases/{reference}/messages": Deed.SEE,
    "GET /cases/{reference}/drafts": Deed.SEE,
    "GET /cases/{reference}/history": Deed.SEE,
    "GET /cases/{reference}/work": Deed.SEE,
    "GET /cases/{reference}/tasks": Deed.SEE,
    "GET /cases/{reference}/rehearsal": Deed.SEE,
    "GET /drafts/{draft}": Deed.SEE,
    "GET /cases/{reference}/packages": Deed.SEE,
    "GET /messages/{message}/original": Deed.SEE,
    "GET /messages/{message}/parts/{part}": Deed.SEE,
    "POST /cases/{reference}/pack": Deed.SEE,
    "POST /cases/{reference}/hold": Deed.SEE,
    "POST /cases/{reference}/release": Deed.SEE,
    "POST /cases/{reference}/breach": Deed.SEE,
    "POST /cases/{reference}/authority-day": Deed.EDIT,
    "POST /cases/{reference}/anew": Deed.EDIT,
    "POST /cases/{reference}/language": Deed.EDIT,
    "POST /cases/{reference}/reopen": Deed.EDIT,
    "POST /cases/{reference}/merge": Deed.EDIT,
    "POST /cases/{reference}/split": Deed.EDIT,
    "POST /cases/{reference}/conflict": Deed.EDIT,
    "POST /cases/{reference}/conflict-lifted": Deed.EDIT,
    "POST /cases/{reference}/packages": Deed.EDIT,
    "GET /cases/{reference}/copy": Deed.EDIT,
    "PUT /cases/{reference}/copy/files/{name}": Deed.EDIT,
    "DELETE /cases/{reference}/copy/files/{name}": Deed.EDIT,
    "POST /cases/{reference}/copy/marks": Deed.EDIT,
    "DELETE /cases/{reference}/copy/marks/{mark}": Deed.EDIT,
    "POST /messages/{message}/adopt": Deed.SEE,
    "POST /messages/{message}/release": Deed.SEE,
    "POST /cases/{reference}/assign": Deed.EDIT,
    "POST /cases/{reference}/note": Deed.EDIT,
    "POST /cases/{reference}/ask": Deed.EDIT,
    "POST /cases/{reference}/ask-facts": Deed.EDIT,
    "POST /cases/{reference}/undoubt": Deed.APPROVE,
    "POST /cases/{reference}/extend": Deed.EDIT,
    "POST /cases/{reference}/outcomes": Deed.EDIT,
    "POST /tasks/{task}/done": Deed.EDIT,
    "POST /tasks/{task}/undo": Deed.EDIT,
    "POST /tasks/{task}/except": Deed.EDIT,
    "POST /tasks/{task}/files": Deed.EDIT,
    "PUT /drafts/{draft}": Deed.EDIT,
    "POST /drafts/{draft}/outcomes": Deed.EDIT,
    "POST /drafts/{draft}/reject": Deed.EDIT,
    "POST /cases/{reference}/vouch": Deed.APPROVE,
    "POST /cases/{reference}/unvouch": Deed.APPROVE,
    "POST /cases/{reference}/choose": Deed.APPROVE,
    "POST /cases/{reference}/unchoose": Deed.APPROVE,
    "POST /cases/{reference}/close": Deed.APPROVE,
    "POST /cases/{reference}/breach-assessed": Deed.APPROVE,
    "POST /cases/{reference}/denial-settled": Deed.APPROVE,
    "POST /drafts/{draft}/approve": Deed.APPROVE,
    "POST /drafts/{draft}/take-back": Deed.APPROVE,
    "POST /messages/{message}/destroy": Deed.APPROVE,
    "POST /deliveries/{outgoing}/retry": Deed.APPROVE,
    "POST /deliveries/{outgoing}/settle": Deed.APPROVE,
    "POST /cases/{reference}/reading": Deed.EDIT,
}
"""What each call of the API about one object does with its case."""

NO_CASE: Final = frozenset({"POST /messages/{message}/release", "POST /messages/{message}/adopt"})
"""What is done with messages that have no case."""

KINDS: Final[Mapping[str, tuple[Lane, frozenset[str]]]] = {
    "ordinary": (Lane.GENERAL, frozenset()),
    "employee": (Lane.HR, frozenset()),
    "officer": (Lane.DPO, frozenset()),
    "authority": (Lane.AUTHORITY, frozenset()),
    "about me": (Lane.GENERAL, frozenset({ME})),
    "about another": (Lane.DPO, frozenset({OTHER})),
}


@dataclass(frozen=True)
class Objects:
    """A case of one kind and what belongs to it, by the names that stand in addresses."""

    case: Case
    names: Mapping[str, str]

    def address(self, route: str) -> str:
        path = route.partition(" ")[2]
        for name, value in self.names.items():
            path = path.replace("{" + name + "}", value)
        return path


async def objects(console: Console, kind: str) -> Objects:
    """Put a case of this kind on the desk, with a draft, a message with a file, and a letter that is stuck."""
    lane, about = KINDS[kind]
    ident = f"k{list(KINDS).index(kind)}"
    case = replace(
        a_case(ident, requester=Handle(MAIL, PERSON), items=(an_item(state=State.REVIEW),)),
        lane=lane,
        complained_of=about,
        name="Zelda Quist",
    )
    draft, out = a_draft(case, f"draft-{ident}"), an_outgoing(case, f"out-{ident}", draft=f"draft-{ident}")
    now = console.desk.clock.now()

    def work(unit: Unit) -> str:
        unit.cases.add(case)
        unit.drafts.add(replace(draft, kind=DraftKind.ANSWER, items=("i1",)))
        unit.outbox.add(replace(out, state=DeliveryState.PARKED, last_error="550 no"))
        unit.audit.record(case.id, "opened", "desk", now)
        unit.tasks.add(
            Task(f"task-{ident}", case.id, "i1", RequestType.ERASURE, TaskKind.CARRY_OUT, "shop", "it@x.example", now)
        )
        unit.inbox.keep(Inbound(MAIL, "info/INBOX", ident, now, [RAW]), now)
        (claimed,) = unit.inbox.claim(now, 1, timedelta(minutes=1))
        message = Message(
            MAIL, Handle(MAIL, PERSON), text="Hello", attachments=(Attachment(1, "a.txt", "text/plain", 4),)
        )
        unit.inbox.finish(claimed.message, claimed.fence, Disposition.CASE, parsed=message, case_id=case.id)
        return claimed.message

    message = await console.desk.store.transact(work)
    names = {
        "case": case.reference,
        "reference": case.reference,
        "draft": draft.id,
        "message": message,
        "part": "1",
        "outgoing": out.id,
        "task": f"task-{ident}",
        "name": "orders.txt",
        "mark": "none",
    }
    return Objects(case, names)


def may(role: Role, kind: str, route: str) -> bool:
    lane, about = KINDS[kind]
    return ROUTES[route].admits(frozenset({role})) and role in MAY[lane][DEEDS[route]] and ME not in about


def test_the_table_names_every_route_about_what_belongs_to_a_case() -> None:
    about = {route for route in ROUTES if CASE_OF.keys() & set(re.findall(r"{(\w+)}", route))}
    assert DEEDS.keys() | NO_CASE == about


async def answer_of(browser: Browser, route: str, these: Objects) -> tuple[int, str]:
    """Use a route on an object; return the answer's status, and its words where the gate refused it."""
    method = route.partition(" ")[0]
    data = {"csrf": _seal(browser), "task": these.names["task"]} if method == "POST" else None
    async with browser.http.stream(method, these.address(route), data=data) as response:
        if response.status_code not in {403, 404}:  # a stream of changes never ends by itself
            return response.status_code, ""
        told = (await response.aread()).decode()
        return response.status_code, told if response.status_code == 404 or ROLE in told else ""


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_meets_every_kind_of_case_as_declared(console: Console, role: Role) -> None:
    found = {kind: await objects(console, kind) for kind in KINDS}
    browser = await console.colleague(ME, role)
    wrong = []
    for route in sorted(DEEDS, key=lambda route: (route.startswith("POST"), "task" not in route, "conflict" in route)):
        for kind, these in found.items():
            status, told = await answer_of(browser, route, these)
            admitted, expected = not told, may(role, kind, route)
            if admitted is not expected or status >= 500 or these.case.reference in told or "Zelda" in told:
                wrong.append(f"{kind}: {route} said {status}, should {'admit' if expected else 'refuse'}")
    assert not wrong, "\n".join(wrong)


def test_the_table_names_every_call_about_one_object() -> None:
    about = {called for called in CALLS if {"reference", *CASE_OF, "task"} & set(re.findall(r"{(\w+)}", called))}
    assert CALLED.keys() == about


@pytest.mark.parametrize("role", list(Role))
async def test_a_token_of_every_role_meets_every_kind_of_case_as_declared(console: Console, role: Role) -> None:
    """What it may not see is not there for it, in the words for what never was."""
    found = {kind: await objects(console, kind) for kind in KINDS}
    caller, wrong = await program(console, ME, role, exports=True), []
    for called, deed in CALLED.items():
        for kind, these in found.items():
            (lane, about), method = KINDS[kind], called.partition(" ")[0]
            response = await caller.http.request(method, PATH + these.address(called), json=BODIES.get(called))
            refused = response.json()["detail"] if response.status_code >= 400 else ""
            may_call, sees = CALLS[called].admits(frozenset({role})), ME not in about and role in MAY[lane][Deed.SEE]
            if not may_call:
                as_declared = "roles do not include this" in refused
            elif not sees:
                as_declared = response.status_code == 404 and refused.startswith("there is no ")
            elif role not in MAY[lane][deed]:
                as_declared = response.status_code == 403 and "may not" in refused
            else:
                as_declared = response.status_code != 403 or "may not" not in refused
                as_declared &= not refused.startswith(("there is no case", "there is no draft", "there is no message"))
            if not as_declared or response.status_code >= 500 or (not sees and "Zelda" in response.text):
                wrong.append(f"{kind}: {called} said {response.status_code} {refused}")
    assert not wrong, "\n".join(wrong)


async def everything_shown(browser: Browser) -> dict[str, str]:
    """Return every page without an object of its own that this colleague may open, and every export and search."""
    pages = {}
    for route, rule in ROUTES.items():
        method, _, path = route.partition(" ")
        if (
            method == "GET"
            and "{" not in path
            and rule.stage is not None
            and "company" not in path
            and "live" not in path
        ):
            pages[path] = await browser.open(path)
    for path in ("/cases?which=all", "/cases?state=review", "/messages?kind=other"):
        pages[path] = await browser.open(path)
    await browser.open("/")
    home = browser.page
    for path, fields in {
        "/cases/find": {"words": PERSON},
        "/audit/verify": {},
        "/audit/export": {},
        "/suppressions/export": {},
        "/reports/export": {},
    }.items():
        browser.page = home
        pages[path] = await browser.send(path, **fields)
    return pages


async def test_whoever_a_complaint_is_about_sees_and_counts_nothing_of_it(console: Console) -> None:
    """Not even with every role: no list, search, count, export or history tells of it, nor does anything change."""
    me = await console.colleague(ME, *Role)
    await everything_shown(me)  # their own looks are in the history from now on
    before = await everything_shown(me)
    about = await objects(console, "about me")
    after = await everything_shown(me)
    for path, page in after.items():
        for word in (about.case.reference, about.case.id, "Zelda Quist", *about.names.values()):
            if word not in {"1", "none"}:  # what stands for a part, and for a mark nobody set
                assert word not in page.replace(PERSON, ""), f"{path} tells of {word}"
    assert _figures(after["/"]) == _figures(before["/"])
    assert after["/reports/export"] == before["/reports/export"]
    await console.hire(OTHER, *Role)
    other = await console.colleague(OTHER, *Role)
    seen = await everything_shown(other)
    assert about.case.reference in seen["/cases"]
    assert about.case.reference in seen["/audit"]
    assert _figures(seen["/"]) != _figures(before["/"])
    assert seen["/reports/export"] != before["/reports/export"]


async def everything_told(caller: Program) -> dict[str, str]:
    """Return what a program is told by every list, search, count and export that is about no one object."""
    told = {}
    for called in CALLS:
        method, _, path = called.partition(" ")
        asks = method == "GET" or path.endswith(("/find", "/export", "/verify", "/csv"))
        if asks and "{reference}" not in path and not re.search(r"{(draft|message)}", path):
            answer = await caller.http.request(method, PATH + path.format(year=2026), json=BODIES.get(called))
            assert answer.status_code == 200, f"{called}: {answer.text}"
            told[called] = answer.text
    found = await caller.http.post(f"{PATH}/cases/find", json={"words": PERSON})
    return told | {"found": found.text}


async def test_no_program_of_whoever_a_complaint_is_about_is_told_of_it(console: Console) -> None:
    caller = await program(console, ME, *Role, exports=True)
    before = await everything_told(caller)
    about = await objects(console, "about me")
    after = await everything_told(caller)
    for called, told in after.items():
        for word in (about.case.reference, about.case.id, "Zelda Quist", *about.names.values()):
            if word not in {"1", "none"}:
                assert word not in told, f"{called} tells of {word}"
    for counts in ("GET /reports/{year}", "POST /reports/{year}/csv", "GET /cases", "GET /drafts", "GET /tasks"):
        assert after[counts] == before[counts], counts
    seen = await everything_told(await program(console, OTHER, *Role, exports=True))
    assert about.case.reference in seen["found"]
    assert seen["GET /reports/{year}"] != before["GET /reports/{year}"]
    assert all(called in seen for called in ("POST /audit/export", "GET /deliveries", "GET /today", "POST /cases/find"))


def _figures(page: str) -> str:
    return page.partition('class="figures"')[2].partition("</ul>")[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_code_for_a_page_is_seen_with_the_case_it_was_asked_for(console: Console, kind: str) -> None:
    """It belongs to no case, so that nothing there moves when it bounces; its address is the person's all the same."""
    desk, address = console.desk, f"quiet-{list(KINDS).index(kind)}@example.net"
    lane, about = KINDS[kind]
    case = replace(
        a_case("quiet", requester=Handle(MAIL, address), items=(an_item(state=State.REVIEW),)),
        reference="NX-THSN-WEH6",
        lane=lane,
        complained_of=about,
    )
    await desk.store.transact(lambda unit: unit.cases.add(case))
    await desk.reception.statuses.ask(case.reference)

    def bounce(unit: Unit) -> str:
        (letter,) = unit.outbox.listed()
        unit.outbox.save(replace(letter, state=DeliveryState.PARKED, last_error=f"550 no {address}"))
        return letter.id

    letter = await desk.store.transact(bounce)
    me, sees = await console.colleague(ME, Role.APPROVER), kind == "ordinary"
    for page, word in {"/": letter, "/deliveries": address}.items():
        assert (word in await me.open(page)) is sees, page
    secret, _ = await console.office.tokens.make("front end", frozenset({Role.APPROVER}), 9, ME)
    told = await me.http.get(
        "/api/v1/deliveries", params={"state": "parked"}, headers={"Authorization": f"Bearer {secret}"}
    )
    assert told.status_code == 200
    assert (letter in told.text) is sees
    for deed in ("retry", "settle"):
        refused = await me.http.post(f"/deliveries/{letter}/{deed}", data={"csrf": _seal(me), "arrived": "yes"})
        assert (refused.status_code == 404) is not sees


def _seal(browser: Browser) -> str:
    return unescape(browser.page.partition('name="csrf" value="')[2].partition('"')[0])


async def test_a_page_of_the_list_is_full_though_some_cases_are_kept_away(console: Console) -> None:
    await objects(console, "about me")
    me = await console.colleague(ME, Role.DPO)
    assert "No case fits" in await me.open("/cases?which=all")
    await objects(console, "ordinary")
    assert (await me.open("/cases")).count('href="/cases/NX-') == 1


async def test_every_look_at_a_case_is_on_file(console: Console) -> None:
    these = await objects(console, "ordinary")
    me = await console.colleague(ME, Role.DPO)
    looks = [
        route for route, deed in DEEDS.items() if route.startswith("GET") and "live" not in route and deed is Deed.SEE
    ]
    for route in looks:
        assert await answer_of(me, route, these) == (200, "")
    chain = await console.desk.store.transact(lambda unit: unit.audit.chain(these.case.id))
    told = [link.event for link in chain if link.actor == ME]
    assert sorted(told) == ["original_opened"] * 3 + ["seen"] * 2


async def test_every_call_that_shows_something_of_a_case_is_a_look_on_file(console: Console) -> None:
    """Each of them, by the table of calls, in the name of whose token it is."""
    these = await objects(console, "ordinary")
    asks_for_a_copy = replace(these.case, items=(replace(an_item(state=State.REVIEW), right=RequestType.ACCESS),))
    await console.desk.store.transact(lambda unit: unit.cases.save(asks_for_a_copy))
    caller = await program(console, ME, Role.DPO)

    async def looks() -> int:
        chain = await console.desk.store.transact(lambda unit: unit.audit.chain(these.case.id))
        return sum(link.event in LOOKS and link.actor == ME for link in chain)

    shows = [called for called in CALLED if called.startswith("GET")]
    assert len(shows) > 10
    for number, called in enumerate(shows, 1):
        answer = await caller.http.get(PATH + these.address(called))
        assert (answer.status_code, await looks()) == (200, number), f"{called}: {answer.text}"


async def test_a_colleague_who_is_kept_away_sees_to_the_case_no_more(console: Console) -> None:
    these = await objects(console, "ordinary")
    await console.hire(ME, Role.DRAFTER)
    dee = await console.colleague("dee@nexioprojects.com", Role.DPO)
    await dee.open(f"/cases/{these.case.reference}")
    await dee.send(f"/cases/{these.case.reference}/assign", to=ME)
    await dee.send(f"/cases/{these.case.reference}/conflict", colleague=ME)
    assignees = await console.desk.store.transact(lambda unit: unit.teamwork.assignees([these.case.id]))
    assert assignees.get(these.case.id, "") == ""


async def test_what_may_not_be_seen_is_refused_like_what_is_not_there(console: Console) -> None:
    these = await objects(console, "about me")
    me = await console.colleague(ME, Role.DPO)
    routes = [route for route in DEEDS if route.startswith("GET")]
    missing = Objects(these.case, dict.fromkeys(these.names, "none") | {"part": "1"})
    for route in routes:
        there, nowhere = [(await me.http.get(one.address(route))) for one in (these, missing)]
        assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text) == (404, there.text)
