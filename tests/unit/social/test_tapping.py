"""Answers to tap fit every platform that has buttons, or are left to the words above them."""

import pytest

from bot.channels.chat.tapping import Buttons
from bot.core.drafts import Choice
from bot.core.rights import OUR_LANGUAGES
from replies import chat_answers, list_openers
from replies.vocabulary import load_vocabulary

THREE = tuple(Choice(label, label) for label in ("By post", "By telephone", "Neither"))


@pytest.mark.parametrize(
    ("buttons", "fit"),
    [
        (Buttons(most=3, longest=20), True),
        (Buttons(most=2, longest=20), False),
        (Buttons(most=3, longest=11), False),
        (Buttons(most=3, longest=20, text=6), True),
        (Buttons(most=3, longest=20, text=5), False),
    ],
)
def test_all_of_them_are_offered_or_none(buttons: Buttons, fit: bool) -> None:
    assert tuple(buttons.fitting(THREE, "Which?")) == (THREE if fit else ())


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_our_labels_fit_the_smallest_button_and_no_two_are_alike(language: str) -> None:
    labels = list(load_vocabulary(language).button.values())
    assert [label for label in labels if len(label) > 20] == []
    assert len({label.casefold() for label in labels}) == len(labels)
    assert len(list_openers()[language]) <= 20


def test_a_label_stands_for_one_answer_whatever_the_language() -> None:
    """A platform may hand a tap over as nothing but its words."""
    words = [load_vocabulary(language).button for language in OUR_LANGUAGES]
    everything = {(label.casefold(), offer.value) for button in words for offer, label in button.items()}
    assert len({label for label, _ in everything}) == len(everything)
    assert chat_answers()["je n’ai pas d’e-mail"] == "no_mail"
