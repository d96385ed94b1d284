"""The files of a package: a page that opens with what we know, and the same data for programs (Art. 15(3), 20)."""

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader

from bot.core.letters import Exchange, RecordField
from bot.core.messages import TELEGRAM, Handle
from bot.core.packages import Contents, PackageFile, PackageKind, manifest_of, zipped
from bot.core.records import Customer
from bot.core.register import Point, Processing
from bot.core.rights import OUR_LANGUAGES
from replies import LetterWriter
from replies.policy import PUBLISHED
from replies.vcard import write_vcard

EVIL = '=HYPERLINK("https://evil.example")'
CUSTOMER = Customer(
    "id",
    "C-1",
    "Zoé <b>Peeters</b>; Dr.",
    ("zoe@example.com", "z2@example.com"),
    ("+31612345678",),
    (Handle(TELEGRAM, "777"),),
    "fr",
    (RecordField("note", EVIL), RecordField("orders", "7, 8")),
)
EXCHANGES = (
    Exchange(datetime(2026, 3, 1, tzinfo=UTC), "email", "My data", "Please send\n> my data", ours=False),
    Exchange(datetime(2026, 3, 2, tzinfo=UTC), "email", "Re: My data", "Our inner reply", ours=True),
)


def contents(kind: PackageKind, language: str = "en", register: tuple[Processing, ...] = ()) -> Contents:
    return Contents(kind, language, "NX-7F3K-Q2M9", date(2026, 3, 3), CUSTOMER, EXCHANGES, register)


def files(kind: PackageKind, language: str = "en", register: tuple[Processing, ...] = ()) -> dict[str, str]:
    made = LetterWriter(PUBLISHED).package(contents(kind, language, register))
    return {one.name: one.data.decode("utf-8-sig") for one in made if not one.name.endswith(".pdf")}


@pytest.mark.rule(21)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_the_page_opens_with_what_we_know_why_and_until_when(language: str) -> None:
    page = files(PackageKind.ACCESS, language)["index.html"]
    opening = {
        "fr": "Ce que nous savons, pourquoi, jusqu’à quand",
        "en": "What we know, why, until when",
        "nl": "Wat wij weten, waarom en tot wanneer",
        "de": "Was wir wissen, warum und bis wann",
    }
    first = page.index("<h2>")
    assert page[first:].startswith(f"<h2>{opening[language]}</h2>")
    assert f'<html lang="{language}">' in page
    assert "<b>Peeters" not in page
    assert "&lt;b&gt;Peeters" in page
    assert not any(word in page for word in ("<script", "<img", "http-equiv"))


def test_the_page_to_print_says_what_the_page_for_a_browser_says() -> None:
    (printed,) = (
        one for one in LetterWriter(PUBLISHED).package(contents(PackageKind.ACCESS, "fr")) if one.name == "index.pdf"
    )
    read = PdfReader(BytesIO(printed.data))
    assert str(read.root_object["/Lang"]) == "fr"
    said = " ".join("\n".join(page.extract_text() for page in read.pages).split())
    assert "Ce que nous savons, pourquoi, jusqu’à quand" in said
    assert "Zoé <b>Peeters</b>; Dr." in said
    assert "Our inner reply" in said


def test_a_period_that_nobody_confirmed_is_not_stated() -> None:
    texts = {Point.NAME: {"en": "Orders"}, Point.DATA: {"en": "what you bought"}, Point.KEPT: {"en": "seven years"}}
    loose = Processing("orders", texts)
    sure = Processing("orders", texts, confirmed_by="dpo@example.com", confirmed_on=date(2026, 1, 1))
    assert "seven years" not in files(PackageKind.ACCESS, register=(loose,))["index.html"]
    assert "Until when: seven years" in files(PackageKind.ACCESS, register=(sure,))["index.html"]


def test_a_copy_holds_everything_for_programs_too() -> None:
    made = files(PackageKind.ACCESS)
    assert list(made) == ["index.html", "data.json", "record.csv", "correspondence.csv"]
    data = json.loads(made["data.json"])
    assert {"field": "email", "value": "z2@example.com"} in data["record"]
    assert {"field": "note", "value": EVIL} in data["record"]  # programs get the value as it is
    assert [one["from"] for one in data["correspondence"]] == ["you", "us"]


def test_no_cell_is_a_formula() -> None:
    rows = list(csv.reader(StringIO(files(PackageKind.ACCESS)["record.csv"])))
    assert ["note", "'" + EVIL] in rows
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


@pytest.mark.rule(26)
def test_what_is_taken_elsewhere_holds_what_the_person_provided() -> None:
    made = files(PackageKind.PORTABILITY)
    assert list(made) == ["data.json", "record.csv", "correspondence.csv", "contact.vcf"]
    assert "Please send" in made["correspondence.csv"]
    assert not any("Our inner reply" in text for text in made.values())


def test_the_card_is_one_that_address_books_take_in() -> None:
    card = write_vcard(CUSTOMER)
    assert card.startswith("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zoé <b>Peeters</b>\\; Dr.\r\nEMAIL:zoe@example.com\r\n")
    assert "TEL;VALUE=uri:tel:+31612345678\r\n" in card
    assert card.endswith("LANG:fr\r\nEND:VCARD\r\n")


def test_a_name_can_neither_break_a_line_nor_make_it_too_long() -> None:
    card = write_vcard(Customer("id", "C-1", "é" * 200 + "\nEMAIL:evil@example.com", ()))
    assert "\nEMAIL" not in card
    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))
    assert card.replace("\r\n ", "").splitlines()[2] == "FN:" + "é" * 200 + "\\nEMAIL:evil@example.com"


def test_the_same_data_make_the_same_archive() -> None:
    made = LetterWriter(PUBLISHED).package(contents(PackageKind.ACCESS))
    assert zipped(made, date(2026, 3, 3)) == zipped(made, date(2026, 3, 3))
    listed = json.loads(manifest_of("NX-7F3K-Q2M9", PackageKind.ACCESS, date(2026, 3, 3), made))
    assert [one["name"] for one in listed["files"]] == [one.name for one in made]


def test_an_archive_is_packed() -> None:
    assert len(zipped([PackageFile("a", b"a" * 10_000)], date(2026, 3, 3))) < 1_000


@pytest.mark.parametrize("kind", list(PackageKind))
def test_files_colleagues_added_go_along_in_a_folder_and_their_formulas_are_text(kind: PackageKind) -> None:
    table = f'\ufefforder;note\r\n7;{EVIL}\r\n8;"two\nlines"\r\n'.encode()
    added = (PackageFile("orders.csv", table), PackageFile("scan.png", b"\x89PNG\r\n\x1a\n"))
    made = LetterWriter(PUBLISHED).package(replace(contents(kind), files=added))
    by_name = {one.name: one.data for one in made}
    assert by_name["files/scan.png"] == b"\x89PNG\r\n\x1a\n"
    rows = list(csv.reader(StringIO(by_name["files/orders.csv"].decode("utf-8-sig")), delimiter=";"))
    assert rows == [["order", "note"], ["7", "'" + EVIL], ["8", "two\nlines"]]
    if kind is PackageKind.ACCESS:
        assert "files/orders.csv" in by_name["index.html"].decode()
