"""Looking after the desk itself: is the history whole, does mail come in and go out."""

from fastapi import APIRouter, Response

from bot.console.admission import Admitted
from bot.flow.coming_in import PEOPLE

router = APIRouter()


@router.get("/health-of-the-desk")
async def health(visit: Admitted) -> Response:
    """Show every channel's last contact and last error, and what concerns colleagues."""
    report = await visit.office.health()
    history = await visit.office.store.transact(lambda unit: unit.audit.chain(PEOPLE))
    return visit.page("health.html", report=report, history=history[-100:], problems=None)


@router.post("/health-of-the-desk/verify")
async def verify(visit: Admitted) -> Response:
    """Check every link of the history."""
    report = await visit.office.health()

    problems = await visit.office.store.transact(lambda unit: list(unit.audit.verify()))
    history = await visit.office.store.transact(lambda unit: unit.audit.chain(PEOPLE))
    return visit.page("health.html", report=report, history=history[-100:], problems=problems)
