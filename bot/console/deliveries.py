"""Letters that did not leave, or of which nobody knows: send again, or say what became of them."""

from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.errors import NotAllowed
from bot.core.messages import BY_HAND
from bot.core.unit import Unit
from bot.flow.sight import letters_seen

router = APIRouter()

MOST: Final = 100
_TROUBLED: Final = (DeliveryState.UNCERTAIN, DeliveryState.PARKED, DeliveryState.QUEUED)


@router.get("/deliveries")
async def deliveries(visit: Admitted) -> Response:
    """List what is stuck, uncertain, or still on its way."""
    return await _page(visit)


@router.post("/deliveries/{outgoing}/retry")
async def retry(visit: Admitted, outgoing: str) -> Response:
    """Send a stuck letter again."""
    try:
        await visit.office.outbox.retry(outgoing, visit.me.email)
    except NotAllowed as refused:
        return await _page(visit, 422, str(refused))
    return visit.go("/deliveries?done=settled")


@router.post("/deliveries/{outgoing}/settle")
async def settle(visit: Admitted, outgoing: str) -> Response:
    """Say whether an uncertain letter arrived."""
    try:
        await visit.office.outbox.settle(outgoing, visit.me.email, arrived=visit.form["arrived"] == "yes")
    except NotAllowed as refused:
        return await _page(visit, 422, str(refused))
    return visit.go("/deliveries?done=settled")


async def _page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    me, roles = visit.me.email, visit.me.roles

    def look(unit: Unit) -> list[tuple[Outgoing, str]]:
        return [
            (outgoing, case.reference if case else "")
            for state in _TROUBLED
            for outgoing, case in letters_seen(unit, unit.outbox.listed(state, limit=MOST), me, roles)
        ]

    found = await visit.office.store.transact(look)
    done = visit.request.query_params.get("done", "")
    return visit.page("deliveries.html", status, found=found, by_hand=BY_HAND, problem=problem, done=done)
