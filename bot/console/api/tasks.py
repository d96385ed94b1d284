"""Calls about what has to be done before an answer may say that it was: list, done, excepted, open again."""

from collections.abc import Awaitable

from fastapi import APIRouter
from pydantic import BaseModel

from bot.console.api.gate import Admitted, Caller, GatedRoute
from bot.console.api.paging import After, Page
from bot.console.api.shapes import TaskPage, TaskShape
from bot.console.api.wishes import Done, Why
from bot.core.rehearsal import Fate, Foreseen
from bot.core.tasks import Task
from bot.core.unit import Unit
from bot.flow.case_file import open_file, seen_task
from bot.flow.rehearsing import rehearse

router = APIRouter(route_class=GatedRoute, tags=["tasks"])


class ForeseenShape(BaseModel):
    """What an erasure would do with one thing, and why; `detail` is what the company itself says of it."""

    fate: Fate
    what: str
    why: str
    detail: str

    @classmethod
    def of(cls, one: Foreseen) -> "ForeseenShape":
        """Return what is foreseen as programs read it."""
        return cls(fate=one.fate, what=one.what, why=one.why, detail=one.detail)


@router.get("/tasks")
async def list_tasks(caller: Admitted, *, limit: Page = 50, after: After = "") -> TaskPage:
    """List what is still to be done in the cases the token's roles see, oldest first."""
    found, onward = await caller.office.tasks.open(caller.staff, limit, after)
    return TaskPage(tasks=[TaskShape.of(task, case.reference) for task, case in found], next=onward)


@router.get("/cases/{reference}/tasks")
async def list_tasks_of_case(caller: Admitted, reference: str) -> list[TaskShape]:
    """List a case's tasks, done or not, oldest first; the look is on file."""
    now = caller.office.clock.now()

    def look(unit: Unit) -> list[TaskShape]:
        case = open_file(unit, reference, caller.staff, now).case
        return [TaskShape.of(task, case.reference) for task in unit.tasks.of_case(case.id)]

    return await caller.office.store.transact(look)


@router.get("/cases/{reference}/rehearsal")
async def rehearse_erasure(caller: Admitted, reference: str) -> list[ForeseenShape]:
    """Say what the erasure a case asks for would take, what stays and why; nothing happens, and the look is on file."""
    now, house = caller.office.clock.now(), caller.office.house

    def look(unit: Unit) -> list[ForeseenShape]:
        return list(map(ForeseenShape.of, rehearse(unit, house, open_file(unit, reference, caller.staff, now).case)))

    return await caller.office.store.transact(look)


@router.post("/tasks/{task}/done")
async def mark_done(caller: Admitted, task: str, done: Done) -> TaskShape:
    """Mark a task as done. Refused once it is marked, as it is for a notice, which is approved."""
    seen = await _seen(caller, task)
    return await _shape(caller, caller.office.tasks.done(seen.id, caller.staff, done.note))


@router.post("/tasks/{task}/except")
async def except_task(caller: Admitted, task: str, why: Why) -> TaskShape:
    """Say why a task is not done. Refused once it is marked."""
    seen = await _seen(caller, task)
    return await _shape(caller, caller.office.tasks.except_(seen.id, caller.staff, why.reason))


@router.post("/tasks/{task}/undo")
async def open_again(caller: Admitted, task: str) -> TaskShape:
    """Open a task again that was marked by mistake. Refused while it is still to be done."""
    seen = await _seen(caller, task)
    return await _shape(caller, caller.office.tasks.undo(seen.id, caller.staff))


async def _seen(caller: Caller, task: str) -> Task:
    return await caller.office.store.transact(lambda unit: seen_task(unit, task, caller.staff))


async def _shape(caller: Caller, deed: Awaitable[Task]) -> TaskShape:
    task = await deed
    case = await caller.office.store.transact(lambda unit: unit.cases.get(task.case_id))
    return TaskShape.of(task, case.reference)
