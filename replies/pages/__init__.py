"""The words of the public pages, in four languages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.core.drafts import CODE_SLOT
from bot.core.pages import Line, Page, PageKind, PageWords, Progress
from replies.policy import Company
from replies.sections import OPT_OUTS
from replies.vocabulary import MARKETING, load_vocabulary
from replies.wording import Wording, capitalised


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
        "reference": page.reference,
    }
    return PageWords(
        title=words["title"].format_map(values),
        text=tuple(paragraph.format_map(values) for paragraph in words["text"]),
        button=words.get("button", ""),
        tick=words.get("tick", ""),
        legend=words.get("legend", ""),
        boxes=tuple(words.get("boxes", {}).items()),
        rows=tuple(_row(line, words["stages"], wording) for line in page.lines),
        closing=_remedies(page, company),
        also=words.get("also", ""),
        undo=words.get("undo", ""),
    )


def _row(line: Line, stages: Mapping[str, str], wording: Wording) -> tuple[str, str]:
    """Say of one right how far it is."""
    topic = wording.words.right[MARKETING if line.marketing else line.right].topic
    said = stages[line.stage].format(
        asked=wording.day(line.asked),
        promised=wording.day(line.promised),
        answered=wording.day(line.answered or line.asked),
    )
    return capitalised(topic), said


def _remedies(page: Page, company: Company) -> tuple[str, ...]:
    """Return, for a receipt, where the person may complain (Art. 12(4), 77, 79), as the last letter does."""
    if page.kind is not PageKind.RECEIPT or all(map(_as_wished, page.lines)):
        return ()
    return (str(_load(page.language)[page.kind]["remedies"]).format(dpo=company.dpo),)


def _as_wished(line: Line) -> bool:
    """Say whether a right was taken back by the person, or is an opt-out that was carried out."""
    opted_out = line.stage is Progress.DONE and (line.marketing or line.right in OPT_OUTS)
    return opted_out or line.stage is Progress.WITHDRAWN


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
    held_here: str
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
