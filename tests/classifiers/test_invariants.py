"""What doesn't change a request doesn't change its reading: quotes, signatures, greetings, casing, missing accents."""

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import classifiers
from bot.core.ports import Reader
from bot.core.rights import RequestType

R = RequestType


class Said(NamedTuple):
    language: str
    right: RequestType
    text: str


SAID: Final = (
    Said("fr", R.ERASURE, "Je vous demande de supprimer toutes les données que vous avez sur moi."),
    Said("fr", R.ACCESS, "Je souhaite recevoir une copie de toutes les données personnelles que vous détenez sur moi."),
    Said("fr", R.UNSUBSCRIBE, "Je ne veux plus recevoir votre newsletter."),
    Said("fr", R.OTHER, "Ma commande n'est toujours pas arrivée, où est mon colis ?"),
    Said("en", R.ERASURE, "Please delete all the personal data you hold about me."),
    Said("en", R.ACCESS, "Please send me a copy of all the personal data you hold about me."),
    Said("en", R.UNSUBSCRIBE, "Please stop sending me your newsletter."),
    Said("en", R.OTHER, "My order has not arrived yet, where is my parcel?"),
    Said("nl", R.ERASURE, "Verwijder alstublieft alle gegevens die u over mij heeft."),
    Said("nl", R.ACCESS, "Graag ontvang ik een kopie van alle persoonsgegevens die u over mij bewaart."),
    Said("nl", R.UNSUBSCRIBE, "Ik wil uw nieuwsbrief niet meer ontvangen."),
    Said("nl", R.OTHER, "Mijn bestelling is nog niet aangekomen, waar blijft mijn pakket?"),
    Said("de", R.ERASURE, "Bitte löschen Sie alle meine Daten."),
    Said("de", R.ACCESS, "Bitte schicken Sie mir eine Kopie aller Daten, die Sie über mich gespeichert haben."),
    Said("de", R.UNSUBSCRIBE, "Ich möchte Ihren Newsletter nicht mehr bekommen."),
    Said("de", R.OTHER, "Meine Bestellung ist noch nicht angekommen, wo bleibt mein Paket?"),
)
GREETINGS: Final = {"fr": "Bonjour,\n\n{}", "en": "Hello,\n\n{}", "nl": "Goedendag,\n\n{}", "de": "Guten Tag,\n\n{}"}
THANKS: Final = {
    "fr": "{}\n\nBien cordialement,\nClaire Aubert",
    "en": "{}\n\nKind regards,\nClaire Aubert",
    "nl": "{}\n\nMet vriendelijke groet,\nClaire Aubert",
    "de": "{}\n\nMit freundlichen Grüßen\nClaire Aubert",
}
QUOTES: Final = {
    "fr": "{}\n\nLe 3 mai 2026 à 10:00, Nexio a écrit :\n> Nos offres. Pour supprimer votre compte, cliquez ici.",
    "en": "{}\n\nOn 3 May 2026, Nexio wrote:\n> Our offers in May. To delete your account, click here.",
    "nl": "{}\n\nOp 3 mei 2026 schreef Nexio:\n> Onze acties in mei. Uw account verwijderen? Klik hier.",
    "de": "{}\n\nAm 3. Mai 2026 schrieb Nexio:\n> Unsere Angebote im Mai. Zum Löschen Ihres Kontos hier klicken.",
}
SIGNATURE: Final = "{}\n\n-- \nClaire Aubert\nAubert & Co, 12 rue du Port\nnewsletter@aubert.example"


def without_accents(text: str) -> str:
    spelled = text.replace("ö", "oe").replace("ü", "ue").replace("ä", "ae").replace("ß", "ss")
    return "".join(sign for sign in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(sign))


CHANGES: Final[dict[str, Callable[[str, str], str]]] = {
    "greeting": lambda text, language: GREETINGS[language].format(text),
    "thanks": lambda text, language: THANKS[language].format(text),
    "shouting": lambda text, _: text.upper(),
    "whispering": lambda text, _: text.lower(),
    "no accents": lambda text, _: without_accents(text),
    "signature": lambda text, _: SIGNATURE.format(text),
    "quote": lambda text, language: QUOTES[language].format(text),
}


@cache
def trained() -> Reader:
    return classifiers.load()


@pytest.fixture(scope="module", autouse=True)
def loaded() -> Iterator[None]:
    trained()  # before the clock of the first example runs
    yield
    trained.cache_clear()


@pytest.mark.rule(9)
@settings(max_examples=250, deadline=None, derandomize=True)
@given(said=st.sampled_from(SAID), names=st.lists(st.sampled_from(list(CHANGES)), unique=True))
def test_what_is_around_a_request_changes_nothing(said: Said, names: list[str]) -> None:
    text = said.text
    for name in (name for name in CHANGES if name in names):  # quotes and signatures stand outside of all else
        text = CHANGES[name](text, said.language)
    reading = trained().read("", text, "email")
    assert (reading.rights, reading.language) == (frozenset({said.right}), said.language)
