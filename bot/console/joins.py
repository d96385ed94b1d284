"""Two cases made one, and one made two, for a reason on file."""

from collections.abc import Awaitable

from fastapi import APIRouter, Response

from bot.console import case as case_page
from bot.console.admission import Admitted
from bot.console.office import Office
from bot.core.case import Case
from bot.core.errors import NotFound
from bot.flow.case_file import seen_case
from bot.flow.joining import merge as merge_cases
from bot.flow.joining import split as split_case

router = APIRouter()


@router.post("/cases/{case}/merge")
async def merge(visit: Admitted, case: str) -> Response:
    """Carry the case on in another one."""
    reason, into = visit.form["reason"], visit.form["into"].strip().upper()
    me, now = visit.me.email, visit.office.clock.now()
    try:
        other = await visit.office.store.transact(lambda unit: seen_case(unit, into, me).id)
    except NotFound as missing:
        return await case_page.page(visit, case, 422, str(missing))

    def join(office: Office, case_id: str) -> Awaitable[object]:
        desk = office.approval
        return office.store.transact(
            lambda unit: merge_cases(unit, desk.casework, desk.answering, case_id, other, reason, me, now)
        )

    return await case_page.do(visit, case, "merged", join)


@router.post("/cases/{case}/split")
async def split(visit: Admitted, case: str) -> Response:
    """Carry some of what the case asks on in a case of its own, and show that one."""
    form, me, now = visit.form, visit.me.email, visit.office.clock.now()
    rights, messages, reason = case_page.rights_in(form), form.all("message"), form["reason"]

    def divide(office: Office, case_id: str) -> Awaitable[Case]:
        desk = office.approval
        return office.store.transact(
            lambda unit: split_case(unit, desk.casework, desk.answering, case_id, rights, messages, reason, me, now)
        )

    return await case_page.do(visit, case, "split", divide, lambda fresh: f"/cases/{fresh.reference}")
