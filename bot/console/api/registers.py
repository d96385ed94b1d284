"""Calls about the desk around the cases: opt-outs, deliveries, the history, health."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from bot.console.api.cases import After, Page
from bot.console.api.gate import Admitted
from bot.console.api.shapes import DeliveryShape, LinkShape, Stop, SuppressionShape, TrailPage
from bot.core.delivery import DeliveryState
from bot.core.lanes import Deed, why_not
from bot.core.listings import Trail
from bot.core.unit import Unit
from bot.flow.audit_trail import trail_of

router = APIRouter(tags=["desk"])


@router.get("/suppressions")
async def list_suppressions(caller: Admitted, limit: Page = 50) -> list[SuppressionShape]:
    """List the newest opt-outs in force."""
    found = await caller.office.store.transact(lambda unit: unit.suppressions.listed(limit))
    return list(map(SuppressionShape.of, found))


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


@router.get("/deliveries")
async def list_deliveries(caller: Admitted, state: DeliveryState, limit: Page = 50) -> list[DeliveryShape]:
    """List letters in one state, newest first, as far as the token's roles see their cases."""

    def look(unit: Unit) -> list[DeliveryShape]:
        found = []
        for outgoing in unit.outbox.listed(state, limit=limit):
            case = unit.cases.get(outgoing.case_id) if outgoing.case_id else None
            if case is None or not why_not(case, caller.staff, caller.roles, Deed.SEE):
                found.append(DeliveryShape.of(outgoing, case.reference if case else ""))
        return found

    return await caller.office.store.transact(look)


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
