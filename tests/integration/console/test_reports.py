"""Reports at the console: pictures with their tables, what leaves the house, and who is told small numbers."""

import csv
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader

from bot.core.drafts import Role
from bot.core.rights import RequestType
from tests.integration.console.conftest import PASSWORD, Console

DEE, ADA = "dee@nexioprojects.com", "ada@nexioprojects.com"


async def six_requests(console: Console) -> None:
    desk = console.desk
    for number in range(5):
        desk.reader.tell(f"My data, please. {number}", RequestType.ACCESS)
        await desk.mail(f"My data, please. {number}", f"person{number}@example.org")
    desk.reader.tell("I complain.", RequestType.COMPLAINT)
    await desk.mail("I complain.", "zoe@example.org")


async def test_a_report_has_a_picture_and_a_table_for_every_question(console: Console) -> None:
    dee = await console.colleague(DEE, Role.DPO)
    assert "0 requests came in" in await dee.open("/reports")
    await six_requests(console)
    page = await dee.open("/reports")
    assert "6 requests came in" in page
    assert page.count("<svg") == page.count("<title id=") == page.count("<desc id=") == page.count("<table>") == 10
    assert '<desc id="d-right">access: 5; complaint: 1</desc>' in page
    assert "style=" not in page
    assert "<option selected>2026</option>" in page
    assert "0 requests came in" in await dee.open("/reports?year=2025")
    for odd in ("1066", "x", "9" * 40, "²⁰²⁶", ""):
        assert "Requests 2026" in await dee.open(f"/reports?year={odd}")


async def test_whoever_sees_no_case_is_not_told_a_number_that_points_at_somebody(console: Console) -> None:
    await six_requests(console)
    ada = await console.colleague(ADA, Role.ADMINISTRATOR)
    page = await ada.open("/reports")
    assert "access: 5; complaint: &lt;5" in page
    assert "A number under 5 is not told exactly" in page
    for role in (Role.READER, Role.DRAFTER, Role.APPROVER, Role.HR):
        other = await console.colleague("kim@nexioprojects.com", role)
        await other.open("/reports", 403)


async def test_the_figures_leave_as_csv_and_pdf_after_the_password(console: Console) -> None:
    await six_requests(console)
    dee = await console.colleague(DEE, Role.DPO)
    await dee.open("/reports")
    console.desk.clock.turn(minutes=11)
    for way in ("export", "pdf"):
        assert "password" in await dee.send(f"/reports/{way}", year="2026")
        await dee.open("/reports")
    await dee.open("/prove?next=/reports")
    await dee.send("/prove", password=PASSWORD, next="/reports")
    written = await dee.send("/reports/export", year="2026")
    rows = list(csv.reader(StringIO(written)))
    assert rows[0] == ["question", "answer", "in_words", "requests"]
    assert ["right", "complaint", "complaint", "1"] in rows
    assert 'filename="requests-2026.csv"' in dee.last.headers["content-disposition"]
    await dee.open("/reports")
    await dee.send("/reports/pdf", year="2026")
    said = "\n".join(page.extract_text() for page in PdfReader(BytesIO(dee.last.content)).pages)
    assert "Data-protection requests 2026" in said
    assert "6 requests" in said
    assert "<5" in said


@pytest.mark.parametrize(("language", "title"), [("fr", "Demandes 2026"), ("en", "Requests 2026")])
async def test_a_report_speaks_the_colleague_s_language(console: Console, language: str, title: str) -> None:
    dee = await console.colleague(DEE, Role.DPO)
    await dee.open("/account")
    await dee.send("/account/language", language=language)
    assert title in await dee.open("/reports")
