"""The question a person still has to answer, as it left."""

from typing import Final

from bot.core.case import WAITING_STATES, Case
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.unit import Unit

_QUESTIONS: Final = frozenset({DraftKind.IDENTITY_QUESTION, DraftKind.CLARIFICATION})


def open_question(unit: Unit, case: Case) -> Draft | None:
    """Return the last question that left for the person, while something waits for their word."""
    if not any(item.state in WAITING_STATES for item in case.items):
        return None
    asked = [
        draft
        for draft in unit.drafts.listed(DraftStatus.APPROVED, case.id)
        if draft.kind in _QUESTIONS and draft.recipient == case.requester
    ]
    return max(asked, key=lambda draft: draft.created_at, default=None)
