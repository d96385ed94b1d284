"""What the law wants to stand in a letter, read in the letters themselves (law.md rules 10, 16, 18, 22, 23, 26, 27)."""

import re
from dataclasses import replace

import pytest

from bot.core.letters import Letter
from bot.core.packages import PackageKind
from bot.core.rights import OUR_LANGUAGES, RequestType
from replies import LetterWriter, iter_samples
from replies.checks import as_draft
from replies.phrasebook import load_phrasebook
from replies.policy import PUBLISHED
from replies.readability import sentences, words
from tests.replies.test_dossier import files

WRITER = LetterWriter(PUBLISHED)
SAMPLES = {sample.name: sample.brief for sample in iter_samples()}


def letter(name: str) -> Letter:
    return WRITER.compose(SAMPLES[name])


@pytest.mark.rule(18)
@pytest.mark.parametrize(
    ("language", "again"),
    [
        ("en", "Votre message est entre les mains"),
        ("fr", "Your message is with our team"),
        ("nl", "Your message is with our team"),
        ("de", "Your message is with our team"),
    ],
)
def test_a_holding_letter_speaks_two_languages(language: str, again: str) -> None:
    told = letter(f"{language} holding")
    assert again in told.body
    assert "NX-7F3K-Q2M9" in told.body


IDENTITY_PAPERS = re.compile(
    r"pièce d.identité|carte d.identité|passeport|identity card|passport|identity document|identiteitskaart"
    r"|identiteitsbewijs|paspoort|Personalausweis|Reisepass|Ausweis",
    re.IGNORECASE,
)


@pytest.mark.rule(10)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_no_letter_of_ours_asks_for_identity_papers(language: str) -> None:
    """Art. 12(6), EDPB 01/2022 §§70-79: never by default, in no letter, question or reminder."""
    for name, source in load_phrasebook(language).sources.items():
        assert not IDENTITY_PAPERS.search(source), name


@pytest.mark.rule(14)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
@pytest.mark.parametrize("first", ["acknowledgement unproven", "opt-out all"])
def test_what_a_child_hears_first_is_short_and_cites_no_article(language: str, first: str) -> None:
    """Art. 12(1): before the notices, which every first letter carries, a few plain sentences."""
    told = letter(f"{language} {first}").body.partition("\n---")[0].rpartition("\n\n")[0]
    assert max(map(words, sentences(told))) <= 25
    assert not re.search(r"\b(Art\.|[Aa]rti[ck][lek]+|GDPR|RGPD|AVG|DSGVO)\b", told)


DEMANDS_A_REASON = {
    "fr": r"(dites|indiqu|expliqu|précis|donne)[^.]*\b(pourquoi|motif|raison)",
    "en": r"\b(tell us|explain|give us|let us know|say)\b[^.]*\b(why|reason)",
    "nl": r"\b(vertel|leg|geef|laat|zeg|noem)\b[^.]*\b(waarom|reden)",
    "de": r"\b(sagen|erklären|nennen|teilen|geben|schreiben)\b[^.]*\b(warum|weshalb|Grund|Gründe)\b",
}


@pytest.mark.rule(9, refused=True)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_no_letter_asks_the_person_why(language: str) -> None:
    """EDPB 01/2022 §§52-57: no reason is demanded of whoever exercises a right; a recipient may be asked for one."""
    demanded = re.compile(DEMANDS_A_REASON[language], re.IGNORECASE)
    ours = [name for name in SAMPLES if name.startswith(f"{language} ") and "notice to a recipient" not in name]
    assert len(ours) > 100
    for name in ours:
        assert not demanded.search(letter(name).body), name


OBJECTING = {
    "fr": ("Votre droit d’opposition", "vous opposer", "publicité"),
    "en": ("Your right to object", "can object to", "marketing"),
    "nl": ("Uw recht van bezwaar", "bezwaar maken", "reclame"),
    "de": ("Ihr Widerspruchsrecht", "widersprechen", "Werbung"),
}


@pytest.mark.rule(27)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
@pytest.mark.parametrize("first", ["code_by_reply 0", "acknowledgement unproven", "answer before any other letter"])
def test_art_21_4_the_right_to_object_stands_apart_in_the_first_letter(language: str, first: str) -> None:
    heading, *words = OBJECTING[language]
    told = letter(f"{language} {first}")
    before, _, apart = told.body.partition(f"{heading}\n{'-' * len(heading)}\n\n")
    assert "\n" not in apart.strip()
    for word in words:
        assert word in apart
        assert word not in before.rpartition("\n-----")[2]
    assert f">{heading}</h2>" in told.html


@pytest.mark.rule(27)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_art_21_4_a_chat_says_it_in_a_paragraph_of_its_own(language: str) -> None:
    _, *words = OBJECTING[language]
    paragraphs = letter(f"{language} chat which_address 0").body.split("\n\n")
    assert all(word in paragraphs[-1] for word in words)


@pytest.mark.rule(27, refused=True)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_art_21_4_later_letters_do_not_repeat_it(language: str) -> None:
    assert OBJECTING[language][0] not in letter(f"{language} code right").body


FOUND_NOTHING = {
    RequestType.INFORMATION: "We process no other data about you.",
    RequestType.ERASURE: "There is nothing to erase.",
    RequestType.PORTABILITY: "There is no data we could give you in a file.",
    RequestType.HUMAN_REVIEW: "We know of no automated decision about you.",
}


@pytest.mark.rule(16)
@pytest.mark.parametrize(("right", "means"), FOUND_NOTHING.items())
def test_nothing_found_is_said_in_the_terms_of_what_was_asked(right: RequestType, means: str) -> None:
    body = letter(f"en answer {right} no_data").body
    assert "Apart from this exchange, we found nothing under claire.martin@example.org." in body
    assert means in body


@pytest.mark.rule(21)
@pytest.mark.parametrize(
    ("language", "held", "else_nothing", "nothing_at_all"),
    [
        ("fr", "Nous conservons aussi", "Il n’y a rien d’autre à effacer.", ("rien à effacer", "remettre une copie")),
        ("en", "we also hold", "There is nothing else to erase.", ("nothing to erase", "send you a copy")),
        ("nl", "bewaren wij ook", "Verder valt er niets te verwijderen.", ("Er valt niets te", "u een kopie kunnen")),
        ("de", "Außerdem haben wir", "Sonst gibt es nichts zu löschen.", ("Es gibt nichts zu l", "Ihnen eine Kopie")),
    ],
)
def test_what_this_desk_holds_is_told_before_we_say_that_there_is_nothing_else(
    language: str, held: str, else_nothing: str, nothing_at_all: tuple[str, ...]
) -> None:
    body = letter(f"{language} answer everything nothing beside both").body
    assert 0 < body.index("claire.martin@example.org") < body.index(held) < body.index(else_nothing)
    assert not any(words in body for words in nothing_at_all)
    assert else_nothing not in letter(f"{language} answer erasure no_data").body


@pytest.mark.rule(23)
@pytest.mark.parametrize(
    ("language", "statement", "pause"),
    [
        ("fr", "déclaration", "(article 18, paragraphe 1, point a, du RGPD)"),
        ("en", "send us a short statement", "(Article 18(1)(a) GDPR)"),
        ("nl", "verklaring", "(artikel 18, lid 1, onder a, AVG)"),
        ("de", "kurze Erklärung", "(Artikel 18 Absatz 1 Buchstabe a DSGVO)"),
    ],
)
def test_data_that_prove_accurate_may_be_answered_by_a_statement_and_paused(
    language: str, statement: str, pause: str
) -> None:
    body = letter(f"{language} answer rectification refused").body
    assert statement in body
    assert pause in body


@pytest.mark.rule(26, refused=True)
def test_what_is_taken_elsewhere_is_never_a_pdf_alone_and_erases_nothing() -> None:
    made = files(PackageKind.PORTABILITY)
    assert {"data.json", "record.csv"} <= set(made)
    assert "Nothing is erased by this" in letter("en answer portability").body


@pytest.mark.rule(22)
@pytest.mark.parametrize(
    ("language", "least"),
    [
        ("fr", "Ce que vous nous avez écrit"),
        ("en", "We left out as little as possible. What you wrote to us yourself is complete."),
        ("nl", "Wat u ons zelf hebt geschreven"),
        ("de", "Was Sie uns selbst geschrieben haben"),
    ],
)
def test_a_copy_with_passages_left_out_says_which_and_why_and_leaves_the_persons_words(
    language: str, least: str
) -> None:
    told = letter(f"{language} answer access partly")
    assert least in told.body
    assert any("15" in slot for slot in told.open_slots)


@pytest.mark.rule(22, refused=True)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_nothing_is_left_out_of_a_copy_without_a_reason(language: str) -> None:
    made = as_draft(SAMPLES[f"{language} answer access partly"], letter(f"{language} answer access partly"))
    without = "\n".join(line for line in made.body.split("\n") if not line.startswith("- "))
    edited = replace(made, body=without, html=WRITER.dress(without, language), open_slots=())
    assert any("must say why" in flaw.said for flaw in WRITER.findings(edited))
