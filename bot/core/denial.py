"""Somebody in a mailbox we asked says that it was not them: nothing is decided before a colleague found out."""

import re
from typing import Final

from bot.core.case import Case
from bot.core.errors import NotAllowed
from bot.core.saying_more import MOST_WORDS, plain

DENIED: Final = "somebody who reads the mailbox says that it was not them: find out who asked, then settle it"

_DISOWNS: Final = re.compile(
    r"\b(?:not (?:me|mine)|(?:did not|never) (?:ask\w*|request\w*|writ\w*|wrote|send|sent)"
    r"|some(?:one|body) else (?:wrote|asked|did|sent)"
    r"|pas (?:de )?moi|(?:rien|jamais|pas) (?:demandé|écrit|envoyé)|quelqu'un d'autre a"
    r"|was ik niet|ik (?:was|ben)(?: het| dit| dat)? niet|niet van mij|(?:niets?|nooit|niet)(?: zelf)? (?:aan)?gevraagd"
    r"|iemand anders heeft|war ich nicht|ich war (?:es|das) nicht|nicht von mir"
    r"|(?:nichts?|nie)(?: selbst)? (?:angefordert|beantragt|verlangt|angefragt|geschrieben)|jemand anders hat)\b",
    re.IGNORECASE,
)


def disowns(text: str) -> bool:
    """Say whether a short message says that its writer did not ask: then all stops, as our letters promise.

    Beside what the reader flags, and for whoever was asked alone; it decides nothing but that a person looks first.
    """
    words = plain(text)
    return len(words.split()) <= MOST_WORDS and _DISOWNS.search(words) is not None


def refuse_denied(case: Case) -> None:
    """Raise NotAllowed while it is not settled."""
    if case.denied_at is not None:
        raise NotAllowed(DENIED)
