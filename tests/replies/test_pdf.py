"""Pages as PDF: accessible, whole, the same every time, and nothing in them is a command."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from pypdf.generic import BooleanObject, DictionaryObject, StreamObject

from bot.core.rights import OUR_LANGUAGES
from replies.markup import Block, Bullets, Heading, Paragraph, Quote
from replies.pdf import UNSHOWN, Table, to_pdf

PAGE = (
    Heading(1, "Vos données"),
    Paragraph("Un été\nà la Æ"),
    Bullets(("un", "deux\nlignes")),
    Quote("Ses propres mots"),
    Table(("Quand", "Quoi"), (("2026-03-05", "reçu"), ("2026-03-06", "a" * 64)), (1, 3)),
)


def pdf(blocks: Sequence[Block | Table], language: str = "fr") -> bytes:
    return to_pdf(blocks, title="Vos données", author="Nexio", language=language, made_on=date(2026, 3, 5))


def words(made: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
    return text.replace("\u200b", "")


def below(node: DictionaryObject, name: str) -> DictionaryObject:
    found = node[name]
    assert isinstance(found, DictionaryObject)
    return found


def tags(node: DictionaryObject) -> list[str]:
    kids = node.get("/K", [])
    children = [one.get_object() for one in (kids if isinstance(kids, list) else [kids])]
    found = [tag for one in children if isinstance(one, DictionaryObject) for tag in tags(one)]
    return [str(node["/S"]), *found] if "/S" in node else found


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_a_screen_reader_learns_title_language_and_structure(language: str) -> None:
    read = PdfReader(BytesIO(pdf(PAGE, language)))
    root = read.root_object
    assert str(root["/Lang"]) == language
    assert below(root, "/MarkInfo")["/Marked"] == BooleanObject(True)
    assert below(root, "/ViewerPreferences")["/DisplayDocTitle"] == BooleanObject(True)
    assert read.metadata is not None
    assert (read.metadata.title, read.metadata.author) == ("Vos données", "Nexio")
    metadata = below(root, "/Metadata")
    assert isinstance(metadata, StreamObject)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata.get_data()
    named = tags(below(root, "/StructTreeRoot"))
    assert [tag for tag in named if tag in {"/H1", "/P", "/L"}][:3] == ["/H1", "/P", "/L"]
    assert {"/LI", "/BlockQuote", "/Table", "/TH", "/TD"} <= set(named)


def test_every_word_is_there_and_the_same_page_makes_the_same_bytes() -> None:
    assert pdf(PAGE) == pdf(PAGE)
    said = words(pdf(PAGE))
    assert all(word in said for word in ("Un été", "à la Æ", "deux", "Ses propres mots", "Quand", "reçu"))
    assert said.replace("\n", "").count("a" * 64) == 1


@pytest.mark.parametrize(
    "said", ['#image("/etc/passwd")', "$x$", "= head", "@label", "// gone?", "`raw`", "<b>", "\\#"]
)
def test_what_somebody_wrote_is_text(said: str) -> None:
    assert said in words(pdf((Heading(1, said), Paragraph(said), Bullets((said,)), Table((said,), ((said,),), (1,)))))


def test_the_letters_of_european_names_are_shown() -> None:
    signs = [
        *range(0x20, 0x7F),
        *range(0xA0, 0x250),
        *range(0x386, 0x478),
        *range(0x5D0, 0x5EB),
        *range(0x1E00, 0x1F16),
    ]
    said = "".join(map(chr, signs)) + "‘’“”„«»–—…‰•→⇒€₹₿₫№™−≠≤≥✓"
    shown = words(pdf((Heading(1, "x"), Paragraph("Łódź Őrség Çeşme Ноябрь Αθήνα œuvre ĳ ß"), Paragraph(said))))
    assert "Łódź Őrség Çeşme Ноябрь Αθήνα œuvre ĳ ß" in shown


@pytest.mark.parametrize("odd", ["😀", "漢", "\x00", "\ud800", "ع"])
def test_a_sign_without_a_font_is_shown_as_a_box(odd: str) -> None:
    assert f"a {UNSHOWN} b" in words(pdf((Heading(1, "x"), Paragraph(f"a {odd} b"))))
