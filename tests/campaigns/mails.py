"""Forty mails of all shapes: what mutation starts from. Written for this project; nobody here exists."""

import base64
import quopri
from collections.abc import Mapping
from typing import Final

HEAD: Final = {
    "Return-Path": "<jan.jansen@example.org>",
    "Received": "from mail.example.org (mail.example.org [192.0.2.10]) by mx.nexioprojects.com with ESMTPS;\r\n"
    " Mon, 3 Feb 2025 10:12:01 +0100",
    "From": "Jan Jansen <jan.jansen@example.org>",
    "To": "info@nexioprojects.com",
    "Subject": "Mijn gegevens",
    "Date": "Mon, 3 Feb 2025 10:12:00 +0100",
    "Message-ID": "<20250203.1012@example.org>",
    "MIME-Version": "1.0",
}
PLAIN: Final = "text/plain; charset=utf-8"
PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def mail(body: str | bytes = "Graag een kopie van mijn gegevens.\r\n", **fields: str) -> bytes:
    """Put a mail together; a field's name is written with underscores, an empty one is left out."""
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    known = {name.lower(): name for name in HEAD}
    head = dict(HEAD)
    for name, value in given.items():
        head[known.get(name.lower(), name)] = value
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
    content = body.encode() if isinstance(body, str) else body
    return lines.encode() + b"\r\n" + content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def part(content: str | bytes, kind: str = PLAIN, **fields: str) -> bytes:
    """Write one part with its own fields."""
    lines = [f"Content-Type: {kind}", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    body = content.encode() if isinstance(content, str) else content
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def multipart(kind: str, *parts: bytes, boundary: str = "=_edge_1") -> tuple[str, bytes]:
    """Return the Content-Type and the body of a multipart."""
    edge = f"--{boundary}".encode()
    body = b"".join(edge + b"\r\n" + content + b"\r\n" for content in parts)
    return f'multipart/{kind}; boundary="{boundary}"', body + edge + b"--\r\n"


def several(kind: str, *parts: bytes, boundary: str = "=_edge_1", **fields: str) -> bytes:
    """Write a mail of several parts."""
    content_type, body = multipart(kind, *parts, boundary=boundary)
    return mail(body, content_type=content_type, **fields)


def nested(kind: str, *parts: bytes, boundary: str) -> bytes:
    """Write a part of several parts."""
    content_type, body = multipart(kind, *parts, boundary=boundary)
    return part(body, content_type)


def base64_part(content: bytes, kind: str, **fields: str) -> bytes:
    """Write one part in base64."""
    return part(base64.encodebytes(content), kind, content_transfer_encoding="base64", **fields)


def quoted_printable(text: str, charset: str) -> bytes:
    """Encode text for a charset, quoted-printable."""
    return quopri.encodestring(text.encode(charset))


HTML: Final = "<html><body><p>Bonjour,</p><p>Je souhaite <b>effacer</b> mon compte.</p></body></html>"
DSN: Final = several(
    "report; report-type=delivery-status",
    part("Your mail to x@example.net could not be delivered.\r\n"),
    part(
        "Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; x@example.net\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n",
        "message/delivery-status",
    ),
    part(mail("our letter", **{"message-id": "<abc.1@nexioprojects.com>"}), "message/rfc822"),
    return_path="<>",
    **{"from": "Mail Delivery System <MAILER-DAEMON@mx.example.net>"},
    subject="Undelivered Mail Returned to Sender",
)

MAILS: Final[Mapping[str, bytes]] = {
    "plain": mail(),
    "no body": mail(""),
    "no message-id": mail(message_id=""),
    "line feeds only": mail().replace(b"\r\n", b"\n"),
    "mbox line": b"From jan@example.org Mon Feb  3 10:12:00 2025\r\n" + mail(),
    "utf-8 subject": mail(subject="=?utf-8?Q?Donn=C3=A9es_personnelles?= =?utf-8?B?IGV0IG9ibGl0w6lyYXRpb24=?="),
    "raw utf-8 header": mail(subject="Données", **{"from": "José <jose@example.org>"}),
    "latin-1": mail(
        quoted_printable("Löschen Sie bitte alles, was Sie über mich haben.\n", "latin-1"),
        content_type="text/plain; charset=iso-8859-1",
        content_transfer_encoding="quoted-printable",
    ),
    "windows-1252": mail("“Please” erase — all".encode("cp1252"), content_type="text/plain; charset=windows-1252"),
    "unknown charset": mail("café", content_type="text/plain; charset=x-unknown"),
    "wrong charset": mail("café".encode("latin-1"), content_type=PLAIN),
    "japanese": mail("個人データ".encode("iso2022_jp"), content_type="text/plain; charset=iso-2022-jp"),
    "base64 text": mail(
        base64.encodebytes("Ich möchte Auskunft.\r\n".encode()), content_type=PLAIN, content_transfer_encoding="base64"
    ),
    "torn base64": mail(
        base64.encodebytes(b"Please delete my account now")[:-4], content_type=PLAIN, content_transfer_encoding="base64"
    ),
    "flowed": mail(
        "> You wrote this and it \r\n> goes on\r\nI answer this and it \r\ngoes on too.\r\n-- \r\nJan\r\n",
        content_type="text/plain; charset=utf-8; format=flowed",
    ),
    "html only": mail(HTML, content_type="text/html; charset=utf-8"),
    "html twin": several(
        "alternative", part("Bonjour, effacez mon compte.\r\n"), part(HTML, "text/html; charset=utf-8")
    ),
    "empty twin": several("alternative", part("\r\n"), part(HTML, "text/html; charset=utf-8")),
    "outlook twin": several("alternative", part("This message is in HTML format.\r\n"), part(HTML, "text/html")),
    "related": several(
        "related",
        part('<p>See <img src="cid:logo"></p>', "text/html"),
        base64_part(base64.b64decode(PIXEL), "image/png", content_id="<logo>", content_disposition="inline"),
    ),
    "attachment": several(
        "mixed",
        part("In de bijlage.\r\n"),
        base64_part(
            b"%PDF-1.4 not really",
            'application/pdf; name="ID kaart.pdf"',
            content_disposition='attachment; filename="ID kaart.pdf"',
        ),
    ),
    "only attachment": several("mixed", base64_part(b"%PDF-1.4", "application/pdf; name=brief.pdf")),
    "continued name": several(
        "mixed",
        part("Voir pièce jointe"),
        part(
            "x",
            "application/pdf",
            content_disposition="attachment;\r\n filename*0*=utf-8''pi%C3%A8ce%20;\r\n filename*1=jointe.pdf",
        ),
    ),
    "nested": several(
        "mixed",
        nested("alternative", part("texte"), part("<p>texte</p>", "text/html"), boundary="in"),
        part("a;b;c\r\n1;2;3", 'text/csv; name="donnees.csv"'),
        boundary="out",
    ),
    "signed": several(
        "signed; protocol=application/pgp-signature",
        part("Signed words"),
        part("-----BEGIN PGP SIGNATURE-----", "application/pgp-signature; name=signature.asc"),
    ),
    "apple reply": mail(
        "Ja, graag.\r\n\r\nVerstuurd vanaf mijn iPhone\r\n\r\n> Op 3 feb 2025 om 10:12 heeft Nexio"
        " <info@nexioprojects.com> het volgende geschreven:\r\n> \r\n> Uw code is 7F3K-Q2M9\r\n"
    ),
    "gmail reply": mail(
        "7F3K-Q2M9\r\n\r\nOp ma 3 feb 2025 om 10:12 schreef Nexio <info@nexioprojects.com>:\r\n\r\n"
        "> Uw code is AAAA-BBBB\r\n",
        in_reply_to="<a.1@nexioprojects.com>",
    ),
    "outlook reply": mail(
        "Oui.\r\n\r\n________________________________\r\nDe : Nexio <info@nexioprojects.com>\r\n"
        "Envoyé : lundi 3 février 2025 10:12\r\nÀ : Jean\r\nObjet : RE: données\r\n\r\nVotre code\r\n"
    ),
    "german reply": mail(
        "Danke.\r\n\r\nAm 03.02.2025 um 10:12 schrieb Nexio:\r\n> Ihr Code\r\n> lautet\r\nStimmt so.\r\n"
    ),
    "forward": mail(
        "FYI\r\n\r\n---------- Forwarded message ---------\r\nVan: Els <els@example.net>\r\nDate: ma 3 feb"
        " 2025\r\nSubject: inzage\r\nTo: <info@nexioprojects.com>\r\n\r\nWat weet u van mij?\r\n",
        subject="Fwd: inzage",
    ),
    "forward attached": several(
        "mixed", part("zie onder"), part(mail("Ik wil inzage."), "message/rfc822"), subject="FW: x"
    ),
    "bounce": DSN,
    "out of office": mail(
        "Ik ben er niet.",
        subject="Automatisch antwoord: uw vraag",
        auto_submitted="auto-replied",
        x_auto_response_suppress="All",
    ),
    "list": mail(
        "Nieuws", list_id="<nieuws.example.org>", list_unsubscribe="<mailto:u@example.org>", precedence="bulk"
    ),
    "two froms": mail().replace(b"To: ", b"From: other@example.net\r\nTo: "),
    "bare break": mail().replace(b"Subject: ", b"X-Y: z\rFrom: victim@example.net\r\nSubject: "),
    "odd message-id": mail(message_id="<[", references="<a@b> <[ <c@d>"),
    "odd addresses": mail(**{"from": "<alice@example.org><bob@example.net>"}, to="undisclosed-recipients:;"),
    "odd date": mail(date="Thu, 99 Foo 20250 99:99:99 +9999"),
    "stamped": b"Authentication-Results: mx.nexioprojects.com; dkim=pass header.d=example.org;\r\n"
    b" dmarc=pass (p=reject) header.from=example.org\r\n" + mail(),
    "calendar": several("alternative", part("Uitnodiging"), part("BEGIN:VCALENDAR\r\nEND:VCALENDAR", "text/calendar")),
    "bare head": b"From: a@example.org\r\nSubject: leeg\r\n",
}
