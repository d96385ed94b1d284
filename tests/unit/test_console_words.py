"""The console says everything in every language it offers."""

import ast
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.dates import format_date, format_datetime

from bot.console.dates import patterns_of
from bot.console.spoken import REFUSED, SPOKEN, spoken
from bot.console.words import LANGUAGES, NAMES, catalogue, choose
from bot.core.rights import OUR_LANGUAGES
from tests.words import catalogue as kept
from tests.words.catalogue import CONSOLE, bring_up_to_date, catalogue_of, file_of, spoken_by, written


def all_of(message: str | Sequence[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_catalogue_has_every_sentence_and_no_other(language: str) -> None:
    entries = [entry for entry in catalogue_of(language) if entry.id]
    said = {text for sentence in written() for text in all_of(sentence)}
    assert {text for entry in entries for text in all_of(entry.id)} == said, f"./dev words {language}"
    for entry in entries:
        wanted = entry.id if isinstance(entry.id, str) else entry.id[1]
        for text in spoken_by(entry):
            assert text, f"{entry.id!r} says nothing in {language}"
            assert sorted(re.findall(r"%\(\w+\)\w|%%", text)) == sorted(re.findall(r"%\(\w+\)\w|%%", wanted))


def test_french_signs_never_begin_a_line() -> None:
    """Before : ; ? ! » and after « stands a no-break space; times, addresses and handles hold a colon without any."""
    for entry in catalogue_of("fr"):
        for text in spoken_by(entry) if entry.id else ():
            assert not re.search(r"[ \u202f][:;?!»]|«[^\xa0]|[^\xa0]»|[^\xa0][;?!]|\w:(?=\s|$)", text), text


def test_a_language_is_one_command_and_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new catalogue asks for every sentence; a later one keeps what was said and drops what nobody says any more."""
    monkeypatch.setattr(kept, "CONSOLE", tmp_path)
    monkeypatch.setattr(kept, "written", lambda: ["Sign in", ("%(num)d day left", "%(num)d days left")])
    (tmp_path / "locale").mkdir()
    assert bring_up_to_date("nl") == 2
    file = file_of("nl")
    text = file.read_text("utf-8").replace('msgid "Sign in"\nmsgstr ""', 'msgid "Sign in"\nmsgstr "Aanmelden"')
    file.write_text(text + '\nmsgid "Gone"\nmsgstr "Weg"\n', "utf-8")
    assert bring_up_to_date("nl") == 1
    assert [str(entry.string) for entry in catalogue_of("nl") if entry.id == "Sign in"] == ["Aanmelden"]
    assert "Gone" not in file.read_text("utf-8")
    assert "@" not in file.read_text("utf-8")  # names nobody


def test_a_catalogue_that_is_there_is_offered_by_the_language_s_own_name() -> None:
    assert ("en", *sorted(file.stem for file in (CONSOLE / "locale").glob("*.po"))) == LANGUAGES
    assert NAMES == {"en": "English", "de": "Deutsch", "fr": "Français", "nl": "Nederlands"}


def test_colleagues_read_each_language_the_desk_writes_in() -> None:
    assert set(LANGUAGES) == set(OUR_LANGUAGES)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("fr-BE,fr;q=0.9", "fr"),
        ("de,en;q=0.1", "de"),
        ("nl-NL", "nl"),
        ("es,en;q=0.1", "en"),
        ("", "en"),
        ("xx, ;", "en"),
        ("FR", "fr"),
    ],
)
def test_a_browser_is_answered_in_the_language_it_likes_best(wanted: str, language: str) -> None:
    assert choose(wanted) == language


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "Monday 2 March 2026", "2 Mar 2026, 11:30"),
        ("fr", "lundi 2 mars 2026", "2 mars 2026, 11:30"),
        ("nl", "maandag 2 maart 2026", "2 mrt 2026, 11:30"),
        ("de", "Montag, 2. März 2026", "2. März 2026, 11:30"),
    ],
)
def test_a_date_is_written_as_the_language_does(language: str, day: str, moment: str) -> None:
    written, when = patterns_of(language), datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    assert format_date(when, written.day, locale=language) == day
    assert format_datetime(when, written.moment, locale=language) == moment


def test_the_desk_still_says_what_is_translated() -> None:
    """A sentence that was reworded where it is spoken would be shown in English without a word."""
    root = CONSOLE.parents[1]
    files = [
        file for room in ("bot/core", "bot/flow", "bot/channels", "replies") for file in (root / room).rglob("*.py")
    ]
    said = "\n".join(re.sub(r'"\s*\n\s*f?"', "", file.read_text(encoding="utf-8")) for file in files)
    for sentence in (REFUSED, *SPOKEN):
        for piece in re.split(r"%\(\w+\)s", sentence):
            assert piece in said, sentence


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_whatever_keeps_a_letter_back_is_said_in_the_colleague_s_language(language: str) -> None:
    say, found = catalogue(language).ugettext, list(findings())
    assert len(found) > 20
    assert [said for said in found if spoken(said, say) == said] == []
    lacks = "the letter must say a date in figures, or that there is nothing to tell: put the line back"
    assert "date in figures" not in spoken(lacks, say)


def findings() -> Iterator[str]:
    """Read what the lint says of a letter, each fact in it as ⟦x⟧."""
    for file in (CONSOLE.parents[1] / "replies").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("Flaw"), args=[ast.Constant(str(said)), *_]):
                    yield said
                case ast.Call(func=ast.Name("Flaw"), args=[ast.JoinedStr(pieces), *_]):
                    yield "".join(str(one.value) if isinstance(one, ast.Constant) else "⟦x⟧" for one in pieces)


def test_a_sentence_with_facts_in_it_is_translated_around_them() -> None:
    say = catalogue("fr").ugettext
    assert spoken("fill in or delete ⟦names, or “none”⟧", say) == "complétez ou supprimez ⟦names, or “none”⟧"
    both = spoken("this can't be approved: the letter has no subject; fill in or delete ⟦x⟧", say)
    assert both == "ceci ne peut pas être approuvé : la lettre n’a pas d’objet; complétez ou supprimez ⟦x⟧"
    assert (
        spoken("stop the use now: objection, restriction", say)
        == "cessez l’utilisation dès maintenant : opposition, limitation"
    )
    assert spoken("100 % of %(this)s is new", say) == "100 % of %(this)s is new"
    assert spoken("fill in or delete %(place)s", say) == "complétez ou supprimez %(place)s"


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_whatever_goes_wrong_with_another_system_is_said_in_the_colleague_s_language(language: str) -> None:
    """Each way in which a call of a webhook fails, as the page of the desk's health shows it."""
    say = catalogue(language).ugettext
    line = "the webhook crm"
    for failed in (
        f"{line} can't be reached (ConnectError)",
        f"the line to {line} broke (ReadTimeout)",
        f"{line} asks to wait",
        f"{line} has trouble of its own (503)",
        f"the way out to {line} is closed",
        f"gave up trying: {line} has trouble of its own (503)",
        "crm.example.com answers 404: it must take POST at `url`, signed with our secret, with a 2xx",
        "there is no [[webhook]] of this name in the settings any more",
        "an error of ours: KeyError at herald.py:12",
    ):
        told = spoken(failed, say)
        assert not re.search(r"\b(the|can't|answers|asks|trouble|gave|error)\b", told), told
        for fact in re.findall(r"\(\w+\)|crm|\b404\b|KeyError at herald.py:12", failed):
            assert fact in told
