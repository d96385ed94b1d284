"""The few pages that people outside the company see, and what goes with them: what each is for, and its words."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bot.core.rights import Scope


class PageKind(StrEnum):
    """What a page says."""

    STOP_ASK = "stop_ask"  # shows what would stop; only its button acts
    STOP_DONE = "stop_done"
    STOP_UNKNOWN = "stop_unknown"  # the address is cut short or not ours
    PACKAGE_ASK = "package_ask"  # offers to send the code that opens a package
    PACKAGE_CODE = "package_code"
    PACKAGE_WRONG = "package_wrong"
    PACKAGE_GONE = "package_gone"
    PACKAGE_MAIL = "package_mail"  # the mail with the code
    PACKAGE_LETTER = "package_letter"  # what an answer says of its package
    CONFIRM_ASK = "confirm_ask"  # takes the code of an identity question
    CONFIRM_WRONG = "confirm_wrong"
    CONFIRM_DONE = "confirm_done"
    CONFIRM_OVER = "confirm_over"  # no more tries: a person goes on
    CONFIRM_GONE = "confirm_gone"
    TOO_OFTEN = "too_often"


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one of our languages; it never says whose address it is about. `until` and `link` are a package's."""

    kind: PageKind
    language: str
    scope: Scope = Scope.ALL
    until: date | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """The links a letter may hold, each empty where the letter has none."""

    confirm: str = ""  # where the code may be typed instead of sending it back
    chat: str = ""  # what hands the code to the bot, from the very account that was written from


NO_LINKS: Final = Links()


@dataclass(frozen=True, slots=True)
class PageWords:
    """A page's title, paragraphs and the words on its button, empty where it has none."""

    title: str
    text: tuple[str, ...]
    button: str = ""
