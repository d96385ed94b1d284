"""`templates check`: every letter in every language, rendered and held against the rules."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Final

from bot.core.choice import without_chosen
from bot.core.drafts import Draft, DraftKind
from bot.core.letters import Brief, Letter
from bot.core.messages import MAIL, Handle, is_chat
from bot.core.rights import OUR_LANGUAGES
from replies.lint import find_problems
from replies.phrasebook import load_phrasebook
from replies.policy import PUBLISHED, load_categories
from replies.readability import complaints
from replies.samples import iter_samples
from replies.sections import says_no
from replies.vocabulary import load_vocabulary
from replies.wording import Values
from replies.writer import LetterWriter

LONGEST_CHAT: Final = 700
_FRENCH_SPACE: Final = re.compile(r"\w +[:;!?»]|« +\w")


def check_templates() -> tuple[str, ...]:
    """Return everything a letter of ours does wrong, a sentence each; empty when all keep the rules."""
    return tuple(dict.fromkeys([*_sources(), *_letters()]))


def as_draft(brief: Brief, letter: Letter) -> Draft:
    """Return a letter as the draft the desk would make of it, code and all."""
    return Draft(
        id="sample",
        case_id="sample",
        kind=brief.kind,
        language=brief.language,
        recipient=Handle(brief.channel, "claire.martin@example.org" if brief.channel == MAIL else "1042"),
        subject=letter.subject,
        body=letter.body,
        worded=letter.body,
        html=letter.html,
        template=letter.template,
        case_version=1,
        created_at=datetime(2026, 1, 31, tzinfo=UTC),
        rights=frozenset(item.right for item in brief.items),
        open_slots=letter.open_slots,
        question=brief.question,
        refuses=brief.kind is DraftKind.ANSWER and any(says_no(item, brief) for item in brief.items),
    )


def as_judged(brief: Brief, letter: Letter) -> Draft:
    """Return a letter as the lint sees it: without what the person chose to read in a chat (law.md rule 42)."""
    chosen = [field.value for field in brief.record] if is_chat(brief.channel) else []
    return without_chosen(as_draft(brief, letter), chosen, ())


def _sources() -> Iterator[str]:
    """Judge what is written before anything is filled in."""
    known = {field.name for field in fields(Values)}
    first = set(load_phrasebook(OUR_LANGUAGES[0]).sources)
    for language in OUR_LANGUAGES:
        load_vocabulary(language)
        load_categories(language)
        book = load_phrasebook(language)
        for part in sorted(first ^ set(book.sources)):
            yield f"{language}: the part {part} does not exist in every language"
        for part, source in book.sources.items():
            unknown = book.asks(part) - known
            for name in sorted(unknown):
                yield f"{language}: {part} uses {name}, which no letter has"
            if language == "fr" and _FRENCH_SPACE.search(re.sub(r"{%.*?%}|{{.*?}}", "x", source)):
                yield f"fr: {part} has an ordinary space where French keeps signs together"


def _letters() -> Iterator[str]:
    company = replace(PUBLISHED, authority="NL")
    writer = LetterWriter(company)
    for sample in iter_samples():
        letter = writer.compose(sample.brief)
        draft = as_judged(sample.brief, letter)
        missing = {f"fill in or delete {slot}" for slot in letter.open_slots}
        for problem in find_problems(draft, company):
            if problem.said not in missing:
                yield f"{sample.name}: {problem.said}"
        for complaint in complaints(letter.body):
            yield f"{sample.name}: {complaint}"
        if is_chat(sample.brief.channel) and len(letter.body) > LONGEST_CHAT:
            yield f"{sample.name}: {len(letter.body)} characters are too many for a chat"
