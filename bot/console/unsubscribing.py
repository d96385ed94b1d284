"""One-click unsubscribe: POST acts, GET only shows (RFC 8058; law.md rule 40)."""

from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response

from bot.console.body import body_of
from bot.console.doorstep import Doorstep, language_of
from bot.console.office import Office
from bot.core.one_click import ANSWER, PATH
from bot.core.pages import Page, PageKind
from bot.core.rights import Scope

_MOST_BYTES: Final = 4096


def open_unsubscribing(app: FastAPI, office: Office, doorstep: Doorstep) -> None:
    """Put the page up."""

    @app.api_route(PATH + "{ticket}", methods=["GET", "HEAD"])
    async def ask(request: Request, ticket: str) -> Response:
        """Show what would stop; a link scanner that looks here changes nothing."""
        return shown(request, PageKind.STOP_ASK, await office.suppressions.scope_of(ticket))

    @app.post(PATH + "{ticket}")
    async def stop(request: Request, ticket: str) -> Response:
        """Stop it: the word of a mail program or of the page's own button. Doing it twice is doing it once.

        No limit counts these: a mail provider sends everybody's from one address, nobody guesses a sealed ticket, and
        what repeats one writes nothing, where a limit would write each.
        """
        meant = await _is_one_click(request)
        return shown(request, PageKind.STOP_DONE, await office.suppressions.one_click(ticket) if meant else None)

    def shown(request: Request, kind: PageKind, scope: Scope | None) -> Response:
        language = language_of(request)
        if scope is None:
            return doorstep.show(Page(PageKind.STOP_UNKNOWN, language), 404)
        return doorstep.show(Page(kind, language, scope), field=ANSWER.split("="))


async def _is_one_click(request: Request) -> bool:
    """Say whether the body holds the one pair it has to, form-encoded or multipart (RFC 8058 3.1)."""
    body = await body_of(request, _MOST_BYTES)
    if isinstance(body, HTTPStatus):
        return False
    name, value = (part.encode() for part in ANSWER.split("="))
    return name in body and value in body
