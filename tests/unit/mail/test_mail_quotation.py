"""What was written now, apart from what it answers: the clients and languages people really use."""

import time

import pytest

from bot.channels.mime.quotation import divide
from tests.campaigns.mails import mail
from tests.unit.mail.reading import read

ANSWERS = {
    "Gmail, Dutch": "Ja, code 7F3K-Q2M9\n\nOp ma 3 feb 2025 om 10:12 schreef Nexio <info@nexioprojects.com>:"
    "\n\n> Uw code\n> X",
    "Gmail, Dutch, wrapped": "Ja\n\nOp ma 3 feb 2025 om 10:12 schreef Nexio Rechten Bureau\n<info@nexioprojects.com>:"
    "\n\n> code",
    "Gmail, French": "Ja\n\nLe lun. 3 févr. 2025 à 10:12, Nexio <info@nexioprojects.com> a écrit\u00a0:\n\n> code",
    "Gmail, German": "Ja\n\nAm Mo., 3. Feb. 2025 um 10:12 Uhr schrieb Nexio <\ninfo@nexioprojects.com>:\n\n> code",
    "Gmail, German phone": "Ja\n\nNexio <info@nexioprojects.com> schrieb am Mo., 3. Feb. 2025, 10:12:\n\n> code",
    "Gmail, English": "Ja\n\nOn Mon, Feb 3, 2025 at 10:12 AM Nexio <info@nexioprojects.com> wrote:\n\n> code",
    "Apple Mail, Dutch": "Ja\n\n> Op 3 feb 2025, om 10:12 heeft Nexio <info@nexioprojects.com> het volgende geschreven:"
    "\n> \n> code",
    "Apple Mail, French": "Ja\n\n> Le 3 févr. 2025 à 10:12, Nexio <info@nexioprojects.com> a écrit :\n> \n> code",
    "Apple Mail, unmarked": "Ja\n\nOp 3 feb 2025 om 10:12 heeft Nexio <info@nexioprojects.com> het volgende geschreven:"
    "\n\ncode",
    "Thunderbird, German": "Ja\n\nAm 03.02.25 um 10:12 schrieb Nexio:\n> code",
    "Thunderbird, French": "Ja\n\nLe 03/02/2025 à 10:12, Nexio a écrit :\n> code",
    "Outlook, Dutch": "Ja\n\nVan: Nexio <info@nexioprojects.com>\nVerzonden: maandag 3 februari 2025 10:12\nAan: Jan"
    "\nOnderwerp: RE: x\n\ncode",
    "Outlook, French": "Ja\n\n________________________________\nDe : Nexio <info@nexioprojects.com>"
    "\nEnvoyé : lundi 3 février 2025\n"
    "À : Jan\nObjet : RE: x\n\ncode",
    "Outlook, German": "Ja\n\nVon: Nexio <info@nexioprojects.com>\nGesendet: Montag, 3. Februar 2025 10:12\nAn: Jan"
    "\nBetreff: AW: x\n\ncode",
    "Outlook, English, bold": "Ja\n\n*From:* Nexio <info@nexioprojects.com>\n*Sent:* Monday\n*To:* Jan\n*Subject:* x"
    "\n\ncode",
    "Outlook, spaced": "Ja\n\nVon: Nexio <info@nexioprojects.com>\n\nGesendet: Montag\n\nAn: Jan\n\nBetreff: AW: x"
    "\n\ncode",
    "Outlook, old": "Ja\n\n-----Oorspronkelijk bericht-----\nVan: Nexio\nVerzonden: maandag\nAan: Jan"
    "\nOnderwerp: x\n\ncode",
    "GMX": "Ja\n\nGesendet: Montag, 03. Februar 2025 um 10:12 Uhr\nVon: Nexio <info@nexioprojects.com>"
    "\nAn: jan@example.org\n"
    "Betreff: x\n\ncode",
    "T-Online": "Ja\n\n-----Original-Nachricht-----\nBetreff: x\nDatum: 2025-02-03\nVon: Nexio\nAn: Jan\n\ncode",
    "Orange": "Ja\n\n> Message du 03/02/25 10:12\n> De : Nexio\n> code",
    "old marks": "Ja\n\n-----Ursprüngliche Nachricht-----\nVon: Nexio\nGesendet: Montag\n\ncode",
    "iPhone, French": "Ja\n\nEnvoyé de mon iPhone"
    "\n\n> Le 3 févr. 2025 à 10:12, Nexio <info@nexioprojects.com> a écrit :\n> code",
}


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_above_a_quotation_is_told_apart(text: str) -> None:
    division = divide(text)
    assert division.text.startswith("Ja")
    assert "\n" not in division.text.strip()
    assert "code" in division.quoted


def test_answers_between_quoted_lines_are_own_words() -> None:
    division = divide("Am 03.02.25 um 10:12 schrieb Nexio:\n> Welche Daten?\nAlle.\n> Welches Konto?\n4711.\n\nGruß")
    assert division.text == "Alle.\n4711.\n\nGruß"


def test_an_answer_below_the_quotation_is_own_words() -> None:
    division = divide(
        "On Mon, Feb 3, 2025 at 10:12 AM Nexio <info@nexioprojects.com> wrote:\n> Your code?\n\n7F3K-Q2M9"
    )
    assert division.text == "7F3K-Q2M9"


@pytest.mark.parametrize(
    "text",
    [
        "Op 3 maart om 10:15 schreef ik u een brief:\nverwijder alles.",
        "Am 3. März um 10:15 schrieb ich Ihnen:\nbitte löschen Sie alles.",
        "Le 3 mars, votre service a écrit :\n« nous ne savons rien ». Effacez tout.",
        "On 3 March you wrote:\nthat you know nothing. Erase it all.",
        "Betreft: inzage\n\nIk wil inzage.",
        "Van: Jan Jansen, Dorpsstraat 1\nAan: Nexio\n\nVerwijder alles.",
        "Von meinem Konto wurde abgebucht, das klappt so nicht.",
        "De: tout mon dossier\nje veux une copie",
        "Wat ik wil:\n- inzage\n- een kopie",
    ],
)
def test_a_persons_own_sentence_is_not_taken_for_a_quotation(text: str) -> None:
    assert divide(text).text == text


def test_a_letterhead_of_the_writer_stays() -> None:
    text = "Van: jan@example.org\nDatum: 3 maart\nAan: Nexio\nOnderwerp: inzage\n\nIk wil inzage."
    assert divide(text, "jan@example.org").text == text


@pytest.mark.parametrize(
    "line",
    [
        "Verzonden vanaf mijn iPhone",
        "Verstuurd vanaf mijn Samsung Galaxy-smartphone.",
        "Envoyé de mon iPhone",
        "Envoyé depuis Yahoo Mail pour Android",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX iPhone App",
        "Sent from my iPad",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Télécharger Outlook pour Android",
        "Outlook voor iOS downloaden",
    ],
)
def test_what_a_phone_adds_is_signature(line: str) -> None:
    division = divide(f"Wis alles.\n\n{line}\n")
    assert division.text == "Wis alles."
    assert division.signature == line


def test_a_signature_ends_where_a_quotation_begins() -> None:
    division = divide("Ja.\n-- \nJan\nTel 1\n\n> code\n\nNog iets.")
    assert (division.text, division.signature) == ("Ja.\n\nNog iets.", "Jan\nTel 1")


@pytest.mark.parametrize(
    "line", ["a" * 40_000, "> " * 20_000, "On " * 13_000 + "wrote:", " " * 40_000 + "x", "-" * 40_000, "From: " * 7_000]
)
def test_three_lines_of_40_kb_take_no_time(line: str) -> None:
    began = time.process_time()
    divide("\n".join([line] * 3))
    assert time.process_time() - began < 0.2


def test_many_lines_that_look_like_marks_take_linear_time() -> None:
    lines = ["On 3 Feb", "Van: x", "Aan: y@example.org", "Op 3 feb om 10:12", "________________", "Sent: z"] * 3_000
    began = time.process_time()
    divide("\n".join(lines))
    assert time.process_time() - began < 2


def test_a_first_mail_wholly_in_quotation_marks_is_read() -> None:
    assert read(mail("> Graag inzage\n> in mijn gegevens\n")).text == "Graag inzage\nin mijn gegevens"


def test_a_reply_wholly_in_quotation_marks_says_nothing_new() -> None:
    message = read(mail("> Uw code is 7F3K-Q2M9\n", in_reply_to="<a.1@nexioprojects.com>"))
    assert message.text == ""
    assert "7F3K" in message.quoted
