"""What we hold of a person, looked for where it may not be told: in a chat, or in a call (law.md rule 42)."""

import re
from collections.abc import Collection
from typing import Final

from bot.core.drafts import Draft
from bot.core.letters import Flaw
from bot.core.messages import Way
from replies.policy import Company

_LEAST: Final = 4
"""Shorter values, a country or a title, are ordinary words too."""

_TELLING: Final = re.compile(r"[\d@\s]")
"""A single word without a figure, such as "newsletter" or "active", tells nobody apart; said in a call it may hurt."""

_LEAST_DIGITS: Final = 6

_IN_A_CHAT: Final = "something we hold of this person stands in a chat message: delete it, and write it by mail"
_IN_A_CALL: Final = "something sensitive that we hold would be said on the telephone: delete it, and offer to post it"


def find_private(draft: Draft, private: Collection[str], company: Company) -> tuple[Flaw, ...]:
    """Return a finding when a text holds a value that is kept from where it goes; it repeats none of them."""
    aloud = draft.recipient.channel == Way.CALL
    kept = [value for value in private if aloud or _TELLING.search(value.strip())]
    if not any(_is_told(value, draft.body, company) for value in kept):
        return ()
    lines = draft.body.split("\n")
    guilty = (at for at, line in enumerate(lines) if any(_is_told(value, line, company) for value in kept))
    return (Flaw(_IN_A_CALL if aloud else _IN_A_CHAT, next(guilty, None)),)


def _is_told(value: str, body: str, company: Company) -> bool:
    """Whether a value stands in a text, however it is spaced and cased; the company's own words are no secret."""
    wanted = " ".join(value.split())
    if len(wanted) < _LEAST or wanted.casefold() in _own_words(company):
        return False
    if re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", " ".join(body.split()), re.IGNORECASE):
        return True
    return sum(map(str.isdigit, wanted)) >= _LEAST_DIGITS and _bare(wanted) in _bare(body)


def _own_words(company: Company) -> frozenset[str]:
    return frozenset(word.casefold() for word in (company.name, company.contact, company.dpo, company.authority))


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
