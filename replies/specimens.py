"""The shelf of specimens: every letter in every situation that words it differently, once."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from bot.core.drafts import Draft
from bot.core.errors import NotFound
from bot.core.letters import Brief
from bot.core.pages import NO_LINKS
from bot.core.specimens import Specimen, TemplatePart
from replies.catalogue import Outline, may_know, outline
from replies.checks import as_draft
from replies.phrasebook import load_phrasebook
from replies.samples import LINKS, NAMES, iter_samples
from replies.vocabulary import load_vocabulary
from replies.writer import LetterWriter

_FIRST: Final = "en"
_ODD: Final = frozenset(NAMES[3:])
"""Names of samples that test what must never run; nobody has to read them."""


@dataclass(frozen=True, slots=True)
class SpecimenShelf:
    """The specimens as one company's letters (the port `Specimens`)."""

    writer: LetterWriter

    def listed(self) -> Sequence[Specimen]:
        """Return one specimen of each letter and situation."""
        return tuple(specimen for specimen, _ in _shelf().values())

    def get(self, name: str) -> Specimen:
        """Return a specimen by its name. Raises NotFound."""
        return _found(name)[0]

    def title(self, specimen: Specimen, language: str) -> str:
        """Return what a colleague calls a specimen: its subject, and what is special about its situation."""
        special = [words[language] for found, words in _situations() if found.search(specimen.name)]
        return " · ".join((load_vocabulary(language).subject[specimen.subject], *special))

    def draft(self, specimen: Specimen, language: str) -> Draft:
        """Return a specimen as the draft the desk would make of it."""
        brief = replace(_found(specimen.name)[1], language=language)
        return as_draft(brief, self.writer.compose(brief))

    def templates(self, specimen: Specimen, language: str) -> frozenset[str]:
        """Return what drafts in a specimen's words have as their `template`, with links to our pages and without."""
        brief = replace(_found(specimen.name)[1], language=language)
        linked = {brief.links, LINKS, NO_LINKS}
        return frozenset(self.writer.compose(replace(brief, links=links)).template for links in linked)

    def parts(self, specimen: Specimen, language: str) -> Sequence[TemplatePart]:
        """Return what a specimen is put together from."""
        sources = load_phrasebook(language).sources
        return [TemplatePart(part, sources[part], _letters_with(part, specimen.letter)) for part in specimen.parts]


def _found(name: str) -> tuple[Specimen, Brief]:
    found = _shelf().get(name)
    if found is None:
        raise NotFound(f"there is no letter {name}")
    return found


@cache
def _situations() -> Sequence[tuple[re.Pattern[str], Mapping[str, str]]]:
    table = tomllib.loads((files("replies") / "situations.toml").read_text(encoding="utf-8"))
    return tuple((re.compile(rf"\b(?:{one['word']})\b"), one) for one in table["situation"])


def _letters_with(part: str, but: str) -> tuple[str, ...]:
    using = (specimen.letter for specimen, _ in _shelf().values() if part in specimen.parts)
    return tuple(dict.fromkeys(letter for letter in using if letter != but))


@cache
def _shelf() -> Mapping[str, tuple[Specimen, Brief]]:
    shelf: dict[str, tuple[Specimen, Brief]] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for sample in iter_samples():
        language, _, name = sample.name.partition(" ")
        if language != _FIRST or sample.brief.name in _ODD:
            continue
        plan = outline(may_know(sample.brief))
        parts = tuple(dict.fromkeys(part.template for part in plan.parts))
        if (plan.name, parts) not in seen:
            seen.add((plan.name, parts))
            shelf[name] = (_specimen(name, plan, parts, sample.brief), sample.brief)
    return MappingProxyType(shelf)


def _specimen(name: str, plan: Outline, parts: tuple[str, ...], brief: Brief) -> Specimen:
    outcomes = {item.outcome for item in brief.items}
    return Specimen(
        name=name,
        letter=plan.name,
        kind=brief.kind,
        channel=brief.channel,
        parts=parts,
        subject=plan.subject,
        rights=tuple(item.right for item in brief.items),
        outcome=outcomes.pop() if len(outcomes) == 1 else None,
    )
