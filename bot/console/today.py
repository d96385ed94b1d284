"""Today: what needs me, first what breaks first."""

from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted
from bot.console.live import live_day
from bot.flow.day import day_of
from bot.flow.taking_back import leaving

router = APIRouter()

SHOWN: Final = 50


@router.get("/")
async def today(visit: Admitted) -> Response:
    """Show whether all is well, and what to do next."""
    office, email, now = visit.office, visit.me.email, visit.office.clock.now()
    day = await office.store.transact(lambda unit: day_of(unit, office.house, email, now))
    away = await office.away()
    asked = visit.request.query_params
    undo = await office.store.transact(lambda unit: leaving(unit, asked.get("undo", "none"), email, now))
    shown = len(day.tasks) if asked.get("all") else SHOWN
    done, live = asked.get("done", ""), live_day(day, away)
    return visit.page("today.html", day=day, away=away, shown=shown, done=done, undo=undo, live=live)
