"""Two cases made one, and one made two, for a reason on file."""

from collections.abc import Awaitable

from fastapi import APIRouter, Response

from bot.console import case as case_page
from bot.console.admission import Admitted
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
    desk, me, now, store = visit.office.approval, visit.me.email, visit.office.clock.now(), visit.office.store
    try:
        other = await store.transact(lambda unit: seen_case(unit, into, me).id)
    except NotFound as missing:
        return await case_page.page(visit, case, 422, str(missing))

    def join(case_id: str) -> Awaitable[object]:
        return store.transact(
            lambda unit: merge_cases(unit, desk.casework, desk.answering, case_id, other, reason, me, now)
        )

    return await case_page.do(visit, case, "merged", join)


@router.post("/cases/{case}/split")
async def split(visit: Admitted, case: str) -> Response:
    """Carry some of what the case asks on in a case of its own, and show that one."""
    form, desk, me, now = visit.form, visit.office.approval, visit.me.email, visit.office.clock.now()
    rights, messages, reason = case_page.rights_in(form), form.all("message"), form["reason"]

    def divide(case_id: str) -> Awaitable[Case]:
        return visit.office.store.transact(
            lambda unit: split_case(unit, desk.casework, desk.answering, case_id, rights, messages, reason, me, now)
        )

    return await case_page.do(visit, case, "split", divide, lambda fresh: f"/cases/{fresh.reference}")
