"""The question a person still has to answer, as it left."""

from datetime import datetime
from typing import Final

from bot.core.case import WAITING_STATES, Case
from bot.core.drafts import Draft, DraftKind, DraftStatus, Question
from bot.core.unit import Unit

_QUESTIONS: Final = frozenset({DraftKind.IDENTITY_QUESTION, DraftKind.CLARIFICATION})


def last_asked(unit: Unit, case: Case) -> datetime | None:
    """Return when somebody was last asked to show who they are, by a code or by facts, if that question left."""
    left = unit.drafts.listed(DraftStatus.APPROVED, case.id)
    asked = [draft.created_at for draft in left if draft.carries_code or draft.question is Question.FACTS]
    return max(asked, default=None)


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
