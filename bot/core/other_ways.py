"""How our answer reaches somebody who has no e-mail: that is no refusal (law.md rule 42)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class OtherWay(StrEnum):
    """What a person without e-mail said of it; also the words of the buttons that say so."""

    ANY = "no_mail"  # not said yet which
    POST = "by_post"
    PHONE = "by_phone"
    NEITHER = "neither"


FOR_A_COLLEAGUE: Final[Mapping[OtherWay, str]] = MappingProxyType(
    {
        OtherWay.ANY: "has no e-mail: asked whether by post or by telephone (law.md rule 42)",
        OtherWay.POST: "has no e-mail and asks for post: vouch on postal_address, it goes to the address on record",
        OtherWay.PHONE: "has no e-mail and asks for a call: vouch on phone_number, you call the number on record",
        OtherWay.NEITHER: "has no e-mail, and neither post nor telephone suits: find a way with them in the chat, "
        "such as a link (chat_link)",
    }
)
"""What whoever goes on has to know."""

_MOST_WORDS: Final = 25
"""More is a letter of its own, and read as one."""

_NO: Final = (
    r"\b(?:no|not|without|never|don'?t|haven'?t|sans|pas|aucune?|jamais|geen|zonder|niet|keine?n?|ohne|nicht)\b"
)
_BETWEEN: Final = (
    r"(?:(?:have|having|had|got|use|using|an?|any|own|d|de|du|le|les|la|une?|plus|een|eigen|gebruik|mijn|eigene|meine)"
    r"[\s']+|d'|l'){0,4}"
)
_MAIL: Final = (
    r"(?:e-?mails?|mails?|mel|courriels?|adresse\s+(?:e-?mail|mail|électronique|internet)|mailadres|mailadresse)"
    r"(?:[\s-]?(?:adres(?:se)?|address|account|konto))?\b"
)
_NO_MAIL: Final = re.compile(rf"{_NO}[\s']+{_BETWEEN}{_MAIL}", re.IGNORECASE)
_USE_NO: Final = re.compile(r"\b(?:ik|ich)\s+(?:e-?)?maile?\s+(?:niet|nicht)\b", re.IGNORECASE)
_OTHER_MATTER: Final = re.compile(
    r"\b(?:re[cç]u\w*|received?|arrived?|came|from|gekregen|ontvangen|binnen|van|bekommen|erhalten|angekommen|von"
    r"|more|longer|meer|mehr|stop\w*|send|sent|stuur\w*|envoy\w*|schick\w*|schreib\w*|wants?|veux|wil|will|möchte)\b",
    re.IGNORECASE,
)
"""Whoever got no mail of ours, or wants none any more, has an address all the same."""

_POST: Final = re.compile(
    r"\b(?:post|postal|letter|mail\s+it|courriers?|poste|lettre|brief(?:post)?|per\s+post)\b", re.IGNORECASE
)
_PHONE: Final = re.compile(
    r"\b(?:call|phone|telephone|ring|mobile|appel\w*|t[ée]l|t[ée]l[ée]phone\w*|portable|gsm|bel|bellen|mobiel"
    r"|telefon\w*|telefoon\w*|anruf\w*|ruft?|handy)\b",
    re.IGNORECASE,
)
_WAY: Final = rf"(?:{_POST.pattern}|{_PHONE.pattern})"
_NOT_THAT: Final = re.compile(
    rf"{_NO}[\s']+(?:(?:by|per|via|with|the|an?|par|le|la|de|du|met|een|bij|mit|dem|am)[\s']+){{0,2}}{_WAY}"
    rf"|{_WAY}(?:\s+(?:me|mij|mich|sie|liever|bitte|maar))?\s+(?:pas|niet|nicht)\b",
    re.IGNORECASE,
)
_EITHER: Final = re.compile(
    r"\b(?:either|whatever|whichever|both|don't (?:mind|care)|doesn't matter|you choose|peu importe|n'importe"
    r"|m'est égal|comme vous voulez|les deux|maakt (?:me |mij )?niet uit|om het even|beide|allebei|kies maar|egal"
    r"|beides|wie sie (?:wollen|möchten))\b",
    re.IGNORECASE,
)
_NEITHER: Final = re.compile(
    r"\b(?:neither|none of (?:them|these|those)|aucune? des deux|ni l'une? ni l'autre|geen van (?:beide|de twee|tweeën)"
    r"|kein(?:e[ns]?|s)? von (?:beiden|beidem)|keins|keines|weder noch|allebei niet|beides nicht)\b",
    re.IGNORECASE,
)


def way_in(text: str, asked: OtherWay | None) -> OtherWay | None:
    """Return what a person says of having no e-mail, in any of our languages; `asked`, which way they choose.

    `asked` is what they said of it before: where that was no way yet, whoever does not mind gets a letter, which may
    say all, and whoever wants none is heard too. Short messages only. Naming both ways chooses none. A text can route,
    never authorise: what is sent where is a colleague's to decide.
    """
    plain = text.replace("’", "'")
    if len(plain.split()) > _MOST_WORDS:
        return None
    has_none = any(
        (_NO_MAIL.search(sentence) or _USE_NO.search(sentence)) and not _OTHER_MATTER.search(sentence)
        for sentence in re.split(r"[.!?\n;,]+", plain)
    )
    if has_none or asked is not None:
        return _chosen(plain, undecided=not has_none and asked is OtherWay.ANY) or (OtherWay.ANY if has_none else None)
    return None


def _chosen(plain: str, *, undecided: bool) -> OtherWay | None:
    """Return the one way that is wanted, or left when the other is not; of an open question also any, and neither."""
    if undecided and _NEITHER.search(plain):
        return OtherWay.NEITHER
    wanted = _NOT_THAT.sub(" ", plain)
    post, phone = bool(_POST.search(wanted)), bool(_PHONE.search(wanted))
    if not (post or phone):  # what is not wanted leaves the other
        post, phone = bool(_PHONE.search(plain)), bool(_POST.search(plain))
    if post != phone:
        return OtherWay.POST if post else OtherWay.PHONE
    return OtherWay.POST if undecided and _EITHER.search(plain) else None
