"""Calls about the desk around the cases: opt-outs, the history, health."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.api.paging import After, Page
from bot.console.api.shapes import LinkShape, SuppressionPage, SuppressionShape, TrailPage
from bot.console.api.wishes import Stop
from bot.core.listings import Trail
from bot.core.rights import Scope
from bot.flow.audit_trail import trail_of

router = APIRouter(route_class=GatedRoute, tags=["desk"])


@router.get("/suppressions")
async def list_suppressions(
    caller: Admitted, *, scope: Scope | None = None, limit: Page = 50, after: After = ""
) -> SuppressionPage:
    """List opt-outs in force, newest first."""
    found = await caller.office.store.transact(lambda unit: unit.suppressions.listed(limit + 1, after, scope))
    shown = list(map(SuppressionShape.of, found[:limit]))
    return SuppressionPage(suppressions=shown, next=shown[-1].id if len(found) > limit else "")


@router.post("/suppressions")
async def stop_mailings(caller: Admitted, stop: Stop) -> list[str]:
    """Stop mailings to somebody and return what was not stopped before; the same again stops nothing more."""
    stopped = await caller.office.suppressions.add(stop.recipient, stop.scope, caller.staff, stop.reason)
    return list(map(str, stopped))


@router.post("/suppressions/lift")
async def lift_suppression(caller: Admitted, stop: Stop) -> SuppressionShape:
    """Let one kind of mailing go out again to one recipient."""
    lifted = await caller.office.suppressions.lift(stop.recipient, stop.scope, caller.staff, stop.reason)
    return SuppressionShape.of(lifted)


@router.get("/audit")
async def read_history(caller: Admitted, limit: Page = 50, after: After = "") -> TrailPage:
    """Read the history, newest first, as far as the token's roles see its cases."""
    found, onward = await caller.office.store.transact(lambda unit: trail_of(unit, Trail(), caller.staff, limit, after))
    entries = [
        LinkShape(
            at=entry.link.at,
            case=entry.reference,
            actor=entry.link.actor,
            event=entry.link.event,
            facts=dict(entry.link.data),
            hash=entry.link.hash,
        )
        for entry in found
    ]
    return TrailPage(entries=entries, next=onward)


@router.get("/health")
async def show_health(caller: Admitted) -> Mapping[str, Any]:
    """Say whether mail comes in, is read and goes out."""
    return dict(await caller.office.health())
