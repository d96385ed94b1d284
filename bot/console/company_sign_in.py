"""By the company's own sign-in: out to it, back from it, once more before what matters, and signed out there too."""

from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response

from bot.console.admission import Admitted, local
from bot.console.form import read_form
from bot.console.identity_provider import PATH
from bot.console.office import Office
from bot.console.words import N_
from bot.core.errors import NotAllowed

router = APIRouter()

STOPPED: Final = N_("You were not signed in there. Nothing has changed here.")


@router.get("/sign-in/company")
async def go_there(visit: Admitted) -> Response:
    """Send the browser to the company's sign-in."""
    onward = local(visit.request.query_params.get("next", "/"))
    return visit.go_out(await visit.office.company.begin(visit.holder, onward))


@router.get("/welcome/{token}/company")
async def take_up(visit: Admitted, token: str) -> Response:
    """Take an invitation up by the company's sign-in, without a password here."""
    return visit.go_out(await visit.office.company.begin(visit.holder, "/", invitation=token))


@router.get("/prove/company")
async def go_there_again(visit: Admitted) -> Response:
    """Send somebody who is inside to sign in there once more."""
    onward = local(visit.request.query_params.get("next", "/"))
    return visit.go_out(await visit.office.company.begin(visit.holder, onward, again=True))


@router.get(PATH)
async def come_back(visit: Admitted) -> Response:
    """Let in who comes back with a code for this browser's way; anything else is refused in words."""
    told = visit.request.query_params
    if "error" in told:
        raise NotAllowed(STOPPED)
    arrived = visit.office.company.arrive(visit.holder, told.get("state", ""), told.get("code", ""), visit.visitor)
    token, email, onward = await arrived
    response = visit.go(onward)
    visit.give_session(response, token)
    visit.give_device(response, await visit.office.door.know_device(email))
    return response


@router.get("/sign-in/company/leave")
async def leave(visit: Admitted) -> Response:
    """Send a browser that is signed out here to sign out there."""
    return visit.go(await visit.office.company.exit() or "/sign-in")


def open_company(app: FastAPI, office: Office) -> None:
    """Take the provider's own notices of who has signed out; they are sealed by it and need no form of ours."""

    @app.post("/sign-in/company/left")
    async def left(request: Request) -> Response:
        form = await read_form(request)
        try:
            await office.company.left(form["logout_token"])
        except NotAllowed:
            return Response(status_code=400)
        return Response(status_code=200)
