"""Sharing the work: who sees to which case, one by one or many at once, and notes for the next colleague."""

from collections.abc import Awaitable
from typing import Final

from fastapi import APIRouter, Response

from bot.console import case as case_page
from bot.console import cases as list_page
from bot.console.admission import Admitted, local
from bot.console.office import Office
from bot.console.words import N_
from bot.core.errors import NotAllowed
from bot.core.unit import Unit
from bot.flow.case_file import seen_case
from bot.flow.teamwork import assign, remark

router = APIRouter()

NO_CASES: Final = N_("Tick the cases first.")


@router.post("/cases/{case}/assign")
async def assign_one(visit: Admitted, case: str) -> Response:
    """Let a colleague see to a case."""
    colleague, me, now = visit.form["to"].strip(), visit.me.email, visit.office.clock.now()

    def hand(office: Office, case_id: str) -> Awaitable[object]:
        return office.store.transact(lambda unit: assign(unit, [unit.cases.get(case_id)], colleague, me, now))

    return await case_page.do(visit, case, "assigned", hand)


@router.post("/cases/assign")
async def assign_many(visit: Admitted) -> Response:
    """Let a colleague see to all the cases that were ticked, and go back to the list as it was."""
    form, me, now = visit.form, visit.me.email, visit.office.clock.now()
    references = form.all("case")
    if not references:
        return await list_page.page(visit, 422, NO_CASES)

    def work(unit: Unit) -> None:
        assign(unit, [seen_case(unit, reference, me) for reference in references], form["to"].strip(), me, now)

    try:
        await visit.office.store.transact(work)
    except NotAllowed as refused:
        return await list_page.page(visit, 422, str(refused))
    where = local(form["back"])
    return visit.go(f"{where}{'&' if '?' in where else '?'}done=assigned")


@router.post("/cases/{case}/note")
async def note(visit: Admitted, case: str) -> Response:
    """Keep a note for the colleagues."""
    text, me, now = visit.form.text("text"), visit.me.email, visit.office.clock.now()
    ident = visit.office.approval.casework.fresh_id(now)

    def keep(office: Office, case_id: str) -> Awaitable[object]:
        return office.store.transact(lambda unit: remark(unit, unit.cases.get(case_id), text, ident, me, now))

    return await case_page.do(visit, case, "noted", keep)
