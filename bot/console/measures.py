"""What a colleague decides beside a letter's words: how an item ends, more time, a breach, a package, a hold."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Response

from bot.console import case as case_page
from bot.console import draft as draft_page
from bot.console.admission import Admitted, Visit
from bot.console.words import N_
from bot.core.errors import NotAllowed
from bot.core.extension import ExtensionReason
from bot.core.packages import PackageKind
from bot.core.rights import RequestType
from bot.core.verdict import Outcome
from bot.flow.case_file import seen_case

router = APIRouter()

NO_REASON: Final = N_("Say what happened or was decided: it goes on file.")
NO_CHANGE: Final = N_("Choose for at least one right how it ends.")
NO_TIME: Final = N_("Tick what needs more time, and say why.")


@router.post("/drafts/{draft}/outcomes")
async def choose(visit: Admitted, draft: str) -> Response:
    """Say how items end; the letter is drafted anew."""
    chosen = {
        right: outcome
        for right in RequestType
        for outcome in Outcome
        if visit.form[f"outcome-{right.value}"] == outcome.value
    }
    if not chosen:
        return await draft_page.page(visit, draft, 422, problem=NO_CHANGE)
    try:
        waiting = await visit.office.outcomes.choose(draft, chosen, visit.me.email, evidence=visit.form["evidence"])
    except NotAllowed as refused:
        return await draft_page.page(visit, draft, 422, problem=str(refused))
    return visit.go(f"/drafts/{waiting[-1].id}?done=outcome" if waiting else f"/drafts/{draft}")


@router.post("/cases/{case}/extend")
async def extend(visit: Admitted, case: str) -> Response:
    """Draft the letter that takes more time."""
    form, me = visit.form, visit.me.email
    rights = [right for right in RequestType if right.value in form.all("right")]
    reason = next((one for one in ExtensionReason if one.value == form["reason"]), None)
    if not rights or reason is None:
        return await case_page.page(visit, case, 422, NO_TIME)
    case_id = await visit.office.store.transact(lambda unit: seen_case(unit, case, me).id)
    try:
        drafted = await visit.office.extensions.extend(case_id, rights, reason, me)
    except NotAllowed as refused:
        return await case_page.page(visit, case, 422, str(refused))
    return visit.go(f"/drafts/{drafted.id}?done=extended")


@router.post("/cases/{case}/breach")
async def breach(visit: Admitted, case: str) -> Response:
    """Start the 72 hours because a colleague saw a breach."""
    return await _with_reason(visit, case, "breach", visit.office.breaches.raise_alarm)


@router.post("/cases/{case}/breach-assessed")
async def assessed(visit: Admitted, case: str) -> Response:
    """End the alarms of a breach, for a reason on file."""
    return await _with_reason(visit, case, "assessed", visit.office.breaches.assessed)


@router.post("/cases/{case}/package")
async def package(visit: Admitted, case: str) -> Response:
    """Put the person's data together and write their link into the answer that waits."""
    kind = next((one for one in PackageKind if one == visit.form["kind"]), PackageKind.ACCESS)
    desk, me = visit.office.dossiers, visit.me.email
    return await case_page.do(visit, case, "packed", lambda case_id: desk.make(case_id, kind, me))


@router.post("/cases/{case}/hold")
async def hold(visit: Admitted, case: str) -> Response:
    """Let nothing of the case be destroyed, for a reason on file."""
    return await _with_reason(visit, case, "held", visit.office.retention.hold)


@router.post("/cases/{case}/release")
async def release(visit: Admitted, case: str) -> Response:
    """End the hold, for a reason on file."""
    return await _with_reason(visit, case, "released_hold", visit.office.retention.release)


async def _with_reason(
    visit: Visit, case: str, done: str, deed: Callable[[str, str, str], Awaitable[object]]
) -> Response:
    reason = visit.form["reason"].strip()
    if not reason:
        return await case_page.page(visit, case, 422, NO_REASON)
    return await case_page.do(visit, case, done, lambda case_id: deed(case_id, visit.me.email, reason))
