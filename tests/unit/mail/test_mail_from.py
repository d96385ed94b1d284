"""Whom a mail says it is from, and every way of saying it that two readers could read differently."""

import pytest

from bot.core.messages import MAIL, Handle, Oddity
from tests.campaigns.mails import mail
from tests.unit.mail.reading import read

PLAIN = {
    "Jan Jansen <jan@Example.ORG>": ("jan@example.org", "Jan Jansen"),
    "JAN@example.org": ("jan@example.org", ""),
    "jan@example.org (Jan Jansen)": ("jan@example.org", "Jan Jansen"),
    '"Jansen, Jan" <jan@example.org>': ("jan@example.org", "Jansen, Jan"),
    "Jansen, Jan <jan@example.org>": ("jan@example.org", "Jan"),
    "=?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@example.org>": ("joerg@example.org", "Jörg Müller"),
    "=?iso-8859-1?Q?J=F6rg?= =?iso-8859-1?Q?_M=FCller?= <joerg@example.org>": ("joerg@example.org", "Jörg Müller"),
    "Zoë <zoe@müller.example>": ("zoe@xn--mller-kva.example", "Zoë"),
    "jan@example.org <jan@example.org>": ("jan@example.org", "jan@example.org"),
    "O'Neill, Sinéad <o'neill+privacy@example.org>": ("o'neill+privacy@example.org", "Sinéad"),
}


@pytest.mark.parametrize(("written", "understood"), PLAIN.items())
def test_an_ordinary_from_has_nothing_odd(written: str, understood: tuple[str, str]) -> None:
    message = read(mail(**{"from": written}))
    assert (message.sender, message.name) == (Handle(MAIL, understood[0]), understood[1])
    assert not message.oddities


ODD = {
    "<alice@a.example><bob@b.example>": Oddity.SEVERAL_ADDRESSES,
    "alice@a.example, bob@b.example": Oddity.SEVERAL_ADDRESSES,
    "alice@a.example <bob@b.example>": Oddity.SEVERAL_ADDRESSES,
    "<alice@a.example> bob@b.example": Oddity.SEVERAL_ADDRESSES,
    "<alice@a.example> trailing words": Oddity.SEVERAL_ADDRESSES,
    "friends: alice@a.example;": Oddity.SEVERAL_ADDRESSES,
    "<alice@a.example": Oddity.SEVERAL_ADDRESSES,
    "alice@a.example(.evil.example)": Oddity.SEVERAL_ADDRESSES,
    "alice@a.example (x) .evil.example": Oddity.SEVERAL_ADDRESSES,
    "<@evil.example,@b.example:alice@a.example>": Oddity.NO_FROM,
    "<alice@a.example(.evil.example>": Oddity.NO_FROM,
    '"alice@a.example"@evil.example': Oddity.NO_FROM,
    "alice@a.example\0.evil.example": Oddity.NO_FROM,
    "=?utf-8?Q?alice=40a.example?=": Oddity.NO_FROM,
    "=?utf-8?Q?alice?=@a.example": Oddity.NO_FROM,
    "undisclosed-recipients:;": Oddity.NO_FROM,
    "Jan Jansen": Oddity.NO_FROM,
    "<>": Oddity.NO_FROM,
    "": Oddity.NO_FROM,
    '"victim@bank.example" <x@evil.example>': Oddity.CONFUSABLE,
    "=?utf-8?B?dmljdGltQGJhbmsuZXhhbXBsZQ==?= <x@evil.example>": Oddity.CONFUSABLE,
    "x@\u0430pple.example": Oddity.CONFUSABLE,  # a Cyrillic a before Latin letters
    "x@\u0430\u0440\u0440\u04cf\u0435.example": Oddity.CONFUSABLE,  # all Cyrillic, and looks like a fruit
}


@pytest.mark.parametrize(("written", "oddity"), ODD.items())
def test_an_odd_from_takes_trust_away(written: str, oddity: Oddity) -> None:
    assert oddity in read(mail(**{"from": written})).oddities


def test_a_cyrillic_domain_that_looks_like_itself_is_not_odd() -> None:
    assert not read(mail(**{"from": "a@пример.example"})).oddities


def test_of_two_from_fields_the_first_is_shown_and_none_trusted() -> None:
    message = read(mail().replace(b"To: ", b"From: victim@example.net\r\nTo: "))
    assert message.sender.value == "jan.jansen@example.org"
    assert Oddity.SEVERAL_FROM in message.oddities


@pytest.mark.parametrize(
    "second", [b"From : v@example.net", b"from: v@example.net", b"FROM : v@example.net", b"From\t: v@example.net"]
)
def test_a_second_from_is_found_however_it_is_spelt(second: bytes) -> None:
    assert Oddity.SEVERAL_FROM in read(second + b"\r\n" + mail()).oddities


@pytest.mark.parametrize("line_break", [b"\r", b"\n", b"\r\r\n", b"\n\r"])
def test_a_lone_line_break_in_the_header_takes_all_trust(line_break: bytes) -> None:
    raw = mail().replace(b"Subject: ", b"X-Y: z" + line_break + b"From: victim@example.net\r\nSubject: ")
    assert read(raw).oddities & {Oddity.BARE_LINE_BREAK, Oddity.SEVERAL_FROM}


def test_a_file_with_line_feeds_only_is_not_odd() -> None:
    assert not read(mail().replace(b"\r\n", b"\n")).oddities


def test_name_and_subject_lose_controls_and_direction_marks_and_are_capped() -> None:
    message = read(mail(subject="a\x00b\u202ec\u200bd " + "e" * 3_000, **{"from": "\u202eJan\x07 <jan@example.org>"}))
    assert message.name == "Jan"
    assert message.subject.startswith("abcd e")
    assert len(message.subject) == 500


def test_an_encoded_line_break_in_a_subject_becomes_a_blank() -> None:
    assert read(mail(subject="=?utf-8?Q?hello=0D=0ABcc:_x@example.net?=")).subject == "hello Bcc: x@example.net"


def test_words_split_inside_a_character_are_joined() -> None:
    assert read(mail(subject="=?utf-8?B?w6nD?= =?utf-8?B?qQ==?=")).subject == "éé"


def test_broken_identifiers_are_only_missing() -> None:
    message = read(mail(message_id="<[", references="<a@b.example> <[ x <c@d.example>", in_reply_to="<e@f.example>"))
    assert message.message_id == ""
    assert message.references == ("<a@b.example>", "<c@d.example>", "<e@f.example>")


def test_the_senders_date_is_kept_beside_and_a_senseless_one_is_none() -> None:
    sent = read(mail()).sent_at
    assert sent is not None
    assert sent.isoformat() == "2025-02-03T09:12:00+00:00"
    assert read(mail(date="Thu, 99 Foo 20250 99:99:99 +9999")).sent_at is None


def test_recipients_are_read() -> None:
    message = read(mail(cc="b@example.org, C <c@example.org>"))
    assert message.recipients == ("info@nexioprojects.com", "b@example.org", "c@example.org")
