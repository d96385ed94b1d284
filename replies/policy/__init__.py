"""The company's facts as data: who it is, and what its privacy policy says of each category of data.

What the policy doesn't say is an empty string here: letters leave it open for a colleague and never invent it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from bot.core.register import Ours, Point, Processing
from bot.core.rights import OUR_LANGUAGES, DataCategory
from replies.policy.authorities import Authority, load_authorities


@dataclass(frozen=True, slots=True)
class Company:
    """Who signs the letters.

    `address` is where post reaches it, on one line; letters on paper leave it open for a colleague while it is empty.
    `authority` is the company's lead authority: a code of `authorities.toml` or, with its site, a name. It is named to
    people of whom no country is known; left empty, it is an open slot in every such letter that must name one.
    `fields` are its own words for columns of its customers' file, by language.
    """

    name: str
    contact: str
    address: str = ""
    dpo_contact: str = ""
    authority: str = ""
    authority_site: str = ""
    policy_url: str = ""
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def dpo(self) -> str:
        """Where the data protection officer is reached: an address of their own, else the company's."""
        return self.dpo_contact or self.contact

    @property
    def lead(self) -> Authority | None:
        """The lead authority, where one is set."""
        known = load_authorities().get(self.authority.upper())
        if known is not None or not self.authority:
            return known
        return Authority("", self.authority, self.authority_site, (), {})


PUBLISHED: Final = Company(
    name="Nexio Projects", contact="info@nexioprojects.com", dpo_contact="info@nexioprojects.com"
)
"""As the published policy has it."""


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """What the policy says of one category; empty where it says nothing."""

    name: str
    data: str = ""
    purpose: str = ""
    source: str = ""
    kept: str = ""

    def by_point(self) -> tuple[tuple[Point, str], ...]:
        """Pair each statement with the point of the record it belongs to."""
        return (
            (Point.NAME, self.name),
            (Point.DATA, self.data),
            (Point.PURPOSE, self.purpose),
            (Point.SOURCE, self.source),
            (Point.KEPT, self.kept),
        )


def load_categories(language: str) -> Mapping[DataCategory, CategoryFacts]:
    """Return the policy's categories in their order, in one language."""
    facts = _load(language)
    return MappingProxyType({category: facts[category] for category in DataCategory})


@cache
def _load(language: str) -> Mapping[str, CategoryFacts]:
    table = tomllib.loads((files("replies.policy") / f"{language}.toml").read_text(encoding="utf-8"))
    return MappingProxyType({category: CategoryFacts(**facts) for category, facts in table.items()})


@cache
def first_fill() -> tuple[Processing, ...]:
    """Return the record of processing as far as the published policy goes, and what this desk keeps itself.

    Nobody has confirmed anything beyond it.
    """
    return tuple(Processing(category.value, _texts(category)) for category in (*DataCategory, *Ours))


def whole_record(imported: Sequence[Processing]) -> tuple[Processing, ...]:
    """Return the imported record, else the first fill; what this desk keeps is to confirm where a record lacks it."""
    written = {entry.category for entry in imported}
    missing = [entry for entry in first_fill() if entry.category not in written]
    return (*imported, *(entry for entry in missing if not imported or entry.category in set(Ours)))


def _texts(category: DataCategory | Ours) -> Mapping[Point, Mapping[str, str]]:
    texts: dict[Point, dict[str, str]] = {}
    for language in OUR_LANGUAGES:
        for point, text in _load(language)[category].by_point():
            if text:
                texts.setdefault(point, {})[language] = text
    return texts
