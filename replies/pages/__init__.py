"""The words of the public pages, in four languages."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bot.core.pages import Page, PageKind, PageWords
from replies.policy import Company
from replies.vocabulary import load_vocabulary


def word_page(page: Page, company: Company) -> PageWords:
    """Fill one page in; a missing page or value is an error."""
    words = _load(page.language)[page.kind]
    stopped = load_vocabulary(page.language).stopped[page.scope]
    values = {"company": company.name, "contact": company.contact, "stopped": stopped}
    return PageWords(
        title=words["title"].format_map(values),
        text=tuple(paragraph.format_map(values) for paragraph in words["text"]),
        button=words.get("button", ""),
    )


@cache
def _load(language: str) -> Mapping[PageKind, Mapping[str, Any]]:
    table = tomllib.loads((files("replies.pages") / f"{language}.toml").read_text(encoding="utf-8"))
    return {kind: table[kind] for kind in PageKind}
