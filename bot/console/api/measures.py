"""Calls about how a case is answered: more time, how rights end, in which language, and without a letter."""

from fastapi import APIRouter

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.api.shapes import CaseShape, DraftShape
from bot.console.api.wishes import AsRead, CaseOutcomes, Given, MoreTime, Spoken
from bot.console.as_read import as_read
from bot.core.lanes import Deed
from bot.flow.speaking import speak

router = APIRouter(route_class=GatedRoute, tags=["measures"])


@router.post("/cases/{reference}/extend")
async def extend(caller: Admitted, reference: str, more: MoreTime) -> DraftShape:
    """Draft the letter that gives rights two further months; the same again takes the earlier draft's place."""
    case, office = await as_read(caller.office, caller.staff, reference, more.version, Deed.EDIT)
    draft = await office.extensions.extend(case.id, more.rights, more.reason, caller.staff)
    return DraftShape.of(draft, case.reference)


@router.post("/cases/{reference}/outcomes")
async def end_rights(caller: Admitted, reference: str, chosen: CaseOutcomes) -> list[DraftShape]:
    """Say how rights end, also those without any draft; the letter that says so is drafted."""
    case, office = await as_read(caller.office, caller.staff, reference, chosen.version, Deed.EDIT)
    waiting = await office.outcomes.choose_in(case.id, chosen.outcomes, caller.staff, evidence=chosen.evidence)
    return [DraftShape.of(draft, case.reference) for draft in waiting]


@router.post("/cases/{reference}/anew")
async def draft_anew(caller: Admitted, reference: str, read: AsRead) -> list[DraftShape]:
    """Draft the answer anew from what the case says now, and return what then waits."""
    case, office = await as_read(caller.office, caller.staff, reference, read.version, Deed.EDIT)
    waiting = await office.approval.answer_anew(case.id, caller.staff)
    return [DraftShape.of(draft, case.reference) for draft in waiting]


@router.post("/cases/{reference}/language")
async def speak_another(caller: Admitted, reference: str, spoken: Spoken) -> CaseShape:
    """Answer in another of our languages; what waits is drafted anew."""
    case, office = await as_read(caller.office, caller.staff, reference, spoken.version, Deed.EDIT)
    answering, now = office.approval.answering, office.clock.now()
    told = await office.store.transact(lambda unit: speak(unit, answering, case.id, spoken.language, caller.staff, now))
    return CaseShape.of(told)


@router.post("/cases/{reference}/close")
async def close(caller: Admitted, reference: str, closing: Given) -> CaseShape:
    """End a case without a letter, for a reason on file."""
    case, office = await as_read(caller.office, caller.staff, reference, closing.version, Deed.APPROVE)
    return CaseShape.of(await office.approval.close(case.id, caller.staff, closing.reason.strip()))
