"""Pages for the public: no cookie, no login, no redirect (RFC 8058 3.1), in the language the browser asks for."""

from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from bot.console.admission import POLICY
from bot.console.office import Office
from bot.console.rendering import Renderer
from bot.console.words import preferred
from bot.core.one_click import ANSWER, PATH
from bot.core.pages import Page, PageKind
from bot.core.rights import OUR_LANGUAGES, Scope

_MOST_BYTES: Final = 4096
_ENGLISH: Final = "en"


def open_doorstep(app: FastAPI, office: Office, pages: Renderer) -> None:
    """Put the public pages up."""

    @app.api_route(PATH + "{ticket}", methods=["GET", "HEAD"])
    async def ask(request: Request, ticket: str) -> HTMLResponse:
        """Show what would stop; a link scanner that looks here changes nothing."""
        return show(request, PageKind.STOP_ASK, await office.suppressions.scope_of(ticket))

    @app.post(PATH + "{ticket}")
    async def stop(request: Request, ticket: str) -> HTMLResponse:
        """Stop it: the word of a mail program or of the page's own button. Doing it twice is doing it once."""
        meant = await _is_one_click(request)
        return show(request, PageKind.STOP_DONE, await office.suppressions.one_click(ticket) if meant else None)

    def show(request: Request, kind: PageKind, scope: Scope | None) -> HTMLResponse:
        language = preferred(request.headers.get("accept-language", ""), OUR_LANGUAGES, _ENGLISH)
        page = Page(PageKind.STOP_UNKNOWN, language) if scope is None else Page(kind, language, scope)
        values = {"words": office.writer.page(page), "spoken": language, "field": ANSWER.split("=")}
        text = pages.render(_ENGLISH, "public.html", values)
        return HTMLResponse(text, 404 if scope is None else 200, headers={"Content-Security-Policy": POLICY})


async def _is_one_click(request: Request) -> bool:
    """Say whether the body holds the one pair it has to, form-encoded or multipart (RFC 8058 3.1)."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            return False
    name, value = (part.encode() for part in ANSWER.split("="))
    return name in body and value in body
