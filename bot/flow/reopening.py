"""Take up again what has ended: a letter was wrong, new facts came, or the person changed their mind."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.core.case import Case, Event, Item, advance, can, is_proven
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed
from bot.core.messages import canonical_address
from bot.core.reasons import require_reason
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.history import name_of
from bot.flow.telling_record import told_and_redrafted


def reopen(
    unit: Unit,
    answering: Answering,
    case_id: str,
    rights: Collection[RequestType],
    reason: str,
    staff: str,
    now: datetime,
) -> Case:
    """Bring ended items back to a colleague and draft their answer anew; without `rights`, all that can be.

    Their dates stay what they were (law.md rule 7), what was proven stays proven, and how they ended is forgotten. What
    the person took back and no letter has confirmed yet goes on as well. Raises NotFound, NotAllowed.
    """
    case, staff = unit.cases.get(case_id), canonical_address(staff)
    admit(unit, case, staff, Deed.EDIT)
    if case.merged_into:
        into = name_of(unit, case.merged_into)
        raise NotAllowed(f"case {case.reference} is carried on in {into}: take that one up again")
    require_reason(reason)
    ended = {item.right for item in case.items if may_go_on(item)}
    if missing := sorted(set(rights) - ended):
        raise NotAllowed(
            f"{', '.join(missing)} has not ended in this case: there are {', '.join(sorted(ended)) or 'none'}"
        )
    if not ended:
        raise NotAllowed(f"nothing has ended in case {case.reference}")
    again = set(rights) or ended
    items = tuple(_going_on(item) if may_go_on(item) and item.right in again else item for item in case.items)
    case = unit.cases.save(replace(case, items=items, attention=""))
    told = ", ".join(sorted(right.value for right in again))
    unit.audit.record(case.id, "reopened", staff, now, {"rights": told}, why=reason)
    return told_and_redrafted(unit, answering, case, now)


def may_go_on(item: Item) -> bool:
    """Say whether an item has ended, or was taken back, and can be taken up again."""
    return can(item, Event.REOPENED) or item.outcome is Outcome.WITHDRAWN


def _going_on(item: Item) -> Item:
    """Return an item as open as it was; a question that nobody answered has to be put anew."""
    again = replace(item, outcome=None, challenge=item.challenge if is_proven(item) else "")
    return advance(again, Event.REOPENED) if can(again, Event.REOPENED) else again
