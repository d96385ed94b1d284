"""The web application: health for machines, webhooks for platforms, pages for colleagues. All else is denied."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from bot.console import (
    account,
    assets,
    audit,
    case,
    cases,
    company_sign_in,
    deliveries,
    draft,
    entering,
    identity,
    joins,
    live,
    measures,
    messages,
    originals,
    passkeys,
    people,
    redacting,
    registers,
    reports,
    sign_in,
    tasks,
    teamwork,
    today,
    tokens,
    watch,
    welcome,
    wordings,
)
from bot.console.api import PATH as API
from bot.console.api import build_api
from bot.console.asking_status import open_status
from bot.console.body import body_of
from bot.console.company_sign_in import open_company
from bot.console.confirming import open_confirming
from bot.console.denying import open_denying
from bot.console.doorstep import Doorstep
from bot.console.handover import open_handover
from bot.console.live import Streams
from bot.console.office import Office
from bot.console.preferring import open_preferring
from bot.console.refusals import add_refusals
from bot.console.rendering import Renderer
from bot.console.unsubscribing import open_unsubscribing
from bot.core.calls import Call, Webhook

Health = Callable[[], Awaitable[Mapping[str, object]]]

MOST_BYTES: Final = 1 << 20

PAGES: Final = (
    assets,
    sign_in,
    welcome,
    today,
    cases,
    case,
    teamwork,
    draft,
    entering,
    identity,
    joins,
    live,
    measures,
    messages,
    originals,
    deliveries,
    registers,
    reports,
    people,
    account,
    passkeys,
    company_sign_in,
    audit,
    tasks,
    redacting,
    tokens,
    watch,
    wordings,
)

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Hardened:
    """Lets no answer leave without the headers that keep browsers from doing more with it than it says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, and its answer back with what it does not say itself."""

        async def harden(message: ASGIMessage) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, harden)


def build_app(health: Health, webhooks: Mapping[str, Webhook], office: Office | None = None) -> FastAPI:
    """Return the application, with the colleagues' pages where there is an office.

    `webhooks` maps a path such as /webhooks/telegram to its handler. A handler gets the call with its raw body and
    answers 2xx only once the event is durable.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.streams = Streams()
    app.add_middleware(Hardened)

    @app.get("/alive")
    async def alive() -> JSONResponse:
        return JSONResponse({"alive": True})

    @app.get("/health")
    async def health_page() -> JSONResponse:
        report = await health()
        return JSONResponse(dict(report), status_code=200 if report.get("ok") else 503)

    for path, webhook in webhooks.items():
        _mount(app, path, webhook)
    if office is not None:
        _open_office(app, office)
    return app


def _open_office(app: FastAPI, office: Office) -> None:
    app.state.office = office
    app.state.pages = Renderer(office.house, office.clock)
    for pages in PAGES:
        app.include_router(pages.router)
    doorstep = Doorstep(office.writer, app.state.pages, office.store, office.clock)
    open_confirming(app, office, doorstep)
    open_denying(app, office, doorstep)
    open_preferring(app, office, doorstep)
    open_status(app, office, doorstep)
    open_unsubscribing(app, office, doorstep)
    open_company(app, office)
    open_handover(app, office, doorstep)
    app.mount(API, build_api(office))
    add_refusals(app)


def _mount(app: FastAPI, path: str, webhook: Webhook) -> None:
    @app.api_route(path, methods=["GET", "POST"])
    async def receive(request: Request) -> Response:
        body = await body_of(request, MOST_BYTES)
        if isinstance(body, HTTPStatus):
            return Response(status_code=body)
        answer = await webhook(Call(request.method, dict(request.headers), dict(request.query_params), body))
        return Response(answer.text, answer.status, media_type=answer.media_type)
