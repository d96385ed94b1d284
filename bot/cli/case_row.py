"""A case as programs read it."""

from typing import Any

from bot.core.case import Case, State


def row(case: Case) -> dict[str, Any]:
    """Return a case as programs read it."""
    legal = [item.legal_due for item in case.items if item.legal_due is not None]
    return {
        "id": case.id,
        "reference": case.reference,
        "types": [item.right.value for item in case.items if item.state is not State.MERGED],
        "language": case.language,
        "channel": case.requester.channel,
        "stage": case.stage.value,
        "identity": case.trust.name.lower(),
        "promise_due": min((item.promise_due.isoformat() for item in case.items), default=None),
        "statutory_due": min(legal).isoformat() if legal else None,
    }
