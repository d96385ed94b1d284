"""A letter or a call becomes a case by a form, dated by when it came, and refused in words that keep what was typed."""

import pytest

from bot.console.form import MOST_FILE_BYTES
from bot.core.drafts import DraftKind, Role
from bot.core.messages import MAIL, Handle, Way
from bot.core.rights import RequestType
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console

KIM = "kim@nexioprojects.com"
SAID = "Please correct my name."
LETTER = {
    "way": "letter",
    "received": "2026-02-27T10:30",
    "name": "Ann Peeters",
    "reach": "Dorpsstraat 1, Gent",
    "text": SAID,
    "reason": "came by post",
}


async def test_a_letter_is_entered_and_its_clock_runs_since_it_came(console: Console) -> None:
    desk = console.desk
    desk.reader.tell(SAID, RequestType.RECTIFICATION)
    kim = await console.colleague(KIM, Role.DRAFTER)
    assert "Enter a letter or a call" in await kim.open("/cases")
    await kim.open("/enter")
    page = await kim.send("/enter", **LETTER)
    assert "its clock runs since it came" in page
    case = await desk.case()
    assert case.requester == Handle(Way.LETTER, "Dorpsstraat 1, Gent")
    assert case.received_at.isoformat() == "2026-02-27T09:30:00+00:00"
    assert not await desk.outbox()
    assert KIM in page.partition("entered what came by another way")[2][:200]


async def test_a_scan_that_is_too_large_says_so_and_what_was_typed_is_shown(console: Console) -> None:
    kim = await console.colleague(KIM, Role.DRAFTER)
    await kim.open("/enter")
    refused = await kim.http.post("/enter", data=LETTER, files={"file": ("scan.pdf", bytes(MOST_FILE_BYTES))})
    assert (refused.status_code, "a file may have 10 MB at most" in refused.text) == (413, True)
    assert all(f">{LETTER[field]}</textarea>" in refused.text for field in ("text", "reason"))
    assert not await console.desk.cases()


async def test_who_gave_an_address_is_asked_there_for_a_code(console: Console) -> None:
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell(SAID, RequestType.RECTIFICATION)
    kim = await console.colleague(KIM, Role.DRAFTER)
    await kim.open("/enter")
    await kim.send("/enter", **LETTER | {"reach": "", "email": ANN, "way": "call"})
    (question,) = await desk.outbox()
    assert (question.kind, question.recipient) == (DraftKind.IDENTITY_QUESTION, Handle(MAIL, ANN))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"way": "pigeon"}, "Say how it came."),
        ({"name": " "}, "Say who the person says they are."),
        ({"received": "yesterday"}, "Say when it reached the company"),
        ({"received": "2026-02-27T10:30+05:00"}, "Say when it reached the company"),
        ({"received": "2026-03-03"}, "still ahead"),
        ({"reach": ""}, "say where the person is reached"),
        ({"email": ANN}, "say where the person is reached"),
        ({"reach": "", "email": "ann"}, "is no e-mail address"),
        ({"text": " \n"}, "nothing was said"),
        ({"reason": " "}, "say why it is entered by hand"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    console: Console, changed: dict[str, str], told: str
) -> None:
    kim = await console.colleague(KIM, Role.DRAFTER)
    await kim.open("/enter")
    page = await kim.send("/enter", 422, **LETTER | {"subject": "<b>my name</b>"} | changed)
    assert told in page
    assert "&lt;b&gt;my name&lt;/b&gt;" in page
    assert await console.desk.cases() == []


async def test_a_scan_comes_along(console: Console) -> None:
    kim = await console.colleague(KIM, Role.DRAFTER)
    page = await kim.open("/enter")
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    fields = LETTER | {"csrf": csrf, "text": ""}
    empty = await kim.http.post("/enter", data=fields, files={"file": ("", b"")})
    assert "nothing was said" in empty.text
    scan = {"file": ("page 1.pdf", b"%PDF-\r\n--\xff", "application/pdf")}
    sent = await kim.http.post("/enter", data=fields, files=scan, follow_redirects=True)
    assert sent.status_code == 200
    (case,) = await console.desk.cases()
    (kept,) = await console.desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    assert kept.message
    assert [(file.name, file.size) for file in kept.message.attachments] == [("page 1.pdf", 10)]
    assert "page 1.pdf" in sent.text
