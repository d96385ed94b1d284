"""Categories of data are named by a person's own words about their data, in four languages, and by nothing else."""

import pytest

from bot.core.rights import OUR_LANGUAGES, DataCategory
from classifiers.components import Tongue, document, notes_of
from classifiers.language import Told
from classifiers.lexicon import QUESTION, load_lexicons
from classifiers.naming import CATEGORIES
from classifiers.pipeline import blank, step
from classifiers.text import given

ORDERS, USAGE, MARKETING = DataCategory.ORDERS, DataCategory.USAGE, DataCategory.MARKETING
TRANSACTIONS, SURVEYS, FRAUD = DataCategory.TRANSACTIONS, DataCategory.SURVEYS, DataCategory.FRAUD
RELATIONSHIP, SERVICES, SOCIAL = DataCategory.RELATIONSHIP, DataCategory.SERVICES, DataCategory.SOCIAL


class Spoken:
    """Knows the language it is told, whatever the words."""

    def __init__(self, language: str) -> None:
        self._told = Told(language, language)

    def tell(self, _text: str) -> Told:
        return self._told


PIPELINE = blank(("nexio_own_words", "nexio_language", "nexio_cues", "nexio_naming"))


def read(language: str, text: str, subject: str = "") -> tuple[frozenset[DataCategory], list[tuple[str, str]]]:
    """Return the categories named, and the words that name them."""
    step(PIPELINE, "nexio_language", Tongue).model = Spoken(language)  # type: ignore[assignment]  # a hand-written fake
    doc = PIPELINE(document(PIPELINE.vocab, given(subject, text), "email"))
    return notes_of(doc).categories, [(span.label_, span.text) for span in doc.spans["categories"]]


@pytest.mark.parametrize(
    ("language", "text", "named"),
    [
        ("en", "Please send me a copy of my order history.", {ORDERS}),
        ("en", "Delete my orders, my browsing history and the call recordings", {ORDERS, USAGE, RELATIONSHIP}),
        ("en", "Stop using what I buy to show me adverts", {TRANSACTIONS, MARKETING}),
        ("en", "Am I on your blacklist?", {FRAUD}),
        ("fr", "Effacez l'historique de mes commandes et mes recherches.", {ORDERS, USAGE}),
        ("fr", "Je m'oppose à l'utilisation de mes données à des fins de prospection.", {MARKETING}),
        ("fr", "je voudrais récupérer mes playlists dans un fichier", {SERVICES}),
        ("fr", "Avez-vous partagé mes informations avec Facebook ?", {SOCIAL}),
        ("nl", "Hoe lang bewaren jullie mijn betaalgegevens en surfgedrag?", {TRANSACTIONS, USAGE}),
        ("nl", "Ik wil inzage in mijn bestelgeschiedenis en de gespreksopnames", {ORDERS, RELATIONSHIP}),
        ("nl", "ik trek mijn toestemming voor de enquêtes in", {SURVEYS}),
        ("de", "Löschen Sie meine Bestellungen und meine Suchanfragen", {ORDERS, USAGE}),
        ("de", "loeschen Sie bitte meine Kaufhistorie", {TRANSACTIONS}),
        ("de", "Der Nutzung meiner Daten zu Werbezwecken widerspreche ich.", {MARKETING}),
    ],
)
def test_data_that_are_called_by_name_are_named(language: str, text: str, named: set[DataCategory]) -> None:
    assert read(language, text)[0] == named


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "My order 4711 is late, and delete my account"),
        ("en", "I do not want your newsletter any more, unsubscribe me"),
        ("en", "Which data do you hold about me? My address is 3 Mill Lane."),
        ("fr", "Ma commande 4711 est en retard, et supprimez mon compte"),
        ("fr", "Ne m'envoyez plus vos enquêtes de satisfaction svp."),
        ("nl", "Mijn bestelling 4711 is te laat, en verwijder mijn account"),
        ("nl", "Geen nieuwsbrief meer aub, schrijf mij uit"),
        ("de", "Meine Bestellung 4711 kommt nicht an, und löschen Sie mein Konto"),
        ("de", "Keine Zufriedenheitsumfragen mehr bitte."),
    ],
)
def test_business_and_mail_somebody_is_tired_of_name_nothing(language: str, text: str) -> None:
    assert read(language, text) == (frozenset(), [])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Delete everything, but keep my order history"),
        ("fr", "Supprimez tout, sauf l'historique de mes commandes"),
        ("nl", "Wis alles, maar niet mijn bestelgeschiedenis"),
        ("de", "Löschen Sie alles, nur nicht meine Bestellhistorie"),
    ],
)
def test_what_is_left_out_is_named_too(language: str, text: str) -> None:
    assert read(language, text)[0] == {ORDERS}


def test_what_others_wrote_below_names_nothing() -> None:
    text = "Delete my account.\n\nOn 3 May 2024, Nexio wrote:\n> We keep your order history and payment data."
    assert read("en", text)[0] == frozenset()
    assert read("en", "Delete it.", subject="My order history")[0] == {ORDERS}


def test_the_words_that_name_a_category_are_shown() -> None:
    assert read("en", "Please erase my search history.")[1] == [("usage", "search history")]


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_only_the_policys_categories_have_words(language: str) -> None:
    lexicon = load_lexicons(CATEGORIES)[language]
    assert {concept.partition("/")[0] for concept in lexicon.concepts} - {QUESTION} == set(DataCategory)
