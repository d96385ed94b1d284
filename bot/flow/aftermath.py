"""What the fate of a message means for the items it answered."""

from dataclasses import replace
from datetime import datetime

from bot.core.case import Case, Event, moved
from bot.core.delivery import Outgoing
from bot.core.ports import Unit
from bot.flow.answering import Answering


def follow(unit: Unit, answering: Answering, outgoing: Outgoing, event: Event, now: datetime) -> Case:
    """Advance what a message of a case answered, draft what is then left to say, and return the case.

    A message that fitted its case before fits it still: the change is its own.
    """
    case = unit.cases.get(outgoing.case_id)
    answered = set(unit.drafts.get(outgoing.draft_id).items)
    if not answered:
        return case
    fitted = outgoing.case_version == case.version
    items = tuple(moved(item, event) if item.id in answered else item for item in case.items)
    case = unit.cases.save(replace(case, items=items))
    if fitted:
        unit.outbox.save(replace(outgoing, case_version=case.version))
    answering.redraft(unit, case, now)
    return case
