"""The page of preferences: which mailings go to one mailbox; a form sent as it was shown changes nothing."""

from typing import Final

from fastapi import FastAPI, Request, Response

from bot.console.doorstep import Doorstep, language_of
from bot.console.form import read_form
from bot.console.office import Office
from bot.core.pages import Page, PageKind
from bot.core.rights import Scope
from bot.core.tickets import Door
from bot.flow.preferring import KINDS, Preferences

KEEP: Final = ("keep", "yes")
"""What the button sends: a body without it is no choice, and must not allow what was stopped."""


def _former(chosen: Preferences) -> frozenset[Scope] | None:
    """Return what the button that takes a change back sends, or None where there is nothing to take back."""
    return chosen.before if chosen.before != chosen.stopped else None


def open_preferring(app: FastAPI, office: Office, doorstep: Doorstep) -> None:
    """Put the page up."""
    desk = office.reception.preferences

    @app.api_route(Door.PREFERENCES.path + "{ticket}", methods=["GET", "HEAD"])
    async def show(request: Request, ticket: str) -> Response:
        """Show what is stopped; looking changes nothing."""
        return shown(request, PageKind.PREFERENCES, await desk.shown(ticket))

    @app.post(Door.PREFERENCES.path + "{ticket}")
    async def choose(request: Request, ticket: str) -> Response:
        """Stop what was ticked and allow the rest."""
        if await doorstep.is_crowded(request):
            return doorstep.too_often(request)
        form = await read_form(request)
        name, meant = KEEP
        if form[name] != meant:
            return shown(request, PageKind.PREFERENCES, await desk.shown(ticket))
        unwanted = frozenset(kind for kind in KINDS if kind.value in form.all("stop"))
        return shown(request, PageKind.PREFERENCES_KEPT, await desk.choose(ticket, unwanted))

    def shown(request: Request, kind: PageKind, chosen: Preferences | None) -> Response:
        if chosen is None:
            return doorstep.show(Page(PageKind.PREFERENCES_GONE, language_of(request)), 404)
        page = Page(kind, language_of(request, chosen.language), Scope.ALL)
        return doorstep.show(page, field=KEEP, ticked=chosen.stopped, before=_former(chosen))
