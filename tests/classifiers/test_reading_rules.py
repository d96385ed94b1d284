"""What the law says of reading a message, in sentences nobody trained on (law.md rules 9 and 35 to 37)."""

import pytest

import classifiers
from bot.core.ports import Reader
from bot.core.rights import Flag, RequestType

R = RequestType


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The reader that is shipped, not the small one of the other tests."""
    return classifiers.load()


def rights(reader: Reader, text: str) -> frozenset[RequestType]:
    return reader.read("", text, "email").rights


@pytest.mark.rule(9, refused=True)
@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Art. 20 RGPD : supprimez mon compte et toutes mes données.", R.ERASURE),
        ("En vertu de l'article 17 du RGPD, envoyez-moi une copie de mes données.", R.ACCESS),
        ("Article 17 RGPD : corrigez mon nom.", R.RECTIFICATION),
        ("Under Article 15 GDPR, please erase all my personal data.", R.ERASURE),
        ("Under Article 20 GDPR please correct my address.", R.RECTIFICATION),
        ("Op grond van artikel 17 AVG wil ik een kopie van mijn gegevens ontvangen.", R.ACCESS),
        ("Op grond van artikel 15 AVG wil ik dat u mijn gegevens verwijdert.", R.ERASURE),
        ("Nach Art. 16 DSGVO verlange ich eine Kopie meiner Daten.", R.ACCESS),
        ("Bitte löschen Sie nach Art. 15 DSGVO alle meine Daten.", R.ERASURE),
        ("Nach Art. 17 DSGVO bitte ich um eine Kopie meiner Daten.", R.ACCESS),
    ],
)
def test_a_wrong_article_does_not_outweigh_the_words(reader: Reader, text: str, right: RequestType) -> None:
    assert rights(reader, text) == {right}


@pytest.mark.rule(9, refused=True)
@pytest.mark.parametrize(
    "text",
    [
        "Nach Art. 17 DSGVO verlange ich eine Kopie meiner Daten.",
        "Under Article 17 GDPR I want a copy of everything you hold about me.",
    ],
)
def test_what_only_a_wrong_article_asks_is_never_done_unasked(reader: Reader, text: str) -> None:
    reading = reader.read("", text, "email")
    assert R.ACCESS in reading.rights
    assert reading.abstain or reading.rights == {R.ACCESS}


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Veuillez supprimer toutes les données que vous avez sur moi.", R.ERASURE),
        ("Merci de m'envoyer une copie de mes données personnelles.", R.ACCESS),
        ("Désinscrivez-moi de votre newsletter, s'il vous plaît.", R.UNSUBSCRIBE),
        ("J'aimerais savoir à qui vous avez communiqué mes données.", R.INFORMATION),
        ("Please erase all the personal data you hold about me.", R.ERASURE),
        ("Please send me a copy of my personal data.", R.ACCESS),
        ("Please unsubscribe me from your newsletter.", R.UNSUBSCRIBE),
        ("I object to your using my data for profiling.", R.OBJECTION),
        ("Wilt u al mijn persoonsgegevens verwijderen?", R.ERASURE),
        ("Graag ontvang ik een kopie van al mijn persoonsgegevens.", R.ACCESS),
        ("Ik wil uw nieuwsbrief niet meer ontvangen.", R.UNSUBSCRIBE),
        ("Mijn adres klopt niet meer, wilt u het aanpassen?", R.RECTIFICATION),
        ("Bitte löschen Sie alle Daten, die Sie über mich gespeichert haben.", R.ERASURE),
        ("Bitte senden Sie mir eine Kopie meiner personenbezogenen Daten.", R.ACCESS),
        ("Bitte nehmen Sie mich aus Ihrem Newsletter-Verteiler.", R.UNSUBSCRIBE),
        ("Ich möchte meine Einwilligung in die Weitergabe meiner Daten zurückziehen.", R.CONSENT_WITHDRAWAL),
    ],
)
def test_what_is_asked_in_the_plainest_words_is_read_without_a_doubt(
    reader: Reader, text: str, right: RequestType
) -> None:
    reading = reader.read("", text, "email")
    assert reading.rights == {right}
    assert not reading.abstain


@pytest.mark.rule(35)
@pytest.mark.parametrize(
    "text", ["Puis-je demander la suppression de mes données ?", "Could you delete my data, please?"]
)
def test_a_polite_question_about_ones_own_data_exercises_the_right(reader: Reader, text: str) -> None:
    assert rights(reader, text) == {R.ERASURE}


@pytest.mark.rule(35, refused=True)
@pytest.mark.parametrize(
    "text",
    [
        "Que dit le RGPD sur l'effacement en général ? C'est pour un exposé.",
        "What does the GDPR say about erasure in general? I am writing an essay.",
        "Was passiert, wenn man eine Löschung nach der DSGVO beantragt? Ich schreibe eine Hausarbeit.",
    ],
)
def test_an_abstract_question_exercises_nothing(reader: Reader, text: str) -> None:
    assert not rights(reader, text) & {R.ERASURE, R.ACCESS}


@pytest.mark.rule(36)
@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Please delete my old address and use the new one: 5 Hill Road, Leeds.", R.RECTIFICATION),
        ("Supprimez mon ancienne adresse et remplacez-la par 5 rue du Port, Lyon.", R.RECTIFICATION),
        ("Don't delete my data, but stop using them until the dispute is settled.", R.RESTRICTION),
        ("N'effacez pas mes données, mais cessez de les utiliser jusqu'à la fin du litige.", R.RESTRICTION),
        ("Verwijder mijn gegevens niet, maar gebruik ze niet tot het geschil is opgelost.", R.RESTRICTION),
        ("Löschen Sie meine Daten nicht, aber verwenden Sie sie bis zur Klärung nicht.", R.RESTRICTION),
    ],
)
def test_what_should_happen_counts_and_not_the_verb(reader: Reader, text: str, right: RequestType) -> None:
    assert rights(reader, text) == {right}


@pytest.mark.rule(36, refused=True)
@pytest.mark.parametrize(
    "text",
    [
        "Je souhaite résilier mon contrat à la fin du mois.",
        "I want to cancel my subscription.",
        "Ik wil mijn abonnement opzeggen.",
        "Ich kündige meinen Vertrag zum Monatsende.",
    ],
)
def test_ending_a_contract_erases_nothing(reader: Reader, text: str) -> None:
    assert rights(reader, text) == {R.OTHER}


@pytest.mark.rule(37)
@pytest.mark.parametrize(
    "text",
    [
        "I complain about how you handled my data: you gave my address to a stranger.",
        "Vous avez donné mon adresse à un inconnu, je porte plainte.",
        "I complain: you passed my phone number on to another company without asking me.",
    ],
)
def test_blame_for_how_data_were_handled_is_a_complaint(reader: Reader, text: str) -> None:
    assert rights(reader, text) == {R.COMPLAINT}


@pytest.mark.rule(37, refused=True)
@pytest.mark.parametrize(
    ("text", "right", "threat"),
    [
        ("Send me a copy of my data within a month, failing which I will complain to the authority.", R.ACCESS, True),
        ("Envoyez-moi une copie de mes données, à défaut de quoi je saisirai la CNIL.", R.ACCESS, True),
        ("The shoes you sent are broken, I want to complain.", R.OTHER, False),
        ("Les chaussures sont cassées, je veux me plaindre.", R.OTHER, False),
    ],
)
def test_a_threat_and_blame_for_goods_are_no_complaint(
    reader: Reader, text: str, right: RequestType, threat: bool
) -> None:
    assert rights(reader, text) == {right}
    assert (Flag.THREAT in reader.read("", text, "email").flags) is threat


@pytest.mark.rule(38)
def test_several_rights_are_read_from_one_message(reader: Reader) -> None:
    assert rights(reader, "Send me a copy of my data and then erase everything.") == {R.ACCESS, R.ERASURE}
