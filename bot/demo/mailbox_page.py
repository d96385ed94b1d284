"""The demo's page on loopback: what was sent to whom, and the figures. No script, nothing from elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from typing import Final

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.background import BackgroundTask
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.demo.post_office import Posted, PostOffice
from bot.demo.stock import Stock

Count = Callable[[], Awaitable[Stock]]

_OURS: Final = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
_LETTER: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
_HEADERS: Final = {
    "Content-Security-Policy": _OURS + "; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_pages: Final = Environment(loader=PackageLoader("bot.demo", "pages"), autoescape=True, undefined=StrictUndefined)


def mailbox_app(office: PostOffice, count: Count, done: asyncio.Event) -> FastAPI:
    """Return the page. `count` gives the figures, `done` is set when the cast has played to its end."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])  # against DNS rebinding

    @app.middleware("http")
    async def harden(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    _add_pages(app, office, count)
    _add_figures(app, office, count, done)
    return app


def _add_pages(app: FastAPI, office: PostOffice, count: Count) -> None:
    """What a person looks at."""

    @app.get("/")
    async def mailboxes() -> HTMLResponse:
        by_recipient = sorted(office.mails, key=attrgetter("to", "number"))
        boxes = [(to, list(mails)) for to, mails in groupby(by_recipient, key=attrgetter("to"))]
        return _page("mailboxes.html", boxes=boxes, sent=len(office.mails), stock=await count())

    @app.get("/mail/{number}")
    async def mail(number: int) -> HTMLResponse:
        return _page("mail.html", mail=_known(office, number))

    @app.get("/mail/{number}/html")
    async def letter(number: int) -> HTMLResponse:
        return HTMLResponse(_known(office, number).html, headers={"Content-Security-Policy": _LETTER})

    @app.get("/style.css")
    async def style() -> Response:
        return Response(_pages.get_template("style.css").render(), media_type="text/css")


def _add_figures(app: FastAPI, office: PostOffice, count: Count, done: asyncio.Event) -> None:
    """What the cast asks for."""

    @app.get("/mail.json")
    async def mails(to: str = "", after: int = 0) -> JSONResponse:
        wanted = office.to(to, after) if to else office.mails[after:]
        return JSONResponse([asdict(each) | {"at": each.at.isoformat()} for each in wanted])

    @app.get("/summary.json")
    async def summary() -> JSONResponse:
        return JSONResponse(dict(await count()))

    async def finished() -> None:
        done.set()

    @app.post("/done")
    async def finish() -> Response:
        return Response(status_code=204, background=BackgroundTask(finished))


def _known(office: PostOffice, number: int) -> Posted:
    mail = office.numbered(number)
    if mail is None:
        raise HTTPException(404, "there is no mail of that number")
    return mail


def _page(name: str, **values: object) -> HTMLResponse:
    return HTMLResponse(_pages.get_template(name).render(values))
