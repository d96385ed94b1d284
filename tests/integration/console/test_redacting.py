"""The redaction desk: files that go along, names of others suggested, words left out for a reason, and nothing else."""

import re

from bot.console.form import LETTER_BYTES
from bot.core.drafts import Role
from bot.core.enclosures import MOST_BYTES
from bot.core.letters import RecordField
from bot.core.records import Customer
from bot.core.rights import Entity, RequestType
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Browser, Console

KIM = "kim@nexioprojects.com"
ASKED = "My data please. Bert Janssens knows more."
EVIL = "<script>alert(1)</script> paid by Bert Janssens"


async def copied(console: Console) -> str:
    """Let Ann ask for a copy and prove who she is; her record names somebody else. Return the reference."""
    desk = console.desk
    customer = Customer("id-C-1", "C-1", "Ann Peeters", (ANN,), fields=(RecordField("notes", EVIL),))
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    name = Entity("person", "Bert Janssens", ASKED.index("Bert"), ASKED.index(" knows"))
    desk.reader.tell(ASKED, RequestType.ACCESS, entities=(name,))
    await desk.mail(ASKED)
    await desk.mail(await desk.code())
    return (await desk.case()).reference


async def sent_file(browser: Browser, path: str, name: str, data: bytes, status: int = 200) -> str:
    """Send a file with the form of the page last shown, as a browser does."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.page)
    response = await browser.http.post(
        path, data={"csrf": csrf[1] if csrf else ""}, files={"file": (name, data)}, follow_redirects=True
    )
    assert response.status_code == status, response.text[:2000]
    browser.page = response.text
    return browser.page


async def test_a_name_is_suggested_left_out_and_put_back(console: Console) -> None:
    reference = await copied(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    assert f"/cases/{reference}/copy" in await kim.open(f"/cases/{reference}")
    page = await kim.open(f"/cases/{reference}/copy")
    assert "<script>alert" not in page
    assert "<mark>Bert Janssens</mark>" in page
    assert "My data please" not in page  # their own words are not on the desk
    out = {"where": "field", "key": "notes", "words": "Bert Janssens", "ground": "other_person"}
    assert "say why" in await kim.send(f"/cases/{reference}/copy/leave-out", 422, **out, reason=" ")
    page = await kim.send(f"/cases/{reference}/copy/leave-out", **out, reason="he asked us not to")
    assert "<del>Bert Janssens</del>" in page
    assert "he asked us not to" in page
    assert "perhaps somebody else" not in page
    page = await kim.open(f"/cases/{reference}")
    page = await kim.send(f"/cases/{reference}/package", 422, kind="access")
    assert "let the answer end as partly for access" in page
    page = await kim.open(f"/cases/{reference}/copy")
    mark = page.partition('name="mark" value="')[2].partition('"')[0]
    page = await kim.send(f"/cases/{reference}/copy/put-back", mark=mark)
    assert "<mark>Bert Janssens</mark>" in page
    customer = await console.desk.store.transact(lambda unit: unit.directory.numbered("C-1"))
    assert customer is not None
    assert customer.fields[0].value == EVIL


async def test_a_file_is_added_byte_for_byte_and_taken_away(console: Console) -> None:
    reference = await copied(console)
    kim = await console.colleague(KIM, Role.DRAFTER)
    await kim.open(f"/cases/{reference}/copy")
    data = b"%PDF-1.7\r\n--x\r\n\r\n\x00\xff\n\rend\r\n"
    page = await sent_file(kim, f"/cases/{reference}/copy/file", "orders.pdf", data)
    assert "orders.pdf" in page
    case = await console.desk.case()
    (file,) = await console.desk.store.transact(lambda unit: unit.enclosures.of_case(case.id))
    assert await console.desk.store.transact(lambda unit: unit.enclosures.data(file.id)) == data
    assert "take it away first" in await sent_file(kim, f"/cases/{reference}/copy/file", "orders.pdf", data, 422)
    assert "add one of these kinds" in await sent_file(kim, f"/cases/{reference}/copy/file", "x.exe", b"MZ", 422)
    assert "Choose a file first" in await kim.send(f"/cases/{reference}/copy/file", 422)
    await sent_file(kim, f"/cases/{reference}/copy/file", "big.pdf", b"%PDF-" + bytes(MOST_BYTES + 70_000), 413)
    await kim.open(f"/cases/{reference}/copy")
    assert "orders.pdf" not in await kim.send(f"/cases/{reference}/copy/take-away", name="orders.pdf")


async def test_a_stranger_s_file_is_not_taken_and_a_reader_s_is_refused(console: Console) -> None:
    reference = await copied(console)
    stranger = await console.browser()
    response = await stranger.http.post(f"/cases/{reference}/copy/file", files={"file": ("a.txt", b"hello")})
    assert response.status_code == 401
    large = await stranger.http.post(f"/cases/{reference}/copy/file", files={"file": ("a.txt", bytes(LETTER_BYTES))})
    assert large.status_code == 401  # no more of it is read than of a letter that is shown again
    rita = await console.colleague("rita@nexioprojects.com", Role.READER)
    await rita.open(f"/cases/{reference}")
    await sent_file(rita, f"/cases/{reference}/copy/file", "a.txt", b"hello", 403)
    await rita.open(f"/cases/{reference}/copy", 403)
    case = await console.desk.case()
    assert not await console.desk.store.transact(lambda unit: unit.enclosures.of_case(case.id))
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{reference}/copy")
    elsewhere = await kim.http.post(f"/cases/{reference}/close", files={"file": ("a.txt", b"hello")})
    assert elsewhere.status_code == 415  # only where a page takes a file


async def test_a_look_at_the_copy_is_on_file(console: Console) -> None:
    reference = await copied(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{reference}/copy")
    case = await console.desk.case()
    chain = await console.desk.store.transact(lambda unit: unit.audit.chain(case.id))
    assert [link.actor for link in chain if link.event == "seen"] == [KIM]
