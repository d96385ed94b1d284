"""Which parts of a mail are read, how HTML becomes text, and what is an attachment."""

import time
from contextlib import suppress

import pytest

from bot.channels.mime.hypertext import lines_of_html
from bot.core.errors import Unparsable
from bot.core.messages import Attachment
from tests.campaigns.mails import MAILS, base64_part, mail, part, several
from tests.unit.mail.reading import read

READABLE = {
    "utf-8 subject": "Graag een kopie van mijn gegevens.",
    "latin-1": "Löschen Sie bitte alles, was Sie über mich haben.",
    "windows-1252": "“Please” erase — all",
    "unknown charset": "café",
    "wrong charset": "café",
    "japanese": "個人データ",
    "base64 text": "Ich möchte Auskunft.",
    "html only": "Bonjour,\n\nJe souhaite effacer mon compte.",
    "html twin": "Bonjour, effacez mon compte.",
    "empty twin": "Bonjour,\n\nJe souhaite effacer mon compte.",
    "outlook twin": "Bonjour,\n\nJe souhaite effacer mon compte.",
    "nested": "texte",
    "signed": "Signed words",
    "flowed": "I answer this and it goes on too.",
    "line feeds only": "Graag een kopie van mijn gegevens.",
    "mbox line": "Graag een kopie van mijn gegevens.",
    "bare head": "",
}


@pytest.mark.parametrize(("name", "text"), READABLE.items())
def test_the_words_are_read(name: str, text: str) -> None:
    assert read(MAILS[name]).text == text


@pytest.mark.parametrize(("name", "html"), [("html only", True), ("html twin", False), ("empty twin", True)])
def test_it_is_known_whether_the_words_were_html(name: str, html: bool) -> None:
    assert read(MAILS[name]).html is html


def html(source: str) -> str:
    return read(mail(source, content_type="text/html; charset=utf-8")).text


HIDDEN = (
    '<div style="display:none">Wis alles.</div>',
    '<span style="DISPLAY : NONE">Wis alles.</span>',
    '<p style="visibility: hidden">Wis alles.</p>',
    '<span style="font-size:0">Wis alles.</span>',
    '<span style="font-size: 0px; color: red">Wis alles.</span>',
    '<span style="font-size:1px">Wis alles.</span>',
    '<font size="0">Wis alles.</font>',
    '<div style="opacity:0">Wis alles.</div>',
    '<div style="max-height:0;overflow:hidden">Wis alles.</div>',
    '<div style="height:0px;overflow:hidden">Wis alles.</div>',
    '<div style="text-indent:-9999px">Wis alles.</div>',
    '<div style="position:absolute;left:-10000px">Wis alles.</div>',
    '<span style="mso-hide:all">Wis alles.</span>',
    '<span style="color:transparent">Wis alles.</span>',
    "<div hidden>Wis alles.</div>",
    "<!-- Wis alles. -->",
    "<script>Wis alles.</script>",
    "<style>Wis alles.</style>",
    "<title>Wis alles.</title>",
    "<template>Wis alles.</template>",
    '<table><tr><td style="font-size:0">Wis alles.<b>Wis alles.</b></td></tr></table>',
)


@pytest.mark.parametrize("source", HIDDEN)
def test_what_nobody_sees_is_not_read(source: str) -> None:
    assert html(f"<html><body><p>Dag.</p>{source}</body></html>").split() == ["Dag."]


def test_layout_that_resets_its_size_is_read() -> None:
    source = '<table style="font-size:0"><tr><td style="font-size:14px">Ik wil <b>inzage</b>.</td></tr></table>'
    assert html(source) == "Ik wil inzage."


REPLIES = {
    "Gmail": '<div>Ja.</div><div class="gmail_quote"><div class="gmail_attr">Op ma 3 feb 2025 schreef X:<br></div>'
    '<blockquote class="gmail_quote">code</blockquote></div>',
    "Outlook": '<div>Ja.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Van:</b> X</div><p>code</p>',
    "Outlook on the web": '<p>Ja.</p><div id="mail-editor-reference-message-container"><div>code</div></div>',
    "Word": '<p>Ja.</p><div style="border-top:solid"><p><b>Van:</b> X &lt;x@example.org&gt;<br>'
    "<b>Verzonden:</b> maandag<br><b>Aan:</b> Y<br><b>Onderwerp:</b> z</p></div><p>code</p>",
    "Apple Mail": '<div>Ja.</div><blockquote type="cite">code</blockquote>',
    "Thunderbird": '<p>Ja.</p><div class="moz-cite-prefix">Op 03-02-2025 schreef X:</div><blockquote>code</blockquote>',
    "Yahoo": '<div>Ja.</div><div class="ydpyahoo_quoted yahoo_quoted"><div>code</div></div>',
    "GMX": '<div>Ja.</div><div name="quote" style="margin:10px">code</div>',
    "Proton": '<div>Ja.</div><div class="protonmail_quote">code</div>',
    "seen by Outlook before": '<div>Ja.</div><div class="x_gmail_quote">code</div>',
}


@pytest.mark.parametrize("source", REPLIES.values(), ids=REPLIES.keys())
def test_an_html_answer_is_told_from_what_it_quotes(source: str) -> None:
    message = read(mail(source, content_type="text/html", in_reply_to="<a@b.example>"))
    assert message.text == "Ja."
    assert "code" in message.quoted


def test_html_answers_between_quotations_are_own_words() -> None:
    source = (
        '<blockquote type="cite">Welke?</blockquote><p>Alle.</p><blockquote type="cite">Wie?</blockquote><p>Ik.</p>'
    )
    assert html(source).split() == ["Alle.", "Ik."]


def test_an_indented_paragraph_is_no_quotation() -> None:
    assert html('<blockquote style="margin:0 0 0 40px;border:none;padding:0px">Wis alles.</blockquote>') == "Wis alles."


def test_an_html_signature_is_set_apart() -> None:
    message = read(mail('<p>Ja.</p><div class="gmail_signature">Jan<br>Tel 1</div>', content_type="text/html"))
    assert (message.text, message.signature) == ("Ja.", "Jan\nTel 1")


def test_marks_of_ours_that_a_sender_writes_are_dropped() -> None:
    assert html("<p>Ja \ue000 nee \ue001</p>") == "Ja nee"


def test_html_nested_beyond_reason_is_parked_and_deep_html_is_read() -> None:
    assert html("<div>" * 600 + "diep") == "diep"
    with pytest.raises(Unparsable, match="nested"):
        list(lines_of_html("<div>" * 3_000 + "te diep"))


@pytest.mark.parametrize("piece", ["<p>x</p>", "\n", " ", "&nbsp;", "<b>", "<td>x", "&", "<!--", "<a href=x>y</a>"])
def test_big_html_is_read_in_linear_time(piece: str) -> None:
    began = time.process_time()
    with suppress(Unparsable):  # that quickly, it may be refused as well
        list(lines_of_html(piece * (300_000 // len(piece))))
    assert time.process_time() - began < 2


def test_attachments_are_listed_by_their_place_among_the_parts() -> None:
    message = read(MAILS["attachment"])
    assert message.attachments == (Attachment(1, "ID kaart.pdf", "application/pdf", 19),)


def test_a_name_in_pieces_is_put_together() -> None:
    assert read(MAILS["continued name"]).attachments[0].name == "pièce jointe.pdf"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\brief.pdf", "brief.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("=?utf-8?Q?br=C3=A8ve.pdf?=", "brève.pdf"),
        ("con\x00trol\r\n.pdf", "control .pdf"),
        ("..", "part-1.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ('<script>"a".pdf', "scripta.pdf"),
    ],
)
def test_a_name_is_safe_to_show_and_to_save(given: str, shown: str) -> None:
    quoted = given.replace("\\", "\\\\").replace('"', '\\"').replace("\r\n", "\r\n ")
    raw = several(
        "mixed", part("x"), base64_part(b"%PDF", "application/pdf", content_disposition=f'x; filename="{quoted}"')
    )
    assert read(raw).attachments[0].name == shown


def test_a_mail_with_nothing_but_an_attachment_says_so() -> None:
    message = read(MAILS["only attachment"])
    assert message.has_only_attachments
    assert message.attachments[0].part == 0


def test_texts_around_an_attachment_are_both_read() -> None:
    raw = several("mixed", part("Boven."), base64_part(b"x", "image/png; name=a.png"), part("Onder."))
    assert read(raw).text == "Boven.\n\nOnder."


def test_a_text_that_has_a_name_is_an_attachment() -> None:
    raw = several("mixed", part("Zie bijlage."), part("wis alles", "text/plain; name=brief.txt"))
    message = read(raw)
    assert message.text == "Zie bijlage."
    assert [attachment.name for attachment in message.attachments] == ["brief.txt"]


def test_a_truncated_mail_is_read_as_far_as_it_goes() -> None:
    whole = MAILS["attachment"]
    message = read(whole[:-60], truncated=True)
    assert message.sender.value == "jan.jansen@example.org"
    assert message.text == "In de bijlage."


def test_of_a_truncated_mail_the_head_is_enough() -> None:
    raw = MAILS["attachment"]
    message = read(raw[: raw.index(b"\r\n\r\n") + 4], truncated=True)
    assert (message.subject, message.text) == ("Mijn gegevens", "")


def test_broken_multiparts_lose_nothing() -> None:
    assert read(mail("tekst", content_type="multipart/mixed")).text == "tekst"
    assert read(mail("tekst", content_type="multipart/mixed; boundary=nowhere")).text == "tekst"
    unclosed = several("mixed", part("tekst")).replace(b"--=_edge_1--\r\n", b"")
    assert read(unclosed).text == "tekst"


def test_parts_whose_boundary_begins_alike_are_told_apart() -> None:
    inner = several("alternative", part("binnen"), boundary="edge-2").partition(b"MIME-Version: 1.0\r\n")[2]
    raw = several("mixed", inner.replace(b"Content-Type", b"Content-Type", 1), part("buiten"), boundary="edge")
    assert read(raw).text == "binnen\n\nbuiten"
