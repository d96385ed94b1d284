"""Every mail that leaves says what was approved, to one person, whatever the values in it try."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.outgoing_mail import HIDDEN_CODE, MOST_REFERENCES, build_copy, build_mail
from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, DraftKind
from bot.core.errors import PermanentFailure
from bot.core.messages import MAIL, Handle

SENDER = Address("Nexio Projects", "info", "nexioprojects.com")
LETTER = Outgoing(
    id="1",
    draft_id="2",
    case_id="3",
    kind=DraftKind.ACKNOWLEDGEMENT,
    recipient=Handle(MAIL, "ada@example.com"),
    subject="Votre demande NX-7F3K-Q2M9",
    body="Bonjour,\n\nNous avons bien reçu votre demande.\n",
    html="<p>Bonjour,</p><p>Nous avons bien reçu votre demande.</p>",
    language="fr",
    message_id="<abcdefghijklmnopqrstuvwxyz.0123456789ab@nexioprojects.com>",
    created_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    in_reply_to="<1@example.com>",
    references=("<0@example.com>",),
)
OUTLOOK = "<AM0PR04MB1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789012345678901234567890@AM0PR04MB12.prod.outlook.com>"
NAMES = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "Content-Type",
    "MIME-Version",
]


def read(outgoing: Outgoing, sender: Address = SENDER) -> EmailMessage:
    """Build, flatten and read again, as the other side does."""
    raw = build_mail(outgoing, sender).as_bytes()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    return message_from_bytes(raw, EmailMessage, policy=default)


def content(part: MIMEPart) -> str:
    words: str = part.get_content()
    return words.replace("\r\n", "\n")


def test_a_letter_carries_every_header_it_needs() -> None:
    mail = read(LETTER)
    assert sorted(mail.keys()) == sorted(NAMES), "and no other"
    assert str(mail["From"]) == "Nexio Projects <info@nexioprojects.com>"
    assert str(mail["To"]) == "ada@example.com"
    assert mail["Subject"] == "Votre demande NX-7F3K-Q2M9"
    assert mail["Date"].datetime == LETTER.created_at
    assert mail["Message-ID"] == LETTER.message_id
    assert mail["In-Reply-To"] == "<1@example.com>"
    assert mail["References"] == "<0@example.com> <1@example.com>"
    assert mail["Content-Language"] == "fr"


def test_text_comes_first_and_html_beside_it() -> None:
    mail = read(LETTER)
    assert mail.get_content_type() == "multipart/alternative"
    text, page = mail.iter_parts()
    assert (text.get_content_type(), content(text)) == ("text/plain", LETTER.body)
    assert (page.get_content_type(), content(page).strip()) == ("text/html", LETTER.html)
    assert {part["Content-Transfer-Encoding"] for part in (text, page)} == {"quoted-printable"}
    assert read(replace(LETTER, html="")).get_content_type() == "text/plain"


@pytest.mark.parametrize(
    ("kind", "submitted", "suppress"),
    [
        (DraftKind.ACKNOWLEDGEMENT, "auto-replied", "All"),
        (DraftKind.IDENTITY_QUESTION, "auto-replied", "All"),
        (DraftKind.CLARIFICATION, "auto-replied", "All"),
        (DraftKind.UNSUBSCRIBE_CONFIRMATION, "auto-replied", "All"),
        (DraftKind.HOLDING, "auto-replied", "All"),
        (DraftKind.NOTICE, "auto-generated", "All"),
        (DraftKind.ANSWER, None, None),
        (DraftKind.RECIPIENT_NOTICE, None, None),  # colleagues approved it: a recipient's own machine may not drop it
    ],
)
def test_machines_are_told_that_a_machine_writes(kind: DraftKind, submitted: str | None, suppress: str | None) -> None:
    mail = read(replace(LETTER, kind=kind))
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == (submitted, suppress)


def test_the_same_letter_is_the_same_bytes_on_every_try() -> None:
    assert build_mail(LETTER, SENDER).as_bytes() == build_mail(LETTER, SENDER).as_bytes()
    assert build_mail(LETTER, SENDER).as_bytes() == build_copy(LETTER, SENDER).as_bytes()


def test_the_code_is_put_in_only_here_and_escaped_for_html() -> None:
    question = replace(LETTER, body=f"Code : {CODE_SLOT}\n", html=f"<b>{CODE_SLOT}</b>", secret="<7F3K&Q2M9>")
    text, page = read(question).iter_parts()
    assert content(text) == "Code : <7F3K&Q2M9>\n"
    assert content(page) == "<b>&lt;7F3K&amp;Q2M9&gt;</b>\n"


def test_the_copy_for_colleagues_hides_the_code() -> None:
    question = replace(LETTER, body=f"Code : {CODE_SLOT}\n", html=f"<b>{CODE_SLOT}</b>", secret="K7WM-0XQD")
    copy = message_from_bytes(build_copy(question, SENDER).as_bytes(), EmailMessage, policy=default)
    assert [HIDDEN_CODE in content(part) for part in copy.iter_parts()] == [True, True]
    assert b"K7WM" not in build_copy(question, SENDER).as_bytes()
    assert copy["Message-ID"] == question.message_id


@pytest.mark.parametrize(
    "broken",
    [
        replace(LETTER, body=f"Code : {CODE_SLOT}"),  # wiped after the receipt
        replace(LETTER, secret="7F3K-Q2M9"),
        replace(LETTER, secret="7F3K-Q2M9", body=f"Code : {CODE_SLOT}"),  # the page has no place for it
        replace(LETTER, secret="7F3K-Q2M9", body=CODE_SLOT, html=CODE_SLOT, subject=CODE_SLOT),
    ],
)
def test_a_letter_that_lost_its_code_does_not_leave(broken: Outgoing) -> None:
    with pytest.raises(PermanentFailure, match="come apart"):
        build_mail(broken, SENDER)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example.com, eve@example.org",
        "ada@example.com,eve@example.org",
        "ada@example.com\r\nBcc: eve@example.org",
        "ada@example.com>\nBcc: eve@example.org",
        "ada@eve@example.org",
        "<ada@example.com>",
        "Ada <ada@example.com>",
        '"ada eve"@example.com',
        "ada eve@example.com",
        "ada@example.com ",
        "ada@[127.0.0.1]",
        "ada@exa mple.com",
        "ada@-example.com",
        "ada@example..com",
        "ada\x00@example.com",
        "ada\u202e@example.com",
        "ada\ud800@example.com",
        "a" * 65 + "@example.com",
        "ada@" + "a." * 130 + "com",
        "=?utf-8?q?ada=40example=2Ecom=2C?=@",
    ],
)
def test_only_one_plain_address_is_written_to(address: str) -> None:
    with pytest.raises(PermanentFailure, match="no mail address"):
        build_mail(replace(LETTER, recipient=Handle(MAIL, address)), SENDER)


def test_letters_beyond_ascii_stay_what_they_are_in_an_address() -> None:
    mail = build_mail(replace(LETTER, recipient=Handle(MAIL, "jörg@straße.example")), SENDER)
    assert b"To: j\xc3\xb6rg@stra\xc3\x9fe.example\r\n" in mail.as_bytes(), "RFC 6532; ss would be somebody else"


@pytest.mark.parametrize(
    ("subject", "seen"),
    [
        ("Re: x\r\nBcc: eve@example.org", "Re: x Bcc: eve@example.org"),
        ("a\rFrom: victim@example.com", "a From: victim@example.com"),
        ("\u202egnp.exe", "gnp.exe"),
        ("zero\u200bwidth \u2066isolate\u2069", "zerowidth isolate"),
        ("nul\x00 bell\x07 half \ud83d", "nul bell half"),
        ("lines\u2028and\u2029paragraphs\x85next", "lines and paragraphs next"),
        ("=?utf-8?q?x=0D=0ABcc=3A_eve=40example=2Eorg?=", "= ?utf-8?q?x=0D=0ABcc=3A_eve=40example=2Eorg?="),
        ("Löschung – été 🙂", "Löschung – été 🙂"),
        ("", ""),
    ],
)
def test_a_subject_is_one_harmless_line(subject: str, seen: str) -> None:
    mail = build_mail(replace(LETTER, subject=subject), SENDER)
    assert mail["Subject"] == seen
    again = message_from_bytes(mail.as_bytes(), EmailMessage, policy=default)
    assert again["Bcc"] is None
    assert again.get_all("From") == ["Nexio Projects <info@nexioprojects.com>"]


def test_long_values_are_cut() -> None:
    mail = read(replace(LETTER, subject="é" * 10_000), Address("Nexio " * 2_000, "info", "nexioprojects.com"))
    assert mail["Subject"] == "é" * 199 + "…"
    assert mail["From"].addresses[0].display_name == "Nexio " * 16 + "Nex…"


def test_long_message_ids_still_thread() -> None:
    """The library's default writes them as encoded words, which no mail program matches."""
    raw = build_mail(replace(LETTER, in_reply_to=OUTLOOK, references=(OUTLOOK[:-1] + "x>",)), SENDER).as_bytes()
    assert f"\r\nIn-Reply-To: {OUTLOOK}\r\n".encode() in raw
    assert f"\r\nReferences: {OUTLOOK[:-1]}x>\r\n {OUTLOOK}\r\n".encode() in raw


def test_references_are_bounded_and_keep_both_ends() -> None:
    thread = tuple(f"<{number}@example.com>" for number in range(500))
    kept = str(read(replace(LETTER, references=thread, in_reply_to=thread[-1]))["References"]).split()
    assert len(kept) == MOST_REFERENCES
    assert (kept[0], kept[-1]) == (thread[0], thread[-1])


@pytest.mark.parametrize(
    "hostile",
    [
        "<1@a>\r\nBcc: eve@example.org",
        "<[",
        "no id",
        "<a b@c>",
        "<=?utf-8?q?a=0D=0AB?=@c>",
        "<" + "a" * 5_000 + "@b>",
        "<é@b>",
        "<a@b><c@d>",
        "\x00",
    ],
)
def test_message_ids_that_are_none_are_left_out(hostile: str) -> None:
    mail = read(replace(LETTER, in_reply_to=hostile, references=(hostile, "<0@example.com>")))
    assert mail["In-Reply-To"] is None
    assert mail["References"] == "<0@example.com>"


def test_controls_do_not_survive_in_the_text() -> None:
    mail = read(replace(LETTER, body="a\x00b\x1b[31mc\r\nd\re\tf \ud800\n.\n", html=""))
    assert content(mail) == "ab[31mc\nd\ne\tf ?\n.\n"


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=300)


@given(subject=ANYTHING, name=ANYTHING, body=ANYTHING, page=ANYTHING, ids=st.lists(ANYTHING, max_size=5))
def test_no_value_makes_a_header_or_a_recipient(subject: str, name: str, body: str, page: str, ids: list[str]) -> None:
    letter = replace(LETTER, subject=subject, body=body, html=page, references=tuple(ids), in_reply_to="".join(ids))
    plain = "".join(filter(str.isprintable, name))  # a sender's name is the settings', without line ends
    mail = read(letter, Address(plain, "info", "nexioprojects.com"))
    assert set(mail.keys()) <= {*NAMES, "Content-Transfer-Encoding"}
    assert len(mail.keys()) == len(set(mail.keys()))
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@example.com"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["info@nexioprojects.com"]
