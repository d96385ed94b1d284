"""Calls that take a case up again, make two cases one, or one two."""

from fastapi import APIRouter

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.api.shapes import CaseShape
from bot.console.api.wishes import Again, Merged, Parted
from bot.console.as_read import as_read
from bot.core.case import Case
from bot.core.lanes import Deed
from bot.core.unit import Unit
from bot.flow.case_file import seen_case
from bot.flow.joining import merge, split
from bot.flow.reopening import reopen

router = APIRouter(route_class=GatedRoute, tags=["joins"])


@router.post("/cases/{reference}/reopen")
async def take_up_again(caller: Admitted, reference: str, again: Again) -> CaseShape:
    """Take up what has ended, with its old dates; without `rights` all of it."""
    case, office = await as_read(caller.office, caller.staff, reference, again.version, Deed.EDIT)
    answering, now = office.approval.answering, office.clock.now()
    told = await office.store.transact(
        lambda unit: reopen(unit, answering, case.id, again.rights, again.reason, caller.staff, now)
    )
    return CaseShape.of(told)


@router.post("/cases/{reference}/merge")
async def merge_cases(caller: Admitted, reference: str, merged: Merged) -> CaseShape:
    """Carry a case on in another one, and return that."""
    case, office = await as_read(caller.office, caller.staff, reference, merged.version, Deed.EDIT)
    desk, now = office.approval, office.clock.now()

    def join(unit: Unit) -> Case:
        other = seen_case(unit, merged.into.strip().upper(), caller.staff)
        return merge(unit, desk.casework, desk.answering, case.id, other.id, merged.reason, caller.staff, now)

    return CaseShape.of(await office.store.transact(join))


@router.post("/cases/{reference}/split")
async def split_case(caller: Admitted, reference: str, parted: Parted) -> CaseShape:
    """Carry some of what a case asks on in a case of its own, with its dates, and return that."""
    case, office = await as_read(caller.office, caller.staff, reference, parted.version, Deed.EDIT)
    desk, now = office.approval, office.clock.now()

    def divide(unit: Unit) -> Case:
        rights, messages = parted.rights, parted.messages
        return split(unit, desk.casework, desk.answering, case.id, rights, messages, parted.reason, caller.staff, now)

    return CaseShape.of(await office.store.transact(divide))
