"""The templates of one language: named parts, strict, sandboxed, with a version that changes with any word."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from jinja2 import DictLoader, StrictUndefined
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from replies.markup import shield

STAFF: Final = "staff"
"""The phrasebook of notices to colleagues, in English."""

_PART: Final = "== "
_LONE_TAG: Final = re.compile(r"^(\{%(?! include)[^%]*%\})(?:\n|\Z)", re.MULTILINE)
"""A line with nothing but a tag leaves no line behind, but an included part does (Jinja would join paragraphs)."""

_VERSION_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The parts a letter is put together from, in one language."""

    language: str
    sources: Mapping[str, str]
    words: str
    environment: ImmutableSandboxedEnvironment

    def render(self, part: str, values: Mapping[str, Any]) -> str:
        """Fill one part in; a name the template knows and the values lack is an error, never an empty space."""
        return self.environment.get_template(part).render(values).strip("\n")

    def asks(self, part: str) -> frozenset[str]:
        """Return the names of the values that a part itself makes use of."""
        return frozenset(find_undeclared_variables(self.environment.parse(self.sources[part])))

    def version(self, parts: Iterable[str]) -> str:
        """Return a short hash of the sources of these parts and of the language's small words."""
        used = "\0".join(f"{part}\0{self.sources[part]}" for part in sorted(set(parts)))
        return sha256(f"{self.words}\0{used}".encode()).hexdigest()[:_VERSION_LENGTH]


@cache
def load_phrasebook(language: str) -> Phrasebook:
    """Read the packaged templates of a language: `templates/LANGUAGE/*.txt`, parts headed `== name`."""
    folder = files("replies") / "templates" / language
    sources: dict[str, str] = {}
    words = ""
    for entry in sorted(folder.iterdir(), key=lambda found: found.name):
        if entry.name.endswith(".txt"):
            sources |= split_parts(entry.read_text(encoding="utf-8"))
        elif entry.name.endswith(".toml"):
            words = entry.read_text(encoding="utf-8")
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(sources),
        undefined=StrictUndefined,
        autoescape=False,  # the markup escapes every character when it writes HTML
        finalize=shield,
    )
    return Phrasebook(language, sources, words, environment)


def split_parts(text: str) -> dict[str, str]:
    """Return the named parts of one template file."""
    parts: dict[str, str] = {}
    for piece in f"\n{text}".split(f"\n{_PART}")[1:]:
        name, _, source = piece.partition("\n")
        if name in parts:
            raise ValueError(f"two parts are called {name}")
        parts[name.strip()] = _LONE_TAG.sub(r"\1", source.strip("\n"))
    return parts
