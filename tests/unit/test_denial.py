"""Who says that it was not them is told from who reminds us, and from who says what they did not ask for."""

import pytest

from bot.core.denial import disowns


@pytest.mark.rule(17)
@pytest.mark.parametrize(
    "text",
    [
        "This was not me.",
        "It wasn’t me, customer C-1002",
        "not me!",
        "I didn't ask for this. 0612345678",
        "I have not requested anything, order 4711",
        "I never wrote to you.",
        "Somebody else wrote this, I live at number 9",
        "Ce n’est pas moi, 06 12 34 56 78",
        "Je n'ai rien demandé. Cliente 4711",
        "Je n’ai jamais écrit cela le 3 mars",
        "Je n'ai pas demandé ça",
        "Quelqu’un d’autre a écrit, je suis la cliente 4711",
        "Dat was ik niet, klant 4711",
        "Ik heb niets gevraagd op 3 maart",
        "Ik heb dit niet aangevraagd, 0612345678",
        "Iemand anders deed dit, klant 4711",
        "Das war ich nicht! Kundennummer 4711",
        "Ich habe nichts angefordert, 0171 2345678",
        "ich war es nicht",
        "I didn't ask for this, please stop.",
        "I didn't make this request.",
        "I never requested a code",
        "This request is not mine.",
        "I know nothing about this",
        "I never asked for this information, it was not me!",
        "Somebody else is using my address",
        "I did not ask for this. I asked my husband, he did not either.",
        "Je n'ai fait aucune demande.",
        "Je ne suis pas à l'origine de cette demande",
        "Cette demande ne vient pas de moi.",
        "Je n'ai pas demandé ça, je veux savoir qui l'a fait",
        "Dit heb ik niet aangevraagd.",
        "Hier heb ik niet om gevraagd!",
        "Dit verzoek komt niet van mij.",
        "Ik weet hier niets van",
        "Iemand anders heeft mijn adres gebruikt",
        "Das habe ich nicht beantragt.",
        "Diese Anfrage stammt nicht von mir",
        "Ich habe keine Anfrage gestellt",
        "Davon weiß ich nichts.",
        "I never asked for this, but a stranger may have.",
        "Je n'ai pas demandé cela, mais une autre personne peut-être",
        "Das habe ich nicht beantragt, sondern jemand anderes",
        "Jemand anders hat meine Adresse missbraucht",
        "I did not\nask for this.",
        "Pas moi\nMarie Dupont",
    ],
)
def test_not_me_is_heard(text: str) -> None:
    assert disowns(text)


@pytest.mark.rule(17, refused=True)
@pytest.mark.parametrize(
    "text",
    [
        "You did not send me my data yet. When will it come?",
        "I did not ask for the erasure, I asked for a copy.",
        "The phone number ending 12 is not mine, please correct it.",
        "I never received the code you sent.",
        "Vous ne m'avez jamais envoyé mes données.",
        "Je n'ai pas demandé la suppression, je veux une copie.",
        "Je n’ai pas envoyé la pièce jointe, la voici.",
        "Ik ben niet tevreden, waar blijft het?",
        "Ik heb niet om verwijdering gevraagd maar om een kopie.",
        "Letzte Woche war ich nicht zu Hause.",
        "Ich war das nicht gewohnt.",
        "Ich habe die Kopie noch nicht bekommen.",
        "I did not ask for this information.",
        "I never asked for this newsletter!",
        "I haven't requested any of this data, why do you keep it?",
        "I did not ask for this kind of details, where is my copy?",
        "I did not ask for this, I asked for a copy.",
        "I did not ask for anything else.",
        "I never asked that you delete my account.",
        "Je n'ai pas demandé ces informations.",
        "Je n'ai pas demandé cela, mais une copie.",
        "Je n'ai rien demandé d'autre.",
        "Je n'ai jamais demandé cette publicité",
        "Ik heb deze informatie niet gevraagd.",
        "Ik heb niet gevraagd om verwijdering.",
        "Dat heb ik niet gevraagd, ik vroeg om een kopie.",
        "Iemand anders heeft mij te woord gestaan.",
        "Diese Informationen habe ich nicht angefordert.",
        "Das habe ich nicht beantragt, sondern eine Kopie.",
        "Ich habe diese Werbung nicht angefordert",
        "Jemand anders hat mir schon geantwortet.",
    ],
)
def test_a_reminder_and_a_wish_are_no_denial(text: str) -> None:
    assert not disowns(text)


def test_a_long_text_takes_no_time() -> None:
    assert not disowns("ich habe nichts " * 20_000)
