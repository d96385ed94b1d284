"""What the desk holds, counted: the figures the demo ends with, and what lies on it case by case."""

from collections import Counter
from typing import Any, Final, TypedDict

from bot.core.case import Case
from bot.core.delivery import DeliveryState
from bot.core.records import Disposition
from bot.core.unit import Unit

_EVERYTHING: Final = 1000


class Stock(TypedDict):
    """The demo's figures as `/summary.json` gives them."""

    cases: dict[str, int]
    drafts: dict[str, int]
    outgoing: dict[str, int]
    messages: dict[str, int]
    suppressions: int
    desk: list[dict[str, Any]]
    suppressed: list[dict[str, str]]


def take_stock(unit: Unit) -> Stock:
    """Count cases by stage, waiting drafts by kind, outgoing mail by state and messages by what became of them."""
    cases = unit.cases.listed(limit=_EVERYTHING)
    suppressed = unit.suppressions.listed()
    drafts = Counter(draft.kind.value for draft in unit.drafts.listed(limit=_EVERYTHING))
    outgoing = {state.value: len(unit.outbox.listed(state, limit=_EVERYTHING)) for state in DeliveryState}
    messages = {each.value: len(unit.inbox.listed(each, limit=_EVERYTHING)) for each in Disposition}
    return Stock(
        cases=dict(Counter(case.stage.value for case in cases)),
        drafts=dict(drafts),
        outgoing={state: count for state, count in outgoing.items() if count},
        messages={each: count for each, count in messages.items() if count},
        suppressions=len(suppressed),
        desk=[_on_the_desk(unit, case) for case in cases],
        suppressed=[{"handle": str(each.handle), "scope": each.scope.value} for each in suppressed],
    )


def _on_the_desk(unit: Unit, case: Case) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "from": str(case.requester),
        "rights": [item.right.value for item in case.items],
        "stage": case.stage.value,
        "identity": case.trust.name.lower(),
        "proven": str(case.proven or ""),
        "language": case.language,
        "lane": case.lane.value,
        "flags": sorted(case.flags),
        "drafts": [
            {"id": draft.id, "kind": draft.kind.value, "to": str(draft.recipient), "rights": sorted(draft.rights)}
            for draft in unit.drafts.listed(case_id=case.id)
        ],
    }
