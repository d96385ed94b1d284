"""Who may call what: one declared table, compared with every route by a test; what it lacks is denied."""

from collections.abc import Mapping
from typing import Final

from bot.console.access import (
    APPROVER,
    CASE_READER,
    EDITOR,
    GENERAL,
    GENERAL_APPROVER,
    GENERAL_EDITOR,
    OVERSEER,
    Rule,
)

CALLS: Final[Mapping[str, Rule]] = {
    "GET /cases": CASE_READER,
    "GET /cases/{reference}": CASE_READER,
    "GET /cases/{reference}/messages": CASE_READER,
    "POST /cases/{reference}/reading": EDITOR,
    "POST /cases/{reference}/ask": EDITOR,
    "POST /cases/{reference}/ask-facts": EDITOR,
    "POST /cases/{reference}/extend": EDITOR,
    "POST /cases/{reference}/outcomes": EDITOR,
    "POST /cases/{reference}/close": APPROVER,
    "GET /cases/{reference}/work": CASE_READER,
    "POST /cases/{reference}/assign": EDITOR,
    "POST /cases/{reference}/note": EDITOR,
    "GET /cases/{reference}/tasks": CASE_READER,
    "GET /tasks": CASE_READER,
    "POST /tasks/{task}/done": EDITOR,
    "POST /tasks/{task}/except": EDITOR,
    "POST /tasks/{task}/undo": EDITOR,
    "GET /drafts": CASE_READER,
    "GET /drafts/{draft}": CASE_READER,
    "PUT /drafts/{draft}": EDITOR,
    "POST /drafts/{draft}/outcomes": EDITOR,
    "POST /drafts/{draft}/approve": APPROVER,
    "POST /drafts/{draft}/reject": EDITOR,
    "POST /drafts/{draft}/take-back": APPROVER,
    "GET /suppressions": GENERAL,
    "POST /suppressions": GENERAL_EDITOR,
    "POST /suppressions/lift": GENERAL_APPROVER,
    "GET /deliveries": CASE_READER,
    "POST /deliveries/{outgoing}/retry": APPROVER,
    "POST /deliveries/{outgoing}/settle": APPROVER,
    "GET /audit": OVERSEER,
    "GET /health": OVERSEER,
}
"""Method and path of every call; the rules are those of the pages. Which cases are seen is said by `core.lanes`."""
