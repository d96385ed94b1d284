"""What we hold, looked for where it may not be told: in a chat or a call, or before anybody proved to be the person."""

import re
from collections.abc import Collection
from typing import Final

from bot.core.drafts import Draft
from bot.core.letters import Flaw
from bot.core.messages import Way, is_chat
from bot.core.telling import tells
from replies.policy import Company

_TELLING: Final = re.compile(r"[\d@\s]")
"""A single word without a figure, such as "newsletter" or "active", tells nobody apart; said in a call it may hurt."""

_IN_A_CHAT: Final = "something we hold of this person stands in a chat message: delete it, and write it by mail"
_IN_A_CALL: Final = "something sensitive that we hold would be said on the telephone: delete it, and offer to post it"
_UNPROVEN: Final = (
    "something we hold on record stands in this letter, and its reader has not proven who they are, nor written it"
    " themselves (rule 12): delete it, or ask for a proof first"
)


def find_private(draft: Draft, private: Collection[str], company: Company) -> tuple[Flaw, ...]:
    """Return a finding when a text holds a value that is kept from where it goes; it repeats none of them.

    The company's own words are no secret.
    """
    channel = draft.recipient.channel
    aloud, ours = channel == Way.CALL, _own_words(company)
    kept = [value for value in private if value.strip().casefold() not in ours]
    kept = [value for value in kept if aloud or _TELLING.search(value.strip())]
    finding = _IN_A_CHAT if is_chat(channel) else _IN_A_CALL if aloud else _UNPROVEN
    if _tells_any(draft.body, kept):
        guilty = (at for at, line in enumerate(draft.body.split("\n")) if _tells_any(line, kept))
        return (Flaw(finding, next(guilty, None)),)
    return (Flaw(finding),) if not is_chat(channel) and _tells_any(draft.subject, kept) else ()


def _tells_any(text: str, values: Collection[str]) -> bool:
    return any(tells(text, value) for value in values)


def _own_words(company: Company) -> frozenset[str]:
    return frozenset(word.casefold() for word in (company.name, company.contact, company.dpo, company.authority))
