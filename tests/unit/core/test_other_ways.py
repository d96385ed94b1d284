"""Who says that they have no e-mail, and which way they choose, in four languages."""

import pytest

from bot.core.other_ways import OtherWay, way_in


@pytest.mark.parametrize(
    "text",
    [
        "I have no e-mail",
        "i don't use mail",
        "I don’t have an email address",
        "no email sorry",
        "never had e-mail",
        "delete my account, I don't have email",
        "je n'ai pas d'adresse mail",
        "j’ai pas d'email",
        "Je n'utilise pas les mails",
        "sans e-mail, désolée",
        "aucune adresse électronique",
        "ik heb geen e-mail",
        "ik gebruik geen mail",
        "Geen e-mailadres hier",
        "ik mail niet",
        "ich habe keine E-Mail-Adresse",
        "ich nutze keine mail",
        "hab kein email",
        "ohne E-Mail",
    ],
)
def test_whoever_has_no_mail_is_heard(text: str) -> None:
    assert way_in(text, None) is OtherWay.ANY


@pytest.mark.parametrize(
    "text",
    [
        "I got no mail from you",
        "no email received",
        "please send no more e-mails",
        "I don't want email",
        "je n'ai pas reçu de mail",
        "je ne veux pas d'e-mail",
        "ik heb geen mail gekregen",
        "geen mail meer aub",
        "ich habe keine Mail bekommen",
        "keine E-Mails mehr bitte",
        "ann@example.com",
        "my e-mail is on file",
        "call me",
        "by post please",
        "no",
        "",
        "I have no e-mail. " + "So I tell you my whole story. " * 10,
    ],
)
def test_whoever_got_none_or_wants_none_any_more_has_an_address_all_the_same(text: str) -> None:
    assert way_in(text, None) is None


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("by post please", OtherWay.POST),
        ("a letter would be fine", OtherWay.POST),
        ("par courrier", OtherWay.POST),
        ("met de post graag", OtherWay.POST),
        ("bitte per Brief", OtherWay.POST),
        ("call me", OtherWay.PHONE),
        ("appelez-moi", OtherWay.PHONE),
        ("bel mij maar", OtherWay.PHONE),
        ("rufen Sie mich bitte an, Telefon", OtherWay.PHONE),
        ("tel", OtherWay.PHONE),
        ("Handy", OtherWay.PHONE),
        ("not by phone", OtherWay.POST),
        ("ne m'appelez pas", OtherWay.POST),
        ("bel me niet", OtherWay.POST),
        ("bitte nicht per Post", OtherWay.PHONE),
        ("geen brief maar bellen", OtherWay.PHONE),
        ("post or phone, whatever", OtherWay.POST),
        ("egal", OtherWay.POST),
        ("peu importe", OtherWay.POST),
        ("maakt niet uit", OtherWay.POST),
        ("neither", OtherWay.NEITHER),
        ("ni l’un ni l’autre", OtherWay.NEITHER),
        ("geen van beide", OtherWay.NEITHER),
        ("keins von beiden", OtherWay.NEITHER),
        ("allebei niet", OtherWay.NEITHER),
        ("je n'ai aucun e-mail", OtherWay.ANY),
        ("post or phone?", None),
        ("ok thanks", None),
    ],
)
def test_whoever_was_asked_chooses_in_their_own_words(text: str, way: OtherWay | None) -> None:
    assert way_in(text, OtherWay.ANY) is way


def test_both_can_be_said_at_once() -> None:
    assert way_in("ik heb geen e-mail, stuur maar een brief", None) is OtherWay.POST


def test_once_a_way_is_chosen_another_takes_its_place_and_a_shrug_does_not() -> None:
    assert way_in("rather call me", OtherWay.POST) is OtherWay.PHONE
    assert way_in("whatever", OtherWay.PHONE) is None
    assert way_in("neither", OtherWay.PHONE) is None
