"""Calls about letters on their way: list, send again, say what became of one that nobody knows of."""

from collections.abc import Awaitable

from fastapi import APIRouter

from bot.console.api.gate import Admitted, Caller, GatedRoute
from bot.console.api.paging import After, Page
from bot.console.api.shapes import DeliveryPage, DeliveryShape
from bot.console.api.wishes import Settled
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.unit import Unit
from bot.flow.case_file import seen_letter
from bot.flow.sight import letters_seen

router = APIRouter(route_class=GatedRoute, tags=["deliveries"])


@router.get("/deliveries")
async def list_deliveries(
    caller: Admitted, *, state: DeliveryState | None = None, limit: Page = 50, after: After = ""
) -> DeliveryPage:
    """List letters, newest first, as far as the token's roles see their cases."""

    def look(unit: Unit) -> DeliveryPage:
        found = unit.outbox.listed(state, limit=limit + 1, after=after)
        seen = letters_seen(unit, found[:limit], caller.staff, caller.roles)
        letters = [DeliveryShape.of(letter, case.reference if case else "") for letter, case in seen]
        return DeliveryPage(deliveries=letters, next=found[limit - 1].id if len(found) > limit else "")

    return await caller.office.store.transact(look)


@router.post("/deliveries/{outgoing}/retry")
async def send_again(caller: Admitted, outgoing: str) -> DeliveryShape:
    """Send a stuck letter again, under its old Message-ID; what went out is refused."""
    letter = await _seen(caller, outgoing)
    return await _shape(caller, caller.office.outbox.retry(letter.id, caller.staff))


@router.post("/deliveries/{outgoing}/settle")
async def settle(caller: Admitted, outgoing: str, settled: Settled) -> DeliveryShape:
    """Say whether an uncertain letter arrived; a lost one is sent again. Refused once it is settled."""
    letter = await _seen(caller, outgoing)
    return await _shape(caller, caller.office.outbox.settle(letter.id, caller.staff, arrived=settled.arrived))


async def _seen(caller: Caller, outgoing: str) -> Outgoing:
    return await caller.office.store.transact(lambda unit: seen_letter(unit, outgoing, caller.staff))


async def _shape(caller: Caller, deed: Awaitable[Outgoing]) -> DeliveryShape:
    letter = await deed

    def look(unit: Unit) -> str:
        return unit.cases.get(letter.case_id).reference if letter.case_id else ""

    return DeliveryShape.of(letter, await caller.office.store.transact(look))
