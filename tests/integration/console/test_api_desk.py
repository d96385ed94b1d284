"""What a front end of one's own sees and takes along: the day, files that came, whole lists, and many cases at once."""

import csv
from io import StringIO

from bot.core.drafts import Role
from bot.core.rights import Flag, RequestType
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import Console
from tests.integration.console.programs import program, proven_request
from tests.integration.console.test_life import asks
from tests.integration.console.test_scanning import received
from tests.integration.console.test_tasks import erasure

DEE, RITA, ADA = "dee@nexioprojects.com", "rita@nexioprojects.com", "ada@nexioprojects.com"


async def test_the_day_says_what_breaks_first_and_to_whom_nothing_does(console: Console) -> None:
    reference = await proven_request(console)
    kim, ada = await program(console, KIM, Role.APPROVER), await program(console, ADA, Role.ADMINISTRATOR)
    (draft,) = await kim.listed("/drafts")
    day = await kim.call("GET", "/today")
    assert (day["fine"], day["open"], day["late"], day["away"]) == (True, 1, 0, [])
    (need,) = day["needs"]
    assert (need["need"], need["clock"], need["case"], need["draft"]) == ("approve", "promise", reference, draft["id"])
    console.desk.clock.turn(days=20)
    late = await kim.call("GET", "/today")
    assert (late["fine"], late["late"]) == (False, 1)
    assert [(await ada.call("GET", "/today"))[name] for name in ("needs", "open")] == [[], 0]


async def test_many_cases_are_handed_on_at_once_or_none_of_them(console: Console) -> None:
    first, second = [(await asks(console, text)) for text in ("My name is Ann.", "Ann, not Anne!")]
    kim, rita = await program(console, KIM, Role.DRAFTER), await program(console, RITA, Role.READER)
    both = {"cases": [first, second], "to": KIM}
    await rita.call("POST", "/cases/assign", 403, json=both)
    await kim.call("POST", "/cases/assign", 404, json=both | {"cases": [first, "NX-0000-0000"]})
    refused = await kim.call("POST", "/cases/assign", 409, json=both | {"to": RITA})
    assert f"{RITA} may not work on" in refused["detail"]
    assert (await kim.call("GET", "/cases", params={"assignee": KIM}))["cases"] == []
    told = await kim.call("POST", "/cases/assign", json=both)
    assert [one["reference"] for one in told] == [first, second]
    mine = (await kim.call("GET", "/cases", params={"assignee": KIM}))["cases"]
    assert {one["reference"] for one in mine} == {first, second}


async def test_one_file_of_a_mail_is_taken_out_and_the_look_is_on_file(console: Console) -> None:
    ident = await received(console, b"%PDF-1.7 a letter")
    kim = await program(console, KIM, Role.READER)
    (message,) = await kim.call("GET", "/cases/NX-file/messages")
    (file,) = message["files"]
    assert (file["part"], file["name"], file["media_type"], file["destroyed"]) == (1, "bill.pdf", "application/pdf", "")
    got = await kim.http.get(f"/api/v1/messages/{ident}/parts/{file['part']}")
    assert (got.status_code, got.content.strip()) == (200, b"%PDF-1.7 a letter")
    assert got.headers["content-disposition"].startswith("attachment;")
    missing = await kim.call("GET", f"/messages/{ident}/parts/77", 404)
    assert missing["detail"] == f"there is no file 77 of message {ident}"
    history = await kim.call("GET", "/cases/NX-file/history")
    assert {one["actor"] for one in history if one["event"] == "original_opened"} == {KIM}


async def test_the_history_and_the_year_are_taken_along_as_csv_by_who_may(console: Console) -> None:
    reference = await proven_request(console)
    kim = await program(console, KIM, Role.READER)
    await kim.call("GET", f"/cases/{reference}")
    dee, small = await program(console, DEE, Role.DPO, exports=True), await program(console, LEE, Role.DPO)
    for path in ("/audit/export", "/reports/2026/csv"):
        assert "may export" in (await small.call("POST", path, 403, json={}))["detail"]
        await kim.call("POST", path, 403, json={})
    got = await dee.http.post("/api/v1/audit/export", json={"case": reference, "actor": KIM.upper(), "event": "seen"})
    assert got.headers["content-type"].startswith("text/csv")
    (entry,) = csv.DictReader(StringIO(got.text))
    assert (entry["case"], entry["who"], entry["what"]) == (reference, KIM, "seen")
    await dee.call("POST", "/audit/export", 404, json={"case": "NX-0000-0000"})
    await dee.call("POST", "/audit/export", 422, json={"since": "yesterday"})
    taken = (await dee.call("GET", "/audit", params={"event": "audit_exported"}))["entries"]
    assert [(one["actor"], one["facts"]) for one in taken] == [(DEE, {"entries": "1"})]
    year = await dee.http.post("/api/v1/reports/2026/csv")
    rows = {(row["question"], row["answer"]): row["requests"] for row in csv.DictReader(StringIO(year.text))}
    assert rows["right", "access"] == "1"


async def test_whoever_sends_a_mailing_asks_first(console: Console) -> None:
    kim, hugo = await program(console, KIM, Role.DRAFTER), await program(console, "hugo@nexioprojects.com", Role.HR)
    stop = {"recipient": "zoe@example.net", "scope": "email", "reason": "by phone"}
    await kim.call("POST", "/suppressions", json=stop)
    asked = {"recipients": ["Zoe@Example.net", "bea@example.net", "nobody at all"], "scope": "email"}
    told = await kim.call("POST", "/suppressions/check", json=asked)
    assert [(one["allowed"], one["stopped"]) for one in told] == [(False, "email"), (True, None), (False, None)]
    phoned = await kim.call("POST", "/suppressions/check", json=asked | {"scope": "phone"})
    assert phoned[0]["allowed"]
    kinds = await kim.call("POST", "/suppressions/check", 422, json=asked | {"scope": "all"})
    assert "a mailing is of one kind" in kinds["detail"]
    await hugo.call("POST", "/suppressions/check", 403, json=asked)


async def test_an_authority_s_day_is_proposed_until_one_is_noted(console: Console) -> None:
    console.desk.reader.tell(
        "Please answer by 24 December 2026.", RequestType.COMPLAINT, flags=frozenset({Flag.AUTHORITY})
    )
    await console.desk.mail("Please answer by 24 December 2026.")
    where = f"/cases/{(await console.desk.case()).reference}"
    dee = await program(console, DEE, Role.DPO)
    read = await dee.call("GET", where)
    (proposed,) = read["wanted_by"]
    assert (proposed["day"], "24 December 2026" in proposed["words"]) == ("2026-12-24", True)
    noted = {"day": proposed["day"], "reason": "page 1", "version": read["version"]}
    await dee.call("POST", f"{where}/authority-day", json=noted)
    assert (await dee.call("GET", where))["wanted_by"] == []


async def test_an_erasure_is_rehearsed_before_anybody_says_yes(console: Console) -> None:
    reference = await erasure(console)
    kim = await program(console, KIM, Role.READER)
    foreseen = await kim.call("GET", f"/cases/{reference}/rehearsal")
    assert {one["what"]: one["fate"] for one in foreseen}["customer C-1"] == "goes"
    assert "stays" in {one["fate"] for one in foreseen}
    assert await console.desk.store.transact(lambda unit: unit.directory.count()) == 1


async def test_what_was_understood_is_told_with_its_evidence(console: Console) -> None:
    reference = await proven_request(console)
    kim = await program(console, KIM, Role.READER)
    (message, *_) = await kim.call("GET", f"/cases/{reference}/messages")
    assert (message["sender"], message["sure"], message["rights"]) == (ANN, True, ["access"])
    assert message["trust"]
    assert message["why"]
