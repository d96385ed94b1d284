"""Looking after the desk itself: does mail come in and go out."""

from fastapi import APIRouter, Response

from bot.console.admission import Admitted

router = APIRouter()


@router.get("/health-of-the-desk")
async def health(visit: Admitted) -> Response:
    """Show every channel's last contact and last error."""
    return visit.page("health.html", report=await visit.office.health())
