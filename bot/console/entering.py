"""Entering what came by letter, by telephone or in person, so that it is kept, dated and answered like any mail."""

import mimetypes
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.console.form import SentFile
from bot.console.words import N_
from bot.core.entering import Entry, Paper, sender_of
from bot.core.errors import BadInput, NotAllowed
from bot.core.messages import Way

router = APIRouter()

NO_WAY: Final = N_("Say how it came.")
NO_NAME: Final = N_("Say who the person says they are.")
_UNKNOWN: Final = "application/octet-stream"
NO_TIME: Final = N_("Say when it reached the company: the clock runs since then.")


@router.get("/enter")
async def form(visit: Admitted) -> Response:
    """Show the form."""
    return _page(visit)


@router.post("/enter")
async def enter(visit: Admitted) -> Response:
    """Take the entry in, and show the case it opened or went to."""
    try:
        kept = await visit.office.entries.enter(_entry(visit))
    except (BadInput, NotAllowed) as refused:
        return _page(visit, 422, str(refused))
    case_id = kept.case_id
    if case_id is None:
        return visit.go("/messages?kind=other&done=entered")
    case = await visit.office.store.transact(lambda unit: unit.cases.get(case_id))
    return visit.go(f"/cases/{case.reference}?done=entered")


def _entry(visit: Visit) -> Entry:
    """Return what was filled in. Raises BadInput."""
    sent = visit.form
    way = next((one for one in Way if one.value == sent["way"]), None)
    if way is None:
        raise BadInput(NO_WAY)
    name = " ".join(sent["name"].split())
    if not name:
        raise BadInput(NO_NAME)
    sender = sender_of(way, sent["email"].strip(), sent["reach"])
    at, papers, me = _moment(visit), _papers(sent.file), visit.me.email
    return Entry(way, at, sender, name, sent["subject"], sent.text("text"), papers, me, sent["reason"])


def _papers(file: SentFile | None) -> tuple[Paper, ...]:
    """Return the scan that came along; a browser sends an empty file where none was chosen."""
    if file is None or not file.data:
        return ()
    media_type, _ = mimetypes.guess_type(file.name)
    return (Paper(file.name, media_type or _UNKNOWN, file.data),)


def _moment(visit: Visit) -> datetime:
    """Return when it came, by the company's clock. Raises BadInput."""
    try:
        local = datetime.fromisoformat(visit.form["received"].strip())
    except ValueError:
        raise BadInput(NO_TIME) from None
    if local.tzinfo is not None:
        raise BadInput(NO_TIME)
    return local.replace(tzinfo=visit.office.house.calendar.zone).astimezone(UTC)


def _page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    latest = visit.office.clock.now().astimezone(visit.office.house.calendar.zone)
    return visit.page(
        "enter.html", status, ways=list(Way), sent=visit.form, latest=f"{latest:%Y-%m-%dT%H:%M}", problem=problem
    )
