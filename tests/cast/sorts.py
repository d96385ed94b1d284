"""The sorts of messages the desk sends, told apart by their words as a reader tells them apart."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.cast.letters import Received


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of message as its reader recognises it."""

    name: str
    fits: Callable[[Received], bool]


_RECEIVED: Final = (
    r"have received your|avons bien reçu votre|hebben uw (?:verzoek|bericht) ontvangen|bei uns eingegangen"
)
_STOPPED: Final = r"no longer receive|no more|ne recevrez plus|geen reclame|niet meer|keine Werb"
_NOT_RIGHT: Final = r"not the right code|pas le bon code|niet de juiste|nicht der"
_UNSURE: Final = r"not yet sure|pas encore sûrs|nog niet zeker|noch nicht sicher"


def _says(*wanted: str, never: str = r"\Z\A") -> Callable[[Received], bool]:
    """Recognise a message that says one of these, never that, and carries no code."""
    said, unsaid = re.compile("|".join(wanted), re.IGNORECASE), re.compile(never, re.IGNORECASE)
    return lambda message: bool(said.search(message.text)) and not unsaid.search(message.text) and not message.code


ANY_MAIL: Final = Sort("an answer of any sort", lambda message: bool(message.subject))
A_CODE: Final = Sort("a code to type back", lambda message: bool(message.code and message.reference))
ACKNOWLEDGEMENT: Final = Sort("a word that the request has arrived", _says(_RECEIVED, never=_UNSURE))
WHICH_RIGHT: Final = Sort("the question what they mean", _says(_UNSURE))
OPT_OUT: Final = Sort("a word that the mailings have stopped", _says(_STOPPED))
WELCOME: Final = Sort("a greeting", _says("hello", "bonjour", "goedendag", "guten tag"))
WHICH_ADDRESS: Final = Sort("the question which e-mail address we know", _says(r"e-?mail.*\?", r"adresse e-mail.*\?"))
A_CODE_IS_THERE: Final = Sort("the word that a code waits in the mailbox", _says("code.*24"))
WRONG_CODE: Final = Sort("the word that this was not the code", _says(_NOT_RIGHT))
RIGHT_CODE: Final = Sort(
    "a word of thanks for the code",
    _says("the right code", "le bon code", "de juiste code", "der richtige Code", never=_NOT_RIGHT),
)
WAS_IT_YOU: Final = Sort(
    "the word to the address on record that something was asked",
    _says("about the data in a record", "données d’un dossier", "gegevens in een dossier", "Daten eines Datensatzes"),
)
