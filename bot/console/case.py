"""A case on one page, and what may be done with it beside its draft."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.as_read import as_read
from bot.console.chat_case import ChatNotes, chat_notes
from bot.console.clocks import clock_of
from bot.console.form import Form
from bot.console.live import live_case
from bot.console.marking import marked
from bot.console.office import Office
from bot.console.to_do import to_do
from bot.console.words import N_
from bot.core.case import OPEN_STATES, Case
from bot.core.choice import Told
from bot.core.drafts import Role
from bot.core.errors import NotAllowed, WentOn
from bot.core.extension import ExtensionReason
from bot.core.lanes import Deed
from bot.core.outcomes import ends_of
from bot.core.rights import OUR_LANGUAGES, RIGHTS, RequestType
from bot.core.unit import Unit
from bot.core.vouching import Ground
from bot.flow.admission import record_conflict
from bot.flow.authorities import proposed_days
from bot.flow.case_file import CaseFile, beside, open_file, seen_case
from bot.flow.day import due_of
from bot.flow.marks import mark_of_case
from bot.flow.reopening import may_go_on
from bot.flow.reopening import reopen as take_up
from bot.flow.rereading import reread as put_right

T = TypeVar("T")

router = APIRouter()

CONFLICT: Final = 409
NO_REASON: Final = N_("Say why: the reason goes on file.")
WENT_ON: Final = N_(
    "This case went on while you had it open, so nothing was done. Read what is new; what you typed is kept below."
)
NO_RIGHT: Final = N_("Tick what the person asks for, or close the case.")


@router.get("/cases/{case}")
async def show(visit: Admitted, case: str) -> Response:
    """Show everything about one case; the look is on file."""
    return await page(visit, case)


@router.post("/cases/{case}/anew")
async def anew(visit: Admitted, case: str) -> Response:
    """Draft the answer anew from what the case says now."""
    me = visit.me.email
    return await do(visit, case, "anew", lambda office, case_id: office.approval.answer_anew(case_id, me))


@router.post("/cases/{case}/close")
async def close(visit: Admitted, case: str) -> Response:
    """End the case without a letter, for a reason on file."""
    return await do_for_a_reason(visit, case, "closed", lambda office: office.approval.close)


@router.post("/cases/{case}/reopen")
async def reopen(visit: Admitted, case: str) -> Response:
    """Take up again what has ended, for a reason on file; without a choice all of it."""
    reason, rights = visit.form["reason"], rights_in(visit.form)
    me, now = visit.me.email, visit.office.clock.now()

    def again(office: Office, case_id: str) -> Awaitable[object]:
        answering = office.approval.answering
        return office.store.transact(lambda unit: take_up(unit, answering, case_id, rights, reason, me, now))

    return await do(visit, case, "reopened", again)


@router.post("/cases/{case}/reread")
async def reread(visit: Admitted, case: str) -> Response:
    """Say what the case asks for; the answer is drafted anew, and the correction kept for learning."""
    rights = rights_in(visit.form)
    if not rights:
        return await page(visit, case, 422, NO_RIGHT)
    me, now = visit.me.email, visit.office.clock.now()

    def put(office: Office, case_id: str) -> Awaitable[object]:
        desk = office.approval
        return office.store.transact(
            lambda unit: put_right(unit, desk.casework, desk.answering, case_id, rights, me, now)
        )

    return await do(visit, case, "reread", put)


@router.post("/cases/{case}/conflict")
async def conflict(visit: Admitted, case: str) -> Response:
    """Keep a colleague a complaint is about away from the case."""
    return await _keep_away(visit, case, "conflict", lifted=False)


@router.post("/cases/{case}/conflict-lifted")
async def conflict_lifted(visit: Admitted, case: str) -> Response:
    """Let a colleague in again."""
    return await _keep_away(visit, case, "conflict_lifted", lifted=True)


async def _keep_away(visit: Visit, case: str, done: str, *, lifted: bool) -> Response:
    me, now, colleague = visit.me.email, visit.office.clock.now(), visit.form["colleague"]

    def settle(office: Office, case_id: str) -> Awaitable[object]:
        answering = office.approval.answering
        return office.store.transact(
            lambda unit: record_conflict(unit, answering, case_id, colleague, me, now, lifted=lifted)
        )

    return await do(visit, case, done, settle)


async def do(
    visit: Visit,
    reference: str,
    done: str,
    deed: Callable[[Office, str], Awaitable[T]],
    where: Callable[[T], str] | None = None,
) -> Response:
    """Do one thing with a case and show it again, or `where` it led, with what was done or why not.

    A form that was filled in while the case went on does nothing: its colleague reads first what is new.
    """
    try:
        case, office = await _as_shown(visit, reference)
        result = await deed(office, case.id)
    except WentOn:
        return await page(visit, reference, CONFLICT, WENT_ON)
    except NotAllowed as refused:
        return await page(visit, reference, 422, str(refused))
    return visit.go(f"{where(result) if where else f'/cases/{reference}'}?done={done}")


async def _as_shown(visit: Visit, reference: str) -> tuple[Case, Office]:
    """Return a case with the desk for a deed upon it as its form showed it; some forms hold whatever went on."""
    office, me, seen = visit.office, visit.me.email, visit.form["seen"]
    if seen:
        return await as_read(office, me, reference, seen, Deed.SEE)
    return await office.store.transact(lambda unit: seen_case(unit, reference, me)), office


async def do_for_a_reason(
    visit: Visit, reference: str, done: str, deed: Callable[[Office], Callable[[str, str, str], Awaitable[object]]]
) -> Response:
    """Do what a desk does with a case, a colleague and a reason, once there is a reason."""
    reason, me = visit.form["reason"].strip(), visit.me.email
    if not reason:
        return await page(visit, reference, 422, NO_REASON)
    return await do(visit, reference, done, lambda office, case_id: deed(office)(case_id, me, reason))


def rights_in(form: Form) -> list[RequestType]:
    """Return the rights that were ticked."""
    return [right for right in RequestType if right.value in form.all("right")]


async def page(visit: Visit, reference: str, status: int = 200, problem: str = "") -> Response:
    """Show a case; after a refusal with what was typed, and with `problem` said."""
    office, me, now = visit.office, visit.me.email, visit.office.clock.now()

    def look(unit: Unit) -> tuple[CaseFile, ChatNotes]:
        file = open_file(unit, reference, me, now)
        return file, chat_notes(unit, office.house, file, now)

    file, chat = await office.store.transact(look)
    civil = office.house.calendar.civil_date
    today = civil(now)

    def name(label: str) -> str:
        return visit.pages.label(visit.language, label)

    texts = {
        entry.kept.id: marked(entry.kept.message, entry.kept.reading, name)
        for entry in file.entries
        if entry.kept and entry.kept.message
    }
    open_now = [item for item in file.case.items if item.state in OPEN_STATES]
    return visit.page(
        "case.html",
        status,
        **await to_do(visit, file.case),
        file=file,
        chat=chat,
        case=file.case,
        texts=texts,
        clocks={item.id: clock_of(item, civil(item.received_at), today) for item in file.case.items},
        due=due_of(file.case),
        wanted_by=proposed_days(file.case, file.heard, office.house.calendar),
        undrafted=[(item, ends_of(item)) for item in file.undrafted],
        divisible=[item.right for item in open_now] if len(open_now) > 1 else [],
        ended=[item.right for item in file.case.items if may_go_on(item)],
        **what_may_be_done(visit, file.case),
        grounds=list(Ground),
        **await what_may_be_chosen(visit, file.case),
        askable=bool(office.house.facts or office.house.second_facts),
        scans=office.scanner is not None,
        beside=beside(file.history, me, now),
        rights=[*RIGHTS, RequestType.OTHER],
        problem=problem,
        done=visit.request.query_params.get("done", ""),
        live=live_case(file.case, mark_of_case(file.history), f"/cases/{file.case.reference}"),
    )


async def what_may_be_chosen(visit: Visit, case: Case) -> dict[str, object]:
    """Return which columns the officer may name for this chat, and the sentence the person has to be told."""
    if Role.DPO not in visit.me.roles:
        return {"choosable": (), "hows": (), "warning": ""}
    desk = visit.office.choosing
    names = await visit.office.store.transact(lambda unit: desk.choosable(unit, case))
    return {"choosable": names, "hows": list(Told), "warning": desk.warning(case)}


def _opened(visit: Visit) -> str:
    """Return which fold is open: that of the form just sent, or the one a link leads to."""
    if visit.request.method == "POST":
        return visit.request.url.path.rpartition("/")[2]
    return visit.request.query_params.get("open", "")


def what_may_be_done(visit: Visit, case: Case) -> dict[str, object]:
    """Return what the forms need that the pages of a case and of its draft share."""
    return {
        "at": _opened(visit),
        "sent": visit.form,
        "extendable": [item.right for item in case.items if item.state in OPEN_STATES and item.statutory_due],
        "reasons": list(ExtensionReason),
        "speak": OUR_LANGUAGES,
    }
