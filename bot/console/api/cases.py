"""Calls about cases: list, one, and a reading put right."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.api.paging import After, Page
from bot.console.api.shapes import CaseFileShape, CasePage, CaseShape, DraftShape, LinkShape
from bot.console.api.wishes import ReadAnew, Sought
from bot.console.as_read import as_read
from bot.core.case import Case, State
from bot.core.lanes import Deed
from bot.core.listings import Wanted
from bot.core.messages import canonical_address
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.flow.authorities import proposed_days
from bot.flow.case_file import find_cases, open_file
from bot.flow.rereading import reread

router = APIRouter(route_class=GatedRoute, tags=["cases"])


@router.get("/cases")
async def list_cases(
    caller: Admitted,
    *,
    open_only: bool = True,
    right: RequestType | None = None,
    state: State | None = None,
    language: Annotated[str, Query(max_length=10)] = "",
    due_by: Annotated[date | None, Query(description="The last day of the list, as 2026-03-31")] = None,
    assignee: Annotated[str | None, Query(max_length=320, description="Who sees to them; empty is nobody")] = None,
    limit: Page = 50,
    after: After = "",
) -> CasePage:
    """List cases, those due first, as far as the token's roles see them."""
    whose = None if assignee is None else canonical_address(assignee)
    wanted = Wanted(caller.lanes, open_only, right, state, language, due_by, whose, caller.staff)

    def look(unit: Unit) -> CasePage:
        found = unit.listings.cases(wanted, limit + 1, after)
        shown = list(map(CaseShape.of, found[:limit]))
        return CasePage(cases=shown, next=shown[-1].id if len(found) > limit else "")

    return await caller.office.store.transact(look)


@router.post("/cases/find")
async def find(caller: Admitted, sought: Sought) -> list[CaseShape]:
    """Find cases by reference, an address or handle of the person, or by name; posted, so that it stays in no log."""
    house, me = caller.office.house, caller.staff
    found = await caller.office.store.transact(lambda unit: find_cases(unit, house, sought.words, me))
    return list(map(CaseShape.of, found))


@router.get("/cases/{reference}")
async def show_case(caller: Admitted, reference: str) -> CaseFileShape:
    """Show one case; the look is on file."""
    now, calendar = caller.office.clock.now(), caller.office.house.calendar
    file = await caller.office.store.transact(lambda unit: open_file(unit, reference, caller.staff, now))
    return CaseFileShape.of_file(file, proposed_days(file.case, file.heard, calendar))


@router.get("/cases/{reference}/drafts")
async def list_drafts_of_case(caller: Admitted, reference: str) -> list[DraftShape]:
    """List what waits for a yes in a case, oldest first; the look is on file."""
    now = caller.office.clock.now()
    file = await caller.office.store.transact(lambda unit: open_file(unit, reference, caller.staff, now))
    return [DraftShape.of(draft, file.case.reference) for draft in file.drafts]


@router.get("/cases/{reference}/history")
async def list_history(caller: Admitted, reference: str) -> list[LinkShape]:
    """Tell who did what with a case, when and why, oldest first; the look is on file."""
    now = caller.office.clock.now()
    file = await caller.office.store.transact(lambda unit: open_file(unit, reference, caller.staff, now))
    return [LinkShape.of(link, file.case.reference) for link in file.history]


@router.post("/cases/{reference}/reading")
async def correct_reading(caller: Admitted, reference: str, reading: ReadAnew) -> CaseShape:
    """Say what a case asks for; its answer is drafted anew."""
    case, office = await as_read(caller.office, caller.staff, reference, reading.version, Deed.EDIT)
    desk, now = office.approval, office.clock.now()

    def put(unit: Unit) -> Case:
        return reread(unit, desk.casework, desk.answering, case.id, reading.rights, caller.staff, now)

    return CaseShape.of(await office.store.transact(put))
