"""Specimens of our letters, with an invented person's values: what colleagues read before any person does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.drafts import Draft, DraftKind
from bot.core.rights import RequestType
from bot.core.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Specimen:
    """One letter in one situation; `letter` is its template's name, `parts` the pieces it is put together from.

    `subject` is the key of its subject in the small words of a language.
    """

    name: str
    letter: str
    kind: DraftKind
    channel: str
    parts: tuple[str, ...]
    subject: str
    rights: tuple[RequestType, ...] = ()
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class TemplatePart:
    """One piece of a letter as it is written, and the other letters that have it too."""

    name: str
    source: str
    elsewhere: tuple[str, ...]


class Specimens(Protocol):
    """Every letter there is."""

    def listed(self) -> Sequence[Specimen]:
        """Return one specimen of each letter and situation, in the order of a request's life."""

    def get(self, name: str) -> Specimen:
        """Raises NotFound."""

    def title(self, specimen: Specimen, language: str) -> str:
        """Return what a colleague calls a specimen: its subject, and what is special about its situation."""

    def draft(self, specimen: Specimen, language: str) -> Draft:
        """Return a specimen as the draft the desk would make of it."""

    def templates(self, specimen: Specimen, language: str) -> frozenset[str]:
        """Return what drafts in a specimen's words have as their `template`, with links to our pages and without."""

    def parts(self, specimen: Specimen, language: str) -> Sequence[TemplatePart]:
        """Return what a specimen is put together from."""
