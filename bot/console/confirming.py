"""The page "is it you?": it takes the code of an identity question; without the code nothing happens."""

from typing import Final

from fastapi import FastAPI, Request, Response

from bot.console.doorstep import Doorstep, language_of
from bot.console.form import read_form
from bot.console.office import Office
from bot.core.challenge import ChallengeOutcome
from bot.core.pages import Page, PageKind
from bot.core.tickets import Door
from bot.flow.confirming import Asked

_SAID: Final = {
    None: PageKind.CONFIRM_ASK,
    ChallengeOutcome.ACCEPTED: PageKind.CONFIRM_DONE,
    ChallengeOutcome.WRONG: PageKind.CONFIRM_WRONG,
    ChallengeOutcome.EXHAUSTED: PageKind.CONFIRM_OVER,
}
_TAKES_A_CODE: Final = frozenset({PageKind.CONFIRM_ASK, PageKind.CONFIRM_WRONG})


def open_confirming(app: FastAPI, office: Office, doorstep: Doorstep) -> None:
    """Put the page up."""
    desk = office.reception.confirmations

    @app.api_route(Door.CONFIRM.path + "{ticket}", methods=["GET", "HEAD"])
    async def ask(request: Request, ticket: str) -> Response:
        """Ask for the code; looking changes nothing."""
        return shown(request, await desk.asked(ticket))

    @app.post(Door.CONFIRM.path + "{ticket}")
    async def confirm(request: Request, ticket: str) -> Response:
        """Try the code that was typed."""
        if await doorstep.is_crowded(request):
            return doorstep.too_often(request)
        form = await read_form(request)
        return shown(request, await desk.confirm(ticket, form["code"]))

    def shown(request: Request, asked: Asked | None) -> Response:
        """Show how it stands; a code used, too old, or never asked for look the same."""
        kind = _SAID.get(asked.outcome) if asked else None
        if asked is None or kind is None:
            return doorstep.show(Page(PageKind.CONFIRM_GONE, language_of(request)), 404)
        page = Page(kind, language_of(request, asked.language))
        return doorstep.show(page, code=kind in _TAKES_A_CODE)
