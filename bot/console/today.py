"""Today: what needs me, first what breaks first."""

from fastapi import APIRouter, Response

from bot.console.admission import Admitted

router = APIRouter()


@router.get("/")
async def today(visit: Admitted) -> Response:
    """Show the day."""
    return visit.page("today.html")
