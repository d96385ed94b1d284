"""Somebody in a mailbox we asked says that it was not them: nothing is decided before a colleague found out."""

import re
from typing import Final

from bot.core.case import Case
from bot.core.errors import NotAllowed
from bot.core.saying_more import MOST_WORDS, plain

DENIED: Final = "somebody who reads the mailbox says that it was not them: find out who asked, then settle it"

_END: Final = r"(?=\W*(?:[.!,;:?\n]|$))"
_DISOWNS: Final = re.compile(
    rf"\b(?:(?:this|that|it) (?:was|is) not me|not me{_END}"
    rf"|i (?:did not|have not|never)(?: ever)? (?:ask|request|writ|wr[io]te|sen[dt]|do|did|done)\w*"
    rf"(?:(?: for| to)? (?:this|that|it|anything|any of (?:this|it))\b|(?: to)? you{_END}|{_END})"
    r"|(?:someone|somebody|anyone) else (?:wrote|asked|did|sent)"
    rf"|ce n'(?:est|était) pas (?:de )?moi|pas moi{_END}"
    rf"|je n'ai (?:jamais |pas )?(?:rien |)(?:demandé|écrit|envoyé|fait)(?: (?:cela|ça|ceci|tout cela|de tel)\b|{_END})"
    r"|je n'ai (?:jamais )?rien (?:demandé|écrit|envoyé)|quelqu'un d'autre a (?:écrit|demandé|envoyé|fait)"
    rf"|(?:dat|dit|het) was ik niet|ik was (?:het|dit|dat) niet|ik ben (?:het|dat) niet(?: geweest)?{_END}"
    r"|ik heb (?:dit|dat|hier|hierom|daarom|helemaal )?\s?(?:niets?|nooit(?: iets)?|niet)(?: zelf)? (?:aan)?gevraagd"
    r"|iemand anders (?:heeft|deed|schreef|vroeg)"
    rf"|(?:das|es) war ich nicht{_END}|ich war (?:es|das) nicht{_END}|(?:das|es) kam nicht von mir"
    r"|ich habe? (?:das |dies |es |so etwas )?(?:nichts?|nie)(?: selbst)? "
    rf"(?:angefordert|beantragt|verlangt|angefragt|geschrieben){_END}"
    r"|jemand anderes? (?:hat|schrieb)|jemand anders hat)\b",
    re.IGNORECASE,
)


def disowns(text: str) -> bool:
    """Say whether a short message says that its writer did not ask: then all stops, as our letters promise.

    The first person and the whole of it, so that neither a reminder ("you did not send it") nor what somebody does not
    want ("I did not ask for the erasure, but for a copy") silences the desk. Beside what the reader flags, and for
    whoever was asked alone; it decides nothing but that a person looks first.
    """
    words = plain(text)
    return len(words.split()) <= MOST_WORDS and _DISOWNS.search(words) is not None


def refuse_denied(case: Case) -> None:
    """Raise NotAllowed while it is not settled."""
    if case.denied_at is not None:
        raise NotAllowed(DENIED)
