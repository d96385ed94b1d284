"""What the fate of a message means for the items it answered."""

from dataclasses import replace
from datetime import datetime

from bot.core.case import Case, Event, Item, moved
from bot.core.delivery import Outgoing
from bot.core.drafts import Draft
from bot.core.ports import Unit
from bot.flow.answering import Answering


def follow(unit: Unit, answering: Answering, outgoing: Outgoing, event: Event, now: datetime) -> Case:
    """Advance what a message of a case answered, draft what is then left to say, and return the case.

    A message that fitted its case before fits it still: the change is its own.
    """
    case = unit.cases.get(outgoing.case_id)
    draft = unit.drafts.get(outgoing.draft_id)
    if not draft.items and not draft.concerns:
        return case
    fitted = outgoing.case_version == case.version
    items = tuple(_followed(item, draft, event) for item in case.items)
    case = unit.cases.save(replace(case, items=items))
    if fitted:
        unit.outbox.save(replace(outgoing, case_version=case.version))
    answering.redraft(unit, case, now)
    return case


def _followed(item: Item, draft: Draft, event: Event) -> Item:
    if item.id in draft.items:
        return moved(item, event)
    untold = item.extension is not None and item.id in draft.concerns and event in {Event.BOUNCED, Event.FAILED}
    return replace(item, extension=None) if untold else item  # nobody was told: the month counts again
