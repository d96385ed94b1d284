"""What the fate of a message means for the items it answered, or asked about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from bot.core.case import Case, Event, Item, State, moved
from bot.core.delivery import Outgoing
from bot.core.drafts import Draft, DraftKind
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.flow.answering import Answering
from bot.flow.carrying_out import heard
from bot.flow.posting import untold

_LOST: Final = frozenset({Event.FAILED, Event.BOUNCED})
_WAITING_FOR: Final[Mapping[DraftKind, State]] = {
    DraftKind.IDENTITY_QUESTION: State.VERIFYING,
    DraftKind.CLARIFICATION: State.CLARIFYING,
}


def follow(unit: Unit, answering: Answering, outgoing: Outgoing, event: Event, now: datetime) -> Case:
    """Advance what a message of a case answered, draft what is then left to say, and return the case.

    What waits for the answer to a question that got lost goes to a person. A message that fitted its case before fits
    it still: the change is its own.
    """
    case, draft = unit.cases.get(outgoing.case_id), unit.drafts.get(outgoing.draft_id)
    if draft.kind is DraftKind.RECIPIENT_NOTICE:
        heard(unit, draft, event, now)
        if event in _LOST:
            answering.redraft(unit, case, now)
        return case
    today = answering.post.house.calendar.civil_date(now)
    items = tuple(_after(item, draft, event, today) for item in case.items)
    if items == case.items:
        return case
    fitted = outgoing.case_version == case.version
    case = unit.cases.save(replace(case, items=items))
    if fitted:
        unit.outbox.save(replace(outgoing, case_version=case.version))
    answering.redraft(unit, case, now)
    return case


def _after(item: Item, draft: Draft, event: Event, today: date) -> Item:
    if item.id in draft.items:
        withdrawn = item.outcome is Outcome.WITHDRAWN and event is Event.DELIVERED
        return moved(item, Event.WITHDREW) if withdrawn else _promised(moved(item, event), event, today)
    if event in _LOST and item.state is _WAITING_FOR.get(draft.kind):
        return moved(item, Event.GAVE_UP)
    return untold(item, draft) if event in _LOST else item


def _promised(item: Item, event: Event, today: date) -> Item:
    """Keep in an answered item when our promise was kept: whatever is said later owes no apology (law.md rule 3)."""
    if event is Event.DELIVERED:
        return replace(item, told_on=item.told_on or today, answered_on=item.answered_on or today)
    return replace(item, told_on=None, answered_on=None) if event in _LOST else item
