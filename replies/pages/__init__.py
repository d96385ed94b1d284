"""The words of the public pages, in four languages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.core.drafts import CODE_SLOT
from bot.core.pages import Page, PageKind, PageWords
from replies.policy import Company
from replies.vocabulary import load_vocabulary
from replies.wording import Wording


def word_page(page: Page, company: Company) -> PageWords:
    """Fill one page in; a missing page or value is an error."""
    words = _load(page.language)[page.kind]
    stopped = load_vocabulary(page.language).stopped[page.scope]
    wording = Wording(company, load_vocabulary(page.language))
    values = {
        "company": company.name,
        "contact": company.contact,
        "stopped": stopped,
        "until": wording.day(page.until) if page.until else "",
        "link": page.link,
        "code": CODE_SLOT,
    }
    return PageWords(
        title=words["title"].format_map(values),
        text=tuple(paragraph.format_map(values) for paragraph in words["text"]),
        button=words.get("button", ""),
    )


@dataclass(frozen=True, slots=True)
class DossierWords:
    """The small words of the page in a package."""

    title: str
    intro: str
    opening: str
    what: str
    why: str
    until: str
    in_letter: str
    record: str
    correspondence: str
    yours: str
    ours: str
    files: str
    about_files: str


def dossier_words(language: str) -> DossierWords:
    """Return the words of the page in a package; a missing or an unknown one is an error."""
    return DossierWords(**_table(language)["dossier"])


@cache
def _load(language: str) -> Mapping[PageKind, Mapping[str, Any]]:
    table = _table(language)
    return {kind: table[kind] for kind in PageKind}


def _table(language: str) -> Mapping[str, Any]:
    return tomllib.loads((files("replies.pages") / f"{language}.toml").read_text(encoding="utf-8"))
