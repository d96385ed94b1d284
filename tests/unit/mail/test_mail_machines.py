"""Machine mail, bounces and forwarded mail: told from what a person writes."""

import pytest

from bot.core.messages import MAIL, Bounce, Handle
from tests.campaigns.mails import DSN, MAILS, mail, part, several
from tests.unit.mail.reading import read

MACHINES = {
    "auto-replied": {"auto_submitted": "auto-replied"},
    "auto-generated, with a comment": {"auto_submitted": "auto-generated (cron); x=y"},
    "a null return path": {"return_path": "<>"},
    "a list": {"list_id": "<news.example.org>"},
    "a way to unsubscribe": {"list_unsubscribe": "<mailto:u@example.org>"},
    "bulk": {"precedence": "bulk"},
    "junk": {"precedence": "JUNK"},
    "a responder": {"x_autoreply": "yes"},
    "a daemon": {"from": "MAILER-DAEMON@mx.example.net"},
    "an absence, answering": {"subject": "Abwesenheitsnotiz: Ihre Anfrage", "in_reply_to": "<a@b.example>"},
    "an absence, suppressing": {"subject": "Réponse automatique : données", "x_auto_response_suppress": "All"},
    "afwezig": {"subject": "Automatisch antwoord: gegevens", "x_auto_response_suppress": "All"},
    "out of office": {"subject": "Automatic reply: your data", "in_reply_to": "<a@b.example>"},
}


@pytest.mark.parametrize("fields", MACHINES.values(), ids=MACHINES.keys())
def test_a_machine_is_known(fields: dict[str, str]) -> None:
    assert read(mail(**fields)).automatic


PEOPLE = {
    "auto-submitted: no": {"auto_submitted": "no"},
    "Outlook's suppression alone": {"x_auto_response_suppress": "OOF, AutoReply"},
    "an absence in a subject alone": {"subject": "Automatic reply: why do I get these?"},
    "a reply about an absence": {"subject": "Re: Automatic reply: x", "in_reply_to": "<a@b.example>"},
    "first-class": {"precedence": "first-class"},
    "the desk's own group": {
        "list_id": '"info" <info.nexioprojects.com>',
        "precedence": "list",
        "list_post": "<mailto:x>",
    },
}


@pytest.mark.parametrize("fields", PEOPLE.values(), ids=PEOPLE.keys())
def test_a_person_is_no_machine(fields: dict[str, str]) -> None:
    assert read(mail(**fields)).automatic == ""


def test_the_envelope_our_listener_saw_decides_over_a_written_return_path() -> None:
    assert read(mail(return_path="<>"), envelope_from="jan@example.org").automatic == ""
    assert read(mail(), envelope_from="").automatic == "no return path"


def test_a_notice_of_failure_names_mail_recipient_and_reason() -> None:
    message = read(DSN)
    assert message.bounce == Bounce(True, ("x@example.net",), "<abc.1@nexioprojects.com>", "5.1.1")
    assert message.automatic


def test_a_delay_is_not_permanent() -> None:
    delayed = read(DSN.replace(b"Action: failed", b"Action: delayed").replace(b"5.1.1\r\nD", b"4.4.1\r\nD")).bounce
    assert delayed is not None
    assert not delayed.permanent
    assert delayed.status == "4.4.1"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_news_is_no_bounce(action: str) -> None:
    message = read(DSN.replace(b"Action: failed", f"Action: {action}".encode()))
    assert message.bounce is None
    assert message.automatic


def test_returned_headers_are_enough_to_know_the_mail() -> None:
    raw = several(
        "report; report-type=delivery-status",
        part("Undeliverable"),
        part(
            "Final-Recipient: rfc822;Y@Example.net\r\nAction: FAILED\r\nStatus: 5.7.1 (no)\r\n",
            "message/delivery-status",
        ),
        part("Message-ID:\r\n <abc.2@nexioprojects.com>\r\nSubject: x\r\n", "text/rfc822-headers"),
    )
    bounce = read(raw).bounce
    assert bounce is not None
    assert (bounce.recipients, bounce.original_message_id, bounce.status) == (
        ("y@example.net",),
        "<abc.2@nexioprojects.com>",
        "5.7.1",
    )


def test_an_old_servers_prose_is_understood() -> None:
    raw = mail(
        "Hi. This is the qmail-send program at mx.example.net.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<x@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\n"
        "Return-Path: <info@nexioprojects.com>\nMessage-ID: <abc.3@nexioprojects.com>\nSubject: x\n\nhello\n",
        return_path="<>",
        subject="failure notice",
        **{"from": "MAILER-DAEMON@mx.example.net"},
    )
    bounce = read(raw).bounce
    assert bounce is not None
    assert bounce.permanent
    assert (bounce.recipients, bounce.original_message_id) == (("x@example.net",), "<abc.3@nexioprojects.com>")


def test_a_persons_complaint_about_undelivered_mail_is_no_bounce() -> None:
    message = read(mail("<x@example.net>: user unknown, says your server.", subject="Undelivered mail"))
    assert message.bounce is None
    assert message.automatic == ""


def test_an_out_of_office_note_is_no_bounce() -> None:
    assert read(MAILS["out of office"]).bounce is None


GERMAN = "Von: {p}\nGesendet: Montag, 3. Februar\nAn: {i}\nBetreff: inzage\n\n{t}"
DUTCH = "Van: {p}\nVerzonden: maandag\nAan: {i}\nOnderwerp: inzage\n\n{t}"
FRENCH = "De : {p}\nEnvoyé : lundi\nÀ : {i}\nObjet : inzage\n\n{t}"
GMAIL = "Van: {p}\nDate: ma 3 feb 2025\nSubject: inzage\nTo: <{i}>\n\n{t}"
APPLE_GERMAN = "> Von: {p}\n> Betreff: inzage\n> Datum: 3. Feb.\n> An: {i}\n> \n> {t}"
APPLE_FRENCH = "> De: {p}\n> Objet: inzage\n> Date: 3 février\n> À: {i}\n> \n> {t}"
BIRD_GERMAN = "Betreff: \tinzage\nDatum: \t3 Feb\nVon: \t{p}\nAn: \t{i}\n\n{t}"
BIRD_DUTCH = "Onderwerp: \tinzage\nDatum: \tx\nVan: \t{p}\nAan: \t{i}\n\n{t}"
BIRD_FRENCH = "Sujet : \tinzage\nDate : \tx\nDe : \t{p}\nPour : \t{i}\n\n{t}"
FORWARDS = {
    "Gmail": ("Fwd: inzage", f"fyi\n\n---------- Forwarded message ---------\n{GMAIL}"),
    "Apple Mail, German": ("Fwd: x", f"Anfang der weitergeleiteten Nachricht:\n\n{APPLE_GERMAN}"),
    "Apple Mail, French": ("TR: x", f"Début du message réexpédié :\n\n{APPLE_FRENCH}"),
    "Outlook, German": ("WG: inzage", f"z.K.\n\n{GERMAN}"),
    "Outlook, old": ("WG: inzage", f"-----Ursprüngliche Nachricht-----\n{GERMAN}"),
    "Outlook, Dutch": ("FW: inzage", DUTCH),
    "Outlook, French": ("TR: inzage", f"voir ci-dessous\n\n{FRENCH}"),
    "Thunderbird, German": ("Fwd: x", f"-------- Weitergeleitete Nachricht --------\n{BIRD_GERMAN}"),
    "Thunderbird, Dutch": ("Fwd: x", f"-------- Doorgestuurd bericht --------\n{BIRD_DUTCH}"),
    "Thunderbird, French": ("Fwd: x", f"-------- Message transféré --------\n{BIRD_FRENCH}"),
}


@pytest.mark.parametrize(("subject", "text"), FORWARDS.values(), ids=FORWARDS.keys())
def test_the_person_in_a_forwarded_mail_is_found(subject: str, text: str) -> None:
    body = text.format(p="Els de Wit <Els@example.net>", i="info@nexioprojects.com", t="Wat weet u van mij?")
    forwarded = read(mail(body, subject=subject)).forwarded
    assert forwarded is not None
    assert forwarded.sender == Handle(MAIL, "els@example.net")
    assert (forwarded.name, forwarded.subject, forwarded.text) == ("Els de Wit", "inzage", "Wat weet u van mij?")


def test_outlooks_old_way_of_writing_an_address_is_read() -> None:
    body = "Van: Els de Wit [mailto:els@example.net]\nVerzonden: maandag\nAan: info\nOnderwerp: inzage\n\nHallo"
    forwarded = read(mail(body, subject="FW: inzage")).forwarded
    assert forwarded is not None
    assert (forwarded.sender, forwarded.name) == (Handle(MAIL, "els@example.net"), "Els de Wit")


def test_a_forward_without_an_address_names_the_person_only() -> None:
    body = "Van: Els de Wit\nVerzonden: maandag\nAan: info\nOnderwerp: inzage\n\nHallo"
    forwarded = read(mail(body, subject="FW: inzage")).forwarded
    assert forwarded is not None
    assert (forwarded.sender, forwarded.name) == (None, "Els de Wit")


def test_a_mail_forwarded_as_an_attachment_is_read() -> None:
    forwarded = read(MAILS["forward attached"]).forwarded
    assert forwarded is not None
    assert forwarded.sender == Handle(MAIL, "jan.jansen@example.org")
    assert (forwarded.subject, forwarded.text) == ("Mijn gegevens", "Ik wil inzage.")


def test_an_answer_that_quotes_is_no_forward() -> None:
    assert read(MAILS["outlook reply"]).forwarded is None
    assert read(MAILS["bounce"]).forwarded is None
