"""The list of what is still to be done, and the marks on it."""

from fastapi import APIRouter, Response

from bot.console import case as case_page
from bot.console.admission import Admitted
from bot.core.errors import NotAllowed, NotFound
from bot.core.tasks import Task
from bot.core.unit import Unit
from bot.flow.case_file import seen_case

router = APIRouter()


@router.get("/tasks")
async def mine(visit: Admitted) -> Response:
    """List what is still to be done, in the cases this colleague may see."""
    found, _ = await visit.office.tasks.open(visit.me.email)
    return visit.page("tasks.html", found=found)


@router.post("/cases/{case}/task")
async def mark(visit: Admitted, case: str) -> Response:
    """Mark a task of the case as done or excepted, or open it again."""
    form, me = visit.form, visit.me.email
    task = await visit.office.store.transact(lambda unit: _of_case(unit, case, form["task"], me))
    match form["deed"]:
        case "except":
            return await case_page.do(
                visit, case, "excepted", lambda office, _: office.tasks.except_(task.id, me, form["note"])
            )
        case "undo":
            return await case_page.do(visit, case, "undone", lambda office, _: office.tasks.undo(task.id, me))
        case _:
            return await case_page.do(
                visit, case, "done", lambda office, _: office.tasks.done(task.id, me, form["note"])
            )


@router.post("/cases/{case}/take-along")
async def take_along(visit: Admitted, case: str) -> Response:
    """Hand out the files that a direct transfer sends; it is on file who took them."""
    form, me = visit.form, visit.me.email
    task = await visit.office.store.transact(lambda unit: _of_case(unit, case, form["task"], me))
    try:
        files = await visit.office.dossiers.take_along(task.id, me)
    except NotAllowed as refused:
        return await case_page.page(visit, case, 422, str(refused))
    headers = {"Content-Disposition": f'attachment; filename="{files.name}"'}
    return Response(files.data, media_type="application/zip", headers=headers)


def _of_case(unit: Unit, reference: str, ident: str, staff: str) -> Task:
    case = seen_case(unit, reference, staff)
    for task in unit.tasks.of_case(case.id):
        if task.id == ident:
            return task
    raise NotFound(f"there is no task {ident}")
