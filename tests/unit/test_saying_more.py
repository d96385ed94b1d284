"""What answers a question of facts and says more than facts is for a person to read."""

import pytest

from bot.core.saying_more import says_more

NOT_ME = (
    "This was not me, my number is 06 12345678",
    "Wasn't me! Born 12 May 1980, customer C-1002.",
    "I didn't ask for this. 0612345678",
    "I have not requested anything, order 4711",
    "Somebody else wrote this, I live at number 9",
    "Ce n’est pas moi, 06 12 34 56 78",
    "Je n'ai rien demandé. Cliente 4711",
    "Je n’ai jamais écrit cela le 3 mars",
    "Quelqu’un d’autre a écrit, je suis la cliente 4711",
    "Dat was ik niet, klant 4711",
    "Ik heb niets gevraagd op 3 maart",
    "Ik heb dit niet aangevraagd, 0612345678",
    "Iemand anders deed dit, klant 4711",
    "Das war ich nicht! Kundennummer 4711",
    "Ich habe nichts angefordert, 0171 2345678",
    "Von mir kam keine Anfrage am 3. März",
    "Das ist Betrug. Kundennummer 4711",
)
TELLS_US = (
    "I don't remember my number, I was born on 12 May 1980",
    "I do not know it. Call me on 06 12345678",
    "Please call me: 06 12345678",
    "Je ne sais plus, né le 12 mai 1980",
    "Appelez-moi au 06 12 34 56 78",
    "Dat weet ik echt niet meer, 12 mei 1980",
    "Kunt u mij bellen op 06 12345678?",
    "Das weiß ich leider nicht, 12. Mai 1980",
    "Rufen Sie mich an: 0171 2345678",
)
FACTS = (
    "Sparrow Lane 9, my number is C-1002",
    "born 1980-05-12, size 38-wide",
    "My customer no. is 4711 and I was born on 12 May 1980. Kind regards, Ann",
    "Hello, here is what you asked for: 12/05/1980 and C-1002. Thank you!",
    "Je suis né le 12 mai 1980, mon numéro est C-1002. Merci de votre aide.",
    "Bonjour, voici : rue Pasteur 9, C-1002",
    "Ik ben geboren op 12 mei 1980, klantnummer C-1002, met vriendelijke groet",
    "Mijn straat is Meeuwenlaan 9 en mijn nummer C-1002",
    "Ich bin am 12. Mai 1980 geboren, Kundennummer C-1002. Mit freundlichen Grüßen",
    "Meine Straße: Niemandsweg 9, Nummer C-1002",
)


@pytest.mark.rule(12)
@pytest.mark.parametrize("text", [*NOT_ME, *TELLS_US])
def test_what_a_person_has_to_read_is_told_from_facts(text: str) -> None:
    assert says_more(text)


@pytest.mark.rule(12, refused=True)
@pytest.mark.parametrize("text", FACTS)
def test_facts_are_but_facts_in_whatever_polite_words(text: str) -> None:
    assert not says_more(text)


def test_a_long_text_takes_no_time() -> None:
    assert not says_more("ik " * 20_000 + "mij " * 20_000)
