"""Somebody in a mailbox we asked says that it was not them: nothing is decided before a colleague found out."""

import re
from typing import Final

from bot.core.case import Case
from bot.core.errors import NotAllowed
from bot.core.saying_more import MOST_WORDS, plain

DENIED: Final = "somebody who reads the mailbox says that it was not them: find out who asked, then settle it"

_END: Final = r"(?=\W*(?:[.!,;:?\n]|$))"
_REQUEST: Final = r"(?:requests?|enquir(?:y|ies)|inquir(?:y|ies)|application|messages?|e-?mails?|code)"
_ANFRAGE: Final = r"(?:anfragen?|antrag|anträge|nachricht|e-?mails?|code)"
_GEFRAGT: Final = r"(?:angefordert|beantragt|verlangt|angefragt|geschrieben|gestellt|geschickt|gesendet)"
_GEVRAAGD: Final = r"(?:aangevraagd|gevraagd|opgevraagd|geschreven|gestuurd|verstuurd|gedaan)"
_NIETS: Final = r"(?:niets?|nooit(?: iets)?)(?: zelf)?"
_FEW: Final = r"(?:\w+ ){0,4}"

_NOT_ME: Final = (
    rf"(?:this|that|it) (?:was|is) not me|not me{_END}",
    rf"(?:it|(?:this|that|the)(?: {_REQUEST})?) (?:was|is) not (?:from me|mine|my (?:doing|{_REQUEST})){_END}",
    r"(?:someone|somebody|anyone) else (?:wrote|asked|did|sent|(?:is |has )?us(?:es|ed|ing))",
    rf"i (?:did not|have not|never)(?: ever)? (?:writ\w*|wr[io]te|sen[dt]|contact\w*)(?: to)? you{_END}",
    r"i know nothing (?:about|of) (?:this|that|it|any)|i have no idea what this is",
    rf"ce n'(?:est|était) pas (?:de )?moi|pas moi{_END}|ne (?:vient|venait|provient|émane) pas de moi",
    r"pas à l'origine de|quelqu'un d'autre a (?:écrit|demandé|envoyé|fait|utilisé)",
    r"je ne suis au courant de rien|je ne suis pas au courant de (?:cette demande|cela|ça|tout)",
    rf"(?:dat|dit|het) was ik niet|ik was (?:het|dit|dat) niet|ik ben (?:het|dat) niet(?: geweest)?{_END}",
    rf"(?:is|was|komt|kwam) niet van mij(?: afkomstig)?{_END}|ik weet (?:hier|daar|er) niets van",
    rf"iemand anders (?:deed|schreef|vroeg|heeft {_FEW}(?:{_GEVRAAGD}|gebruikt|misbruikt))",
    rf"(?:das|es) war ich nicht{_END}|ich war (?:es|das) nicht{_END}",
    r"(?:kam|kommt|stammt|ist|war) nicht von mir|(?:davon weiß|davon weiss) ich nichts|ich wei(?:ß|ss) davon nichts",
    rf"jemand ander\w+ (?:schrieb|fragte|hat {_FEW}(?:{_GEFRAGT}|gemacht|benutzt|verwendet|missbraucht))",
)
"""It was not them, or they know nothing of it: that stands, whatever else they say."""

_NO_REQUEST: Final = (
    r"(?:(?:kind|sort|piece|type) of )?(?:info\w*|data|details?|news\w*|adverts?|advertis\w*|ads?|offers?|promotion\w*"
    r"|marketing|brochures?|catalog\w*|surveys?|answers?|cop(?:y|ies)|files?|documents?|reports?|products?|invoices?)\b"
)
"""What somebody complains of having been sent, or told, without having asked for that."""

_I_DID_NOT: Final = r"i (?:did not|have not|never)(?: ever)?"
_THIS: Final = (
    rf"(?: (?:this|that|it|any of (?:this|it))\b(?! {_NO_REQUEST})(?! (?:you|my|we|all)\b)"
    rf"| anything\b(?! (?:else|more|other|but|except|beyond))|{_END})"
)
_NOT_ASKED: Final = (
    rf"{_I_DID_NOT} (?:ask\w*|request\w*|do|did|done|writ\w*|wr[io]te|sen[dt])(?: for| to)?{_THIS}",
    rf"{_I_DID_NOT} (?:ma[dk]e|submit\w*|file\w*|sen[dt]|request\w*|ask\w* for) (?:this|that|any|an?|the) {_REQUEST}",
    rf"je n'ai (?:jamais |pas |)(?:rien |)(?:demandé|écrit|envoyé|fait)(?: (?:cela|ça|ceci|tout cela|de tel)\b|{_END})",
    r"je n'ai (?:jamais )?rien (?:demandé|écrit|envoyé)(?! (?:d'autre|de plus|sauf|à part|qu))",
    r"je n'ai (?:jamais |pas )?(?:fait|formulé|envoyé|adressé) (?:aucune|cette|de|une telle) demande",
    rf"ik heb (?:(?:dit|dat|hier|hierom|daarom|helemaal) )?{_NIETS} (?:om )?{_GEVRAAGD}(?! (?:om|naar|of|welke)\b)",
    rf"(?:dit|dat) heb ik (?:niet|nooit)(?: zelf)? {_GEVRAAGD}|(?:hier|daar) heb ik (?:niet|nooit) om gevraagd",
    r"ik heb (?:dit|dat|geen|nooit een) verzoek (?:niet )?(?:gedaan|ingediend|gestuurd)",
    rf"ich habe? (?:das |dies |es |so etwas )?(?:nichts?|nie)(?: selbst)? {_GEFRAGT}{_END}",
    rf"(?:das|dies) habe? ich (?:nicht|nie)(?: selbst)? {_GEFRAGT}{_END}",
    rf"ich habe? (?:keine?n?|diese[nr]?|nie eine?n?) {_ANFRAGE} (?:nicht )?{_GEFRAGT}",
)
"""They asked nothing, or not this."""

_ASKED_ELSE: Final = (
    r"i (?:only |just |did )?(?:ask|request|want|mean)(?:ed|t)?(?: only| just| you)? (?:for|to (?:see|have)|an?|the)",
    r"but (?:rather|only|just|for)|instead",
    r"mais (?:seulement|plutôt|une copie)|je (?:voulais|demandais|souhaitais)|je veux (?:une?|la|le|mes)",
    r"j'ai (?:seulement |juste )?demandé (?:une?|la|mes|à (?:voir|avoir|recevoir))",
    r"maar (?:om|alleen|enkel|een kopie)|ik (?:vroeg|wilde|wou|bedoelde)(?: alleen| enkel)? (?:om|een|de|het|mijn)",
    r"sondern(?! jemand)|ich (?:wollte|meinte|bat)(?: nur| bloß)? (?:um|eine?n?|meine?n?|die|wissen)",
)
"""What they asked instead: so somebody asked, and it was them."""


def _any_of(*ways: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(ways)})", re.IGNORECASE)


_IS_NOT_THEM: Final = _any_of(*_NOT_ME)
_ASKED_NOTHING: Final = _any_of(*_NOT_ASKED)
_ASKED_OTHERWISE: Final = re.compile(rf"\b(?:{'|'.join(_ASKED_ELSE)})\b", re.IGNORECASE)


def _says(ways: re.Pattern[str], text: str) -> bool:
    """Say whether a text says one of these, also where its lines were broken by a mail program."""
    return any(ways.search(words) for words in (text, " ".join(text.split())))


def disowns(text: str) -> bool:
    """Say whether a short message says that its writer did not ask: then all stops, as our letters promise.

    The first person and the whole of it, so that neither a reminder ("you did not send it"), nor what somebody does not
    want ("I did not ask for the erasure, but for a copy"), nor what they were told unasked ("I did not ask for this
    information") silences the desk. In doubt it does: a person looks, and a thief is not served meanwhile. Beside what
    the reader flags, and for whoever was asked alone; it decides nothing else (law.md rule 17).
    """
    words = plain(text)
    if len(words.split()) > MOST_WORDS:
        return False
    return _says(_IS_NOT_THEM, words) or (_says(_ASKED_NOTHING, words) and not _says(_ASKED_OTHERWISE, words))


def refuse_denied(case: Case) -> None:
    """Raise NotAllowed while it is not settled."""
    if case.denied_at is not None:
        raise NotAllowed(DENIED)
