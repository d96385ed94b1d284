"""What an answer about facts says that a person has to read, whatever figures stand beside it.

Our letters promise it: "If it was not you, reply to this message, and we will stop", "if you do not know, tell us".
What is compared is destroyed (law.md rule 12), and this must not be.
"""

import re
from typing import Final

MOST_WORDS: Final = 40
"""More words are a letter, which is read as one, or a list of guesses."""

_FEW: Final = r"\W+(?:\w+\W+){0,3}?"
"""Up to three words between two that belong together."""

_NOT_ME: Final = (
    rf"(?:not|never){_FEW}(?:me|mine|i|ask\w*|request\w*|write|wrote|written|sen[dt]|want\w*|made|did|order\w*)",
    r"(?:some|any)(?:one|body) else|know nothing|no idea|mistake|fraud\w*|scam\w*|hack\w*|impost\w*",
    rf"(?:pas|jamais|rien|aucune?){_FEW}(?:moi|demand\w*|écrit|envoy\w*|voulu|fait|command\w*)",
    r"rien demandé|quelqu'un d'autre|erreur|fraude\w*|arnaque\w*|usurp\w*|pirat\w*",
    rf"ik{_FEW}niet|ik niet|(?:niets?|nooit|geen){_FEW}(?:mij|(?:aan)?gevraagd|geschreven|gestuurd|gedaan|verzoek)",
    r"iemand anders|vergissing|oplicht\w*|gehackt",
    rf"ich{_FEW}(?:nicht|nichts|nie)|ich nicht",
    rf"(?:nicht|nichts|nie|keine?n?){_FEW}(?:ich|mir|gebeten|verlangt|geschrieben|geschickt|(?:an)?gefragt|angefordert)",
    rf"keine?n?{_FEW}(?:anfrage|antrag)|keine?n? (?:anfrage|antrag)|beantragt",
    r"jemand ander\w*|irrtum|betr[uü]g\w*",
)
_KNOW_NOT: Final = (
    rf"not{_FEW}(?:know|remember|recall|sure)|not (?:know|remember|recall|sure)|forgot\w*",
    r"(?:sais|souviens|rappelle|connais) (?:pas|plus)|oublié\w*",
    rf"(?:weet|herinner){_FEW}niet|vergeten",
    rf"(?:weiß|weiss|erinnere){_FEW}nicht|vergessen",
)
_REACH_ME: Final = (
    r"(?:call|ring|phone|contact) (?:me|us)",
    r"(?:r?appelez|téléphonez|contactez)(?:-(?:moi|nous))?",
    rf"bel(?:t u)? (?:mij|me|ons)|(?:mij|me|ons){_FEW}(?:op)?bellen|neem contact",
    r"ruf\w*(?: sie)? (?:mich|uns)|anrufen|rückruf",
)
_SAYS_MORE: Final = re.compile(rf"\b(?:{'|'.join((*_NOT_ME, *_KNOW_NOT, *_REACH_ME))})\b", re.IGNORECASE)


def says_more(text: str) -> bool:
    """Say whether somebody writes that it was not them, that they don't know, or how to reach them."""
    return _SAYS_MORE.search(plain(text)) is not None


def plain(text: str) -> str:
    """Return a text with its apostrophes straight and its "n't" spelled out."""
    return re.sub(r"n't\b|\bcannot\b", " not", text.replace("’", "'"), flags=re.IGNORECASE)
