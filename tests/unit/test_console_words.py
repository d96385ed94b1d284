"""The console says everything in every language it offers."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.console.authenticators import NOT_SHOWN
from bot.console.identity_documents import AWAY, NOT_HELD
from bot.console.spoken import REFUSED, SPOKEN, spoken
from bot.console.words import LANGUAGES, catalogue, choose
from bot.core.accounts import password_problem
from bot.flow.coming_in import BEGIN_AGAIN, TOO_OFTEN, WRONG, WRONG_CODE
from bot.flow.introductions import ANOTHER, NOT_EXPECTED, NOT_INVITED, NOT_OFFERED, NOT_VERIFIED, NOT_YOU
from bot.flow.inviting import LAST_ADMINISTRATOR, NO_ADDRESS, NO_SUCH_LINK
from bot.flow.own_account import NO_ACCOUNT
from bot.flow.passkeys import COPIED, ENOUGH, NO_NAME, NOT_KNOWN, TOO_LATE

CONSOLE = Path(str(files("bot.console")))
SPOKEN_BY_THE_DESK = {
    WRONG,
    WRONG_CODE,
    TOO_OFTEN,
    BEGIN_AGAIN,
    NO_SUCH_LINK,
    NO_ADDRESS,
    NO_ACCOUNT,
    AWAY,
    NOT_HELD,
    ANOTHER,
    NOT_EXPECTED,
    NOT_INVITED,
    NOT_OFFERED,
    NOT_VERIFIED,
    NOT_YOU,
    NOT_SHOWN,
    NOT_KNOWN,
    TOO_LATE,
    COPIED,
    ENOUGH,
    NO_NAME,
    LAST_ADMINISTRATOR,
    password_problem("short", ""),
    password_problem("aaaaaaaaaaaaaaa", ""),
}


def written() -> set[str]:
    found = extract_from_dir(
        CONSOLE,
        method_map=[("**.html", "jinja2"), ("**.py", "python")],
        keywords={"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)},
    )
    return {text for _, _, message, _, _ in found for text in all_of(message)} | SPOKEN_BY_THE_DESK


def all_of(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_catalogue_has_every_sentence_and_no_other(language: str) -> None:
    with (CONSOLE / "locale" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    entries = [entry for entry in catalogue if entry.id]
    assert {text for entry in entries for text in all_of(entry.id)} == written()
    for entry in entries:
        said = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        wanted = entry.id if isinstance(entry.id, str) else entry.id[1]
        for text in said:
            assert text, f"{entry.id!r} says nothing in {language}"
            assert sorted(re.findall(r"%\(\w+\)\w|%%", text)) == sorted(re.findall(r"%\(\w+\)\w|%%", wanted))


@pytest.mark.parametrize(
    ("wanted", "language"), [("fr-BE,fr;q=0.9", "fr"), ("de,en;q=0.1", "en"), ("", "en"), ("xx, ;", "en"), ("FR", "fr")]
)
def test_a_browser_is_answered_in_the_language_it_likes_best(wanted: str, language: str) -> None:
    assert choose(wanted) == language


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


def test_a_sentence_with_facts_in_it_is_translated_around_them() -> None:
    say = catalogue("fr").ugettext
    assert spoken("fill in or delete ⟦names, or “none”⟧", say) == "complétez ou supprimez ⟦names, or “none”⟧"
    both = spoken("this can't be approved: the letter has no subject; fill in or delete ⟦x⟧", say)
    assert both == "ceci ne peut pas être approuvé : la lettre n’a pas d’objet; complétez ou supprimez ⟦x⟧"
    assert spoken("100 % of %(this)s is new", say) == "100 % of %(this)s is new"
    assert spoken("fill in or delete %(place)s", say) == "complétez ou supprimez %(place)s"
