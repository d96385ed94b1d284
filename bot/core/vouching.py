"""A colleague's word for who somebody is: on what ground, for whose data, to which address (law.md rules 12 to 15)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.core.messages import Handle
from bot.core.rights import RequestType
from bot.core.trust import Trust


class Ground(StrEnum):
    """What a colleague saw or checked."""

    OWN_ADDRESS = "own_address"  # nothing: the answer goes to the person's own address on record (rule 13)
    POSTAL_ADDRESS = "postal_address"  # nothing: it is posted to the address on record, for want of e-mail (rule 42)
    PHONE_NUMBER = "phone_number"  # shown by other means (Art. 12(1)): it is told at the number on record (rule 42)
    CHAT_LINK = "chat_link"  # by other means too: it opens behind a link, with a code told at that number (rule 42)
    CHAT_ACCOUNT = "chat_account"  # the very account wrote: what is held of it alone, behind a link there (rule 42)
    MANDATE = "mandate"  # it covers the company, the rights and receipt (EDPB 01/2022 §§80-81)
    PARENT = "parent"  # parental responsibility (rule 14)
    HEIR = "heir"  # the deed the law asks for (rule 15)
    SECOND_CHANNEL = "second_channel"  # L1, and reached where else they are on record: a second proof (rule 12)
    FACTS = "facts"  # facts that match, and a second channel on record: a lost mailbox (rule 12)
    DOCUMENT = "document"  # seen, and destroyed at once (rule 10)


SHOWN: Final[Mapping[Ground, Trust]] = MappingProxyType(
    {
        Ground.OWN_ADDRESS: Trust.PROVEN,
        Ground.POSTAL_ADDRESS: Trust.PROVEN,
        Ground.PHONE_NUMBER: Trust.PROVEN,
        Ground.CHAT_LINK: Trust.PROVEN,
        Ground.CHAT_ACCOUNT: Trust.PROVEN,
        Ground.SECOND_CHANNEL: Trust.MATCHED,
        Ground.FACTS: Trust.MATCHED,
        Ground.MANDATE: Trust.VOUCHED,
        Ground.PARENT: Trust.VOUCHED,
        Ground.HEIR: Trust.VOUCHED,
        Ground.DOCUMENT: Trust.VOUCHED,
    }
)
"""How far a ground proves somebody."""

_TOLD: Final = frozenset({RequestType.INFORMATION, RequestType.ACCESS})

TO_THE_RECORD: Final[Mapping[Ground, frozenset[RequestType]]] = MappingProxyType(
    {
        Ground.OWN_ADDRESS: _TOLD | {RequestType.PORTABILITY},
        Ground.POSTAL_ADDRESS: _TOLD | {RequestType.PORTABILITY},
        Ground.PHONE_NUMBER: _TOLD,  # nobody takes data elsewhere by ear (Art. 20(1))
        Ground.CHAT_LINK: _TOLD,  # behind it lies the letter
        Ground.CHAT_ACCOUNT: _TOLD,  # whoever reads that chat can read it there
    }
)
"""Grounds on which the answer goes where the record says, opens with a code told there, or holds nothing of the record.

Nothing is changed or erased on a stranger's word.
"""

BEHIND_LINK: Final = frozenset({Ground.CHAT_LINK, Ground.CHAT_ACCOUNT})
"""Grounds on which the answer lies on our own page, its link in the chat."""

OF_NO_RECORD: Final = frozenset({Ground.CHAT_ACCOUNT})
"""Grounds that are about nobody on record: nobody there hears of them, and nothing on record goes out."""

AFTER_FACTS: Final = frozenset({Ground.FACTS, Ground.PHONE_NUMBER, Ground.CHAT_LINK})
"""Grounds that facts which were asked, and did not match, take away."""

WITHOUT_MAIL: Final = frozenset({Ground.FACTS, Ground.DOCUMENT})
"""Grounds on which somebody without e-mail is answered at the address on record: no mailbox can be shown (rule 42)."""


@dataclass(frozen=True, slots=True)
class Vouch:
    """One colleague's word, on file: the letter about `customer_id`, if about anybody on record, goes to `to`.

    `called` is the number on record by then, at which the code for a link in a chat is told. `begun` is when the same
    word was given first, where it was given again without having been taken back.
    """

    ground: Ground
    by: str
    at: datetime
    to: Handle
    customer_id: str
    called: Handle | None = None
    begun: datetime | None = None

    def after(self, before: "Vouch | None") -> "Vouch":
        """Return this word as it goes on from the one that stands, if that says the same."""
        if before is None or replace(before, by=self.by, at=self.at, begun=None) != self:
            return self
        return replace(self, begun=before.stands_since)

    @property
    def stands_since(self) -> datetime:
        """Since when it has stood without a break: what was handed over on an earlier one ended with that."""
        return self.begun or self.at
