"""The web application: health for machines, webhooks for platforms. Everything else is denied."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

Health = Callable[[], Awaitable[Mapping[str, object]]]
Webhook = Callable[[Mapping[str, str], bytes], Awaitable[int]]

MOST_BYTES: Final = 1 << 20

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def build_app(health: Health, webhooks: Mapping[str, Webhook]) -> FastAPI:
    """Return the application. `webhooks` maps a path such as /webhooks/telegram to its handler.

    A handler gets the headers and the raw body and returns the status; it answers 2xx only once the event is durable.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def harden(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/health")
    async def health_page() -> JSONResponse:
        report = await health()
        return JSONResponse(dict(report), status_code=200 if report.get("ok") else 503)

    for path, webhook in webhooks.items():
        _mount(app, path, webhook)
    return app


def _mount(app: FastAPI, path: str, webhook: Webhook) -> None:
    @app.post(path)
    async def receive(request: Request) -> Response:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                return Response(status_code=413)
        return Response(status_code=await webhook(dict(request.headers), bytes(body)))
