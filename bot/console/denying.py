"""The page "it was not me": GET shows, a tick and a button stop the request; what presses buttons alone does not."""

from fastapi import FastAPI, Request, Response

from bot.console.doorstep import Doorstep, language_of
from bot.console.form import read_form
from bot.console.office import Office
from bot.core.pages import Page, PageKind
from bot.core.tickets import Door


def open_denying(app: FastAPI, office: Office, doorstep: Doorstep) -> None:
    """Put the page up."""
    desk = office.reception.denials

    @app.api_route(Door.NOT_ME.path + "{ticket}", methods=["GET", "HEAD"])
    async def ask(request: Request, ticket: str) -> Response:
        """Say what stopping means; looking changes nothing."""
        return shown(request, PageKind.DENY_ASK, await desk.language(ticket))

    @app.post(Door.NOT_ME.path + "{ticket}")
    async def deny(request: Request, ticket: str) -> Response:
        """Stop what was asked, once the tick says that it was meant."""
        if await doorstep.is_crowded(request):
            return doorstep.too_often(request)
        form = await read_form(request)
        if form["sure"] != "yes":
            return shown(request, PageKind.DENY_ASK, await desk.language(ticket))
        return shown(request, PageKind.DENY_DONE, await desk.deny(ticket))

    def shown(request: Request, kind: PageKind, language: str | None) -> Response:
        if language is None:
            return doorstep.show(Page(PageKind.DENY_GONE, language_of(request)), 404)
        return doorstep.show(Page(kind, language_of(request, language)))
