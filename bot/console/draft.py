"""A draft: read it, change it, approve it, send it back; the consequence stands before each click."""

from typing import Any, Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.case import what_may_be_done
from bot.console.difference import changes_of
from bot.console.letter import letter_of
from bot.console.live import live_case
from bot.console.to_do import to_do
from bot.console.words import N_
from bot.core.drafts import DraftStatus, Version
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.unsaved import UnsavedWords
from bot.flow.day import due_of, next_draft
from bot.flow.draft_file import DraftFile, open_draft, open_typed
from bot.flow.taking_back import leaving
from bot.flow.unsaved_words import forget_words, keep_words

router = APIRouter()

_CONFLICT: Final = 409
NO_REASON: Final = N_("Say in a few words what has to be different: the reason goes on file.")


@router.get("/drafts/{draft}")
async def show(visit: Admitted, draft: str) -> Response:
    """Show a draft as it would leave, and what is in the way."""
    return await page(visit, draft)


@router.post("/drafts/{draft}/edit")
async def edit(visit: Admitted, draft: str) -> Response:
    """Show how changed words look, or keep them; what was typed comes back whatever happens."""
    form = visit.form
    subject, body = form["subject"].strip(), form.text("body")
    if form["deed"] == "preview":
        return await page(visit, draft, typed=Version(subject, body))
    try:
        await visit.office.approval.edit(draft, visit.me.email, subject=subject, body=body, seen=form["seal"])
    except (NotApprovable, NotAllowed) as refused:
        return await page(visit, draft, _CONFLICT, problem=str(refused), typed=Version(subject, body))
    await _forget(visit, draft)
    return visit.go(f"/drafts/{draft}?done=edited")


@router.post("/drafts/{draft}/unsaved")
async def keep(visit: Admitted, draft: str) -> Response:
    """Keep what is being typed, beside the draft and for this colleague alone; our script sends it."""
    form, me = visit.form, visit.me.email
    words = UnsavedWords(form["subject"], form.text("body"), form["seal"], visit.office.clock.now())
    await visit.office.store.transact(lambda unit: keep_words(unit, draft, me, words))
    return Response(status_code=204)


@router.get("/drafts/{draft}/unsaved")
async def show_typed(visit: Admitted, draft: str) -> Response:
    """Show how what is being typed looks, and what is in its way; our script asks."""
    office, me, now = visit.office, visit.me.email, visit.office.clock.now()
    file = await office.store.transact(lambda unit: open_typed(unit, office.approval, draft, me, now))
    return visit.page("draft_typed.html", **_shown(visit, file))


@router.post("/drafts/{draft}/forget")
async def forget(visit: Admitted, draft: str) -> Response:
    """Forget what was typed and go back to the draft's own words."""
    await _forget(visit, draft)
    return visit.go(f"/drafts/{draft}")


@router.post("/drafts/{draft}/approve")
async def approve(visit: Admitted, draft: str) -> Response:
    """Give one yes, to the very words that were shown, and go on to the next one if asked to."""
    office, me = visit.office, visit.me.email
    if not visit.form["seal"]:
        return await page(visit, draft, _CONFLICT)
    try:
        approved = await office.approval.approve(draft, me, seen=visit.form["seal"])
    except (NotApprovable, NotAllowed) as refused:
        return await page(visit, draft, _CONFLICT, problem=str(refused))
    done = "sent" if approved.status is DraftStatus.APPROVED else "half"
    if visit.form["then"] == "next":
        following = await office.store.transact(lambda unit: next_draft(unit, me, approved.id))
        where = f"/drafts/{following.id}" if following else "/"
        return visit.go(f"{where}?done={done}&undo={approved.id}")
    return visit.go(f"/drafts/{approved.id}?done={done}")


@router.post("/drafts/{draft}/take-back")
async def take_back(visit: Admitted, draft: str) -> Response:
    """Take an approval back before the letter leaves."""
    try:
        waiting = await visit.office.outbox.take_back(draft, visit.me.email)
    except NotAllowed as refused:
        return await page(visit, draft, _CONFLICT, problem=str(refused))
    return visit.go(f"/drafts/{waiting.id}?done=taken_back")


@router.post("/drafts/{draft}/reject")
async def reject(visit: Admitted, draft: str) -> Response:
    """Send a draft back, for a reason on file."""
    reason = visit.form["reason"].strip()
    if not reason:
        return await page(visit, draft, _CONFLICT, problem=NO_REASON)
    try:
        rejected = await visit.office.approval.reject(draft, visit.me.email, reason, seen=visit.form["seal"])
    except (NotApprovable, NotAllowed) as refused:
        return await page(visit, draft, _CONFLICT, problem=str(refused))
    case = await visit.office.store.transact(lambda unit: unit.cases.get(rejected.case_id))
    return visit.go(f"/cases/{case.reference}?done=rejected")


async def _forget(visit: Visit, draft: str) -> None:
    me = visit.me.email
    await visit.office.store.transact(lambda unit: forget_words(unit, draft, me))


def _shown(visit: Visit, file: DraftFile) -> dict[str, Any]:
    notes = [(flaw, visit.pages.say(visit.language, flaw.said)) for flaw in file.flaws]
    letter = letter_of(visit.office.writer, file.shown, notes, visit.language)
    return {"file": file, "draft": file.draft, "notes": notes, "letter": letter}


async def page(
    visit: Visit, name: str, status: int = 200, *, problem: str = "", typed: Version | None = None
) -> Response:
    office, me, now = visit.office, visit.me.email, visit.office.clock.now()
    file = await office.store.transact(lambda unit: open_draft(unit, office.approval, name, me, now, typed))
    asked = visit.request.query_params.get("undo", name)
    undo = await office.store.transact(lambda unit: leaving(unit, asked, me, now))
    return visit.page(
        "draft.html",
        status,
        **await to_do(visit, file.case),
        **_shown(visit, file),
        case=file.case,
        changes=changes_of(file.draft),
        due=due_of(file.case),
        **what_may_be_done(visit, file.case),
        problem=problem,
        done=visit.request.query_params.get("done", ""),
        undo=undo,
        live=live_case(file.case, file.mark, f"/drafts/{file.draft.id}"),
    )
