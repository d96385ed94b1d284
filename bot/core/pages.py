"""The few pages that people outside the company see: what each is for, and the words it becomes."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.rights import Scope


class PageKind(StrEnum):
    """What a page says."""

    STOP_ASK = "stop_ask"  # shows what would stop; only its button acts
    STOP_DONE = "stop_done"
    STOP_UNKNOWN = "stop_unknown"  # the address is cut short or not ours


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one of our languages; it never says whose address it is about."""

    kind: PageKind
    language: str
    scope: Scope = Scope.ALL


@dataclass(frozen=True, slots=True)
class PageWords:
    """A page's title, paragraphs and the words on its button, empty where it has none."""

    title: str
    text: tuple[str, ...]
    button: str = ""
