"""Second thoughts: an approved letter waits a moment in the outbox, and can be taken back till it leaves."""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Final

from bot.core.case import Event, Item, moved
from bot.core.delivery import DeliveryState, Outgoing, may_be_taken_back
from bot.core.drafts import Draft, DraftStatus
from bot.core.errors import NotAllowed, NotFound, StaleClaim
from bot.core.lanes import Deed
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.flow.admission import admit, refused
from bot.flow.answering import Answering
from bot.flow.posting import untold

NOT_GIVEN: Final = "this draft still waits to be approved: there is nothing to take back"
LEFT: Final = "it is too late: this letter has left, or is leaving now"


@dataclass(frozen=True, slots=True)
class Leaving:
    """An approved draft that can still be taken back, for so many seconds; mailings it has `stopped` stay so."""

    draft_id: str
    seconds: int
    stopped: bool


def leaving(unit: Unit, draft_id: str, staff: str, now: datetime) -> Leaving | None:
    """Return what a colleague may still take back of a draft, if there is one and anything to take back."""
    try:
        draft = unit.drafts.get(draft_id)
    except NotFound:
        return None
    outgoing = _waiting_letter(unit, draft)
    if outgoing is None or refused(unit, unit.cases.get(draft.case_id), staff, Deed.APPROVE):
        return None
    case = unit.cases.get(draft.case_id)
    said = [item for item in case.items if item.id in draft.items]
    stopped = any(item.right is RequestType.UNSUBSCRIBE or item.marketing for item in said)
    left = (outgoing.not_before or now) - now
    seconds = ceil(left.total_seconds())
    return Leaving(draft.id, seconds, stopped) if seconds > 0 else None


def take_back(unit: Unit, answering: Answering, draft_id: str, staff: str, now: datetime) -> Draft:
    """Stop an approved letter and return its draft to the desk, without any approval; what it stopped stays stopped.

    Where the case went on meanwhile, the draft that takes its place is returned. Raises NotFound, or NotAllowed
    without the role and for a letter that has left.
    """
    draft = unit.drafts.get(draft_id)
    case = unit.cases.get(draft.case_id)
    admit(unit, case, staff, Deed.APPROVE)
    outgoing = _waiting_letter(unit, draft)
    if outgoing is None:
        raise NotAllowed(NOT_GIVEN if draft.status is DraftStatus.WAITING else LEFT)
    try:
        unit.outbox.save(replace(outgoing, state=DeliveryState.TAKEN_BACK))
    except StaleClaim:
        raise NotAllowed(LEFT) from None
    fits = outgoing.case_version == case.version and not unit.drafts.listed(DraftStatus.WAITING, case.id)
    case = unit.cases.save(replace(case, items=tuple(_returned(item, draft) for item in case.items)))
    version = case.version if fits else draft.case_version
    again = replace(draft, status=DraftStatus.WAITING, approvals=(), case_version=version)
    unit.drafts.save(again)
    unit.audit.record(case.id, "taken_back", staff, now, {"draft": draft.id, "outgoing": outgoing.id})
    if fits:
        return again
    answering.redraft(unit, case, now)
    return next(iter(reversed(unit.drafts.listed(DraftStatus.WAITING, case.id))), again)


def _waiting_letter(unit: Unit, draft: Draft) -> Outgoing | None:
    letters = unit.outbox.listed(DeliveryState.QUEUED, draft.case_id)
    return next((one for one in letters if one.draft_id == draft.id and may_be_taken_back(one)), None)


def _returned(item: Item, draft: Draft) -> Item:
    """Return an item as it was before the letter was let go; nobody was told of more time."""
    if item.id in draft.items:
        return moved(item, Event.RETURNED)
    return untold(item, draft)
