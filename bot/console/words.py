"""The console's words in the colleague's language: gettext catalogues, read as they are written."""

from collections.abc import Collection
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

_CATALOGUES: Final = files("bot.console") / "locale"

LANGUAGES: Final = ("en", *sorted(file.name.removesuffix(".po") for file in _CATALOGUES.iterdir()))
"""What colleagues may choose: what the pages are written in, and each language that has a catalogue."""

NAMES: Final = {word: str(Locale.parse(word).get_language_name(word)).capitalize() for word in LANGUAGES}
"""What each is called by those who speak it."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own word for "translate where it is shown"
    """Mark a text as one that is translated where it is shown."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - as `N_`, of one and of many
    """Mark what is said of one and of many as translated where it is shown."""
    return one, many


@cache
def catalogue(language: str) -> NullTranslations:
    """Return a language's catalogue; English is what the pages are written in."""
    if language == LANGUAGES[0]:
        return NullTranslations()
    written = (_CATALOGUES / f"{language}.po").read_bytes()
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
