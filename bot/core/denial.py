"""Somebody in a mailbox we asked says that it was not them: nothing is decided before a colleague found out."""

from typing import Final

from bot.core.case import Case
from bot.core.errors import NotAllowed

DENIED: Final = "somebody who reads the mailbox says that it was not them: find out who asked, then settle it"


def refuse_denied(case: Case) -> None:
    """Raise NotAllowed while it is not settled."""
    if case.denied_at is not None:
        raise NotAllowed(DENIED)
