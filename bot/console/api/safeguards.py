"""Calls that guard a case: colleagues kept away, a legal hold, a breach, an authority's day, a denial."""

from fastapi import APIRouter

from bot.console.api.gate import Admitted, Caller, GatedRoute
from bot.console.api.shapes import CaseShape
from bot.console.api.wishes import Day, Given, KeptAway
from bot.console.as_read import as_read
from bot.core.lanes import Deed
from bot.flow.admission import record_conflict

router = APIRouter(route_class=GatedRoute, tags=["safeguards"])


@router.post("/cases/{reference}/conflict")
async def keep_away(caller: Admitted, reference: str, kept: KeptAway) -> CaseShape:
    """Keep a colleague a complaint is about away from a case; earlier approvals are void."""
    return await _conflict(caller, reference, kept, lifted=False)


@router.post("/cases/{reference}/conflict-lifted")
async def let_in_again(caller: Admitted, reference: str, kept: KeptAway) -> CaseShape:
    """Let a colleague in again."""
    return await _conflict(caller, reference, kept, lifted=True)


@router.post("/cases/{reference}/hold")
async def hold(caller: Admitted, reference: str, given: Given) -> CaseShape:
    """Let nothing of a case be destroyed until its hold is released."""
    case, office = await as_read(caller.office, caller.staff, reference, given.version, Deed.SEE)
    return CaseShape.of(await office.retention.hold(case.id, caller.staff, given.reason))


@router.post("/cases/{reference}/release")
async def release(caller: Admitted, reference: str, given: Given) -> CaseShape:
    """End a legal hold."""
    case, office = await as_read(caller.office, caller.staff, reference, given.version, Deed.SEE)
    return CaseShape.of(await office.retention.release(case.id, caller.staff, given.reason))


@router.post("/cases/{reference}/breach")
async def raise_alarm(caller: Admitted, reference: str, given: Given) -> CaseShape:
    """Start the 72 hours because data went astray (Art. 33)."""
    case, office = await as_read(caller.office, caller.staff, reference, given.version, Deed.SEE)
    return CaseShape.of(await office.breaches.raise_alarm(case.id, caller.staff, given.reason))


@router.post("/cases/{reference}/breach-assessed")
async def assess(caller: Admitted, reference: str, given: Given) -> CaseShape:
    """End the alarms of a breach: the authority was told, or need not be."""
    case, office = await as_read(caller.office, caller.staff, reference, given.version, Deed.APPROVE)
    return CaseShape.of(await office.breaches.assessed(case.id, caller.staff, given.reason))


@router.post("/cases/{reference}/authority-day")
async def note_day(caller: Admitted, reference: str, noted: Day) -> CaseShape:
    """Note by when an authority wants its answer, and where that stands."""
    case, office = await as_read(caller.office, caller.staff, reference, noted.version, Deed.EDIT)
    return CaseShape.of(await office.authorities.set_day(case.id, noted.day, caller.staff, noted.reason))


@router.post("/cases/{reference}/denial-settled")
async def settle_denial(caller: Admitted, reference: str, given: Given) -> CaseShape:
    """Let a case go on that somebody said was not theirs; who asks has to be shown anew."""
    case, office = await as_read(caller.office, caller.staff, reference, given.version, Deed.APPROVE)
    return CaseShape.of(await office.reception.denials.settle(case.id, caller.staff, given.reason))


async def _conflict(caller: Caller, reference: str, kept: KeptAway, *, lifted: bool) -> CaseShape:
    case, office = await as_read(caller.office, caller.staff, reference, kept.version, Deed.EDIT)
    answering, now, me = office.approval.answering, office.clock.now(), caller.staff
    told = await office.store.transact(
        lambda unit: record_conflict(unit, answering, case.id, kept.colleague, me, now, lifted=lifted)
    )
    return CaseShape.of(told)
