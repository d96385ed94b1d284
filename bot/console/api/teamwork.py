"""Calls about sharing the work: who sees to a case, and notes for the next colleague."""

from fastapi import APIRouter

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.api.shapes import CaseShape, NoteShape, WorkShape
from bot.console.api.wishes import Assigned, ManyAssigned, Note
from bot.core.unit import Unit
from bot.flow.case_file import open_file, seen_case
from bot.flow.teamwork import assign, remark

router = APIRouter(route_class=GatedRoute, tags=["teamwork"])


@router.get("/cases/{reference}/work")
async def show_work(caller: Admitted, reference: str) -> WorkShape:
    """Show who sees to a case and what colleagues noted; the look is on file."""
    now = caller.office.clock.now()
    return WorkShape.of(await caller.office.store.transact(lambda unit: open_file(unit, reference, caller.staff, now)))


@router.post("/cases/assign")
async def assign_cases(caller: Admitted, assigned: ManyAssigned) -> list[CaseShape]:
    """Let a colleague see to many cases, or nobody: to all of them or, where one is refused, to none."""
    now = caller.office.clock.now()

    def hand(unit: Unit) -> list[CaseShape]:
        cases = [seen_case(unit, reference, caller.staff) for reference in assigned.cases]
        assign(unit, cases, assigned.to.strip(), caller.staff, now)
        return list(map(CaseShape.of, cases))

    return await caller.office.store.transact(hand)


@router.post("/cases/{reference}/assign")
async def assign_case(caller: Admitted, reference: str, assigned: Assigned) -> WorkShape:
    """Let a colleague see to a case, or nobody; the same again changes nothing more."""
    now = caller.office.clock.now()

    def hand(unit: Unit) -> WorkShape:
        assign(unit, [seen_case(unit, reference, caller.staff)], assigned.to.strip(), caller.staff, now)
        return WorkShape.of(open_file(unit, reference, caller.staff, now))

    return await caller.office.store.transact(hand)


@router.post("/cases/{reference}/note")
async def note_case(caller: Admitted, reference: str, note: Note) -> NoteShape:
    """Keep a note for the colleagues; the same again is kept once."""
    now = caller.office.clock.now()
    ident = caller.office.approval.casework.fresh_id(now)

    def keep(unit: Unit) -> NoteShape:
        case = seen_case(unit, reference, caller.staff)
        return NoteShape.of(remark(unit, case, note.text, ident, caller.staff, now))

    return await caller.office.store.transact(keep)
