"""Handing over and taking in by a program: the redaction desk, packages, whole cases, lists, what came by post."""

from io import BytesIO
from zipfile import ZipFile

from bot.console.api import PATH
from bot.core.drafts import Role
from bot.core.enclosures import MOST_BYTES
from bot.core.messages import Attachment
from bot.core.rights import RequestType
from bot.core.verdict import Outcome
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import Console
from tests.integration.console.programs import BODIES, program, proven_request
from tests.integration.console.test_redacting import copied

DEE = "dee@nexioprojects.com"


async def test_words_about_somebody_else_stay_out_of_a_copy_and_come_back(console: Console) -> None:
    reference = await copied(console)
    kim, rita = await program(console, KIM, Role.DRAFTER), await program(console, "rita@x.example", Role.READER)
    where = f"/cases/{reference}/copy"
    await rita.call("GET", where, 403)
    (notes,) = [one for one in (await kim.call("GET", where))["texts"] if one["key"] == "notes"]
    assert notes["suggested"] == ["Bert Janssens"]
    out = BODIES["POST /cases/{reference}/copy/marks"] | {"words": "Bert Janssens"}
    await kim.call("POST", f"{where}/marks", 422, json=out | {"reason": " "})
    assert (
        "do not stand there" in (await kim.call("POST", f"{where}/marks", 409, json=out | {"words": "Zoe"}))["detail"]
    )
    (mark,) = (await kim.call("POST", f"{where}/marks", json=out))["marks"]
    assert (mark["words"], mark["by"], mark["reason"]) == ("Bert Janssens", KIM, "he asked us")
    assert "left out there already" in (await kim.call("POST", f"{where}/marks", 409, json=out))["detail"]
    (draft,) = await kim.listed("/drafts")
    whole = await kim.call("POST", f"/cases/{reference}/packages", 409, json={"seal": draft["seal"]})
    assert "let the answer end as partly for access" in whole["detail"]
    assert (await kim.call("DELETE", f"{where}/marks/{mark['id']}"))["marks"] == []
    await kim.call("DELETE", f"{where}/marks/{mark['id']}", 404)


async def test_a_file_goes_along_byte_for_byte_once_and_is_taken_away(console: Console) -> None:
    reference = await copied(console)
    kim = await program(console, KIM, Role.DRAFTER)
    file, data = f"/cases/{reference}/copy/files/orders.pdf", b"%PDF-1.7\r\n\x00\xff" + bytes(2 << 20)
    (shown,) = (await kim.call("PUT", file, content=data))["files"]
    assert (shown["name"], shown["bytes"]) == ("orders.pdf", len(data))
    case = await console.desk.case()
    (kept,) = await console.desk.store.transact(lambda unit: unit.enclosures.of_case(case.id))
    assert await console.desk.store.transact(lambda unit: unit.enclosures.data(kept.id)) == data
    assert "is there already" in (await kim.call("PUT", file, 409, content=data))["detail"]
    assert "one of these kinds" in (await kim.call("PUT", file[:-3] + "exe", 422, content=b"MZ"))["detail"]
    await kim.call("PUT", file, 413, content=bytes(MOST_BYTES + 1))
    assert (await kim.call("DELETE", file))["files"] == []
    await kim.call("DELETE", file, 404)


async def test_a_package_is_prepared_once_for_the_answer_that_was_read(console: Console) -> None:
    reference = await proven_request(console)
    kim = await program(console, KIM, Role.APPROVER)
    (draft,) = await kim.listed("/drafts")
    packed = await kim.call("POST", f"/cases/{reference}/packages", json={"seal": draft["seal"]})
    assert "/your-data/" in packed["draft"]["body"]
    assert packed["package"]["recipient"] == ANN
    assert all(len(one["sha256"]) == 64 for one in packed["package"]["files"])
    again = await kim.call("POST", f"/cases/{reference}/packages", 409, json={"seal": draft["seal"]})
    assert "read it again" in again["detail"]
    (listed,) = await kim.call("GET", f"/cases/{reference}/packages")
    assert (listed["id"], listed["opened_at"]) == (packed["package"]["id"], None)


async def test_a_whole_case_and_whole_lists_go_to_a_token_made_for_it(console: Console) -> None:
    reference = await proven_request(console)
    plain = await program(console, DEE, Role.DPO)
    made = {
        f"/cases/{reference}/pack": None,
        "/suppressions/export": None,
        "/reports/2026/pdf": None,
        "/customers/import": {"csv": "number,emails\nC-9,zoe@example.net\n"},
    }
    for path, wish in made.items():
        assert "that may export" in (await plain.call("POST", path, 403, json=wish))["detail"]
    dee = await program(console, DEE, Role.DPO, exports=True)
    packed = await dee.http.post(f"{PATH}/cases/{reference}/pack")
    with ZipFile(BytesIO(packed.content)) as archive:
        assert {"case.pdf", "history.json", "SHA256SUMS"} <= set(archive.namelist())
    await dee.call("POST", "/suppressions", json={"recipient": "zoe@example.net", "reason": "by phone"})
    assert {one["value"] for one in await dee.call("POST", "/suppressions/export")} == {"zoe@example.net"}
    assert (await dee.http.post(f"{PATH}/reports/2026/pdf")).content.startswith(b"%PDF-")
    assert (await dee.call("GET", "/reports/2026"))["counts"]["right"] == {"access": "1"}
    rows = {"csv": "number,emails\nC-9,zoe@example.net\nC-10,nobody\n"}
    tried = await dee.call("POST", "/customers/import", json=rows | {"dry_run": True})
    assert (tried["added"], tried["problems"]) == (1, [{"line": 3, "problem": "'nobody' is no e-mail address"}])
    find = {"words": "zoe@example.net"}
    assert await dee.call("POST", "/customers/find", json=find) == []
    await dee.call("POST", "/customers/import", json=rows)
    assert [one["number"] for one in await dee.call("POST", "/customers/find", json=find)] == ["C-9"]
    events = {one["event"] for one in (await dee.call("GET", "/audit", params={"actor": DEE, "limit": 200}))["entries"]}
    assert {"packed", "suppressions_exported", "customers_imported"} <= events
    assert await dee.call("POST", "/audit/verify") == []


async def test_the_files_of_a_direct_transfer_go_to_a_token_made_for_it_once_another_agreed(console: Console) -> None:
    desk = console.desk
    reference = await proven_request(console, RequestType.PORTABILITY)
    case = await desk.case()
    (draft,) = await desk.outcomes.choose_in(case.id, {RequestType.PORTABILITY: Outcome.TRANSFERRED}, KIM)
    kim = await program(console, KIM, Role.APPROVER, exports=True)
    (task,) = await kim.call("GET", f"/cases/{reference}/tasks")
    files = f"/tasks/{task['id']}/files"
    assert "nobody sends data alone" in (await kim.call("POST", files, 409))["detail"]
    await desk.approval.approve(draft.id, LEE)
    plain = await program(console, DEE, Role.APPROVER)
    assert "that may export" in (await plain.call("POST", files, 403))["detail"]
    taken = await kim.http.post(f"{PATH}{files}")
    with ZipFile(BytesIO(taken.content)) as archive:
        assert any(b"Canary Lane 7" in archive.read(name) for name in archive.namelist())


async def test_opt_outs_past_those_the_console_shows_go_to_a_token_that_may_export(console: Console) -> None:
    """Page after page is the whole list, as the CSV is: it takes an approver's token that was made for it."""
    approver = await program(console, KIM, Role.APPROVER, exports=True)
    for number in range(4):
        stop = {"recipient": f"zoe{number}@example.net", "reason": "by phone"}
        await approver.call("POST", "/suppressions", json=stop)
    dora = await program(console, "dora@nexioprojects.com", Role.READER, exports=True)
    plain = await program(console, "lee@nexioprojects.com", Role.APPROVER)
    for caller, why in ((plain, "that may export"), (dora, "roles do not include this")):
        page = await caller.call("GET", "/suppressions", params={"limit": 3})
        assert len(page["suppressions"]) == 3
        further = {"limit": 3, "after": page["next"]}
        assert why in (await caller.call("GET", "/suppressions", 403, params=further))["detail"]
    assert len(await approver.listed("/suppressions")) == 4


async def test_the_history_is_narrowed_to_a_case_and_never_to_one_that_may_not_be_seen(console: Console) -> None:
    reference = await proven_request(console)
    ada = await program(console, "ada@nexioprojects.com", Role.ADMINISTRATOR)
    hidden = await ada.call("GET", "/audit", 404, params={"case": reference})
    assert hidden["detail"] == f"there is no case {reference}"
    dee = await program(console, DEE, Role.DPO)
    page = await dee.call("GET", "/audit", params={"case": reference, "event": "opened"})
    assert [(one["case"], one["event"]) for one in page["entries"]] == [(reference, "opened")]


async def test_mail_without_a_case_is_looked_at_and_adopted_once(console: Console) -> None:
    await console.desk.mail("My parcel is late.", message_id="<parcel@example.com>")
    kim, rita = await program(console, KIM, Role.DRAFTER), await program(console, "rita@x.example", Role.READER)
    await rita.call("GET", "/messages", 403)
    (mail,) = await kim.listed("/messages", kind="other")
    assert (mail["sender"], mail["text"]) == (ANN, "My parcel is late.")
    assert (await kim.http.get(f"{PATH}/messages/{mail['id']}/original")).content
    case = await kim.call("POST", f"/messages/{mail['id']}/adopt", json={"rights": ["access"]})
    assert [one["right"] for one in case["items"]] == ["access"]
    twice = await kim.call("POST", f"/messages/{mail['id']}/adopt", 409, json={"rights": ["access"]})
    assert f"belongs to case {case['reference']} already" in twice["detail"]
    await kim.call("POST", f"/messages/{mail['id']}/release", 409)
    assert await kim.listed("/messages", kind="other") == []


async def test_a_letter_is_entered_once_however_often_it_is_sent(console: Console) -> None:
    console.desk.reader.tell("Send me my data.", RequestType.ACCESS)
    kim = await program(console, KIM, Role.DRAFTER)
    letter = BODIES["POST /messages"] | {"at": "2026-03-01T09:00:00+01:00", "text": "Send me my data."}
    first, second = [await kim.call("POST", "/messages", json=letter) for _ in range(2)]
    assert (first["id"], first["case"]) == (second["id"], second["case"])
    assert first["case"] == (await console.desk.case()).reference
    await kim.call("POST", "/messages", 422, json=letter | {"email": ANN})
    assert (
        "still ahead"
        in (await kim.call("POST", "/messages", 409, json=letter | {"at": "2030-01-01T00:00:00Z"}))["detail"]
    )
    (found,) = await kim.call("POST", "/cases/find", json={"words": first["case"]})
    assert found["channel"] == "letter"


async def test_a_card_that_was_seen_is_destroyed(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("my card", RequestType.ACCESS)
    await desk.mail("my card", attachments=(Attachment(1, "card.png", "image/png", 4),))
    kim = await program(console, LEE, Role.APPROVER)
    reference = (await desk.case()).reference
    (message,) = [one for one in await kim.call("GET", f"/cases/{reference}/messages") if not one["ours"]]
    told = await kim.call("POST", f"/messages/{message['id']}/destroy", json={"reason": "she is herself"})
    assert told["case"] == reference
    gone = await kim.call("POST", f"/messages/{message['id']}/destroy", 409, json={"reason": "again"})
    assert "no file that is still there" in gone["detail"]
