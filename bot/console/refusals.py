"""What a colleague reads when a page can't be shown: what happened, and what to do."""

from collections.abc import Awaitable, Callable
from typing import Final, cast
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from bot.console.admission import ProofNeeded, SignInNeeded, Visit, local
from bot.console.form import Form
from bot.console.words import N_, choose
from bot.core.accounts import Stage
from bot.core.errors import NotAllowed, NotFound, RightsDeskError, StorageUnavailable

Handler = Callable[[Request, Exception], Awaitable[Response]]

FORBIDDEN: Final = N_("Your role does not include this. An administrator can change it under People.")
NOT_OURS: Final = N_("This form is out of date. Go back, reload the page, and try again.")
NO_PAGE: Final = N_("There is nothing here, or it is not for your eyes. Perhaps the link is old.")
AWAY: Final = N_("The database can’t be reached just now. Nothing was lost; try again in a minute.")
TOO_LARGE: Final = N_("That is more than is taken at once; a file may have 10 MB at most. Nothing was changed or sent.")
TOO_SLOW: Final = N_("It did not arrive in time, so nothing was changed or sent. Try again.")
_SAID: Final = {403: FORBIDDEN, 404: NO_PAGE, 408: TOO_SLOW, 413: TOO_LARGE}
_OTHER: Final = N_("The page did not understand what it was sent. Go back and try again.")


async def sign_in(request: Request, failure: SignInNeeded) -> Response:
    """Send somebody to the door, and back afterwards; what was typed is shown, so that it is not lost."""
    visit = _visit(request, failure.form)
    if failure.stage is Stage.INSIDE:
        return visit.go("/")
    if failure.stage is Stage.PASSWORD:
        return visit.go("/sign-in/code")
    if request.method == "GET":
        where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return visit.go(f"/sign-in?next={quote(where)}" if where != "/" else "/sign-in")
    return visit.page("ended.html", 401, form=failure.form)


async def prove(request: Request, _failure: ProofNeeded) -> Response:
    """Ask for the password once more, and go back to the page the form was on: the one above it."""
    return _visit(request).go(f"/prove?next={quote(local(request.url.path.rpartition('/')[0]))}")


async def refused(request: Request, failure: HTTPException) -> Response:
    """Tell what the gate or a page refused."""
    said = NOT_OURS if failure.detail == "form" else _SAID.get(failure.status_code, _OTHER)
    return _told(request, failure.status_code, said)


async def not_found(request: Request, failure: NotFound) -> Response:
    """Tell that there is nothing, in the same words for what is not there and what is not for these eyes."""
    return _told(request, 404, str(failure) if request.url.path.startswith("/welcome/") else NO_PAGE)


async def not_allowed(request: Request, failure: NotAllowed) -> Response:
    """Tell what the desk refused, in its own words."""
    return _told(request, 403, str(failure))


async def away(request: Request, _failure: StorageUnavailable) -> Response:
    """Tell that the database is away."""
    return _told(request, 503, AWAY)


async def overtaken(request: Request, failure: RightsDeskError) -> Response:
    """Tell any other refusal of the desk: mostly that somebody else was quicker."""
    return _told(request, 409, str(failure))


_HANDLERS: Final = (
    (SignInNeeded, sign_in),
    (ProofNeeded, prove),
    (HTTPException, refused),
    (NotFound, not_found),
    (NotAllowed, not_allowed),
    (StorageUnavailable, away),
    (RightsDeskError, overtaken),
)


def add_refusals(app: FastAPI) -> None:
    """Let every failure of a console page be told as a page."""
    for kind, handler in _HANDLERS:
        app.add_exception_handler(kind, cast(Handler, handler))


def _visit(request: Request, form: Form | None = None) -> Visit:
    admitted: Visit | None = getattr(request.state, "visit", None)
    if admitted is not None and form is None:
        return admitted
    state, language = request.app.state, choose(request.headers.get("accept-language", ""))
    return Visit(request, state.office, state.pages, None, form or Form([]), language)


def _told(request: Request, status: int, said: str) -> Response:
    visit = _visit(request)
    return visit.page("refused.html", status, said=said, form=visit.form)
