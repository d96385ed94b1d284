"""Calls about drafts: read, edit, end, approve, send back, take back. Who decides names the seal of what was read."""

from fastapi import APIRouter

from bot.console.api.gate import Admitted, Caller, GatedRoute
from bot.console.api.paging import After, Page
from bot.console.api.shapes import DraftFileShape, DraftPage, DraftShape
from bot.console.api.wishes import Back, DraftOutcomes, Words, Yes
from bot.core.drafts import Draft, DraftKind
from bot.core.unit import Unit
from bot.flow.draft_file import open_draft

router = APIRouter(route_class=GatedRoute, tags=["drafts"])


@router.get("/drafts")
async def list_drafts(
    caller: Admitted, *, kind: DraftKind | None = None, limit: Page = 50, after: After = ""
) -> DraftPage:
    """List drafts that wait for a yes, those due first, as far as the token's roles see their cases."""

    def look(unit: Unit) -> DraftPage:
        found = unit.listings.waiting(caller.lanes, limit + 1, caller.staff, after, kind)
        drafts = [DraftShape.of(draft, case.reference) for case, draft in found[:limit]]
        return DraftPage(drafts=drafts, next=found[limit - 1][1].id if len(found) > limit else "")

    return await caller.office.store.transact(look)


@router.get("/drafts/{draft}")
async def show_draft(caller: Admitted, draft: str) -> DraftFileShape:
    """Show one draft with what is in the way of its approval; the look is on file."""
    office, now = caller.office, caller.office.clock.now()
    file = await office.store.transact(lambda unit: open_draft(unit, office.approval, draft, caller.staff, now))
    shape = DraftShape.of(file.draft, file.case.reference)
    return DraftFileShape(**shape.model_dump(), in_the_way=[flaw.said for flaw in file.flaws])


@router.put("/drafts/{draft}")
async def edit_draft(caller: Admitted, draft: str, words: Words) -> DraftShape:
    """Change a draft's words; earlier approvals are void. Refused when somebody changed it since it was read."""
    await _require(caller, draft)
    edited = await caller.office.approval.edit(
        draft, caller.staff, subject=words.subject, body=words.body, seen=words.seal
    )
    return await _shape(caller, edited)


@router.post("/drafts/{draft}/outcomes")
async def choose_outcomes(caller: Admitted, draft: str, chosen: DraftOutcomes) -> list[DraftShape]:
    """Say how rights end; the letter is drafted anew for it."""
    await _require(caller, draft)
    waiting = await caller.office.outcomes.choose(
        draft, chosen.outcomes, caller.staff, evidence=chosen.evidence, seen=chosen.seal
    )
    return [await _shape(caller, one) for one in waiting]


@router.post("/drafts/{draft}/approve")
async def approve_draft(caller: Admitted, draft: str, yes: Yes) -> DraftShape:
    """Give the yes of the token's owner, to the words that were read; a second yes needs another colleague."""
    await _require(caller, draft)
    return await _shape(caller, await caller.office.approval.approve(draft, caller.staff, seen=yes.seal))


@router.post("/drafts/{draft}/reject")
async def send_back(caller: Admitted, draft: str, back: Back) -> DraftShape:
    """Send a draft back, for a reason on file; its rights stay in review for a person."""
    await _require(caller, draft)
    desk = caller.office.approval
    return await _shape(caller, await desk.reject(draft, caller.staff, back.reason, seen=back.seal))


@router.post("/drafts/{draft}/take-back")
async def take_back(caller: Admitted, draft: str) -> DraftShape:
    """Take an approval back before the letter leaves."""
    await _require(caller, draft)
    return await _shape(caller, await caller.office.outbox.take_back(draft, caller.staff))


async def _require(caller: Caller, draft: str) -> None:
    """Let a draft be known only to whoever may see its case. Raises NotFound."""
    office, now = caller.office, caller.office.clock.now()
    await office.store.transact(lambda unit: open_draft(unit, office.approval, draft, caller.staff, now))


async def _shape(caller: Caller, draft: Draft) -> DraftShape:
    case = await caller.office.store.transact(lambda unit: unit.cases.get(draft.case_id))
    return DraftShape.of(draft, case.reference)
