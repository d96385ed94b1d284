"""The history: filtered by day, person, event and case; checked link by link; handed out as CSV."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.labels import EVENTS
from bot.console.words import N_
from bot.core.errors import NotFound
from bot.core.listings import Trail
from bot.core.messages import canonical_address
from bot.core.spreadsheet import write_table
from bot.core.unit import Unit
from bot.flow.audit_trail import Entry, hand_out, trail_of
from bot.flow.case_file import seen_case

router = APIRouter()

PAGE: Final = 50
MOST: Final = 50_000
NO_DAY: Final = N_("Write a day as 2026-03-31.")
NO_CASE: Final = N_("There is no such case: write its whole reference, such as NX-7F3K-Q2M9.")
_FIELDS: Final = ("since", "until", "who", "what", "case")


@router.get("/audit")
async def audit(visit: Admitted) -> Response:
    """List the history, newest first."""
    return await _page(visit)


@router.post("/audit/verify")
async def verify(visit: Admitted) -> Response:
    """Check every link of the history."""
    return await _page(visit, await visit.office.store.transact(lambda unit: list(unit.audit.verify())))


@router.post("/audit/export")
async def export(visit: Admitted) -> Response:
    """Hand the chosen part of the history out as CSV."""
    chosen = {name: visit.form[name] for name in _FIELDS}
    me, now = visit.me.email, visit.office.clock.now()

    def work(unit: Unit) -> Sequence[Entry]:
        wanted, _ = _wanted(visit, unit, chosen)
        return hand_out(unit, wanted, me, MOST, now)

    written = table_of(await visit.office.store.transact(work))
    return Response(written, media_type="text/csv", headers={"Content-Disposition": 'attachment; filename="audit.csv"'})


def table_of(entries: Sequence[Entry]) -> str:
    """Return entries of the history as CSV; it holds no personal data of customers."""
    cells = [
        (
            entry.link.at.isoformat(),
            entry.reference or entry.link.case_id,
            entry.link.actor,
            entry.link.event,
            "; ".join(f"{name}: {value}" for name, value in entry.link.data.items()),
            entry.link.hash,
        )
        for entry in entries
    ]
    return write_table(("at", "case", "who", "what", "facts", "hash"), cells)


async def _page(visit: Visit, problems: list[str] | None = None) -> Response:
    asked = visit.request.query_params
    chosen = {name: asked.get(name, "").strip() for name in _FIELDS}

    def work(unit: Unit) -> tuple[object, str, str]:
        wanted, problem = _wanted(visit, unit, chosen)
        if problem:
            return (), "", problem
        return *trail_of(unit, wanted, visit.me.email, PAGE, asked.get("after", "")), ""

    found, last, problem = await visit.office.store.transact(work)
    kept = {name: value for name, value in chosen.items() if value}
    return visit.page(
        "audit.html",
        422 if problem else 200,
        found=found,
        chosen=chosen,
        events=EVENTS,
        onward=f"/audit?{urlencode(kept | {'after': last})}" if last else "",
        most=MOST,
        problems=problems,
        problem=problem,
    )


def _wanted(visit: Visit, unit: Unit, chosen: dict[str, str]) -> tuple[Trail, str]:
    """Return what was asked for, or what is wrong with it."""
    try:
        since, until = (date.fromisoformat(chosen[name]) if chosen[name] else None for name in ("since", "until"))
    except ValueError:
        return Trail(), NO_DAY
    try:
        case = seen_case(unit, chosen["case"], visit.me.email) if chosen["case"] else None
    except NotFound:
        return Trail(), NO_CASE
    trail = Trail(
        since=_midnight(visit, since) if since else None,
        until=_midnight(visit, until + timedelta(days=1)) if until else None,
        actor=canonical_address(chosen["who"]),
        event=chosen["what"],
        case_id=case.id if case else "",
    )
    return trail, ""


def _midnight(visit: Visit, day: date) -> datetime:
    return datetime.combine(day, time(), visit.office.house.calendar.zone)
