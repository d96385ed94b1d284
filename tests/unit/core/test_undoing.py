"""Who plainly takes an opt-out back, in four languages, and who only seems to."""

import pytest

from bot.core.undoing import undoes


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Yes please!",
        "oops, that was a mistake",
        "No, that was a mistake",
        "I didn’t mean to, sorry",
        "please undo that",
        "subscribe me again please",
        "UNSTOP",
        "oui",
        "oui merci",
        "c’était une erreur",
        "je me suis trompée de bouton",
        "annulez",
        "annulez ma désinscription svp",
        "oups",
        "par mégarde, désolé",
        "ja graag",
        "ja, dat was een vergissing",
        "sorry, per ongeluk",
        "draai het maar terug",
        "niet de bedoeling",
        "meld me weer aan",
        "Ja bitte",
        "das war ein Versehen",
        "aus Versehen gedrückt",
        "bitte rückgängig machen",
        "das war nicht so gemeint",
        "melden Sie mich wieder an",
    ],
)
def test_a_mistake_is_heard(text: str) -> None:
    assert undoes(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks, bye",
        "ok",
        "no",
        "that was no mistake",
        "it wasn't a mistake",
        "please don't undo it",
        "ce n'est pas une erreur",
        "aucune erreur",
        "annulez mon compte",
        "annuler ma commande",
        "dat was geen vergissing",
        "draai dat niet terug",
        "das war kein Versehen",
        "bitte nicht rückgängig machen",
        "what do you know about me?",
        "stop",
        "start deleting my account",
        "yes I also want to know everything that you hold on me and whom you gave it to by mistake",
    ],
)
def test_what_is_not_plain_is_left_to_a_person(text: str) -> None:
    assert not undoes(text)
