"""The console's words in the colleague's language: gettext catalogues, read as they are written."""

from collections.abc import Collection
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES: Final = ("en", "fr")
"""What colleagues may choose; a catalogue `locale/nl.po` and its name here add another."""

NAMES: Final = {"en": "English", "fr": "Français"}


def N_(text: str) -> str:  # noqa: N802 - gettext's own word for "translate where it is shown"
    """Mark a text as one that is translated where it is shown."""
    return text


@cache
def catalogue(language: str) -> NullTranslations:
    """Return a language's catalogue; English is what the pages are written in."""
    if language == LANGUAGES[0]:
        return NullTranslations()
    written = (files("bot.console") / "locale" / f"{language}.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(written), locale=language))
    compiled.seek(0)
    return Translations(compiled)


def choose(wanted: str) -> str:
    """Return the language a colleague reads, from what the browser says."""
    return preferred(wanted, LANGUAGES, LANGUAGES[0])


def preferred(wanted: str, offered: Collection[str], otherwise: str) -> str:
    """Return the offered language that a browser likes best (RFC 9110 12.5.4, in the order written)."""
    for word in wanted.split(","):
        language = word.partition(";")[0].strip()[:2].lower()
        if language in offered:
            return language
    return otherwise
