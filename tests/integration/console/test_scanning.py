"""Files of strangers are handed out once the scanner found nothing in them; in doubt they are not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.clamd import Clamd
from bot.core.drafts import Role
from bot.core.errors import NotAllowed, TransientFailure
from bot.core.messages import MAIL, Attachment, Handle, Inbound, Message
from bot.core.records import Disposition
from bot.core.unit import Unit
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console, open_console
from tests.integration.console.programs import program
from tests.servers.clamd import HARMFUL, MOST, open_clamd
from tests.servers.process import HOST, free_ports
from tests.storage.samples import a_case

MIXED = (
    b"From: ann@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello\n"
    b"--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=bill.pdf\n\n%s\n--b--\n"
)


@pytest.fixture
async def scanning(tmp_path: Path) -> AsyncIterator[Console]:
    async with (
        open_clamd() as where,
        open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", scanner=Clamd(where)) as console,
    ):
        yield console


async def received(console: Console, content: bytes) -> str:
    """Let a mail with a file come in, and return its id."""
    now = console.desk.clock.now()
    bill = Attachment(1, "bill.pdf", "application/pdf", len(content))
    message = Message(MAIL, Handle(MAIL, ANN), text="Hello", attachments=(bill,))

    def keep(unit: Unit) -> str:
        unit.inbox.keep(Inbound(MAIL, "info/INBOX", "file", now, [MIXED % content]), now)
        (claimed,) = unit.inbox.claim(now, 1, timedelta(minutes=1))
        unit.cases.add(a_case("file"))
        unit.inbox.finish(claimed.message, claimed.fence, Disposition.CASE, parsed=message, case_id="file")
        return claimed.message

    return await console.desk.store.transact(keep)


async def test_a_file_is_handed_out_once_nothing_was_found(scanning: Console) -> None:
    ident = await received(scanning, b"%PDF-")
    kim = await scanning.colleague("kim@nexioprojects.com", Role.READER)
    assert "A virus scanner looks into each before you get it." in await kim.open("/cases/NX-file")
    await kim.open(f"/messages/{ident}/parts/1")
    assert kim.last.content.startswith(b"%PDF-")
    await kim.open(f"/messages/{ident}/original")


async def test_a_harmful_file_is_not_handed_out_and_the_page_says_why(scanning: Console) -> None:
    ident = await received(scanning, HARMFUL)
    kim = await scanning.colleague("kim@nexioprojects.com", Role.READER)
    for path in (f"/messages/{ident}/parts/1", f"/messages/{ident}/original"):
        page = await kim.open(path, 403)
        assert "the virus scanner found Eicar-Test-Signature in" in page
        assert "EICAR" not in page
    await kim.send("/account/language", language="fr")
    assert "l’antivirus a trouvé Eicar-Test-Signature dans bill.pdf" in await kim.open(
        f"/messages/{ident}/parts/1", 403
    )


async def test_a_program_gets_no_harmful_file_either(scanning: Console) -> None:
    ident = await received(scanning, HARMFUL)
    kim = await program(scanning, "kim@nexioprojects.com", Role.READER)
    for path in (f"/messages/{ident}/parts/1", f"/messages/{ident}/original"):
        told = await kim.call("GET", path, 409)
        assert "the virus scanner found Eicar-Test-Signature" in told["detail"]


async def test_without_a_scanner_the_page_says_so(console: Console) -> None:
    ident = await received(console, b"%PDF-")
    kim = await console.colleague("kim@nexioprojects.com", Role.READER)
    assert "No virus scanner looks into them here." in await kim.open("/cases/NX-file")
    await kim.open(f"/messages/{ident}/parts/1")


async def test_what_can_not_be_looked_into_is_not_handed_out() -> None:
    (nobody,) = free_ports(1)
    with pytest.raises(TransientFailure, match="does not answer"):
        await Clamd(f"{HOST}:{nobody}").require_clean("bill.pdf", b"%PDF-")
    with pytest.raises(TransientFailure, match="does not answer"):
        await Clamd("/no/such/socket").require_clean("bill.pdf", b"%PDF-")
    async with open_clamd() as where:
        with pytest.raises(TransientFailure, match="size limit exceeded"):
            await Clamd(where).require_clean("bill.pdf", bytes(MOST * 8))
        with pytest.raises(NotAllowed, match="found Eicar"):
            await Clamd(where).require_clean("bill.pdf", bytes(MOST // 2) + HARMFUL)
        assert "ClamAV" in await Clamd(where).version()
