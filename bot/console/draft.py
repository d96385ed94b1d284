"""A draft: read it, change it, approve it, send it back; the consequence stands before each click."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.letter import letter_of
from bot.console.words import N_
from bot.core.case import Case, Item
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.errors import NotAllowed, NotApprovable, NotFound
from bot.core.identity import answer_destination
from bot.core.lanes import Deed, why_not
from bot.core.outcomes import ALLOWED, may_end
from bot.core.records import Kept
from bot.core.unit import Unit
from bot.core.unsaved import UnsavedWords
from bot.core.verdict import Outcome
from bot.flow.admission import look_at_draft
from bot.flow.case_file import beside
from bot.flow.day import due_of, next_draft
from bot.flow.unsaved_words import keep_words, words_kept

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
        return await page(visit, draft, typed=(subject, body))
    try:
        await visit.office.approval.edit(draft, visit.me.email, subject=subject, body=body, seen=form["seal"])
    except (NotApprovable, NotAllowed) as refused:
        return await page(visit, draft, _CONFLICT, problem=str(refused), typed=(subject, body))
    await _forget(visit, draft)
    return visit.go(f"/drafts/{draft}?done=edited")


@router.post("/drafts/{draft}/unsaved")
async def keep(visit: Admitted, draft: str) -> Response:
    """Keep what is being typed, beside the draft and for this colleague alone; our script sends it."""
    form, me = visit.form, visit.me.email
    words = UnsavedWords(form["subject"], form.text("body"), form["seal"], visit.office.clock.now())
    await visit.office.store.transact(lambda unit: keep_words(unit, draft, me, words))
    return Response(status_code=204)


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
        return visit.go(f"/drafts/{following.id}?done={done}" if following else f"/?done={done}")
    return visit.go(f"/drafts/{approved.id}?done={done}")


@router.post("/drafts/{draft}/reject")
async def reject(visit: Admitted, draft: str) -> Response:
    """Send a draft back, for a reason on file."""
    reason = visit.form["reason"].strip()
    if not reason:
        return await page(visit, draft, _CONFLICT, problem=NO_REASON)
    try:
        rejected = await visit.office.approval.reject(draft, visit.me.email, reason)
    except (NotApprovable, NotAllowed) as refused:
        return await page(visit, draft, _CONFLICT, problem=str(refused))
    case = await visit.office.store.transact(lambda unit: unit.cases.get(rejected.case_id))
    return visit.go(f"/cases/{case.reference}?done=rejected")


def _ends(case: Case, draft: Draft) -> list[tuple[Item, list[Outcome]]]:
    """Return for each item of a draft the outcomes that law and identity leave room for."""
    return [
        (item, [outcome for outcome in ALLOWED[item.right] if _leaves_room(item, outcome)])
        for item in case.items
        if item.id in draft.items
    ]


def _leaves_room(item: Item, outcome: Outcome) -> bool:
    try:
        may_end(item, outcome)
    except NotAllowed:
        return False
    return True


async def _forget(visit: Visit, draft: str) -> None:
    me = visit.me.email
    await visit.office.store.transact(lambda unit: unit.unsaved.forget(unit.drafts.get(draft).id, me))


async def page(
    visit: Visit, name: str, status: int = 200, *, problem: str = "", typed: tuple[str, str] | None = None
) -> Response:
    office, me, now = visit.office, visit.me.email, visit.office.clock.now()

    def look(unit: Unit) -> tuple[Draft, Case, Draft | None, tuple[Kept, ...], tuple[str, datetime] | None]:
        draft = unit.drafts.get(name)
        if why_not(unit.cases.get(draft.case_id), me, unit.staff.roles(me), Deed.SEE):
            raise NotFound(f"there is no draft {name}")
        draft, case = look_at_draft(unit, name, me, now)
        newer = next((other for other in unit.drafts.listed(case_id=case.id) if other.id != draft.id), None)
        other = beside(unit.audit.chain(case.id), me, now)
        return draft, case, newer, tuple(unit.inbox.correspondence(case.id)), other

    draft, case, newer, messages, other = await office.store.transact(look)
    words = await office.store.transact(lambda unit: words_kept(unit, draft, me)) if typed is None else None
    typed = (words.subject, words.body) if words else typed
    subject, body = typed or (draft.subject, draft.body)
    shown = replace(draft, subject=subject, body=body)
    waits = draft.status is DraftStatus.WAITING
    findings = await office.store.transact(lambda unit: office.approval.in_the_way(unit, shown, case)) if waits else ()
    given = [approval.staff for approval in draft.approvals if approval.seal == draft.seal]
    roles = visit.me.roles
    return visit.page(
        "draft.html",
        status,
        draft=draft,
        case=case,
        newer=newer,
        messages=[kept for kept in messages if kept.message],
        subject=subject,
        body=body,
        words=words,
        typed=typed is not None and typed != (draft.subject, draft.body),
        letter=letter_of(office.writer, shown, body),
        ends=_ends(case, draft) if draft.status is DraftStatus.WAITING and draft.kind is DraftKind.ANSWER else [],
        findings=findings,
        given=given,
        missing=draft.approvers_needed - len(given),
        is_proven_address=case.proven is not None and draft.recipient == answer_destination(case),
        may_edit=not why_not(case, me, roles, Deed.EDIT),
        may_approve=not why_not(case, me, roles, Deed.APPROVE),
        due=due_of(case),
        beside=other,
        problem=problem,
        done=visit.request.query_params.get("done", ""),
    )
