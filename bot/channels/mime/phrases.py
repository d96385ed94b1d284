"""What mail clients write around other people's words, in the languages of this desk and a few neighbours."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HEADER_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(("from", "von", "van", "de", "expéditeur", "afzender", "absender", "da"), "from")
    | dict.fromkeys(("sent", "date", "gesendet", "datum", "verzonden", "envoyé", "date d'envoi", "verstuurd"), "sent")
    | dict.fromkeys(
        ("envoyé le", "date d’envoi", "gesendet am", "verzonden op", "sent on", "inviato", "enviado"), "sent"
    )
    | dict.fromkeys(("to", "an", "aan", "à", "a", "pour", "destinataire", "empfänger", "ontvanger"), "to")
    | dict.fromkeys(("cc", "kopie", "copie", "copie à", "bcc", "cci"), "cc")
    | dict.fromkeys(("subject", "betreff", "onderwerp", "objet", "sujet", "oggetto", "asunto"), "subject")
    | dict.fromkeys(("reply-to", "antwort an", "répondre à", "antwoord aan", "importance", "priorité"), "more")
    | dict.fromkeys(("wichtigkeit", "urgentie", "attachments", "anlagen", "bijlagen", "pièces jointes"), "more")
)
"""The labels of a quoted header block: "Von:", "Envoyé :", "Onderwerp:"."""

ORIGINAL: Final = frozenset(
    {"original message", "original appointment", "reply message", "message original", "message d'origine"}
    | {"message d’origine", "message initial", "ursprüngliche nachricht", "originalnachricht", "original-nachricht"}
    | {"urspruengliche nachricht", "oorspronkelijk bericht", "origineel bericht", "oorspronkelijke bericht"}
    | {"messaggio originale", "mensaje original"}
)
"""What stands between dashes above the mail that is answered, and in some clients above one that is forwarded."""

FORWARDED: Final = frozenset(
    {"forwarded message", "forwarded by", "forward", "weitergeleitete nachricht", "weitergeleitet von"}
    | {"doorgestuurd bericht", "doorgezonden bericht", "message transféré", "message transfere", "message réexpédié"}
    | {"mail transféré", "e-mail transféré", "messaggio inoltrato", "mensaje reenviado"}
)
"""What stands between dashes above a forwarded mail."""

FORWARDED_LINES: Final = frozenset(
    {"begin forwarded message:", "anfang der weitergeleiteten nachricht:", "begin doorgestuurd bericht:"}
    | {"début du message réexpédié :", "début du message transféré :", "debut du message transfere :"}
    | {"début du message réexpédié:", "début du message transféré:", "---- forwarded message ----"}
)
"""The same where Apple Mail writes it: a line of its own, without dashes."""

FORWARD_PREFIXES: Final = ("fwd:", "fw:", "wg:", "tr:", "tr :", "doorst:", "doorsturen:", "fwd :", "i:", "rv:")
REPLY_PREFIXES: Final = ("re:", "re :", "aw:", "antw:", "antwoord:", "antwort:", "rép:", "rép :", "re[", "ref:", "sv:")

ATTRIBUTION_VERBS: Final = (
    *(" wrote", " schrieb", " geschrieben", " schreef", " geschreven", " a écrit", " a ecrit", " écrit"),
    *(" escribió", " ha scritto", " escreveu"),
)
ATTRIBUTION_OPENERS: Final = ("on ", "le ", "op ", "am ", "el ", "il ", "em ", "den ")
FIRST_OR_SECOND_PERSON: Final = (
    *(" ik ", " ich ", " i wrote", " m'a écrit", " m’a écrit", " j'ai ", " j’ai ", " nous ", " wij ", " wir "),
    *(" schreef u", " schreef ik", " schrieb ich", " schrieben sie", " you wrote", " u schreef", " vous "),
)
"""With these, "… schrieb ich Ihnen am 3. Mai um 10:15:" is the person's own sentence."""

MOBILE_SIGNATURES: Final = (
    *("sent from my ", "sent via ", "sent with ", "get outlook for ", "sent from outlook", "sent from yahoo"),
    *("envoyé de mon ", "envoyé depuis ", "envoyé à partir de ", "envoyé avec ", "obtenir outlook pour "),
    *("télécharger outlook pour ", "envoye de mon ", "envoyé de l'app", "envoyé via "),
    *("von meinem ", "gesendet von ", "gesendet mit ", "gesendet aus ", "holen sie sich outlook", "outlook für "),
    *("diese nachricht wurde von meinem ", "gesendet über ", "hol dir outlook für "),
    *("verzonden vanaf ", "verstuurd vanaf ", "verzonden met ", "verzonden via ", "download outlook voor "),
    *("outlook voor ", "verstuurd via ", "verzonden van "),
)
"""How a phone signs for its owner; "von meinem Konto …" is told apart by its last word."""

MOBILE_DEVICES: Final = frozenset(
    {
        "iphone",
        "ipad",
        "ios",
        "android",
        "samsung",
        "huawei",
        "xiaomi",
        "galaxy",
        "blackberry",
        "outlook",
        "gmx",
        "pixel",
    }
    | {"web.de", "orange", "proton", "windows", "yahoo", "gmail"}
)
MOBILE_ENDINGS: Final = MOBILE_DEVICES | frozenset(
    {"gesendet", "verstuurd", "mobile", "mobil", "mobiel", "smartphone", "telefon", "telefoon", "téléphone", "handy"}
    | {"phone", "tablet", "toestel", "gsm", "app", "mail"}
)

NO_TEXT: Final = (
    *(
        "does not support html",
        "doesn't support html",
        "html-capable",
        "enable html",
        "this is an html",
        "view in html",
    ),
    *(
        "html email viewer",
        "html-compatible",
        "requires html",
        "in html format",
        "html-fähig",
        "kein html",
        "html nicht",
    ),
    *(
        "im html-format",
        "html-formaat",
        "geen html",
        "ondersteunt html",
        "ne supporte pas",
        "au format html",
        "en html",
    ),
    *("html message", "view this email in your browser", "html version"),
)
"""What the plain twin of an HTML mail says when it says nothing."""

OUT_OF_OFFICE: Final = (
    *("automatic reply", "auto reply", "auto-reply", "autoreply", "out of office", "out-of-office", "auto:"),
    *("away from the office", "on vacation", "on leave"),
    *("automatische antwort", "abwesenheit", "abwesend", "ich bin nicht im büro", "automatische rückmeldung", "urlaub"),
    *("automatisch antwoord", "afwezig", "niet aanwezig", "automatische beantwoording", "vakantie", "buiten kantoor"),
    *(
        "réponse automatique",
        "absence du bureau",
        "absent",
        "absence",
        "message d'absence",
        "en congé",
        "reponse automatique",
    ),
)
"""How the subject of an out-of-office note begins."""

BOUNCE_SUBJECTS: Final = (
    *("undeliver", "delivery status", "delivery failure", "delivery has failed", "mail delivery", "returned mail"),
    *("failure notice", "could not be delivered", "delivery delayed", "delayed mail", "non remis", "non distribué"),
    *("échec de la remise", "unzustellbar", "konnte nicht zugestellt", "zustellung", "onbestelbaar", "niet afgeleverd"),
    *("message not delivered", "warning: could not send", "mail system error", "rejected", "onbezorgbaar", "failed"),
)
