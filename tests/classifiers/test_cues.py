"""Cues name the same concepts in every language, and match as the format says."""

from pathlib import Path

import pytest

from classifiers.lexicon import CueError, Lexicon, load_lexicons
from classifiers.text import words


def concepts(lexicon: Lexicon, text: str) -> set[str]:
    return {cue.concept for cue in lexicon.find([word.text for word in words(text)])}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Supprimez mon compte", {"erase", "my", "account"}),
        ("fr", "je ne veux vraiment plus recevoir la newsletter", {"nomore", "newsletter", "receive"}),
        ("en", "don't delete my file", {"neg", "erase", "data"}),
        ("nl", "schrijf me alsjeblieft uit", {"unsub"}),
        ("nl", "mijn klantgegevens", {"data", "my"}),
        ("de", "loeschen Sie meine Kundendaten", {"erase", "data"}),
        ("de", "losche mein konto?", {"erase", "account", "question"}),
    ],
)
def test_people_are_understood(language: str, text: str, expected: set[str]) -> None:
    assert expected <= concepts(load_lexicons()[language], text)


def test_a_gap_reaches_four_words_and_no_further() -> None:
    lexicon = Lexicon({"nomore": ["ne .. plus"]})
    assert concepts(lexicon, "ne a b c d plus") == {"nomore"}
    assert concepts(lexicon, "ne a b c d e plus") == set()


def test_a_pattern_that_says_nothing_is_refused() -> None:
    with pytest.raises(CueError, match="says nothing"):
        Lexicon({"empty": [".. plus"]})


def test_languages_must_name_the_same_concepts(tmp_path: Path) -> None:
    for language in ("fr", "en", "nl"):
        (tmp_path / f"{language}.txt").write_text("erase: x\n")
    (tmp_path / "de.txt").write_text("erase: x\nport: y\n")
    with pytest.raises(CueError, match="concepts differ: port"):
        load_lexicons(tmp_path)


def test_a_line_without_a_concept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fr.txt").write_text("# fine\nsupprimer effacer\n")
    with pytest.raises(CueError, match=r"fr\.txt:2"):
        load_lexicons(tmp_path)
