"""The list of cases: filters that are part of the address, pages by key, and a search that leaves no trace in it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Response

from bot.console.admission import Admitted, Visit
from bot.core.case import OPEN_STATES, Case, State
from bot.core.lanes import Deed, lanes_for, why_not
from bot.core.listings import Wanted
from bot.core.rights import OUR_LANGUAGES, RequestType
from bot.core.unit import Unit
from bot.flow.case_file import find_cases
from bot.flow.day import SOON, due_of
from bot.flow.teamwork import workers

router = APIRouter()

PAGE: Final = 50
_FILTERS: Final = ("right", "state", "language", "due", "which", "with")
_DUE: Final = {"late": timedelta(days=-1), "soon": SOON}


@router.get("/cases")
async def cases(visit: Admitted) -> Response:
    """List cases, those due first."""
    return await page(visit)


async def page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    """Show the list as its address, or the form that led here, says."""
    back = urlsplit(visit.form["back"])
    asked = dict(parse_qsl(back.query)) if visit.request.method == "POST" else visit.request.query_params
    me, chosen = visit.me, {name: asked.get(name, "") for name in _FILTERS}
    today = visit.office.house.calendar.civil_date(visit.office.clock.now())
    wanted = Wanted(
        lanes=lanes_for(me.roles),
        open_only=chosen["which"] != "all",
        right=next((right for right in RequestType if right.value == chosen["right"]), None),
        state=next((state for state in State if state.value == chosen["state"]), None),
        language=chosen["language"] if chosen["language"] in OUR_LANGUAGES else "",
        due_by=today + _DUE[chosen["due"]] if chosen["due"] in _DUE else None,
        assignee={"me": me.email, "nobody": ""}.get(chosen["with"]),
        staff=me.email,
    )
    after = asked.get("after", "")

    def look(unit: Unit) -> tuple[Sequence[Case], Mapping[str, str], Sequence[str]]:
        found = unit.listings.cases(wanted, PAGE + 1, after)
        return found, unit.teamwork.assignees([case.id for case in found]), workers(unit)

    found, assignees, colleagues = await visit.office.store.transact(look)
    seen = [case for case in found[:PAGE] if not why_not(case, me.email, me.roles, Deed.SEE)]
    kept = {name: value for name, value in chosen.items() if value}
    here = kept | {"after": after} if after else kept
    return _page(
        visit,
        "cases.html",
        status,
        found=[(case, due_of(case)) for case in seen],
        chosen=chosen,
        assignees=assignees,
        workers=colleagues,
        ticked=visit.form.all("case"),
        back=f"/cases?{urlencode(here)}" if here else "/cases",
        onward=f"/cases?{urlencode(kept | {'after': found[PAGE - 1].id})}" if len(found) > PAGE else "",
        problem=problem,
        done=visit.request.query_params.get("done", ""),
    )


@router.post("/cases/find")
async def find(visit: Admitted) -> Response:
    """Find cases by reference or address; posted, so that no address stays in the browser's history."""
    words, email, house = visit.form["words"], visit.me.email, visit.office.house
    found = await visit.office.store.transact(lambda unit: find_cases(unit, house, words, email))
    if len(found) == 1:
        return visit.go(f"/cases/{found[0].reference}")
    return _page(visit, "found.html", 200, found=[(case, due_of(case)) for case in found], words=words)


def _page(visit: Visit, template: str, status: int, **values: object) -> Response:
    return visit.page(
        template,
        status,
        rights=list(RequestType),
        states=[state for state in State if state in OPEN_STATES],
        speak=OUR_LANGUAGES,
        **values,
    )
