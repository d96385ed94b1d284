"""Today for programs: what needs the token's owner, first what breaks first, and whether all is well."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from bot.console.api.gate import Admitted, GatedRoute
from bot.core.case import State
from bot.core.day import Clock, Need, Task
from bot.flow.day import day_of

router = APIRouter(route_class=GatedRoute, tags=["today"])


class NeedShape(BaseModel):
    """One thing to do, with what it is about; what is not concerned is empty.

    `breaks` is the last day of what breaks first, `until` its very moment where hours count.
    """

    need: Need
    clock: Clock
    breaks: date
    until: datetime | None
    case: str
    draft: str
    delivery: str
    message: str

    @classmethod
    def of(cls, task: Task) -> "NeedShape":
        """Return one thing to do as programs read it."""
        return cls(
            need=task.need,
            clock=task.clock,
            breaks=task.breaks,
            until=task.until,
            case=task.case.reference if task.case else "",
            draft=task.draft.id if task.draft else "",
            delivery=task.letter.id if task.letter else "",
            message=task.message.id if task.message else "",
        )


class DayShape(BaseModel):
    """All of it, as far as the token's roles see it.

    `away` are the ways in by which nothing may be coming in, `handed_on` counts what waits for a second yes of
    somebody else, `stages` open rights by state. `more`: of some kind more waits than `needs` lists, later than those.
    """

    fine: bool
    away: list[str]
    open: int
    late: int
    soon: int
    handed_on: int
    stages: dict[State, int]
    needs: list[NeedShape]
    more: bool


@router.get("/today")
async def show_day(caller: Admitted) -> DayShape:
    """Say whether all is well and what needs the token's owner, sorted by what breaks first."""
    office, now = caller.office, caller.office.clock.now()
    day = await office.store.transact(lambda unit: day_of(unit, office.house, caller.staff, now))
    away = list(await office.away())
    return DayShape(
        fine=day.is_fine and not away,
        away=away,
        open=day.load.open,
        late=day.load.late,
        soon=day.load.soon,
        handed_on=day.handed_on,
        stages=day.stages,
        needs=list(map(NeedShape.of, day.tasks)),
        more=day.has_more,
    )
