"""An answer about one chat account alone: the account itself shows it, while it wrote lately (law.md rule 42).

Whoever reads that chat can already read what was said in it. Nothing on record goes out on it, and no other address's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.core.case import Case
from bot.core.challenge import LIFETIME
from bot.core.drafts import SILENCING_FLAGS, Draft
from bot.core.errors import NotAllowed
from bot.core.messages import MAIL, Handle, behind_link, is_chat
from bot.core.unit import Unit
from bot.core.vouching import OF_NO_RECORD

SILENT: Final = "this account has not written for a day, and may be somebody else's by now: it has to write again first"

DOUBTED: Final = "somebody says that this account is in other hands, or that they did not ask: make sure first"


def to_the_account(unit: Unit, case: Case, now: datetime) -> Handle:
    """Return where what is held of a case's chat account lies. Raises NotAllowed where that account shows nothing."""
    if not is_chat(case.requester.channel):
        raise NotAllowed("this was not asked in a chat: choose another way for the answer")
    if case.proven is not None and case.proven.channel == MAIL:
        raise NotAllowed("an e-mail address is proven here: the whole answer goes there")
    if is_silent(unit, case, now):
        raise NotAllowed(SILENT)
    if is_doubted(unit, case.requester):
        raise NotAllowed(DOUBTED)
    return behind_link(case.requester)


def in_doubt(unit: Unit, case: Case, draft: Draft, now: datetime) -> Sequence[str]:
    """Say why an answer about an account may not leave: nobody knows who holds it a day after it wrote last."""
    if not is_about_account(case, draft.recipient):
        return ()
    return [*([SILENT] if is_silent(unit, case, now) else []), *([DOUBTED] if is_doubted(unit, case.requester) else [])]


def is_about_account(case: Case, recipient: Handle) -> bool:
    """Say whether what goes to a recipient holds what is held of the chat account alone, and nothing on record."""
    return case.vouch is not None and case.vouch.ground in OF_NO_RECORD and case.vouch.to == recipient


def is_doubted(unit: Unit, account: Handle) -> bool:
    """Say whether any case of an account says that it is in other hands, or that its owner did not ask."""
    theirs = unit.cases.of_requester(account)
    return any(one.flags & SILENCING_FLAGS or (one.denied_at and not one.settled_at) for one in theirs)


def is_silent(unit: Unit, case: Case, now: datetime) -> bool:
    """Say whether the account of a case wrote nothing within a day, as long as a code proves anything in a chat."""
    kept = unit.inbox.correspondence(case.id)
    theirs = (one for one in kept if one.message is not None and one.message.sender == case.requester)
    return all(now - one.received_at >= LIFETIME for one in theirs)
