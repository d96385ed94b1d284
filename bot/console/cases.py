"""The list of cases: filters that are part of the address, pages by key, and a search that leaves no trace in it."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.core.case import OPEN_STATES, State
from bot.core.lanes import Deed, lanes_for, why_not
from bot.core.listings import Wanted
from bot.core.rights import OUR_LANGUAGES, RequestType
from bot.flow.case_file import find_cases
from bot.flow.day import SOON, due_of

router = APIRouter()

PAGE: Final = 50
_DUE: Final = {"late": timedelta(days=-1), "soon": SOON}


@router.get("/cases")
async def cases(visit: Admitted) -> Response:
    """List cases, those due first."""
    asked = visit.request.query_params
    chosen = {name: asked.get(name, "") for name in ("right", "state", "language", "due", "which")}
    today = visit.office.house.calendar.civil_date(visit.office.clock.now())
    wanted = Wanted(
        lanes=lanes_for(visit.me.roles),
        open_only=chosen["which"] != "all",
        right=next((right for right in RequestType if right.value == chosen["right"]), None),
        state=next((state for state in State if state.value == chosen["state"]), None),
        language=chosen["language"] if chosen["language"] in OUR_LANGUAGES else "",
        due_by=today + _DUE[chosen["due"]] if chosen["due"] in _DUE else None,
    )
    after = asked.get("after", "")
    found = await visit.office.store.transact(lambda unit: unit.listings.cases(wanted, PAGE + 1, after))
    seen = [case for case in found[:PAGE] if not why_not(case, visit.me.email, visit.me.roles, Deed.SEE)]
    kept = {name: value for name, value in chosen.items() if value}
    onward = f"/cases?{urlencode(kept | {'after': found[PAGE - 1].id})}" if len(found) > PAGE else ""
    return _page(visit, "cases.html", found=[(case, due_of(case)) for case in seen], chosen=chosen, onward=onward)


@router.post("/cases/find")
async def find(visit: Admitted) -> Response:
    """Find cases by reference or address; posted, so that no address stays in the browser's history."""
    words, email, house = visit.form["words"], visit.me.email, visit.office.house
    found = await visit.office.store.transact(lambda unit: find_cases(unit, house, words, email))
    if len(found) == 1:
        return visit.go(f"/cases/{found[0].reference}")
    return _page(visit, "found.html", found=[(case, due_of(case)) for case in found], words=words)


def _page(visit: Visit, template: str, **values: object) -> Response:
    return visit.page(
        template,
        200,
        rights=list(RequestType),
        states=[state for state in State if state in OPEN_STATES],
        speak=OUR_LANGUAGES,
        **values,
    )
