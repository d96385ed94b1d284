"""What a colleague decides beside a letter's words: how an item ends, more time, a breach, a package, a hold."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Final

from fastapi import APIRouter, Response

from bot.console import case as case_page
from bot.console import draft as draft_page
from bot.console.admission import Admitted
from bot.console.form import Form
from bot.console.office import Office
from bot.console.words import N_
from bot.core.drafts import Draft, DraftStatus
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.extension import ExtensionReason
from bot.core.packages import PackageFile, PackageKind, zipped
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.flow.case_file import seen_case
from bot.flow.speaking import speak

router = APIRouter()

NO_CHANGE: Final = N_("Choose for at least one right how it ends.")
NO_DAY: Final = N_("Give the day by which the authority wants its answer.")
NO_TIME: Final = N_("Tick what needs more time, and say why.")


@router.post("/drafts/{draft}/outcomes")
async def choose(visit: Admitted, draft: str) -> Response:
    """Say how items end; the letter is drafted anew."""
    form, chosen, desk = visit.form, _outcomes_in(visit.form), visit.office.outcomes
    if not chosen:
        return await draft_page.page(visit, draft, 422, problem=NO_CHANGE)
    try:
        waiting = await desk.choose(draft, chosen, visit.me.email, evidence=form["evidence"], seen=form["seal"])
    except NotAllowed as refused:
        return await draft_page.page(visit, draft, 422, problem=str(refused))
    except NotApprovable as overtaken:
        return await draft_page.page(visit, draft, case_page.CONFLICT, problem=str(overtaken))
    return visit.go(f"/drafts/{waiting[-1].id}?done=outcome" if waiting else f"/drafts/{draft}")


@router.post("/cases/{case}/outcome")
async def choose_undrafted(visit: Admitted, case: str) -> Response:
    """Say how items end for which nothing is drafted; their letter is drafted."""
    chosen, evidence, me = _outcomes_in(visit.form), visit.form["evidence"], visit.me.email
    if not chosen:
        return await case_page.page(visit, case, 422, NO_CHANGE)
    return await case_page.do(
        visit,
        case,
        "outcome",
        lambda office, case_id: office.outcomes.choose_in(case_id, chosen, me, evidence=evidence),
        lambda waiting: f"/drafts/{waiting[-1].id}" if waiting else f"/cases/{case}",
    )


@router.post("/cases/{case}/language")
async def language(visit: Admitted, case: str) -> Response:
    """Answer in another of our languages, and show what then waits."""
    me, now, word = visit.me.email, visit.office.clock.now(), visit.form["language"]

    def answer(office: Office, case_id: str) -> Awaitable[Sequence[Draft]]:
        def work(unit: Unit) -> Sequence[Draft]:
            speak(unit, office.approval.answering, case_id, word, me, now)
            return unit.drafts.listed(DraftStatus.WAITING, case_id)

        return office.store.transact(work)

    return await case_page.do(
        visit,
        case,
        "spoken",
        answer,
        lambda waiting: f"/drafts/{waiting[-1].id}" if waiting else f"/cases/{case}",
    )


@router.post("/cases/{case}/extend")
async def extend(visit: Admitted, case: str) -> Response:
    """Draft the letter that takes more time."""
    rights, me = case_page.rights_in(visit.form), visit.me.email
    reason = next((one for one in ExtensionReason if one.value == visit.form["reason"]), None)
    if not rights or reason is None:
        return await case_page.page(visit, case, 422, NO_TIME)
    return await case_page.do(
        visit,
        case,
        "extended",
        lambda office, case_id: office.extensions.extend(case_id, rights, reason, me),
        lambda drafted: f"/drafts/{drafted.id}",
    )


@router.post("/cases/{case}/breach")
async def breach(visit: Admitted, case: str) -> Response:
    """Start the 72 hours because a colleague saw a breach."""
    return await case_page.do_for_a_reason(visit, case, "breach", lambda office: office.breaches.raise_alarm)


@router.post("/cases/{case}/breach-assessed")
async def assessed(visit: Admitted, case: str) -> Response:
    """End the alarms of a breach, for a reason on file."""
    return await case_page.do_for_a_reason(visit, case, "assessed", lambda office: office.breaches.assessed)


@router.post("/cases/{case}/authority-day")
async def authority_day(visit: Admitted, case: str) -> Response:
    """Note by when an authority wants its answer, for a reason on file."""
    try:
        day = date.fromisoformat(visit.form["day"])
    except ValueError:
        return await case_page.page(visit, case, 422, NO_DAY)

    def note(office: Office) -> Callable[[str, str, str], Awaitable[object]]:
        return lambda case_id, me, reason: office.authorities.set_day(case_id, day, me, reason)

    return await case_page.do_for_a_reason(visit, case, "authority_day", note)


@router.post("/cases/{case}/denial-settled")
async def settled(visit: Admitted, case: str) -> Response:
    """Let a case go on that somebody said was not theirs, for a reason on file."""
    return await case_page.do_for_a_reason(
        visit, case, "denial_settled", lambda office: office.reception.denials.settle
    )


@router.post("/cases/{case}/package")
async def package(visit: Admitted, case: str) -> Response:
    """Put the person's data together and write their link into the answer that waits."""
    kind = next((one for one in PackageKind if one == visit.form["kind"]), PackageKind.ACCESS)
    me = visit.me.email
    return await case_page.do(visit, case, "packed", lambda office, case_id: office.dossiers.make(case_id, kind, me))


@router.post("/cases/{case}/code")
async def code(visit: Admitted, case: str) -> Response:
    """Draw the code of an answer behind a link in a chat, and show it this once, for a call to the number on record."""
    me = visit.me.email
    found = await visit.office.store.transact(lambda unit: seen_case(unit, case, me))
    try:
        drawn, called = await visit.office.dossiers.tell_code(found.id, me)
    except NotAllowed as refused:
        return await case_page.page(visit, case, 422, str(refused))
    return visit.page("told.html", code=drawn, called=called.value, case=found)


@router.post("/cases/{case}/hold")
async def hold(visit: Admitted, case: str) -> Response:
    """Let nothing of the case be destroyed, for a reason on file."""
    return await case_page.do_for_a_reason(visit, case, "held", lambda office: office.retention.hold)


@router.post("/cases/{case}/release")
async def release(visit: Admitted, case: str) -> Response:
    """End the hold, for a reason on file."""
    return await case_page.do_for_a_reason(visit, case, "released_hold", lambda office: office.retention.release)


@router.post("/cases/{case}/pack")
async def pack(visit: Admitted, case: str) -> Response:
    """Hand a whole case out as one file, for an authority."""
    me, now, packing = visit.me.email, visit.office.clock.now(), visit.office.packing
    files = await visit.office.store.transact(lambda unit: packing.pack(unit, seen_case(unit, case, me), me, now))
    archive = zipped([PackageFile(name, content) for name, content in sorted(files.items())], now.date())
    headers = {"Content-Disposition": f'attachment; filename="{case}.zip"'}
    return Response(archive, media_type="application/zip", headers=headers)


def _outcomes_in(form: Form) -> dict[RequestType, Outcome]:
    return {
        right: outcome
        for right in RequestType
        for outcome in Outcome
        if form[f"outcome-{right.value}"] == outcome.value
    }
