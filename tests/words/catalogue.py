"""What the console says, as its code and templates hold it, and the catalogue of a language brought up to it."""

from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.console.authenticators import NOT_SHOWN
from bot.console.identity_documents import AWAY, NOT_HELD
from bot.core.accounts import password_problem
from bot.flow.coming_in import BEGIN_AGAIN, TOO_OFTEN, WRONG, WRONG_CODE
from bot.flow.introductions import ANOTHER, NOT_EXPECTED, NOT_INVITED, NOT_OFFERED, NOT_VERIFIED, NOT_YOU
from bot.flow.inviting import LAST_ADMINISTRATOR, NO_ADDRESS, NO_SUCH_LINK
from bot.flow.own_account import NO_ACCOUNT
from bot.flow.passkeys import COPIED, ENOUGH, NO_NAME, NOT_KNOWN, TOO_LATE

CONSOLE: Final = Path(str(files("bot.console")))

Sentence = str | tuple[str, str]
"""A sentence, or what is said of one and of many."""

_SPOKEN_BY_THE_DESK: Final = (
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
)


_OF_NOBODY: Final = (
    "Project-Id",
    "Report-Msgid",
    "POT-Creation",
    "PO-Revision",
    "Last-Tr",
    "Language-Team",
    "Gener",
)
"""Lines of a catalogue's head that would name people and moments."""


def written() -> Iterator[Sentence]:
    """Return every sentence, in the order of the files; some more than once."""
    found = extract_from_dir(
        CONSOLE,
        method_map=[("**.html", "jinja2"), ("**.py", "python")],
        keywords={"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "NN_": (1, 2)},
    )
    for _, _, message, _, _ in found:
        yield message if isinstance(message, str) else (message[0], message[1])
    yield from _SPOKEN_BY_THE_DESK


def file_of(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return CONSOLE / "locale" / f"{language}.po"


def catalogue_of(language: str) -> Catalog:
    """Return a language's catalogue, an empty one where there is none yet."""
    file = file_of(language)
    if file.exists():
        return read_po(BytesIO(file.read_bytes()), locale=language)
    name = Locale.parse(language).get_language_name("en")
    return Catalog(locale=language, header_comment=f"# The console in {name}.", fuzzy=False)


def bring_up_to_date(language: str) -> int:
    """Let a language's catalogue hold every sentence and no other, and return how many it does not say yet.

    Raises UnknownLocaleError or ValueError where there is no such language.
    """
    words, sentences = catalogue_of(language), dict.fromkeys(written())
    for entry in [entry for entry in words if entry.id and entry.id not in sentences]:
        words.delete(entry.id)
    for sentence in sentences:
        if sentence not in words:
            words.add(sentence)
    file_of(language).write_text(as_text(words), encoding="utf-8")
    return sum(not all(spoken_by(entry)) for entry in words if entry.id)


def spoken_by(entry: Message) -> tuple[str, ...]:
    """Return what a language says for a sentence: of one, of many."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ("",))


def as_text(words: Catalog) -> str:
    """Return a catalogue as it is kept."""
    text = BytesIO()
    write_po(text, words, width=0)
    lines = text.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.removeprefix('"').startswith(_OF_NOBODY))
