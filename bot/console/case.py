"""A case on one page, and what may be done with it beside its draft."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.clocks import clock_of
from bot.console.live import live_case
from bot.console.marking import marked
from bot.console.words import N_
from bot.core.case import OPEN_STATES
from bot.core.errors import NotAllowed, NotFound
from bot.core.extension import ExtensionReason
from bot.core.rights import RIGHTS, RequestType
from bot.flow.admission import record_conflict
from bot.flow.case_file import beside, open_file, seen_case
from bot.flow.day import due_of
from bot.flow.joining import merge as merge_cases
from bot.flow.marks import mark_of_case
from bot.flow.reopening import reopen as take_up
from bot.flow.rereading import reread as put_right

router = APIRouter()

NO_REASON: Final = N_("Say why no letter is needed: the reason goes on file.")
WHY: Final = N_("Say why: the reason goes on file.")
NO_RIGHT: Final = N_("Tick what the person asks for, or close the case.")


@router.get("/cases/{case}")
async def show(visit: Admitted, case: str) -> Response:
    """Show everything about one case; the look is on file."""
    return await page(visit, case)


@router.post("/cases/{case}/ask")
async def ask(visit: Admitted, case: str) -> Response:
    """Ask the person who they are: a code goes out."""
    return await do(visit, case, "asked", lambda case_id: visit.office.approval.ask_identity(case_id, visit.me.email))


@router.post("/cases/{case}/anew")
async def anew(visit: Admitted, case: str) -> Response:
    """Draft the answer anew from what the case says now."""
    return await do(visit, case, "anew", lambda case_id: visit.office.approval.answer_anew(case_id, visit.me.email))


@router.post("/cases/{case}/close")
async def close(visit: Admitted, case: str) -> Response:
    """End the case without a letter, for a reason on file."""
    reason = visit.form["reason"].strip()
    if not reason:
        return await page(visit, case, 422, NO_REASON)
    return await do(visit, case, "closed", lambda case_id: visit.office.approval.close(case_id, visit.me.email, reason))


@router.post("/cases/{case}/reopen")
async def reopen(visit: Admitted, case: str) -> Response:
    """Take up again what has ended, for a reason on file."""
    reason = visit.form["reason"].strip()
    if not reason:
        return await page(visit, case, 422, WHY)
    answering, me, now = visit.office.approval.answering, visit.me.email, visit.office.clock.now()

    def again(case_id: str) -> Awaitable[object]:
        return visit.office.store.transact(lambda unit: take_up(unit, answering, case_id, (), reason, me, now))

    return await do(visit, case, "reopened", again)


@router.post("/cases/{case}/merge")
async def merge(visit: Admitted, case: str) -> Response:
    """Carry the case on in another one, for a reason on file."""
    reason, into = visit.form["reason"].strip(), visit.form["into"].strip().upper()
    if not reason:
        return await page(visit, case, 422, WHY)
    desk, me, now, store = visit.office.approval, visit.me.email, visit.office.clock.now(), visit.office.store
    try:
        other = await store.transact(lambda unit: seen_case(unit, into, me).id)
    except NotFound as missing:
        return await page(visit, case, 422, str(missing))

    def join(case_id: str) -> Awaitable[object]:
        return store.transact(
            lambda unit: merge_cases(unit, desk.casework, desk.answering, case_id, other, reason, me, now)
        )

    return await do(visit, case, "merged", join)


@router.post("/cases/{case}/reread")
async def reread(visit: Admitted, case: str) -> Response:
    """Say what the case asks for; the answer is drafted anew, and the correction kept for learning."""
    rights = [right for right in RequestType if right.value in visit.form.all("right")]
    if not rights:
        return await page(visit, case, 422, NO_RIGHT)
    desk, me, now = visit.office.approval, visit.me.email, visit.office.clock.now()

    def put(case_id: str) -> Awaitable[object]:
        return visit.office.store.transact(
            lambda unit: put_right(unit, desk.casework, desk.answering, case_id, rights, me, now)
        )

    return await do(visit, case, "reread", put)


@router.post("/cases/{case}/conflict")
async def conflict(visit: Admitted, case: str) -> Response:
    """Keep a colleague a complaint is about away from the case."""
    desk, me, now = visit.office.approval, visit.me.email, visit.office.clock.now()
    colleague = visit.form["colleague"]

    def keep_away(case_id: str) -> Awaitable[object]:
        return visit.office.store.transact(
            lambda unit: record_conflict(unit, desk.answering, case_id, colleague, me, now)
        )

    return await do(visit, case, "conflict", keep_away)


async def do(visit: Visit, reference: str, done: str, deed: Callable[[str], Awaitable[object]]) -> Response:
    """Do one thing with a case and show the case again, with what was done or why not."""
    me = visit.me.email
    case_id = await visit.office.store.transact(lambda unit: seen_case(unit, reference, me).id)
    try:
        await deed(case_id)
    except NotAllowed as refused:
        return await page(visit, reference, 422, str(refused))
    return visit.go(f"/cases/{reference}?done={done}")


async def page(visit: Visit, reference: str, status: int = 200, problem: str = "") -> Response:
    office, me, now = visit.office, visit.me.email, visit.office.clock.now()
    file = await office.store.transact(lambda unit: open_file(unit, reference, me, now))
    civil = office.house.calendar.civil_date
    today = civil(now)

    def name(label: str) -> str:
        return visit.pages.label(visit.language, label)

    texts = {
        entry.kept.id: marked(entry.kept.message, entry.kept.reading, name)
        for entry in file.entries
        if entry.kept and entry.kept.message
    }
    return visit.page(
        "case.html",
        status,
        file=file,
        case=file.case,
        texts=texts,
        clocks={item.id: clock_of(item, civil(item.received_at), today) for item in file.case.items},
        due=due_of(file.case),
        extendable=[item.right for item in file.case.items if item.state in OPEN_STATES and item.statutory_due],
        reasons=list(ExtensionReason),
        beside=beside(file.history, me, now),
        rights=[*RIGHTS, RequestType.OTHER],
        problem=problem,
        done=visit.request.query_params.get("done", ""),
        live=live_case(file.case, mark_of_case(file.history), f"/cases/{file.case.reference}"),
    )
