"""Calls that decide upon a case: ask who it is, take more time, end rights. Each names the version that was read."""

from typing import Final

from fastapi import APIRouter, HTTPException

from bot.console.api.gate import Admitted, Caller, GatedRoute
from bot.console.api.shapes import CaseShape, DraftShape
from bot.console.api.wishes import Asked, CaseOutcomes, Closing, FactsAsked, MoreTime
from bot.core.case import Case
from bot.core.lanes import Deed
from bot.core.unit import Unit
from bot.flow.admission import admit
from bot.flow.case_file import seen_case

router = APIRouter(route_class=GatedRoute, tags=["measures"])

WENT_ON: Final = "This case went on since you read it, so nothing was done: read it again and send its `version`."


@router.post("/cases/{reference}/ask")
async def ask_identity(caller: Admitted, reference: str, asked: Asked) -> CaseShape:
    """Ask the person who they are: a code goes to where they wrote from, or to an address they named."""
    case = await _as_read(caller, reference, Deed.EDIT, asked.version)
    return CaseShape.of(await caller.office.approval.ask_identity(case.id, caller.staff, asked.at.strip()))


@router.post("/cases/{reference}/ask-facts")
async def ask_facts(caller: Admitted, reference: str, asked: FactsAsked) -> CaseShape:
    """Ask facts of somebody who lost the address on record."""
    case = await _as_read(caller, reference, Deed.EDIT, asked.version)
    desk = caller.office.facts
    return CaseShape.of(await desk.ask(case.id, asked.of.strip(), caller.staff, number=asked.number.strip()))


@router.post("/cases/{reference}/extend")
async def extend(caller: Admitted, reference: str, more: MoreTime) -> DraftShape:
    """Draft the letter that gives rights two further months; the same again takes the earlier draft's place."""
    case = await _as_read(caller, reference, Deed.EDIT, more.version)
    draft = await caller.office.extensions.extend(case.id, more.rights, more.reason, caller.staff)
    return DraftShape.of(draft, case.reference)


@router.post("/cases/{reference}/outcomes")
async def end_rights(caller: Admitted, reference: str, chosen: CaseOutcomes) -> list[DraftShape]:
    """Say how rights end, also those without any draft; the letter that says so is drafted."""
    case = await _as_read(caller, reference, Deed.EDIT, chosen.version)
    waiting = await caller.office.outcomes.choose_in(case.id, chosen.outcomes, caller.staff, evidence=chosen.evidence)
    return [DraftShape.of(draft, case.reference) for draft in waiting]


@router.post("/cases/{reference}/close")
async def close(caller: Admitted, reference: str, closing: Closing) -> CaseShape:
    """End a case without a letter, for a reason on file."""
    case = await _as_read(caller, reference, Deed.APPROVE, closing.version)
    return CaseShape.of(await caller.office.approval.close(case.id, caller.staff, closing.reason.strip()))


async def _as_read(caller: Caller, reference: str, deed: Deed, version: int) -> Case:
    """Return a case that still stands as it was read. Raises NotFound, NotAllowed, HTTPException 409."""

    def look(unit: Unit) -> Case:
        case = seen_case(unit, reference, caller.staff)
        admit(unit, case, caller.staff, deed)
        return case

    case = await caller.office.store.transact(look)
    if case.version != version:
        raise HTTPException(409, WENT_ON)
    return case
