"""The day an authority's letter sets, read from its words in four languages, and never from a mere date."""

from datetime import date

import pytest

from bot.core.wanted_by import wanted_by

CAME = date(2026, 3, 2)
THE_16TH = date(2026, 3, 16)


@pytest.mark.rule(15)
@pytest.mark.parametrize(
    "letter",
    [
        "Veuillez nous faire parvenir vos observations pour le 16 mars 2026.",
        "Votre réponse est attendue avant le lundi 16 mars 2026, dernier délai.",
        "Merci de répondre au plus tard le 16/03/2026.",
        "Vous disposez d’un délai expirant le 16 mars 2026.",
        "Nous attendons vos observations le 16 mars 2026 au plus tard.",
        "Please send us your comments by 16 March 2026.",
        "We expect your reply no later than Monday, March 16, 2026.",
        "Your comments should reach us by the 16th of March 2026 at the latest.",
        "The deadline for your reply is 2026-03-16.",
        "Wij ontvangen uw reactie graag uiterlijk 16 maart 2026.",
        "U kunt tot en met maandag 16 maart 2026 reageren.",
        "Graag uw zienswijze vóór 16-03-2026.",
        "Bitte antworten Sie bis Montag, den 16. März 2026.",
        "Bitte nehmen Sie bis zum 16. März 2026 Stellung.",
        "Wir bitten um Ihre Antwort spätestens am Montag, dem 16.03.2026.",
        "Die Frist endet am 16. März 2026.",
        "Please reply within 14 days.",
        "Merci de répondre dans un délai de quatorze jours.",
        "Reageer alstublieft binnen twee weken.",
        "Wir erwarten Ihre Stellungnahme innerhalb von 14 Tagen.",
    ],
)
def test_a_day_that_a_letter_sets_is_proposed(letter: str) -> None:
    (found,) = wanted_by(f"Dear Sirs,\n\nour file of 2 January 2026.\n{letter}\n\nYours", CAME)
    assert found.day == THE_16TH
    assert found.words in " ".join(f"Dear Sirs,\n\nour file of 2 January 2026.\n{letter}\n\nYours".split())


@pytest.mark.rule(15)
@pytest.mark.parametrize(
    ("letter", "day"),
    [
        ("Répondez dans un délai d’un mois.", date(2026, 4, 2)),
        ("Please answer within one month of receipt.", date(2026, 4, 2)),
        ("Wij verzoeken u binnen 10 werkdagen te reageren.", date(2026, 3, 12)),
        ("Bitte antworten Sie innerhalb von drei Wochen.", date(2026, 3, 23)),
    ],
)
def test_a_span_counts_from_the_day_the_letter_came(letter: str, day: date) -> None:
    assert [found.day for found in wanted_by(letter, CAME)] == [day]


@pytest.mark.rule(15, refused=True)
@pytest.mark.parametrize(
    "letter",
    [
        "Mme Dumont vous a écrit le 16 mars 2026.",
        "The complaint of 16 March 2026 is attached.",
        "Op 16 maart 2026 schreef de klager u.",
        "Die Beschwerde vom 16. März 2026 liegt bei.",
        "You had until 16 February 2026.",
        "Please reply by 31 February 2027.",
        "Invoice 16-03-20261, by 99/99/2026.",
        "",
    ],
)
def test_a_mere_date_a_past_day_and_a_day_that_never_comes_are_none(letter: str) -> None:
    assert wanted_by(letter, CAME) == ()


def test_the_nearest_of_several_comes_first_and_three_suffice() -> None:
    letter = "Reply by 20 March 2026, with the annexes by 16 March 2026, the rest until 1 April 2026 or by 2 May 2026."
    assert [found.day for found in wanted_by(letter, CAME)] == [THE_16TH, date(2026, 3, 20), date(2026, 4, 1)]


def test_a_long_letter_is_read_in_no_time() -> None:
    assert wanted_by("by the " * 20_000 + "1" * 5_000, CAME) == ()
