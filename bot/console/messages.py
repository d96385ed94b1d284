"""Messages that have no case: what could not be read, and what exercised no right."""

from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.words import N_
from bot.core.case import Lane
from bot.core.errors import NotAllowed
from bot.core.lanes import MAY, Deed
from bot.core.records import Disposition
from bot.core.rights import RIGHTS, RequestType
from bot.core.unit import Unit
from bot.flow.roles import require_role
from bot.flow.staff_entry import adopt

router = APIRouter()

PAGE: Final = 50
SHOWN: Final = (Disposition.PARKED, Disposition.OTHER)
NO_RIGHT: Final = N_("Tick what the person asks for.")


@router.get("/messages")
async def messages(visit: Admitted) -> Response:
    """List messages of one kind, newest first."""
    return await _page(visit)


@router.post("/messages/{message}/release")
async def release(visit: Admitted, message: str) -> Response:
    """Have a message read again."""
    me = visit.me.email

    def work(unit: Unit) -> None:
        require_role(unit, me, MAY[Lane.GENERAL][Deed.EDIT], "have a message read again")
        unit.inbox.release(message)

    await visit.office.store.transact(work)
    return visit.go("/messages?done=released")


@router.post("/messages/{message}/adopt")
async def take_up(visit: Admitted, message: str) -> Response:
    """Make a message a case because a colleague says so."""
    rights = [right for right in RequestType if right.value in visit.form.all("right")]
    if not rights:
        return await _page(visit, 422, NO_RIGHT)
    desk, me, now = visit.office.approval, visit.me.email, visit.office.clock.now()
    try:
        case = await visit.office.store.transact(
            lambda unit: adopt(unit, desk.casework, desk.answering, message, rights, me, now)
        )
    except NotAllowed as refused:
        return await _page(visit, 422, str(refused))
    return visit.go(f"/cases/{case.reference}")


async def _page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    asked = visit.request.query_params
    kind = next((one for one in SHOWN if one.value == asked.get("kind", "")), Disposition.PARKED)
    after = asked.get("after", "")
    found = await visit.office.store.transact(lambda unit: unit.inbox.listed(kind, PAGE + 1, after))
    return visit.page(
        "messages.html",
        status,
        found=found[:PAGE],
        kind=kind,
        onward=f"/messages?kind={kind}&after={found[PAGE - 1].id}" if len(found) > PAGE else "",
        rights=RIGHTS,
        problem=problem,
        done=asked.get("done", ""),
    )
