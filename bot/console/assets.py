"""Our own style, scripts and icon, versioned by their content."""

from fastapi import APIRouter, HTTPException, Response

from bot.console.admission import Admitted
from bot.console.rendering import STATIC

router = APIRouter()


@router.get("/static/{name}")
async def static(visit: Admitted, name: str) -> Response:
    """Serve one of the files; its address changes with its content, so it may be kept for ever."""
    if name not in STATIC:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(visit.pages.static[name], media_type=STATIC[name], headers=headers)
