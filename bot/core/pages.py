"""The few pages that people outside the company see, and what goes with them: what each is for, and its words."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one of our languages; it never says whose address it is about. `until` and `link` are a package's."""

    kind: PageKind
    language: str
    scope: Scope = Scope.ALL
    until: date | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class PageWords:
    """A page's title, paragraphs and the words on its button, empty where it has none."""

    title: str
    text: tuple[str, ...]
    button: str = ""
