"""The supervisory authorities: which one is named to whom, and what it is called (Art. 12(4), 77)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from bot.core.letters import Residence
from replies.policy.places import place_of

GERMANY: Final = "DE"
_FACTS: Final = frozenset({"languages", "site", "sites", "own"})


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority. `languages` are its official ones, `own` its name in the first; `names` what our letters say.

    `sites` are its addresses in our languages, where `site` is not the one for all.
    """

    code: str
    own: str
    site: str
    languages: tuple[str, ...]
    names: Mapping[str, str]
    sites: Mapping[str, str] = field(default_factory=dict)

    def named(self, language: str) -> str:
        """Return its name for a letter; in a language that is none of its own, with its own name beside it."""
        name = self.names.get(language, self.own)
        return name if name == self.own or language in self.languages else f"{name}, {self.own}"

    def site_in(self, language: str) -> str:
        """Return the address of its site for a letter."""
        return self.sites.get(language, self.site)

    def is_named_in(self, text: str) -> bool:
        """Say whether a text names it, in whatever language or by its site."""
        told = text.casefold()
        called = (self.own, self.site, *self.names.values(), *self.sites.values())
        return any(name.casefold() in told for name in called if name)


@cache
def load_authorities() -> Mapping[str, Authority]:
    """Return every authority by its code: ISO 3166-1 for a state, ISO 3166-2 for a German Land."""
    table = tomllib.loads((files("replies.policy") / "authorities.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            code: Authority(
                code=code,
                own=facts["own"],
                site=facts["site"],
                languages=tuple(facts["languages"]),
                names={language: name for language, name in facts.items() if language not in _FACTS},
                sites=facts.get("sites", {}),
            )
            for code, facts in table.items()
        }
    )


def authority_of(residence: Residence, lead: Authority | None) -> Authority | None:
    """Return the authority where the person lives, else the company's; None leaves it to a colleague.

    In Germany the Land decides: without it nobody is named by guess.
    """
    place = place_of(residence)
    if place == GERMANY:
        return lead if lead and lead.code.startswith(GERMANY) else None
    return load_authorities().get(place, lead)
