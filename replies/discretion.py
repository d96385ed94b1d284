"""What we hold of a person, looked for in a chat message: a platform reads along (law.md rule 42)."""

import re
from collections.abc import Collection
from typing import Final

from bot.core.drafts import Draft
from bot.core.letters import Flaw
from bot.core.messages import is_chat
from replies.policy import Company

_LEAST: Final = 4
"""Shorter values, a country or a title, are ordinary words too."""

_TELLING: Final = re.compile(r"[\d@\s]")
"""A single word without a figure, such as "newsletter" or "active", tells nobody apart."""

_LEAST_DIGITS: Final = 6


def find_private(draft: Draft, private: Collection[str], company: Company) -> tuple[Flaw, ...]:
    """Return a finding when a chat message holds a value on record; it repeats none of them."""
    if not is_chat(draft.recipient.channel) or not any(_is_told(value, draft.body, company) for value in private):
        return ()
    lines = draft.body.split("\n")
    guilty = (at for at, line in enumerate(lines) if any(_is_told(value, line, company) for value in private))
    said = "something we hold of this person stands in a chat message: delete it, and write it by mail"
    return (Flaw(said, next(guilty, None)),)


def _is_told(value: str, body: str, company: Company) -> bool:
    """Whether a value stands in a text, however it is spaced and cased; the company's own words are no secret."""
    wanted = " ".join(value.split())
    if len(wanted) < _LEAST or not _TELLING.search(wanted) or wanted.casefold() in _own_words(company):
        return False
    if re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", " ".join(body.split()), re.IGNORECASE):
        return True
    return sum(map(str.isdigit, wanted)) >= _LEAST_DIGITS and _bare(wanted) in _bare(body)


def _own_words(company: Company) -> frozenset[str]:
    return frozenset(word.casefold() for word in (company.name, company.contact, company.dpo, company.authority))


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
