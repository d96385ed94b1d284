"""A message is read one thing said at a time: by sentences, and by the clauses that commas and conjunctions part."""

import pytest
from hypothesis import given as from_any
from hypothesis import settings
from hypothesis import strategies as st

from bot.core.rights import OUR_LANGUAGES
from classifiers.clauses import MAX_CLAUSES, Clause, clauses, sentences
from classifiers.lexicon import load_lexicons
from classifiers.quoting import own_spans
from classifiers.text import given


def parted(text: str, language: str) -> list[str]:
    return [text[part.start : part.end].strip() for part in clauses(text, whole(text), language)]


def whole(text: str) -> list[Clause]:
    return sentences(text, [(0, len(text))])


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "Delete my data or you will hear from my lawyer.", 2),
        ("fr", "Je ne demande pas la suppression, seulement de voir ce qu'il contient.", 2),
        ("nl", "Verwijder mijn account en stuur geen mails meer.", 2),
        ("de", "Ich will keine Löschung, sondern nur eine Auskunft haben.", 2),
        ("fr", "Supprimez mon nom, merci bien.", 1),
        ("en", "Terms and conditions apply.", 1),
        ("en", "Ik wil mijn gegevens en mijn foto terug.", 1),
    ],
)
def test_a_clause_ends_where_a_comma_or_conjunction_stands_between_two_things(
    language: str, text: str, parts: int
) -> None:
    assert len(parted(text, language)) == parts


def test_what_is_parted_is_the_whole_sentence() -> None:
    text = "Please send me a copy, delete the rest and stop the calls."
    said = clauses(text, whole(text), "en")
    assert "".join(text[part.start : part.end] for part in said) == text
    assert [word.text for part in said for word in part.words] == whole(text)[0].said


def test_cues_go_with_their_clause_and_point_at_the_same_words() -> None:
    text = "Kindly erase the whole account and send me a copy first."
    lexicon = load_lexicons()["en"]
    said = whole(text)[0]
    sentence = Clause(said.start, said.end, said.words, tuple(lexicon.find(said.said)))
    first, second = clauses(text, [sentence], "en")
    for part, concept, word in ((first, "erase", "erase"), (second, "copy", "copy")):
        assert [part.said[cue.first] for cue in part.cues if cue.concept == concept] == [word]
    assert not [cue for cue in second.cues if cue.concept == "erase"]


@settings(max_examples=60, deadline=None)
@from_any(st.text(max_size=200), st.text(max_size=300), st.sampled_from(OUR_LANGUAGES))
def test_clauses_stand_in_order_inside_the_text(subject: str, text: str, language: str) -> None:
    read = given(subject, text)
    at = 0
    for clause in clauses(read.text, sentences(read.text, own_spans(read.text, read.body)), language):
        assert at <= clause.start < clause.end <= len(read.text)
        assert all(clause.start <= word.start < word.end <= clause.end for word in clause.words)
        at = clause.end


def test_of_very_many_clauses_the_first_and_the_last_are_read() -> None:
    text = "I was there, " + "and then they said so, " * 1_000 + "so please delete my account."
    said = clauses(text, whole(text), "en")
    assert len(said) == MAX_CLAUSES
    assert text[said[-1].start : said[-1].end].strip() == "so please delete my account."


def test_a_shortened_word_ends_no_clause() -> None:
    text = "Nach Art. 21 lege ich Widerspruch ein, sagt K. Meier. Danke."
    said = [text[clause.start : clause.end].strip() for clause in sentences(text, [(0, len(text))])]
    assert said == ["Nach Art. 21 lege ich Widerspruch ein, sagt K. Meier.", "Danke."]
