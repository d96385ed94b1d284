"""The lists: messages without a case, letters that did not leave, opt-outs, customers, the desk's own health."""

import csv
from datetime import timedelta
from html import unescape
from io import StringIO
from pathlib import Path

from bot.core.drafts import Role
from bot.core.errors import PermanentFailure, UncertainDelivery
from bot.core.messages import MAIL, TELEGRAM, Handle, Inbound
from bot.core.records import Suppression
from bot.core.rights import RequestType, Scope
from bot.core.unit import Unit
from tests.flow.conftest import ANN
from tests.integration.console.conftest import PASSWORD, Browser, Console, row_of
from tests.storage.insider import run

KIM, DEE = "kim@nexioprojects.com", "dee@nexioprojects.com"


async def test_a_parked_message_is_seen_today_saved_and_read_again(console: Console) -> None:
    desk = console.desk

    def park(unit: Unit) -> str:
        unit.inbox.keep(Inbound(MAIL, "info/INBOX", "bad", desk.clock.now(), [b"\xff<script>"]), desk.clock.now())
        (claimed,) = unit.inbox.claim(desk.clock.now(), 1, timedelta(minutes=1))
        unit.inbox.park(claimed.message, claimed.fence, "<b>too deep</b>")
        return claimed.message

    ident = await desk.store.transact(park)
    kim = await console.colleague(KIM, Role.DRAFTER)
    assert "1 message could not be read" in await kim.open("/")
    page = await kim.open("/messages")
    assert "&lt;b&gt;too deep" in page
    assert (await kim.http.get(f"/messages/{ident}/original")).content == b"\xff<script>"
    hr = await console.colleague("hana@nexioprojects.com", Role.HR)
    assert "could not be read" not in await hr.open("/")
    for path in ("/messages", f"/messages/{ident}/original", f"/messages/{ident}/html"):
        assert (await hr.http.get(path)).status_code in {403, 404}
    assert "read again within seconds" in await kim.send(f"/messages/{ident}/release")
    assert "All is well" in await kim.open("/")
    await kim.send(f"/messages/{ident}/release", 403)


async def test_a_request_the_reader_took_for_other_mail_is_taken_up(console: Console) -> None:
    await console.desk.mail("Could you kindly forget me?")
    kim = await console.colleague(KIM, Role.DRAFTER)
    page = await kim.open("/messages?kind=other")
    ident = page.partition('action="/messages/')[2].partition("/")[0]
    assert "Tick what the person asks for" in await kim.send(f"/messages/{ident}/adopt", 422)
    page = await kim.send(f"/messages/{ident}/adopt", right=["erasure"])
    assert "Could you kindly forget me?" in page
    assert [item.right for item in (await console.desk.case()).items] == [RequestType.ERASURE]
    assert "already" in await kim.send(f"/messages/{ident}/adopt", 422, right=["erasure"])


async def stuck(console: Console, failure: Exception) -> str:
    desk = console.desk
    desk.reader.tell("Stop using my data.", RequestType.OBJECTION)
    await desk.know(ANN)
    await desk.mail("Stop using my data.")
    await desk.deliver()
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    desk.couriers[MAIL].refuse = [failure]
    desk.clock.turn(seconds=15)
    await desk.deliver()
    return next(one.id for one in await desk.outbox() if one.draft_id == draft.id)


async def test_a_letter_that_did_not_leave_is_sent_again(console: Console) -> None:
    ident = await stuck(console, PermanentFailure("550 <mailbox> unavailable"))
    kim = await console.colleague(KIM, Role.APPROVER)
    assert "1 letter did not leave" in await kim.open("/")
    page = await kim.open("/deliveries")
    assert "550 &lt;mailbox&gt; unavailable" in page
    await kim.send(f"/deliveries/{ident}/settle", 422, arrived="yes")
    page = await kim.send(f"/deliveries/{ident}/retry")
    sent = len(console.desk.couriers[MAIL].to(ANN))
    await console.desk.deliver()
    assert len(console.desk.couriers[MAIL].to(ANN)) == sent + 1


async def test_a_letter_that_may_have_arrived_is_settled_by_a_colleague(console: Console) -> None:
    ident = await stuck(console, UncertainDelivery("the line broke"))
    kim = await console.colleague(KIM, Role.APPROVER)
    assert "did it arrive?" in await kim.open("/deliveries")
    assert "may have arrived" in await kim.send(f"/deliveries/{ident}/retry", 422)
    await kim.send(f"/deliveries/{ident}/settle", arrived="yes")
    assert "every letter has left" in await kim.open("/deliveries")
    await kim.send("/deliveries/none/settle", 404, arrived="yes")


async def test_opt_outs_are_exported_after_the_password_and_no_cell_is_a_formula(console: Console) -> None:
    rows = [
        Suppression("s1", Handle(MAIL, '=cmd|"/c calc"!A1@example.com'), Scope.ALL, console.desk.clock.now(), None),
        Suppression("s2", Handle(TELEGRAM, "-777"), Scope.PHONE, console.desk.clock.now(), None),
    ]
    await console.desk.store.transact(lambda unit: [unit.suppressions.add(row) for row in rows])
    kim = await console.colleague(KIM, Role.APPROVER)
    console.desk.clock.turn(minutes=15)
    page = await kim.open("/suppressions")
    assert "=cmd|&#34;" in page
    assert "Your password once more" in await kim.send("/suppressions/export")
    await kim.send("/prove", password=PASSWORD, next="/suppressions")
    written = await kim.send("/suppressions/export")
    assert kim.last.headers["content-disposition"].startswith("attachment")
    cells = [row[1] for row in csv.reader(StringIO(written))]
    assert cells == ["value", "'-777", '\'=cmd|"/c calc"!A1@example.com']


async def test_an_opt_out_heard_by_phone_is_added_and_lifted_for_a_reason(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open("/suppressions")
    phone = "06 12345678"
    assert "no e-mail address, telephone number" in await kim.send(
        "/suppressions/add", 422, recipient="nobody", scope="phone", reason="she rang"
    )
    assert "Say why" in (await kim.send("/suppressions/add", 422, recipient=phone, scope="phone")).replace("say", "Say")
    page = await kim.send("/suppressions/add", recipient=phone, scope="phone", reason="she rang")
    assert "stopped from now on" in page
    assert "+31612345678" in page
    dora = await console.colleague("dora@nexioprojects.com", Role.DRAFTER)
    page = await dora.open("/suppressions")
    assert 'action="/suppressions/add"' in page
    assert 'action="/suppressions/lift"' not in page
    await dora.send("/suppressions/lift", 403, recipient=phone, scope="phone", reason="mine")
    assert "is not stopped for +31612345678" in await kim.send(
        "/suppressions/lift", 422, recipient=phone, scope="survey", reason="she wants it"
    )
    page = await kim.send("/suppressions/lift", recipient="+31 6 12345678", scope="phone", reason="she wants it")
    assert "may go there again" in page
    assert "Nobody has opted out yet." in page


async def test_a_customer_is_found_by_a_whole_address_or_word_of_the_name(console: Console) -> None:
    await console.desk.know(ANN, name="<i>Ann</i>")
    kim = await console.colleague(KIM, Role.READER)
    assert "1 customer is on record" in await kim.open("/customers")
    assert "&lt;i&gt;Ann" in await kim.send("/customers/find", words=ANN.upper())
    assert "&lt;i&gt;Ann" in await kim.send("/customers/find", words="ann")
    for part in ("an", "example.com", "ann@example"):
        assert "Nobody on record has this" in await kim.send("/customers/find", words=part)


ROWS = "number;emails;name\nC-1;ann@example.com;Ann\nC-2;bob@;Bob\nC-3;cy@example.com;<script>alert(1)</script>\n"


async def upload(browser: Browser, status: int, data: bytes, **fields: str) -> str:
    """Send the import's form with a file, as a browser does."""
    seal = browser.page.partition('name="csrf" value="')[2].partition('"')[0]
    sent = {"csrf": seal, **fields}
    files = {"file": ("customers.csv", data, "text/csv")}
    response = await browser.http.post("/customers/import", data=sent, files=files)
    assert response.status_code == status, response.text[:2000]
    browser.page = response.text
    return response.text


async def test_customers_are_imported_after_a_preview_that_names_the_bad_rows(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    assert "Import customers" in await kim.open("/customers")
    await kim.open("/customers/import")
    page = await upload(kim, 200, ROWS.encode(), deed="preview")
    assert "2 customers are new" in page
    assert "&#39;bob@&#39; is no e-mail address" in row_of(page, '<td class="num">3</td>')
    assert "<script>alert" not in page
    assert "0 customers are on record" in (await kim.http.get("/customers")).text
    rows = unescape(page.partition('name="rows" value="')[2].partition('"')[0])
    page = await upload(kim, 200, b"", deed="import", rows=rows)
    assert "it is noted that you did it" in page
    assert "2 customers are on record" in await kim.open("/customers")
    history = await console.desk.store.transact(lambda unit: unit.audit.chain("customers"))
    assert [(link.event, link.actor, link.data) for link in history] == [
        ("customers_imported", KIM, {"added": "2", "changed": "0"})
    ]
    assert "not in the file" not in page
    page = await upload(kim, 200, b"number,emails\nC-9,zoe@example.com\n", deed="preview")
    assert "2 customers on record are not in the file" in page
    assert "C-1, C-3" in page


async def test_a_file_that_is_no_list_of_customers_says_what_to_do(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open("/customers/import")
    for data, said in (
        (b"", "Choose a file first"),
        ("number;emails;name\nC-1;a@example.com;Andr\xe9\n".encode("latin-1"), "not in UTF-8"),
        (b"PK\x03\x04\xff\xfe", "not in UTF-8"),
    ):
        assert said in await upload(kim, 422, data, deed="preview")
    assert "the header lacks emails" in await upload(kim, 200, b"number;name\nC-1;Ann\n", deed="preview")
    assert "lone quotation mark" in await upload(kim, 200, b'number,emails\nC-1,"a@example.com\n', deed="preview")
    assert (await kim.http.post("/suppressions/add", files={"file": ("x", b"x")})).status_code == 415
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x\r\n\r\nnameless\r\n--x--", b"--y--"):
        assert (await kim.http.post("/customers/import", content=body, headers=headers)).status_code == 400
    assert (await kim.http.post("/customers/import", content=b"x" * (11 << 20), headers=headers)).status_code == 413


async def test_only_who_may_approve_imports_and_only_after_the_password(console: Console) -> None:
    dora = await console.colleague("dora@nexioprojects.com", Role.DRAFTER)
    assert "Import customers" not in await dora.open("/customers")
    await dora.open("/customers/import", 403)
    kim = await console.colleague(KIM, Role.APPROVER)
    console.desk.clock.turn(minutes=15)
    assert "Your password once more" in await kim.open("/customers/import")


async def test_a_changed_history_is_told(console: Console, tmp_path: Path) -> None:
    await console.desk.mail("hello")
    dee = await console.colleague(DEE, Role.DPO)
    page = await dee.open("/health-of-the-desk")
    assert "2 Mar 2026, 09:59" in page
    assert "may not be coming in by: sms" in page
    assert "nobody watches it" in row_of(page, "1 forged call")
    assert "2 messages are not read yet" in page
    assert "came in" in await dee.open("/audit")
    assert "The history is whole." in await dee.send("/audit/verify")
    run(f"sqlite:///{tmp_path / 'desk.db'}", "UPDATE audit_links SET actor = 'somebody else' WHERE event = 'came_in'")
    assert "behind the desk" in await dee.send("/audit/verify")
