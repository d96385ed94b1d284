"""A person's informed choice to read the answer in a chat that its platform reads too (law.md rule 42)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.core.drafts import Draft
from bot.core.messages import Handle
from bot.core.rights import RequestType
from bot.core.vouching import Vouch

TELLABLE: Final = frozenset({RequestType.INFORMATION, RequestType.ACCESS})
"""Rights whose answer a choice lets be read in a chat: data are told there, never changed, erased or carried off."""

UNSEEN: Final = "…"
"""What stands in the place of a chosen value while the lint looks at the rest."""


class Told(StrEnum):
    """How the person heard that the platform sees what is written in the chat."""

    SENT = "in_chat"  # it stands in the chat
    READ = "read_out"  # a colleague read it to them


@dataclass(frozen=True, slots=True)
class ChatChoice:
    """Who chose to be answered in a chat, once told what that means; recorded by the data protection officer.

    `account` chose, on the proof that `word` is. `fields` are the columns of the record that may stand there, by name;
    `told` is our sentence in their language, and `how` they heard it.
    """

    account: Handle
    word: Vouch
    fields: tuple[str, ...]
    told: str
    how: Told
    by: str
    at: datetime


def without_chosen(draft: Draft, chosen: Iterable[str], kept: Iterable[str]) -> Draft:
    """Return a text without the chosen values that stand in it, for the lint to judge all the rest.

    A longer value that is kept stays as it is, whatever of it was chosen.
    """
    let_through = {value.strip() for value in chosen} - {""}
    known = sorted(let_through | {value.strip() for value in kept} - {""}, key=len, reverse=True)
    if not let_through:
        return draft
    values = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)")
    return replace(draft, body=values.sub(lambda hit: UNSEEN if hit[0] in let_through else hit[0], draft.body))
