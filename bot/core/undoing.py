"""Whether somebody takes an opt-out back: its confirmation asks "was this a mistake?", and a word undoes it."""

import re
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import Case, Item, State
from bot.core.rights import RequestType

REMEMBERED: Final = timedelta(days=30)
"""How long a word without any subject is surely about the opt-out that was confirmed last."""

_ENDED: Final = frozenset({State.SENDING, State.ANSWERED, State.CLOSED})

_MOST_WORDS: Final = 15
"""More is a letter of its own, and read as one."""

_YES: Final = re.compile(
    r"(?:(?:yes|yep|yeah|oui|ja|unstop|start|undo|annule[rz]?)"
    r"(?:[\s,]+(?:please|it|that|this|s'il (?:vous|te) pla[iî]t|svp|merci|graag|alsjeblieft|alstublieft|bitte))*)"
    r"[\s.!]*",
    re.IGNORECASE,
)
_MISTAKE: Final = (
    r"(?:(?:a|by|my) mistake|mistaken(?:ly)?|by accident|accidental(?:ly)?|undo (?:it|that|this|the|my)|re-?subscribe"
    r"|subscribe me again|wrong (?:button|key|word)"
    r"|(?:une|par|mon) erreur|tromp[ée]e?s?|par m[ée]garde|fausse manipulation|mauvais bouton|rev(?:enez|enir|iens)"
    r" en arri[èe]re|r[ée]abonne[rz]?|r[ée]inscri\w+|annule[rz]? (?:cela|[çc]a|ma d[ée]sinscription)"
    r"|vergissing|vergist|foutje|per ongeluk|ongedaan|terug ?(?:te )?draaien|draai (?:het|dit|dat|'t) (?:maar )?terug"
    r"|(?:weer|opnieuw) aan(?:melden)?|verkeerde knop"
    r"|versehen(?:tlich)?|irrtum|irrt[üu]mlich|r[üu]ckg[äa]ngig|vertippt|falsche[nr]? (?:knopf|taste)"
    r"|wieder an(?:melden)?)\b"
)
_UNMEANT: Final = (
    r"\b(?:did(?:n't| not) mean|oops|whoops|oups|oeps|hoppla|pas voulu|pas expr[èe]s|niet de bedoeling"
    r"|nicht (?:so )?(?:gewollt|gemeint))\b"
)
_TAKEN_BACK: Final = re.compile(rf"\b{_MISTAKE}|{_UNMEANT}", re.IGNORECASE)
_NO_MISTAKE: Final = re.compile(
    rf"\b(?:no|not|\w+n't|never|pas|aucune?|jamais|geen|niet|keine?n?|nicht|nie)\s+(?:\w+\s+){{0,2}}{_MISTAKE}",
    re.IGNORECASE,
)


def undoes(text: str) -> bool:
    """Say whether a short message plainly takes back what was just confirmed, in any of our languages.

    A text can route, never authorise: what it undoes is the sender's own opt-out, and "stop" stops it again.
    """
    plain = text.replace("’", "'").strip()
    if len(plain.split()) > _MOST_WORDS or _NO_MISTAKE.search(plain):
        return False
    return _YES.fullmatch(plain) is not None or _TAKEN_BACK.search(plain) is not None


def may_be_undone(case: Case, now: datetime) -> bool:
    """Say whether a case ended with an opt-out, lately, and holds nothing else that a word could be about."""
    stopped = [item.done_at for item in case.items if is_opt_out(item) and item.state in _ENDED and item.done_at]
    others = any(not is_opt_out(item) and item.state not in {State.MERGED, State.CLOSED} for item in case.items)
    return not others and any(now - moment <= REMEMBERED for moment in stopped)


def is_opt_out(item: Item) -> bool:
    """Say whether an item stopped mailings, whichever way that was asked (law.md rule 28)."""
    return item.right is RequestType.UNSUBSCRIBE or item.marketing
